// Package rediscases keeps refund cases and complaints in Redis.
//
// One script stores everything that one event changes: the document, its mark on the timeline, the
// event's key, the record of the order line, the deadlines, and the outbox records from which merchants,
// agents and the conversation hear of it. A case and a complaint are stored alike, each under names of its
// own. The package applies no rules; it refuses a commit whose reading was overtaken.
package rediscases

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/cases"
	"recourse/internal/ids"
	"recourse/internal/outbox"
)

// Prefix is the id prefix of cases.
const Prefix = "c"

// The kinds of outbox records of a case.
const (
	NoticeRecord  = "notice"  // somebody must be told: NoticeBody
	OrderRecord   = "order"   // an outer system must act: OrderBody
	ChangedRecord = "changed" // the case has a new version: ChangedBody
)

// NoticeBody is a notice and the case version it speaks of.
type NoticeBody struct {
	Case    cases.ID     `json:"case"`
	Version int          `json:"version"`
	Notice  cases.Notice `json:"notice"`
}

// OrderBody is a command to an outer system.
type OrderBody struct {
	Case    cases.ID    `json:"case"`
	Version int         `json:"version"`
	Order   cases.Order `json:"order"`
}

// ChangedBody feeds the indexes that cross shards.
type ChangedBody struct {
	Case         cases.ID    `json:"case"`
	Version      int         `json:"version"`
	Shop         string      `json:"shop"`
	State        cases.State `json:"state"`
	Conversation string      `json:"conversation"`
	CreatedAt    time.Time   `json:"created_at"`
}

// Keys of a shard, all under its hash tag.
//
//	{sNNN}:c:<id>          HASH doc, ver, due
//	{sNNN}:c:<id>:marks    LIST the timeline as JSON
//	{sNNN}:c:<id>:keys     HASH event key -> "<digest> <version>"
//	{sNNN}:l:<buyer>:<order>:<line> HASH doc, ver
//	{sNNN}:c:due           ZSET "<case, complaint or conversation>|<timer>" by instant in ms (ids.Shard.Deadlines)
//	{sNNN}:bc:<buyer>      LIST case ids, newest first
//
// A complaint has {sNNN}:k:<id>, its marks and keys, {sNNN}:kl:<buyer>:<order>:<line> and {sNNN}:bk:<buyer>
// in the same forms.
func caseKey(s ids.Shard, id cases.ID) string   { return s.Tag() + ":c:" + string(id) }
func marksKey(s ids.Shard, id cases.ID) string  { return marksOf(caseKey(s, id)) }
func keysKey(s ids.Shard, id cases.ID) string   { return keysOf(caseKey(s, id)) }
func buyerKey(s ids.Shard, buyer string) string { return s.Tag() + ":bc:" + buyer }

// Store keeps cases in Redis.
type Store struct{ RDB redis.UniversalClient }

var _ cases.Store = (*Store)(nil)

func shardOf(id cases.ID) (ids.Shard, error) {
	s, err := ids.ShardOf(Prefix, string(id))
	if err != nil {
		return 0, fmt.Errorf("%w: %w", cases.ErrNoCase, err)
	}
	return s, nil
}

// Load reads a case.
func (st *Store) Load(ctx context.Context, id cases.ID) (cases.Case, error) {
	s, err := shardOf(id)
	if err != nil {
		return cases.Case{}, err
	}
	c, ok, err := loadDoc[cases.Case](ctx, st.RDB, caseKey(s, id))
	if err == nil && !ok {
		err = cases.ErrNoCase
	}
	if err != nil {
		return cases.Case{}, fmt.Errorf("load case %s: %w", id, err)
	}
	return c, nil
}

// Line reads the record of an order line.
func (st *Store) Line(ctx context.Context, buyer, order, line string) (cases.LineRecord, error) {
	rec, ver, err := loadLine[cases.LineRecord](ctx, st.RDB, lineKey(ids.Of(buyer), "l", buyer, order, line))
	if err != nil {
		return cases.LineRecord{}, fmt.Errorf("load the record of order line %s/%s: %w", order, line, err)
	}
	rec.Version = ver
	return rec, nil
}

