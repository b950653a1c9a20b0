package timer_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"
	"golang.org/x/sync/errgroup"

	"recourse/cases"
	"recourse/cases/policy"
	"recourse/cases/rediscases"
	"recourse/cases/timer"
	"recourse/internal/ids"
	"recourse/internal/redistest"
)

var begin = time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)

// tower is a ledger on a real store with a clock that the test sets, and runners of its deadlines.
type tower struct {
	t      *testing.T
	ctx    context.Context
	rdb    redis.UniversalClient
	store  *rediscases.Store
	ledger *cases.Ledger

	now atomic.Int64 // ms
}

func newTower(t *testing.T, rdb redis.UniversalClient) *tower {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	t.Cleanup(cancel)
	w := &tower{t: t, ctx: ctx, rdb: rdb, store: &rediscases.Store{RDB: rdb}}
	w.set(begin)
	w.ledger = &cases.Ledger{Store: w.store, Now: w.clock, Policy: func(string) *policy.Policy { return policy.Default() }}
	return w
}

func (w *tower) clock() time.Time { return time.UnixMilli(w.now.Load()).UTC() }

func (w *tower) set(at time.Time) { w.now.Store(at.UnixMilli()) }

func (w *tower) fire(ctx context.Context, id cases.ID, ev cases.Event) error {
	_, err := w.ledger.Apply(ctx, id, ev)
	return err
}

func (w *tower) runner() *timer.Runner {
	return &timer.Runner{Index: w.store, Fire: w.fire, Now: w.clock, Log: slog.New(slog.DiscardHandler), Every: time.Hour}
}

// draft opens a draft of a buyer, whose deadline is days away.
func (w *tower) draft(buyer string) (cases.Case, error) {
	line := policy.Line{
		OrderID: "o-" + buyer, LineID: "1", BuyerID: buyer, ShopID: "s1", PaidGoodsFen: 100,
		Status: policy.Signed, PaidAt: begin.AddDate(0, 0, -3), SignedAt: begin.AddDate(0, 0, -1),
	}
	return w.ledger.Open(w.ctx, cases.ID(ids.New("c", ids.Of(buyer))), buyer, "", line)
}

func (w *tower) mustDraft(buyer string) cases.Case {
	w.t.Helper()
	c, err := w.draft(buyer)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func (w *tower) due() int {
	w.t.Helper()
	list, err := w.store.Due(w.ctx, w.clock(), 10_000)
	if err != nil {
		w.t.Fatal(err)
	}
	return len(list)
}

func (w *tower) state(id cases.ID) cases.Case {
	w.t.Helper()
	c, err := w.store.Load(w.ctx, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func TestADeadlineIsFiredAtItsInstantAndOnlyOnce(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		w := newTower(t, rdb)
		c := w.mustDraft("b1")
		at := c.Deadlines[cases.TimerDraft]
		w.set(at.Add(-time.Millisecond))
		if n, err := w.runner().RunOnce(w.ctx); n != 0 || err != nil {
			t.Errorf("a moment before: %d fired, %v", n, err)
		}
		w.set(at)
		for want := 1; want >= 0; want-- {
			if n, err := w.runner().RunOnce(w.ctx); n != want || err != nil {
				t.Errorf("%d fired, %v; want %d", n, err, want)
			}
		}
		if is := w.state(c.ID); is.State != cases.ClosedIneligible || is.Version != 2 || w.due() != 0 {
			t.Errorf("%s at version %d, %d deadlines due", is.State, is.Version, w.due())
		}
	})
}

func TestTwoRunnersAtOnceFireADeadlineOnce(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		w := newTower(t, rdb)
		var opened []cases.Case
		for i := range 40 {
			opened = append(opened, w.mustDraft(fmt.Sprint("b", i)))
		}
		w.set(opened[0].Deadlines[cases.TimerDraft])
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				if _, err := w.runner().RunOnce(w.ctx); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, c := range opened {
			marks, err := w.store.Marks(w.ctx, c.ID)
			if err != nil {
				t.Fatal(err)
			}
			if is := w.state(c.ID); is.State != cases.ClosedIneligible || len(marks) != 2 || marks[1].ID != "D03" {
				t.Errorf("%s is %s after %d marks", c.ID, is.State, len(marks))
			}
		}
		if w.due() != 0 {
			t.Errorf("%d deadlines are still due", w.due())
		}
	})
}

