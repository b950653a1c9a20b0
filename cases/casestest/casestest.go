// Package casestest is the suite that every cases.Store passes, alone and under a Ledger: what is applied
// once, what loses a race, and that document, timeline, line, deadlines and outbox never part.
//
// It sees the store through its interface and through what Backend lets it count. It does not judge the
// rules of a case, and starts no store.
package casestest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"recourse/cases"
	"recourse/cases/policy"
	"recourse/internal/ids"
)

// Backend is a store under test and what the suite must see of its surroundings.
type Backend struct {
	Store cases.Store
	// Buyer gives a buyer that was not used before.
	Buyer func() string
	// Due lists the deadlines in the index that belong to a case.
	Due func(ctx context.Context, id cases.ID) (map[cases.Timer]time.Time, error)
	// Records lists the outbox records that name a case, oldest first.
	Records func(ctx context.Context, id cases.ID) ([]Record, error)
}

// Record is an outbox record as far as the suite looks at it.
type Record struct {
	Kind    string // changed, notice, order
	Version int    // of the case
	What    string // the notice's or order's own name
}

// Epoch is when the suite begins: a Monday, so that workdays are near.
var Epoch = time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)

// Buyers counts buyers off.
func Buyers(prefix string) func() string {
	n := 0
	return func() string { n++; return fmt.Sprintf("%s-%d", prefix, n) }
}

// Run runs the suite.
func Run(t *testing.T, b Backend) {
	for _, part := range []struct {
		name string
		run  func(*desk)
	}{
		{"an unknown or malformed id is no case", noCase},
		{"a case is opened once", openOnce},
		{"a line has one open case however many are begun at once", oneOpenCase},
		{"a key is applied once", keyOnce},
		{"a key sent by many at once is applied once", keyAtOnce},
		{"a stale view is refused", versionConflict},
		{"a commit on an old reading is raced", raced},
		{"of two at the same instant exactly one wins", oneWins},
		{"a new application stores both cases or neither", resubmitBoth},
		{"after every event all that belongs together agrees", agrees},
		{"a reminder is sent once, whoever sends it", remindOnce},
		{"reminders move, stop and stay with their clock", remindersFollow},
		{"paid money is asked after once, whoever asks", arrivalAsked},
		{"the buyer's cases are listed newest first", ofBuyer},
	} {
		t.Run(part.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
			defer cancel()
			part.run(newDesk(t, ctx, b))
		})
	}
}

// desk is a ledger on the store, a buyer with one order line, and a clock.
type desk struct {
	Backend
	*cases.Ledger
	t     *testing.T
	ctx   context.Context
	buyer string
	id    cases.ID
	line  policy.Line
	seq   int
	last  *cases.Whole // as it was at the last look

	mu  sync.Mutex
	now time.Time // guarded by mu
}

func newDesk(t *testing.T, ctx context.Context, b Backend) *desk {
	d := &desk{Backend: b, t: t, ctx: ctx, buyer: b.Buyer(), now: Epoch}
	d.line = policy.Line{
		OrderID: "o:1", LineID: "l 1", BuyerID: d.buyer, ShopID: "s1", Title: "灯", Quantity: 1, PaidGoodsFen: 19900, PaidFreightFen: 800,
		ReturnAddress: "1 Example Road, Hangzhou", Status: policy.Signed, PaidAt: Epoch.AddDate(0, 0, -6), SignedAt: Epoch.AddDate(0, 0, -1),
		Waybill: "OUT12345678",
	}
	d.Ledger = &cases.Ledger{
		Store: b.Store, Orders: shelf{&d.line}, Now: d.clock, Policy: func(string) *policy.Policy { return policy.Default() },
	}
	d.id = d.newID()
	return d
}

func (d *desk) clock() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now
}

func (d *desk) pass(to time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = to
}

func (d *desk) newID() cases.ID { return cases.ID(ids.New("c", ids.Of(d.buyer))) }

// shelf is an order system with one line, which may change.
type shelf struct{ line *policy.Line }

func (s shelf) Lines(context.Context, string) ([]policy.Line, error) {
	return []policy.Line{*s.line}, nil
}

func (s shelf) Line(context.Context, string, string, string) (policy.Line, error) {
	return *s.line, nil
}

func (d *desk) open() cases.Case {
	d.t.Helper()
	c, err := d.Open(d.ctx, d.id, d.buyer, "d_001_A", d.line)
	if err != nil {
		d.t.Fatal(err)
	}
	return c
}

func (d *desk) load(id cases.ID) cases.Case {
	d.t.Helper()
	c, err := d.Load(id)
	if err != nil {
		d.t.Fatal(err)
	}
	return c
}

// Load reads a case of the store under test.
func (d *desk) Load(id cases.ID) (cases.Case, error) { return d.Backend.Store.Load(d.ctx, id) }

func (d *desk) marks(id cases.ID) []cases.Mark {
	d.t.Helper()
	marks, err := d.Backend.Store.Marks(d.ctx, id)
	if err != nil {
		d.t.Fatal(err)
	}
	return marks
}