// Lines reads the records of several order lines in one round trip.
func (st *Store) Lines(ctx context.Context, buyer string, of []cases.LineID) ([]cases.LineRecord, error) {
	s := ids.Of(buyer)
	cmds := make([]*redis.SliceCmd, len(of))
	_, err := st.RDB.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		for i, l := range of {
			cmds[i] = askLine(ctx, pipe, lineKey(s, "l", buyer, l.Order, l.Line))
		}
		return nil
	})
	out := make([]cases.LineRecord, len(of))
	for i := range cmds {
		if err == nil {
			out[i], err = lineRecord(cmds[i])
		}
	}
	if err != nil {
		return nil, fmt.Errorf("load the records of a buyer's order lines: %w", err)
	}
	return out, nil
}

func lineRecord(cmd *redis.SliceCmd) (cases.LineRecord, error) {
	rec, ver, err := lineOf[cases.LineRecord](cmd)
	rec.Version = ver
	return rec, err
}

// Whole reads a case with its timeline and its line's record. What was read last tells where the record is: then all is
// read at once, and only if a version is another.
func (st *Store) Whole(ctx context.Context, id cases.ID, last *cases.Whole) (*cases.Whole, error) {
	w, err := st.whole(ctx, id, last)
	if err != nil {
		return nil, fmt.Errorf("load case %s: %w", id, err)
	}
	return w, nil
}

func (st *Store) whole(ctx context.Context, id cases.ID, last *cases.Whole) (*cases.Whole, error) {
	s, err := shardOf(id)
	if err != nil {
		return nil, err
	}
	if last != nil && last.Case.ID == id {
		same, err := st.unchanged(ctx, s, last)
		if same {
			return last, nil
		}
		if err != nil {
			return nil, err
		}
	}
	var doc *redis.StringCmd
	var marks *redis.StringSliceCmd
	_, err = st.RDB.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
		doc, marks = pipe.HGet(ctx, caseKey(s, id), "doc"), pipe.LRange(ctx, marksKey(s, id), 0, -1)
		return nil
	})
	if err != nil && !errors.Is(err, redis.Nil) {
		return nil, err
	}
	var w cases.Whole
	var ok bool
	if w.Case, ok, err = docOf[cases.Case](doc); err != nil {
		return nil, err
	}
	if !ok {
		return nil, cases.ErrNoCase
	}
	if w.Marks, err = marksIn[cases.Mark](marks); err != nil {
		return nil, err
	}
	w.Line, err = st.Line(ctx, w.Case.Buyer, w.Case.Line.OrderID, w.Case.Line.LineID)
	return &w, err
}

// unchanged says whether a case and its line's record have the versions that were read last.
func (st *Store) unchanged(ctx context.Context, s ids.Shard, last *cases.Whole) (bool, error) {
	var doc, rec *redis.StringCmd
	_, err := st.RDB.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
		doc = pipe.HGet(ctx, caseKey(s, last.Case.ID), "ver")
		rec = pipe.HGet(ctx, lineKey(s, "l", last.Case.Buyer, last.Case.Line.OrderID, last.Case.Line.LineID), "ver")
		return nil
	})
	if err != nil && !errors.Is(err, redis.Nil) {
		return false, err
	}
	return doc.Val() == strconv.Itoa(last.Case.Version) && rec.Val() == strconv.Itoa(last.Line.Version), nil
}

// Look reads a case and what an event key did to it before, in one round trip: the case first, then the key.
func (st *Store) Look(ctx context.Context, id cases.ID, key string) (cases.Case, *cases.Applied, error) {
	s, err := shardOf(id)
	if err != nil {
		return cases.Case{}, nil, err
	}
	var doc, was *redis.StringCmd
	_, err = st.RDB.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
		doc, was = pipe.HGet(ctx, caseKey(s, id), "doc"), pipe.HGet(ctx, keysKey(s, id), key)
		return nil
	})
	if err != nil && !errors.Is(err, redis.Nil) {
		return cases.Case{}, nil, fmt.Errorf("load case %s: %w", id, err)
	}
	c, ok, err := docOf[cases.Case](doc)
	if err == nil && !ok {
		err = cases.ErrNoCase
	}
	if err != nil {
		return cases.Case{}, nil, fmt.Errorf("load case %s: %w", id, err)
	}
	done, ok, err := appliedOf(was)
	if err != nil {
		return cases.Case{}, nil, fmt.Errorf("look up a key of case %s: %w", id, err)
	}
	if !ok {
		return c, nil, nil
	}
	return c, &done, nil
}