func TestAStaleDeadlineIsDroppedAndHurtsNobody(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		w := newTower(t, rdb)
		c := w.mustDraft("b1")
		shard := ids.Of("b1")
		w.set(c.Deadlines[cases.TimerDraft].Add(-time.Hour))
		for _, member := range []string{
			string(c.ID) + "|" + string(cases.TimerOffer),                      // the case has no such deadline
			string(c.ID) + "|no_such_timer",                                    // nor such a name
			ids.New("c", shard) + "|" + string(cases.TimerOffer),               // there is no such case
			string(c.ID) + "|" + string(cases.TimerAppeal) + "|with a bar too", // nor such a thing
		} {
			if err := rdb.ZAdd(w.ctx, shard.Tag()+":c:due", redis.Z{Member: member, Score: float64(begin.UnixMilli())}).Err(); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := w.runner().RunOnce(w.ctx); n != 0 || err != nil {
			t.Errorf("%d fired, %v", n, err)
		}
		if w.due() != 0 {
			t.Errorf("%d deadlines are still due", w.due())
		}
		if is := w.state(c.ID); is.Version != 1 {
			t.Errorf("the case is at version %d", is.Version)
		}
		// The one it has is not lost with them.
		w.set(c.Deadlines[cases.TimerDraft])
		if n, err := w.runner().RunOnce(w.ctx); n != 1 || err != nil {
			t.Errorf("%d fired, %v", n, err)
		}
	})
}

// More than the runner reads at once, most of them on one shard.
func TestTwoThousandDueDeadlinesAreWorkedOffInOnePass(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		const all, crowd = 2000, 1500
		w := newTower(t, rdb)
		var g errgroup.Group
		g.SetLimit(16)
		for i, n := 0, 0; n < all; i++ {
			buyer := fmt.Sprint("b", i)
			if n < crowd && ids.Of(buyer) != 7 {
				continue
			}
			n++
			g.Go(func() error {
				_, err := w.draft(buyer)
				return err
			})
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		w.set(begin.AddDate(1, 0, 0))
		if n := w.due(); n != all {
			t.Fatalf("%d deadlines are due", n)
		}
		if n, err := w.runner().RunOnce(w.ctx); n != all || err != nil {
			t.Errorf("%d fired, %v", n, err)
		}
		if n := w.due(); n != 0 {
			t.Errorf("%d are left", n)
		}
	})
}

func TestADeadlineThatCannotBeFiredStaysDueAndHoldsNobodyUp(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		w := newTower(t, rdb)
		var opened []cases.Case
		for i := range 5 {
			opened = append(opened, w.mustDraft(fmt.Sprint("b", i)))
		}
		w.set(begin.AddDate(1, 0, 0))
		fault := errors.New("the store went away")
		broken := w.runner()
		broken.Fire = func(ctx context.Context, id cases.ID, ev cases.Event) error {
			if id == opened[2].ID {
				return fault
			}
			return w.fire(ctx, id, ev)
		}
		for want := 4; want >= 0; want -= 4 {
			if n, err := broken.RunOnce(w.ctx); n != want || !errors.Is(err, fault) {
				t.Errorf("%d fired, %v; want %d", n, err, want)
			}
			if w.due() != 1 || w.state(opened[2].ID).Version != 1 {
				t.Errorf("%d are due", w.due())
			}
		}
		if n, err := w.runner().RunOnce(w.ctx); n != 1 || err != nil {
			t.Errorf("when it can be fired: %d, %v", n, err)
		}
	})
}

