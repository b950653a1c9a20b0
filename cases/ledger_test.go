package cases

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"

	"recourse/cases/policy"
)

// memory is a store in memory that compares and sets like the real one. It keeps documents as JSON, so that
// nothing is shared with the caller.
type memory struct {
	Store // nil: what a ledger does not ask for

	mu     sync.Mutex
	docs   map[ID][]byte
	keys   map[string]Applied
	line   LineRecord
	marks  map[ID][]Mark
	told   []Notice
	before func() // called between a reading and the commit that follows it
}

func newMemory() *memory {
	return &memory{docs: map[ID][]byte{}, keys: map[string]Applied{}, marks: map[ID][]Mark{}}
}

func (m *memory) Load(_ context.Context, id ID) (Case, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var c Case
	doc, ok := m.docs[id]
	if !ok {
		return c, ErrNoCase
	}
	return c, json.Unmarshal(doc, &c)
}

func (m *memory) Line(context.Context, string, string, string) (LineRecord, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.line, nil
}

func (m *memory) Look(ctx context.Context, id ID, key string) (Case, *Applied, error) {
	c, err := m.Load(ctx, id)
	if err != nil {
		return c, nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if was, ok := m.keys[string(id)+"/"+key]; ok {
		return c, &was, nil
	}
	return c, nil, nil
}

func (m *memory) Commit(_ context.Context, c Commit) error {
	if m.before != nil {
		m.before()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var have Case
	if doc, ok := m.docs[c.Case.ID]; ok {
		if err := json.Unmarshal(doc, &have); err != nil {
			return err
		}
	}
	key := string(c.Case.ID) + "/" + c.Key
	if _, twice := m.keys[key]; twice || have.Version != c.Case.Version-1 || m.line.Version != c.LineFrom {
		return ErrRaced
	}
	m.line = c.Line
	m.line.Version = c.LineFrom + 1
	m.keys[key] = Applied{Digest: c.Digest, Version: c.Case.Version}
	for _, k := range []struct {
		c    *Case
		mark *Mark
	}{{&c.Case, &c.Mark}, {c.New, c.NewMark}} {
		if k.c == nil {
			continue
		}
		doc, err := json.Marshal(k.c)
		if err != nil {
			return err
		}
		m.docs[k.c.ID] = doc
		m.marks[k.c.ID] = append(m.marks[k.c.ID], *k.mark)
	}
	return nil
}

func (m *memory) Remind(_ context.Context, r Reminded) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var have Case
	if err := json.Unmarshal(m.docs[r.Case], &have); err != nil {
		return false, err
	}
	key := string(r.Case) + "/" + r.Reminder.Key()
	if _, twice := m.keys[key]; twice || have.Version != r.Version {
		return false, map[bool]error{false: ErrRaced}[twice]
	}
	m.keys[key] = Applied{Version: r.Version}
	m.told = append(m.told, r.Reminder.Notice())
	return true, nil
}

func (m *memory) Marks(_ context.Context, id ID) ([]Mark, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return stored(m.marks[id]), nil
}

func (m *memory) OfBuyer(context.Context, string, int) ([]ID, error) { return nil, nil }

// shelf is an order system with one line, which may change.
type shelf struct{ line *policy.Line }

func (s shelf) Lines(context.Context, string) ([]policy.Line, error) {
	return []policy.Line{*s.line}, nil
}

func (s shelf) Line(context.Context, string, string, string) (policy.Line, error) {
	return *s.line, nil
}

// desk is a ledger on a memory store with a clock that tests set.
type desk struct {
	*Ledger
	*world
	store *memory
	id    ID
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{world: newWorld(func(n int) int { return min(2, n-1) }, table), store: newMemory(), id: "c_001_DESK"}
	d.Ledger = &Ledger{
		Store: d.store, Orders: shelf{&d.line}, Now: func() time.Time { return d.now },
		Policy: func(string) *policy.Policy { return policy.Default() },
	}
	if _, err := d.Open(t.Context(), d.id, "b1", "d_001_A", d.line); err != nil {
		t.Fatal(err)
	}
	return d
}

// send applies a fitting event after change.
func (d *desk) send(t *testing.T, actor Actor, kind EventKind, change func(*Event)) (Outcome, error) {
	t.Helper()
	c, err := d.store.Load(t.Context(), d.id)
	if err != nil {
		t.Fatal(err)
	}
	ev := d.fitting(c, actor, kind)
	if change != nil {
		change(&ev)
	}
	return d.Apply(t.Context(), d.id, ev)
}

func (d *desk) must(t *testing.T, actor Actor, kind EventKind, change func(*Event)) Outcome {
	t.Helper()
	out, err := d.send(t, actor, kind, change)
	if err != nil {
		t.Fatalf("%s: %v", kind, err)
	}
	return out
}

func (d *desk) file(t *testing.T) {
	t.Helper()
	d.must(t, Buyer, EvAmend, because(policy.QualityDefect, policy.ReturnRefund))
	d.must(t, Buyer, EvSupplement, nil)
	d.must(t, Buyer, EvSubmit, nil)
}

func TestTheSameKeyIsAppliedOnceAndOnlyForTheSameRequest(t *testing.T) {
	d := newDesk(t)
	d.file(t)
	late := func(ev *Event) { ev.Key, ev.Evidence = "once", nil; ev.Code = "MR04" }
	first := d.must(t, Merchant, EvReject, late)
	d.now = d.now.Add(time.Hour)
	again := d.must(t, Merchant, EvReject, late)
	if first.Repeat || !again.Repeat || again.Case.Version != first.Case.Version || d.store.line.Rejections != 1 {
		t.Errorf("first %+v, again %+v, record %+v", first.Transition, again.Repeat, d.store.line)
	}
	_, err := d.send(t, Merchant, EvReject, func(ev *Event) { late(ev); ev.Text = "another explanation" })
	if CodeOf(err) != CodeIdempotencyMismatch {
		t.Errorf("another request under the key: %v, want %s", err, CodeIdempotencyMismatch)
	}
	if _, err := d.send(t, Merchant, EvReject, func(ev *Event) { ev.Key = "" }); err == nil {
		t.Error("an event without a key was applied")
	}
}

func TestACaseThatDoesNotExistIsNotFound(t *testing.T) {
	d := newDesk(t)
	if _, err := d.Apply(t.Context(), "c_001_NONE", Event{Key: "k", Kind: EvSubmit, Actor: Buyer, By: "b1"}); !errors.Is(err, ErrNoCase) {
		t.Errorf("%v, want ErrNoCase, which callers answer as %s", err, CodeNotFound)
	}
}

func TestADraftIsOpenedOnce(t *testing.T) {
	d := newDesk(t)
	again, err := d.Open(t.Context(), d.id, "b1", "d_001_A", d.line)
	if err != nil || again.Version != 1 || len(d.store.marks[d.id]) != 1 {
		t.Errorf("opened again: %+v, %v", again.Version, err)
	}
	if _, err := d.Open(t.Context(), "c_001_TWO", "b1", "d_001_A", d.line); CodeOf(err) != CodeAlreadyOpen {
		t.Errorf("a second draft on the line: %v, want %s", err, CodeAlreadyOpen)
	}
}

// The draft was right when it was made; what counts is the order as it stands at the submit.
func TestASubmitIsJudgedOnTheOrderAsItIsNow(t *testing.T) {
	d := newDesk(t)
	d.must(t, Buyer, EvAmend, because(policy.QualityDefect, policy.ReturnRefund))
	d.must(t, Buyer, EvSupplement, nil)
	d.line.Status = policy.Closed
	if _, err := d.send(t, Buyer, EvSubmit, nil); CodeOf(err) != CodeEligibilityFailed {
		t.Errorf("the order was closed meanwhile: %v, want %s", err, CodeEligibilityFailed)
	}
	d.line.Status = policy.Completed
	if out := d.must(t, Buyer, EvSubmit, nil); out.Case.Line.Status != policy.Completed {
		t.Errorf("filed on the line as it was: %s", out.Case.Line.Status)
	}
}

// Invariant 8: a merchant and a timer at the same instant; the first to commit wins, the other does nothing.
func TestOfTwoAtOneInstantOneWins(t *testing.T) {
	for _, rival := range []EventKind{EvReject, EvAgreeReturn, EvOffer} {
		d := newDesk(t)
		d.file(t)
		c, err := d.store.Load(t.Context(), d.id)
		if err != nil {
			t.Fatal(err)
		}
		d.now = c.Deadlines[TimerMerchantHard]
		once := sync.OnceFunc(func() {
			d.store.before = nil
			d.must(t, System, TimerEvent(TimerMerchantHard), func(ev *Event) { ev.Key = "timer" })
		})
		d.store.before = once // the timer commits between the merchant's reading and writing
		_, err = d.send(t, Merchant, rival, nil)
		if CodeOf(err) != CodeStateConflict {
			t.Errorf("%s after the timer: %v, want %s", rival, err, CodeStateConflict)
		}
		if _, err := d.send(t, System, TimerEvent(TimerMerchantHard), nil); !errors.Is(err, ErrStale) {
			t.Errorf("the timer again: %v, want ErrStale", err)
		}
		marks, err := d.store.Marks(t.Context(), d.id)
		if err != nil {
			t.Fatal(err)
		}
		if last := marks[len(marks)-1]; last.ID != "T08" || len(marks) != 5 {
			t.Errorf("the timeline ends with %s after %d marks", last.ID, len(marks))
		}
	}
}

func TestManyAtOnceLeaveOneTimelineThatReplays(t *testing.T) {
	d := newDesk(t)
	d.file(t)
	d.now = d.now.Add(time.Hour)
	c, err := d.store.Load(t.Context(), d.id)
	if err != nil {
		t.Fatal(err)
	}
	var events []Event
	for _, m := range []struct {
		actor Actor
		kind  EventKind
	}{{Merchant, EvReject}, {Merchant, EvAgreeReturn}, {Merchant, EvOffer}, {Buyer, EvWithdraw}} {
		ev := d.fitting(c, m.actor, m.kind)
		events = append(events, ev, ev) // each sent twice
	}
	won := make([]bool, len(events))
	var wg sync.WaitGroup
	for i, ev := range events {
		wg.Go(func() {
			out, err := d.Apply(context.WithoutCancel(t.Context()), d.id, ev)
			won[i] = err == nil && !out.Repeat
			if err != nil && CodeOf(err) == "" {
				t.Errorf("%s: %v", ev.Kind, err)
			}
		})
	}
	wg.Wait()
	marks, err := d.store.Marks(t.Context(), d.id)
	if err != nil {
		t.Fatal(err)
	}
	winners := 0
	for _, w := range won {
		if w {
			winners++
		}
	}
	if winners == 0 || winners != len(marks)-4 {
		t.Errorf("%d events took effect, %d marks were added", winners, len(marks)-4)
	}
	is, err := d.store.Load(t.Context(), d.id)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Replay(marks, always(policy.Default()))
	if err != nil {
		t.Fatal(err)
	}
	if diff := same(is, again); diff != "" {
		t.Errorf("replayed (-is +replayed):\n%s", diff)
	}
}

func TestALostRaceIsNotTriedForEver(t *testing.T) {
	d := newDesk(t)
	n := 0
	d.store.before = func() { n++; d.store.line.Version++ }
	_, err := d.send(t, Buyer, EvAmend, nil)
	if !errors.Is(err, ErrRaced) || n != tries {
		t.Errorf("%v after %d tries, want ErrRaced after %d", err, n, tries)
	}
}

func TestADigestIsWhatTheActorSaid(t *testing.T) {
	ev := Event{Key: "k", Kind: EvReject, Actor: Merchant, By: "s1", Text: "no", At: epoch, Line: &policy.Line{Title: "x"}}
	same := ev
	same.Key, same.At, same.Line = "other", epoch.Add(time.Hour), nil
	if Digest(ev) != Digest(same) {
		t.Error("the digest depends on when it came or on what the order system said")
	}
	for name, change := range map[string]func(*Event){
		"text":      func(ev *Event) { ev.Text = "yes" },
		"amount":    func(ev *Event) { ev.AmountFen = 1 },
		"actor":     func(ev *Event) { ev.By = "s2" },
		"version":   func(ev *Event) { ev.Expect = 3 },
		"confirmed": func(ev *Event) { ev.Confirmed = true },
	} {
		other := ev
		change(&other)
		if Digest(ev) == Digest(other) {
			t.Errorf("the digest does not see the %s", name)
		}
	}
	if len(Digest(ev)) != 16 {
		t.Errorf("digest %q", Digest(ev))
	}
}
