// Package memcases keeps refund cases and complaints in memory, for whoever plays them by the thousand: nothing
// survives the process. It promises what every cases.Store promises (package casestest). What others would hear of a
// commit is kept until somebody takes it.
package memcases

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/timer"
)

// Record is what others hear of a case or a complaint; of Case and Complaint one is set, and of Notice, Order and
// Measure at most one. With none of them it says that there is a new version.
type Record struct {
	Case      cases.ID
	Complaint complaints.ID
	Version   int
	Notice    *cases.Notice
	Order     *cases.Order
	Measure   complaints.Measure
}

// Store keeps both. The zero value is not ready; use New.
type Store struct {
	mu      sync.Mutex
	cases   shelf[cases.Case, cases.Mark, cases.LineRecord]
	filed   shelf[complaints.Complaint, complaints.Mark, complaints.LineRecord]
	due     map[member]int64 // instant in ms
	records []Record
}

var (
	_ cases.Store      = (*Store)(nil)
	_ timer.Index      = (*Store)(nil)
	_ complaints.Store = Complaints{}
)

// member is a deadline or a reminder of a case or a complaint, by its id.
type member struct{ id, timer string }

// lineKey names an order line.
type lineKey struct{ buyer, order, line string }

// shelf keeps one kind of document.
type shelf[D, M, L any] struct {
	docs    map[string]D
	marks   map[string][]M
	applied map[[2]string]cases.Applied // by id and key
	lines   map[lineKey]L
	ofBuyer map[string][]string // newest first
}

func newShelf[D, M, L any]() shelf[D, M, L] {
	return shelf[D, M, L]{map[string]D{}, map[string][]M{}, map[[2]string]cases.Applied{}, map[lineKey]L{}, map[string][]string{}}
}

// clone shares the documents: who changes one changes a copy.
func (s shelf[D, M, L]) clone() shelf[D, M, L] {
	c := shelf[D, M, L]{maps.Clone(s.docs), maps.Clone(s.marks), maps.Clone(s.applied), maps.Clone(s.lines), maps.Clone(s.ofBuyer)}
	for id, list := range c.marks {
		c.marks[id] = slices.Clip(list)
	}
	return c
}

// put stores a document with its mark; a new one is the buyer's newest.
func (s shelf[D, M, L]) put(id, buyer string, doc D, mark M) {
	if _, ok := s.docs[id]; !ok {
		s.ofBuyer[buyer] = append([]string{id}, s.ofBuyer[buyer]...)
	}
	s.docs[id] = doc
	s.marks[id] = append(s.marks[id], mark)
}

func (s shelf[D, M, L]) newest(buyer string, limit int) []string {
	list := s.ofBuyer[buyer]
	return list[:max(0, min(limit, len(list)))]
}

// New makes an empty store.
func New() *Store {
	return &Store{
		cases: newShelf[cases.Case, cases.Mark, cases.LineRecord](), filed: newShelf[complaints.Complaint, complaints.Mark, complaints.LineRecord](),
		due: map[member]int64{},
	}
}

// Clone is the same cases and complaints, to be gone on with in another way.
func (st *Store) Clone() *Store {
	st.mu.Lock()
	defer st.mu.Unlock()
	return &Store{cases: st.cases.clone(), filed: st.filed.clone(), due: maps.Clone(st.due), records: slices.Clone(st.records)}
}

// Take returns what others would have heard since it was taken last, in order.
func (st *Store) Take() []Record {
	st.mu.Lock()
	defer st.mu.Unlock()
	list := st.records
	st.records = nil
	return list
}

// Load reads a case.
func (st *Store) Load(_ context.Context, id cases.ID) (cases.Case, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	c, ok := st.cases.docs[string(id)]
	if !ok {
		return c, fmt.Errorf("load case %s: %w", id, cases.ErrNoCase)
	}
	return c, nil
}

// Line reads the record of an order line.
func (st *Store) Line(_ context.Context, buyer, order, line string) (cases.LineRecord, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.cases.lines[lineKey{buyer, order, line}], nil
}

// Lines reads the records of several order lines.
func (st *Store) Lines(_ context.Context, buyer string, of []cases.LineID) ([]cases.LineRecord, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	out := make([]cases.LineRecord, len(of))
	for i, l := range of {
		out[i] = st.cases.lines[lineKey{buyer, l.Order, l.Line}]
	}
	return out, nil
}

// Whole reads a case with its timeline and its line's record.
func (st *Store) Whole(ctx context.Context, id cases.ID, last *cases.Whole) (*cases.Whole, error) {
	c, err := st.Load(ctx, id)
	if err != nil {
		return nil, err
	}
	marks, err := st.Marks(ctx, id)
	if err != nil {
		return nil, err
	}
	rec, err := st.Line(ctx, c.Buyer, c.Line.OrderID, c.Line.LineID)
	if err != nil {
		return nil, err
	}
	if last != nil && last.Case.ID == id && last.Case.Version == c.Version && last.Line.Version == rec.Version {
		return last, nil
	}
	return &cases.Whole{Case: c, Marks: marks, Line: rec}, nil
}