// More deadlines than are read at once cannot be fired, and those after them are fired all the same.
func TestDeadlinesThatCannotBeFiredDoNotStarveTheOthers(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		const stuck, good = 300, 100
		w := newTower(t, rdb)
		shard := ids.Of("b0")
		var ring []redis.Z
		for i := range stuck { // all of them are due before the good ones
			ring = append(ring, redis.Z{Member: fmt.Sprintf("%s|%s", ids.New("c", shard), cases.TimerOffer), Score: float64(begin.UnixMilli() + int64(i))})
		}
		if err := rdb.ZAdd(w.ctx, shard.Tag()+":c:due", ring...).Err(); err != nil {
			t.Fatal(err)
		}
		n := 0
		for i := 0; n < good; i++ {
			if buyer := fmt.Sprint("b", i); ids.Of(buyer) == shard {
				w.mustDraft(buyer)
				n++
			}
		}
		w.set(begin.AddDate(1, 0, 0))
		r := w.runner()
		fault := errors.New("the store went away")
		tried := map[cases.ID]int{}
		r.Workers = 1
		r.Fire = func(ctx context.Context, id cases.ID, ev cases.Event) error {
			if ev.Kind == cases.TimerEvent(cases.TimerOffer) {
				tried[id]++
				return fault
			}
			return w.fire(ctx, id, ev)
		}
		if n, err := r.RunOnce(w.ctx); n != good || !errors.Is(err, fault) {
			t.Errorf("%d fired, %v; want %d", n, err, good)
		}
		if w.due() != stuck || len(tried) != stuck {
			t.Errorf("%d are due, %d were tried", w.due(), len(tried))
		}
		for id, n := range tried {
			if n != 1 {
				t.Errorf("%s was tried %d times in one pass", id, n)
			}
		}
	})
}

// A server that was away for a week carries out what a case has due in the order in which it came due, and
// what fails holds up the rest of its own case only.
func TestAWeekAwayIsCaughtUpInOrder(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		w := newTower(t, rdb)
		var mu sync.Mutex
		var order []string
		one, two := ids.New("c", ids.Of("b1")), ids.New("c", ids.Of("b1"))
		for i, member := range []string{one + "|merchant_soft", one + "|merchant_hard", one + "|remind/x", two + "|offer"} {
			at := begin.Add(time.Duration(i) * time.Hour)
			if err := rdb.ZAdd(w.ctx, ids.Of("b1").Tag()+":c:due", redis.Z{Member: member, Score: float64(at.UnixMilli())}).Err(); err != nil {
				t.Fatal(err)
			}
		}
		w.set(begin.AddDate(0, 0, 7))
		r := w.runner()
		fault := errors.New("busy")
		r.Fire = func(_ context.Context, id cases.ID, ev cases.Event) error {
			mu.Lock()
			defer mu.Unlock()
			order = append(order, string(ev.Kind))
			if ev.Kind == cases.TimerEvent(cases.TimerMerchantSoft) && len(order) == 1 {
				return fault
			}
			return nil
		}
		for range 2 {
			if _, err := r.RunOnce(w.ctx); err != nil && !errors.Is(err, fault) {
				t.Error(err)
			}
		}
		want := []string{"timer:merchant_soft", "timer:offer", "timer:merchant_soft", "timer:merchant_hard", "timer:remind/x", "timer:offer"}
		// The second pass finds the offer again because this Fire does not take it out of the index.
		if !slices.Equal(order, want) {
			t.Errorf("fired %v, want %v", order, want)
		}
	})
}

// What cannot be fired is left alone for ever more passes, and is tried again in the end.
func TestTheRunnerIsPatient(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var passes, tries atomic.Int64
	x := &index{due: []timer.Due{{Case: "c_001_A", Timer: cases.TimerOffer, At: begin}}}
	r := &timer.Runner{
		Index: counting{x, &passes}, Log: slog.New(slog.DiscardHandler), Every: time.Microsecond,
		Now: func() time.Time { return begin },
		Fire: func(context.Context, cases.ID, cases.Event) error {
			if tries.Add(1) == 6 { // after 1, 2, 4, 8, 16 passes
				cancel()
			}
			return errors.New("not yet")
		},
	}
	if err := r.Run(ctx); err != nil {
		t.Error(err)
	}
	if got := passes.Load(); tries.Load() != 6 || got < 32 {
		t.Errorf("tried %d times in %d passes", tries.Load(), got)
	}
}

