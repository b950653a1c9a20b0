package casestest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"

	"recourse/cases"
	"recourse/cases/policy"
)

func noCase(d *desk) {
	store := d.Backend.Store
	for _, id := range []cases.ID{d.newID(), "", "c_", "c_999_AAAA", "d" + d.newID()[1:], "c_001_{x}"} {
		if _, err := store.Load(d.ctx, id); !errors.Is(err, cases.ErrNoCase) {
			d.t.Errorf("load %q: %v", id, err)
		}
		if _, err := store.Whole(d.ctx, id, nil); !errors.Is(err, cases.ErrNoCase) {
			d.t.Errorf("load %q with what is beside it: %v", id, err)
		}
		if _, err := store.Whole(d.ctx, id, &cases.Whole{Case: cases.Case{ID: id}}); !errors.Is(err, cases.ErrNoCase) {
			d.t.Errorf("load %q with what is beside it, known: %v", id, err)
		}
		if _, err := d.Apply(d.ctx, id, cases.Event{Key: "k", Kind: cases.EvWithdraw, Actor: cases.Buyer, By: d.buyer}); !errors.Is(err, cases.ErrNoCase) {
			d.t.Errorf("apply to %q: %v", id, err)
		}
	}
	if rec := d.record(); !cmp.Equal(rec, cases.LineRecord{}) {
		d.t.Errorf("a line that nobody touched has the record %+v", rec)
	}
}

func openOnce(d *desk) {
	opened := make([]cases.Case, 8)
	var wg sync.WaitGroup
	for i := range opened {
		wg.Go(func() {
			c, err := d.Open(d.ctx, d.id, d.buyer, "d_001_A", d.line)
			if err != nil {
				d.t.Error(err)
			}
			opened[i] = stored(d.t, c)
		})
	}
	wg.Wait()
	for _, c := range opened[1:] {
		if diff := cmp.Diff(opened[0], c); diff != "" {
			d.t.Errorf("the same step opened another case:\n%s", diff)
		}
	}
	d.apply(d.id, d.fitting(opened[0], cases.Buyer, cases.EvAmend, first))
	if again := d.open(); again.Version != 2 {
		d.t.Errorf("the step that runs again finds version %d", again.Version)
	}
	d.consistent(d.id)
}

func oneOpenCase(d *desk) {
	const rivals = 8
	won := make([]cases.ID, rivals)
	var wg sync.WaitGroup
	for i := range rivals {
		id := d.newID()
		wg.Go(func() {
			_, err := d.Open(d.ctx, id, d.buyer, "d_001_A", d.line)
			if err == nil {
				won[i] = id
				return
			}
			d.want(err, cases.CodeAlreadyOpen)
			if refused := (*cases.Error)(nil); !errors.As(err, &refused) || refused.OpenCase == "" {
				d.t.Errorf("the refusal does not name the open case: %v", err)
			}
		})
	}
	wg.Wait()
	won = slices.DeleteFunc(won, func(id cases.ID) bool { return id == "" })
	if len(won) != 1 {
		d.t.Fatalf("%d cases are open on one line", len(won))
	}
	if rec := d.record(); rec.OpenCase != string(won[0]) || rec.Version != 1 {
		d.t.Errorf("line record %+v, won by %s", rec, won[0])
	}
	d.consistent(won[0])
	// When it is over the line is free.
	d.apply(won[0], cases.Event{Key: "close", Kind: cases.EvCloseIneligible, Actor: cases.Buyer, By: d.buyer})
	d.open()
	d.consistent(won[0])
}