func (d *desk) record() cases.LineRecord {
	d.t.Helper()
	rec, err := d.Backend.Store.Line(d.ctx, d.buyer, d.line.OrderID, d.line.LineID)
	if err != nil {
		d.t.Fatal(err)
	}
	return rec
}

func (d *desk) records(id cases.ID) []Record {
	d.t.Helper()
	list, err := d.Records(d.ctx, id)
	if err != nil {
		d.t.Fatal(err)
	}
	return list
}

// apply sends an event that must be taken.
func (d *desk) apply(id cases.ID, ev cases.Event) cases.Outcome {
	d.t.Helper()
	out, err := d.Apply(d.ctx, id, ev)
	if err != nil {
		d.t.Fatalf("%s of %s: %v", ev.Kind, ev.Actor, err)
	}
	return out
}

// file brings a draft to the merchant.
func (d *desk) file() cases.Case {
	d.t.Helper()
	c := d.open()
	for _, kind := range []cases.EventKind{cases.EvAmend, cases.EvSupplement, cases.EvSubmit} {
		c = d.apply(d.id, d.fitting(c, cases.Buyer, kind, first)).Case
	}
	return c
}

func first(int) int { return 0 }

func (d *desk) want(err error, code cases.Code) {
	d.t.Helper()
	if cases.CodeOf(err) != code {
		d.t.Errorf("error %v, want %s", err, code)
	}
}

// whole reads a case in one with what is beside it, knowing what it was at the last look.
func (d *desk) whole(c cases.Case, marks []cases.Mark) {
	d.t.Helper()
	rec := d.record()
	want := &cases.Whole{Case: c, Marks: marks, Line: rec}
	is := want
	for _, last := range []*cases.Whole{nil, d.last, {Case: cases.Case{ID: "c_001_A"}}} {
		got, err := d.Backend.Store.Whole(d.ctx, c.ID, last)
		if err != nil {
			d.t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			d.t.Errorf("%s in one (-apart +whole):\n%s", c.ID, diff)
		}
		is = got
	}
	d.last = is
	if got, err := d.Backend.Store.Whole(d.ctx, c.ID, is); err != nil || got != is {
		d.t.Errorf("%s has not changed and was read anew: %v", c.ID, err)
	}
	recs, err := d.Backend.Store.Lines(d.ctx, d.buyer, []cases.LineID{{Order: "none", Line: "1"}, {Order: d.line.OrderID, Line: d.line.LineID}})
	if err != nil {
		d.t.Fatal(err)
	}
	if diff := cmp.Diff([]cases.LineRecord{{}, rec}, recs); diff != "" {
		d.t.Errorf("records of lines (-want +got):\n%s", diff)
	}
}

// consistent holds everything that is stored of a case against each other.
func (d *desk) consistent(id cases.ID) {
	d.t.Helper()
	c := d.load(id)
	due, err := d.Due(d.ctx, id)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, r := range c.Reminders(policy.Default()) {
		// A reminder stands in the index until it is sent; one whose time was over is not made.
		if at, there := due[r.Name()]; there && !at.Equal(r.At) || !there && r.At.After(d.clock()) {
			d.t.Errorf("%s in %s: %s is in the index for %s (%v), want %s", id, c.State, r.Name(), at, there, r.At)
		}
		delete(due, r.Name())
	}
	if diff := cmp.Diff(c.Deadlines, due, cmpopts.EquateEmpty()); diff != "" {
		d.t.Errorf("%s in %s: deadlines (-document +index):\n%s", id, c.State, diff)
	}
	marks := d.marks(id)
	d.whole(c, marks)
	if len(marks) != c.Version {
		d.t.Errorf("%s at version %d has %d marks", id, c.Version, len(marks))
	}
	again, err := cases.Replay(marks, func(string) *policy.Policy { return policy.Default() })
	if err != nil {
		d.t.Fatal(err)
	}
	if diff := cmp.Diff(c, stored(d.t, again), cmpopts.EquateEmpty()); diff != "" {
		d.t.Errorf("%s (-is +replayed):\n%s", id, diff)
	}
	changed := map[int]int{}
	for _, r := range d.records(id) {
		if r.Version < 1 || r.Version > c.Version {
			d.t.Errorf("%s: a %s record of version %d, which is not there", id, r.Kind, r.Version)
		}
		if r.Kind == "changed" {
			changed[r.Version]++
		}
	}
	for v := 1; v <= c.Version; v++ {
		if want := 1; changed[v] != want && !(v == 1 && c.Previous != "") {
			d.t.Errorf("%s: version %d was announced %d times", id, v, changed[v])
		}
	}
}

// stored is a case after it went through its stored form.
func stored(t *testing.T, c cases.Case) cases.Case {
	t.Helper()
	raw, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var out cases.Case
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func isRaced(err error) bool { return errors.Is(err, cases.ErrRaced) }