// counting counts the passes.
type counting struct {
	*index
	n *atomic.Int64
}

func (c counting) Lanes(ctx context.Context, now time.Time) ([]int, error) {
	c.n.Add(1)
	return c.index.Lanes(ctx, now)
}

// index is an index in memory that fails on demand.
type index struct {
	due  []timer.Due
	list error
	drop error
}

func (x *index) Lanes(context.Context, time.Time) ([]int, error) { return []int{0}, nil }

func (x *index) DueIn(_ context.Context, _ int, _ time.Time, skip, limit int) ([]timer.Due, error) {
	if skip >= len(x.due) {
		return nil, x.list
	}
	return x.due[skip:min(len(x.due), skip+limit)], x.list
}

func (x *index) Drop(_ context.Context, d timer.Due) error {
	if x.drop == nil {
		x.due = nil
	}
	return x.drop
}

func TestWhatTheIndexCannotDoIsReported(t *testing.T) {
	fault := errors.New("the store went away")
	one := []timer.Due{{Case: "c_001_A", Timer: cases.TimerOffer, At: begin}}
	stale := func(context.Context, cases.ID, cases.Event) error { return fmt.Errorf("apply: %w", cases.ErrStale) }
	refused := func(context.Context, cases.ID, cases.Event) error {
		return fmt.Errorf("apply: %w", &cases.Error{Code: cases.CodeStateConflict})
	}
	for _, tt := range []struct {
		name  string
		index index
		fire  func(context.Context, cases.ID, cases.Event) error
		want  error
	}{
		{"it cannot be read", index{list: fault}, stale, fault},
		{"it cannot drop", index{due: one, drop: fault}, stale, fault},
		{"it drops what is stale", index{due: one}, stale, nil},
		{"it drops what is refused", index{due: one}, refused, nil},
	} {
		r := timer.Runner{Index: &tt.index, Fire: tt.fire, Now: func() time.Time { return begin }, Log: slog.New(slog.DiscardHandler)}
		if n, err := r.RunOnce(t.Context()); n != 0 || !errors.Is(err, tt.want) {
			t.Errorf("%s: %d fired, %v", tt.name, n, err)
		}
		if tt.want == nil && len(tt.index.due) != 0 {
			t.Errorf("%s: it was not dropped", tt.name)
		}
	}
}

func TestTheKeyOfADeadlineIsItsInstant(t *testing.T) {
	d := timer.Due{Case: "c_001_A", Timer: cases.TimerOffer, At: begin}
	later, other := d, d
	later.At, other.Timer = d.At.Add(time.Millisecond), cases.TimerInspect
	if same := timer.Key(timer.Due{Case: d.Case, Timer: d.Timer, At: begin.In(policy.Zone())}); same != timer.Key(d) {
		t.Errorf("the same instant in another zone has the key %s, not %s", same, timer.Key(d))
	}
	if timer.Key(later) == timer.Key(d) || timer.Key(other) == timer.Key(d) {
		t.Error("two deadlines share a key")
	}
}

func TestTheRunnerKeepsGoingAfterAFaultAndStops(t *testing.T) {
	defer goleak.VerifyNone(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	fired := make(chan cases.Event, 8)
	r := &timer.Runner{
		Index: &index{due: []timer.Due{{Case: "c_001_A", Timer: cases.TimerOffer, At: begin}}},
		Fire: func(_ context.Context, _ cases.ID, ev cases.Event) error {
			select {
			case fired <- ev:
			default: // enough was seen
			}
			return errors.New("not yet")
		},
		Now: func() time.Time { return begin }, Log: slog.New(slog.DiscardHandler), Every: time.Millisecond,
	}
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	for range 3 {
		select {
		case ev := <-fired:
			if ev.Kind != cases.TimerEvent(cases.TimerOffer) || ev.Actor != cases.System || ev.Key == "" {
				t.Errorf("fired %+v", ev)
			}
		case <-ctx.Done():
			t.Fatal("the runner gave up")
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("the runner ends with %v", err)
	}
}