func keyOnce(d *desk) {
	c := d.open()
	ev := d.fitting(c, cases.Buyer, cases.EvAmend, first)
	one := d.apply(d.id, ev)
	records := len(d.records(d.id))
	d.pass(Epoch.Add(time.Minute))
	two := d.apply(d.id, ev)
	if one.Repeat || !two.Repeat || two.Case.Version != one.Case.Version {
		d.t.Errorf("first %v at version %d, again %v at version %d", one.Repeat, one.Case.Version, two.Repeat, two.Case.Version)
	}
	// The key is looked at before the transition: the same press is a repeat even when the case has moved on.
	d.apply(d.id, cases.Event{Key: "close", Kind: cases.EvCloseIneligible, Actor: cases.Buyer, By: d.buyer})
	if late := d.apply(d.id, ev); !late.Repeat || late.Case.State != cases.ClosedIneligible {
		d.t.Errorf("late: repeat %v in %s", late.Repeat, late.Case.State)
	}
	for name, change := range map[string]func(*cases.Event){
		"text":   func(ev *cases.Event) { ev.Text = "something else" },
		"kind":   func(ev *cases.Event) { ev.Kind = cases.EvSubmit },
		"expect": func(ev *cases.Event) { ev.Expect = 1 },
		"actor":  func(ev *cases.Event) { ev.By = "somebody" },
	} {
		other := ev
		change(&other)
		_, err := d.Apply(d.ctx, d.id, other)
		if cases.CodeOf(err) != cases.CodeIdempotencyMismatch {
			d.t.Errorf("the key with another %s: %v", name, err)
		}
	}
	if _, err := d.Apply(d.ctx, d.id, cases.Event{Kind: cases.EvAmend, Actor: cases.Buyer, By: d.buyer}); err == nil {
		d.t.Error("an event without a key was taken")
	}
	is, was, err := d.Backend.Store.Look(d.ctx, d.id, ev.Key)
	if err != nil || was == nil || was.Version != one.Case.Version || was.Digest != cases.Digest(ev) || is.Version < was.Version {
		d.t.Errorf("the key is kept as %+v, %v, beside version %d", was, err, is.Version)
	}
	if got := len(d.records(d.id)); got != records+1 {
		d.t.Errorf("%d outbox records, want %d: repeats and refusals announce nothing", got, records+1)
	}
	d.consistent(d.id)
}

func keyAtOnce(d *desk) {
	d.file()
	ev := d.fitting(d.load(d.id), cases.Merchant, cases.EvReject, first)
	before := d.load(d.id).Version
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if out, err := d.Apply(d.ctx, d.id, ev); err != nil || out.Case.State != cases.MerchantRejected {
				d.t.Errorf("%s: %v", out.Case.State, err)
			}
		})
	}
	wg.Wait()
	if c := d.load(d.id); c.Version != before+1 || c.Rejections != 1 || d.record().Rejections != 1 {
		d.t.Errorf("version %d after %d, %d rejections", c.Version, before, c.Rejections)
	}
	d.consistent(d.id)
}

func versionConflict(d *desk) {
	c := d.file()
	ev := d.fitting(c, cases.Merchant, cases.EvReject, first)
	ev.Expect = c.Version - 1
	records := len(d.records(d.id))
	_, err := d.Apply(d.ctx, d.id, ev)
	d.want(err, cases.CodeVersionConflict)
	if refused := (*cases.Error)(nil); errors.As(err, &refused) && refused.Version != c.Version {
		d.t.Errorf("the refusal says version %d, it is %d", refused.Version, c.Version)
	}
	if is := d.load(d.id); is.Version != c.Version || len(d.records(d.id)) != records {
		d.t.Errorf("a refused event left version %d and %d records", is.Version, len(d.records(d.id)))
	}
	// A refused event does not use its key up.
	ev.Expect = c.Version
	d.apply(d.id, ev)
	d.consistent(d.id)
}