// Commit stores an applied event.
func (st *Store) Commit(ctx context.Context, c cases.Commit) error {
	if err := st.commit(ctx, c); err != nil {
		return fmt.Errorf("commit %s of case %s: %w", c.Mark.Event.Kind, c.Case.ID, err)
	}
	return nil
}

func (st *Store) commit(ctx context.Context, c cases.Commit) error {
	s, err := shardOf(c.Case.ID)
	if err != nil {
		return err
	}
	e := entry{
		shard: s, id: string(c.Case.ID), doc: caseKey(s, c.Case.ID),
		line: lineKey(s, "l", c.Case.Buyer, c.Case.Line.OrderID, c.Case.Line.LineID), list: buyerKey(s, c.Case.Buyer),
		version: c.Case.Version, content: c.Case, mark: c.Mark, key: c.Key, digest: c.Digest, lineFrom: c.LineFrom, lineDoc: c.Line,
		due: c.Case.Deadlines, remind: c.Reminders, now: c.Mark.At, records: recordsOf(c), next: caseKey(s, ""),
	}
	if c.New != nil {
		e.nextSays = c.NewReminders
		e.next, e.nextID, e.nextDoc, e.nextMark, e.nextDue = caseKey(s, c.New.ID), string(c.New.ID), c.New, c.NewMark, c.New.Deadlines
	}
	return e.commit(ctx, st.RDB)
}

// Remind notes and announces a reminder.
func (st *Store) Remind(ctx context.Context, r cases.Reminded) (bool, error) {
	s, err := shardOf(r.Case)
	if err != nil {
		return false, err
	}
	body := outbox.New(NoticeRecord, NoticeBody{Case: r.Case, Version: r.Version, Notice: r.Reminder.Notice()}).Body
	res, err := remindScript.Run(ctx, st.RDB,
		[]string{caseKey(s, r.Case), keysKey(s, r.Case), s.Deadlines(), outbox.Key(s), outbox.SeqKey(s)},
		r.Version, string(r.Case)+"|"+string(r.Reminder.Name()), r.Reminder.At.UnixMilli(), r.Reminder.Key(),
		NoticeRecord, string(body), s.String()).Int64()
	if err == nil && res < 0 {
		err = cases.ErrRaced
	}
	if err != nil {
		return false, fmt.Errorf("send %s of case %s: %w", r.Reminder.Name(), r.Case, err)
	}
	return res == 1, nil
}

// recordsOf are the outbox records of a commit as [kind, body] pairs.
func recordsOf(c cases.Commit) [][2]string {
	var out [][2]string
	add := func(kind string, body any) {
		out = append(out, [2]string{kind, string(outbox.New(kind, body).Body)})
	}
	// The index first, so that a merchant who is told of a case finds it in his list.
	add(ChangedRecord, ChangedBody{
		Case: c.Case.ID, Version: c.Case.Version, Shop: c.Case.Shop, State: c.Case.State,
		Conversation: c.Case.Conversation, CreatedAt: c.Case.CreatedAt,
	})
	for _, n := range c.Notices {
		add(NoticeRecord, NoticeBody{Case: c.Case.ID, Version: c.Case.Version, Notice: n})
	}
	for _, o := range c.Orders {
		add(OrderRecord, OrderBody{Case: c.Case.ID, Version: c.Case.Version, Order: o})
	}
	return out
}

// Marks returns the timeline of a case.
func (st *Store) Marks(ctx context.Context, id cases.ID) ([]cases.Mark, error) {
	s, err := shardOf(id)
	if err != nil {
		return nil, err
	}
	marks, err := loadMarks[cases.Mark](ctx, st.RDB, marksKey(s, id))
	if err != nil {
		return nil, fmt.Errorf("read the timeline of case %s: %w", id, err)
	}
	return marks, nil
}

// OfBuyer lists the buyer's cases, newest first.
func (st *Store) OfBuyer(ctx context.Context, buyer string, limit int) ([]cases.ID, error) {
	list, err := listIDs[cases.ID](ctx, st.RDB, buyerKey(ids.Of(buyer), buyer), limit)
	if err != nil {
		return nil, fmt.Errorf("list the cases of a buyer: %w", err)
	}
	return list, nil
}