// Look reads a case and what an event key did to it before.
func (st *Store) Look(ctx context.Context, id cases.ID, key string) (cases.Case, *cases.Applied, error) {
	c, err := st.Load(ctx, id)
	if err != nil {
		return c, nil, err
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	if was, ok := st.cases.applied[[2]string{string(id), key}]; ok {
		return c, &was, nil
	}
	return c, nil, nil
}

// Commit stores an applied event.
func (st *Store) Commit(_ context.Context, c cases.Commit) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	id, line := string(c.Case.ID), lineKey{c.Case.Buyer, c.Case.Line.OrderID, c.Case.Line.LineID}
	_, known := st.cases.applied[[2]string{id, c.Key}]
	raced := st.cases.docs[id].Version != c.Case.Version-1 || st.cases.lines[line].Version != c.LineFrom || known
	if c.New != nil {
		_, there := st.cases.docs[string(c.New.ID)]
		raced = raced || there
	}
	if raced {
		return fmt.Errorf("commit %s of case %s: %w", c.Mark.Event.Kind, id, cases.ErrRaced)
	}
	c.Line.Version = c.LineFrom + 1
	st.cases.lines[line] = c.Line
	st.cases.put(id, c.Case.Buyer, c.Case, c.Mark)
	st.cases.applied[[2]string{id, c.Key}] = cases.Applied{Digest: c.Digest, Version: c.Case.Version}
	st.wait(id, c.Case.Deadlines, c.Reminders, c.Mark.At)
	if c.New != nil {
		st.cases.put(string(c.New.ID), c.New.Buyer, *c.New, *c.NewMark)
		st.wait(string(c.New.ID), c.New.Deadlines, c.NewReminders, c.Mark.At)
	}
	st.records = append(st.records, Record{Case: c.Case.ID, Version: c.Case.Version})
	for i := range c.Notices {
		st.records = append(st.records, Record{Case: c.Case.ID, Version: c.Case.Version, Notice: &c.Notices[i]})
	}
	for i := range c.Orders {
		st.records = append(st.records, Record{Case: c.Case.ID, Version: c.Case.Version, Order: &c.Orders[i]})
	}
	return nil
}

// wait puts a document's deadlines and reminders into the index in place of those that were there. A reminder whose
// instant is over stays if it still waits to be sent, and is not made anew.
func (st *Store) wait(id string, deadlines map[cases.Timer]time.Time, remind []cases.Reminder, now time.Time) {
	fresh := make(map[member]int64, len(deadlines)+len(remind))
	for t, at := range deadlines {
		fresh[member{id, string(t)}] = at.UnixMilli()
	}
	for _, r := range remind {
		m, ms := member{id, string(r.Name())}, r.At.UnixMilli()
		if was, ok := st.due[m]; r.At.After(now) || ok && was == ms {
			fresh[m] = ms
		}
	}
	for m := range st.due {
		if m.id == id {
			delete(st.due, m)
		}
	}
	maps.Copy(st.due, fresh)
}

// Remind notes and announces a reminder.
func (st *Store) Remind(_ context.Context, r cases.Reminded) (bool, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.cases.docs[string(r.Case)].Version != r.Version {
		return false, fmt.Errorf("send %s of case %s: %w", r.Reminder.Name(), r.Case, cases.ErrRaced)
	}
	m := member{string(r.Case), string(r.Reminder.Name())}
	if at, ok := st.due[m]; ok && at == r.Reminder.At.UnixMilli() {
		delete(st.due, m)
	}
	key := [2]string{string(r.Case), r.Reminder.Key()}
	if _, sent := st.cases.applied[key]; sent {
		return false, nil
	}
	st.cases.applied[key] = cases.Applied{Digest: "-", Version: r.Version}
	n := r.Reminder.Notice()
	st.records = append(st.records, Record{Case: r.Case, Version: r.Version, Notice: &n})
	return true, nil
}

// Marks returns the timeline of a case.
func (st *Store) Marks(_ context.Context, id cases.ID) ([]cases.Mark, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	return slices.Clone(st.cases.marks[string(id)]), nil
}

// OfBuyer lists the buyer's cases, newest first.
func (st *Store) OfBuyer(_ context.Context, buyer string, limit int) ([]cases.ID, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	return typed[cases.ID](st.cases.newest(buyer, limit)), nil
}

func typed[T ~string](list []string) []T {
	out := make([]T, len(list))
	for i, id := range list {
		out[i] = T(id)
	}
	return out
}

// Due lists deadlines at or before now, earliest first.
func (st *Store) Due(now time.Time) []timer.Due {
	st.mu.Lock()
	defer st.mu.Unlock()
	var out []timer.Due
	for m, ms := range st.due {
		if ms <= now.UnixMilli() {
			out = append(out, timer.Due{Case: cases.ID(m.id), Timer: cases.Timer(m.timer), At: time.UnixMilli(ms).UTC()})
		}
	}
	slices.SortFunc(out, func(a, b timer.Due) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(string(a.Case), string(b.Case)), strings.Compare(string(a.Timer), string(b.Timer)))
	})
	return out
}

// Lanes lists lanes in which something is due: there is one.
func (st *Store) Lanes(_ context.Context, now time.Time) ([]int, error) {
	if len(st.Due(now)) == 0 {
		return nil, nil
	}
	return []int{0}, nil
}

// DueIn lists deadlines that have passed, after the first skip.
func (st *Store) DueIn(_ context.Context, _ int, now time.Time, skip, limit int) ([]timer.Due, error) {
	list := st.Due(now)
	from := min(skip, len(list))
	return list[from:min(from+limit, len(list))], nil
}

// Drop forgets a deadline that no longer applies, unless it was set anew meanwhile.
func (st *Store) Drop(_ context.Context, d timer.Due) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	m := member{string(d.Case), string(d.Timer)}
	if ms, ok := st.due[m]; ok && ms == d.At.UnixMilli() {
		delete(st.due, m)
	}
	return nil
}