// raced commits what was decided on a reading that others have overtaken, below the ledger.
func raced(d *desk) {
	d.open()
	decide := func(key string) cases.Commit {
		d.t.Helper()
		c, rec := d.load(d.id), d.record()
		ev := d.fitting(c, cases.Buyer, cases.EvAmend, first)
		ev.Key, ev.Line = key, &d.line
		res, err := c.Apply(cases.Env{Policy: policy.Default(), Line: rec, Now: d.clock()}, ev)
		if err != nil {
			d.t.Fatal(err)
		}
		return cases.Commit{
			Case: res.Case, Mark: res.Mark, Key: key, Digest: cases.Digest(ev), Line: res.Line, LineFrom: rec.Version, Notices: res.Notices, Orders: res.Orders,
		}
	}
	store := d.Backend.Store
	one, two := decide("one"), decide("two")
	if err := store.Commit(d.ctx, one); err != nil {
		d.t.Fatal(err)
	}
	for name, c := range map[string]cases.Commit{
		"an overtaken reading": two,
		"the same once more":   one,
		"an overtaken line":    func() cases.Commit { c := decide("three"); c.LineFrom--; return c }(),
		"a line from nowhere":  func() cases.Commit { c := decide("four"); c.LineFrom += 3; return c }(),
		"a key that is there":  func() cases.Commit { c := decide("five"); c.Key = "one"; return c }(),
	} {
		records := len(d.records(d.id))
		if err := store.Commit(d.ctx, c); !isRaced(err) {
			d.t.Errorf("%s: %v, want ErrRaced", name, err)
		}
		if got := len(d.records(d.id)); got != records {
			d.t.Errorf("%s: the outbox has %d records more", name, got-records)
		}
		d.consistent(d.id)
	}
	for _, key := range []string{"two", "three", "four", "five"} {
		if _, was, err := store.Look(d.ctx, d.id, key); err != nil || was != nil {
			d.t.Errorf("the key of a commit that was refused is used up: %v", err)
		}
	}
	if c := d.load(d.id); c.Version != 2 || d.record().Version != 2 {
		d.t.Errorf("case %d, line %d", c.Version, d.record().Version)
	}
}

func resubmitBoth(d *desk) {
	c := d.file()
	c = d.apply(d.id, d.fitting(c, cases.Merchant, cases.EvReject, first)).Case
	taken := d.fitting(c, cases.Buyer, cases.EvResubmit, first)
	taken.NewCase = d.id // an id that exists: neither case may change
	if _, err := d.Apply(d.ctx, d.id, taken); !isRaced(err) {
		d.t.Errorf("replaced by itself: %v", err)
	}
	if is := d.load(d.id); is.Version != c.Version || is.State != cases.MerchantRejected {
		d.t.Fatalf("half of it was stored: %s at %d", is.State, is.Version)
	}
	d.consistent(d.id)

	ev := d.fitting(c, cases.Buyer, cases.EvResubmit, first)
	out := d.apply(d.id, ev)
	if out.New == nil {
		d.t.Fatal("no new case")
	}
	old, next := d.load(d.id), d.load(ev.NewCase)
	if old.State != cases.ClosedWithdrawn || old.SupersededBy != next.ID || next.Previous != old.ID || next.State != cases.Draft || next.Version != 1 {
		d.t.Errorf("old %s -> %s, new %s of %s", old.State, old.SupersededBy, next.State, next.Previous)
	}
	if rec := d.record(); rec.OpenCase != string(next.ID) || rec.Attempts != 1 {
		d.t.Errorf("line record %+v", rec)
	}
	if again := d.apply(d.id, ev); !again.Repeat {
		d.t.Error("the step that runs again is no repeat")
	}
	d.consistent(old.ID)
	d.consistent(next.ID)
	// The new one is a case like any other.
	amended := d.apply(next.ID, d.fitting(next, cases.Buyer, cases.EvAmend, first))
	if amended.Case.Version != 2 {
		d.t.Errorf("version %d", amended.Case.Version)
	}
	d.consistent(next.ID)
}

// agrees walks cases at random and holds everything against each other after every step.
func agrees(d *desk) {
	reached := map[cases.State]int{}
	for seed := range uint64(8) {
		w := newDesk(d.t, d.ctx, d.Backend)
		rng := rand.New(rand.NewPCG(seed, 7))
		w.open()
		if seed%2 == 0 {
			w.forward()
		}
		for range 25 {
			c := w.load(w.id)
			reached[c.State]++
			ev, ok := w.random(c, rng)
			if !ok {
				break
			}
			before, records := c.Version, len(w.records(w.id))
			out, err := w.Apply(w.ctx, w.id, ev)
			is := w.load(w.id)
			switch {
			case err == nil && is.Version != before+1:
				w.t.Errorf("%s was taken and left version %d", ev.Kind, is.Version)
			case err != nil && cases.CodeOf(err) == "" && !errors.Is(err, cases.ErrStale):
				w.t.Fatalf("%s in %s: %v", ev.Kind, c.State, err)
			case err != nil && (is.Version != before || len(w.records(w.id)) != records):
				w.t.Errorf("%s was refused and left version %d, %d records", ev.Kind, is.Version, len(w.records(w.id))-records)
			}
			w.consistent(w.id)
			if out.New != nil {
				w.id = out.New.ID
				w.consistent(w.id)
			}
			if w.t.Failed() {
				w.t.Fatalf("seed %d, after %s of %s", seed, ev.Kind, ev.Actor)
			}
		}
	}
	if len(reached) < 8 {
		d.t.Errorf("the walks saw only %v", reached)
	}
}

// forward files the draft.
func (d *desk) forward() {
	d.t.Helper()
	for _, kind := range []cases.EventKind{cases.EvAmend, cases.EvSupplement, cases.EvSubmit} {
		d.apply(d.id, d.fitting(d.load(d.id), cases.Buyer, kind, first))
	}
}

// random is something that may happen now: a due deadline, an allowed event of anybody, or noise.
func (d *desk) random(c cases.Case, rng *rand.Rand) (cases.Event, bool) {
	if len(c.Deadlines) > 0 && rng.IntN(4) == 0 {
		var next cases.Timer
		for t, at := range c.Deadlines {
			if next == "" || at.Before(c.Deadlines[next]) || at.Equal(c.Deadlines[next]) && t < next {
				next = t
			}
		}
		if at := c.Deadlines[next]; at.After(d.clock()) {
			d.pass(at)
		}
		d.seq++
		return cases.Event{Key: fmt.Sprintf("t%d", d.seq), Kind: cases.TimerEvent(next), Actor: cases.System}, true
	}
	d.pass(d.clock().Add(time.Duration(rng.IntN(120)) * time.Minute))
	env := cases.Env{Policy: policy.Default(), Line: d.record(), Now: d.clock()}
	var moves []cases.Event
	for _, actor := range []cases.Actor{cases.Buyer, cases.Merchant, cases.Agent, cases.Carrier, cases.PaymentCh} {
		for _, kind := range c.Allowed(actor, env) {
			if (kind == cases.EvWithdraw || kind == cases.EvCloseIneligible) && rng.IntN(8) > 0 {
				continue // else most walks end at once
			}
			moves = append(moves, d.fitting(c, actor, kind, rng.IntN))
		}
	}
	if rng.IntN(6) == 0 {
		moves = append(moves, d.fitting(c, cases.Merchant, cases.EvConfirmRefund, rng.IntN), d.fitting(c, cases.Agent, cases.EvRuleRefund, rng.IntN))
	}
	if len(moves) == 0 {
		return cases.Event{}, false
	}
	return moves[rng.IntN(len(moves))], true
}

func ofBuyer(d *desk) {
	c := d.file()
	c = d.apply(d.id, d.fitting(c, cases.Merchant, cases.EvReject, first)).Case
	ev := d.fitting(c, cases.Buyer, cases.EvResubmit, first)
	d.apply(d.id, ev)
	other := d.line
	other.OrderID = "o:2"
	third := d.newID()
	if _, err := d.Open(d.ctx, third, d.buyer, "", other); err != nil {
		d.t.Fatal(err)
	}
	for _, tt := range []struct {
		limit int
		want  []cases.ID
	}{{10, []cases.ID{third, ev.NewCase, d.id}}, {2, []cases.ID{third, ev.NewCase}}, {0, nil}} {
		got, err := d.Backend.Store.OfBuyer(d.ctx, d.buyer, tt.limit)
		if err != nil {
			d.t.Fatal(err)
		}
		if len(got) != len(tt.want) || len(got) > 0 && !cmp.Equal(got, tt.want) {
			d.t.Errorf("the newest %d: %v, want %v", tt.limit, got, tt.want)
		}
	}
	if got, err := d.Backend.Store.OfBuyer(d.ctx, d.buyer+"x", 10); err != nil || len(got) != 0 {
		d.t.Errorf("another buyer has %v, %v", got, err)
	}
}
