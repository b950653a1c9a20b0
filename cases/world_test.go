package cases

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"recourse/cases/policy"
)

// world is one order line with all the cases made on it, walked at random. After every step it checks the
// invariants of domain §3.5; a violation is an error that names the invariant, so that a test can also
// see that a broken table is noticed.
type world struct {
	pick  func(n int) int
	rows  []Transition
	line  policy.Line
	rec   LineRecord
	now   time.Time
	cases []*walked
	seq   int
	// fired counts the rows that took effect; seen the states that were reached.
	fired map[string]int
	seen  map[State]int
	told  func(Result)
}

type walked struct {
	c     Case
	marks []Mark
}

var epoch = time.Date(2026, 3, 2, 10, 0, 0, 0, policy.Zone()).UTC()

func newWorld(pick func(n int) int, rows []Transition) *world {
	w := &world{pick: pick, rows: rows, now: epoch, fired: map[string]int{}, seen: map[State]int{}}
	w.line = policy.Line{
		OrderID: "o1", LineID: "l1", BuyerID: "b1", ShopID: "s1", Title: "lamp", Spec: "blue", Quantity: 1,
		PaidGoodsFen: 19900, PaidFreightFen: 800, CouponFen: 500, ReturnAddress: "1 Example Road, Hangzhou",
		PaidAt: epoch.AddDate(0, 0, -6), PromisedShipAt: epoch.AddDate(0, 0, -4), Waybill: "OUT12345678",
	}
	if pick(6) == 0 {
		w.line.ReturnAddress = "" // the shop has named none
	}
	switch pick(4) {
	case 0:
		w.line.Status = policy.PaidUnshipped
	case 1:
		w.line.Status, w.line.Logistics = policy.Shipped, policy.LogisticsLost
		w.line.ShippedAt = epoch.AddDate(0, 0, -5)
	default:
		w.line.Status, w.line.SignedAt = policy.Signed, epoch.AddDate(0, 0, -1)
	}
	return w
}

func (w *world) env() Env {
	return Env{Policy: policy.Default(), Line: w.rec, Now: w.now}
}

// broken is a violation of invariants; one event may break several.
type broken struct {
	invariants []int
	what       []string
}

func (b *broken) Error() string { return "invariant " + strings.Join(b.what, "\ninvariant ") }

func breaks(n int, format string, args ...any) error {
	return &broken{invariants: []int{n}, what: []string{fmt.Sprintf("%d: ", n) + fmt.Sprintf(format, args...)}}
}

// walk takes n steps and returns the first violation.
func (w *world) walk(n int) error {
	for range n {
		if err := w.step(); err != nil {
			return fmt.Errorf("%w\n%s", err, w.history())
		}
	}
	return nil
}

func (w *world) history() string {
	var b strings.Builder
	for _, k := range w.cases {
		for _, m := range k.marks {
			fmt.Fprintf(&b, "%s %s %s %s by %s: %s -> %s\n", m.At.Format(time.DateTime), k.c.ID, m.ID, m.Event.Kind, m.Event.Actor, m.From, m.To)
		}
	}
	return b.String()
}

func (w *world) step() error {
	if len(w.cases) == 0 || w.pick(12) == 0 {
		return w.open()
	}
	// Mostly the case that moves; now and then an old one.
	k := w.cases[len(w.cases)-1]
	if w.pick(5) == 0 {
		k = w.cases[w.pick(len(w.cases))]
	}
	// As the ledger does before any event: deadlines that have passed come first.
	for due := k.c.overdueIn(w.rows, w.now); len(due) > 0; due = k.c.overdueIn(w.rows, w.now) {
		if err := w.late(k); err != nil {
			return err
		}
		if err := w.apply(k, k.c.timerEvent(due[0])); err != nil {
			return err
		}
	}
	switch w.pick(10) {
	case 0:
		return w.nextTimer(k)
	case 2:
		w.now = w.now.Add([]time.Duration{time.Minute, 5 * time.Hour, 30 * time.Hour, 5*24*time.Hour + time.Hour}[w.pick(4)])
		return nil
	case 3:
		return w.noise(k)
	case 4:
		if w.pick(6) == 0 {
			return w.unlisted(k)
		}
		return w.offered(k)
	default:
		return w.offered(k)
	}
}

func (w *world) open() error {
	w.seq++
	id := ID(fmt.Sprintf("c_001_%d", w.seq))
	for _, k := range w.cases {
		// A deadline that has passed may be what frees the line.
		for due := k.c.overdueIn(w.rows, w.now); len(due) > 0; due = k.c.overdueIn(w.rows, w.now) {
			if err := w.apply(k, k.c.timerEvent(due[0])); err != nil {
				return err
			}
		}
	}
	res, err := NewDraft(id, "b1", "d_001_A", w.line, w.env())
	if err != nil {
		if w.rec.OpenCase == "" {
			return breaks(1, "a free line refuses a draft: %v", err)
		}
		return nil
	}
	k := &walked{}
	w.cases = append(w.cases, k)
	return w.accept(k, Case{}, snapshot(Case{}), w.rec, res)
}

// late: whatever somebody does after a deadline has passed, the deadline comes first.
func (w *world) late(k *walked) error {
	actor := walkers[w.pick(len(walkers))]
	ev := w.fitting(k.c, actor, w.rows[w.pick(len(w.rows))].Event)
	if _, timer := ev.timer(); timer {
		return nil
	}
	if _, err := k.c.applyWith(w.rows, w.env(), ev); !errors.Is(err, ErrDeadlineDue) {
		return breaks(8, "%s of %s slipped in after %v had passed: %v", ev.Kind, actor, k.c.overdueIn(w.rows, w.now), err)
	}
	return nil
}

// nextTimer lets the earliest deadline of the case pass and fires it twice (invariant 7).
func (w *world) nextTimer(k *walked) error {
	var first Timer
	for t, at := range k.c.Deadlines {
		if first == "" || at.Before(k.c.Deadlines[first]) || at.Equal(k.c.Deadlines[first]) && t < first {
			first = t
		}
	}
	if first == "" {
		return nil
	}
	at := k.c.Deadlines[first]
	ev := k.c.timerEvent(first)
	if w.now.Before(at) {
		if _, err := k.c.applyWith(w.rows, w.env(), ev); !errors.Is(err, ErrStale) {
			return breaks(7, "%s fired %s early: %v", first, at.Sub(w.now), err)
		}
		w.now = at
	}
	if err := w.apply(k, ev); err != nil {
		return err
	}
	if _, err := k.c.applyWith(w.rows, w.env(), ev); !errors.Is(err, ErrStale) {
		return breaks(7, "%s took effect twice: %v", first, err)
	}
	return nil
}

var walkers = []Actor{Buyer, Merchant, Agent, Carrier, PaymentCh, System}

// offered does something that Allowed lists, with a fitting payload; it must be taken.
func (w *world) offered(k *walked) error {
	type move struct {
		actor Actor
		kind  EventKind
	}
	var moves []move
	for _, a := range walkers {
		for _, kind := range k.c.allowedIn(w.rows, Party{Actor: a}, w.env()) {
			moves = append(moves, move{a, kind})
		}
	}
	if len(moves) == 0 {
		return nil
	}
	m := moves[w.pick(len(moves))]
	if next := (move{Buyer, w.forward(k.c)}); slices.Contains(moves, next) && w.pick(4) > 0 {
		m = next // else most walks end in their draft
	}
	if (m.kind == EvCloseIneligible || m.kind == EvWithdraw) && w.pick(6) > 0 {
		return nil
	}
	return w.apply(k, w.fitting(k.c, m.actor, m.kind))
}

// forward is what brings a draft on its way.
func (w *world) forward(c Case) EventKind {
	switch v := c.Verdict; {
	case c.State != Draft:
		return ""
	case v == nil || v.Kind != policy.Eligible && v.Kind != policy.EligibleIfEvidence:
		return EvAmend
	case len(v.Missing) > 0:
		return EvSupplement
	default:
		return EvSubmit
	}
}

// noise sends what may not fit: any event of any actor, perhaps of a stranger, perhaps of a stale view.
func (w *world) noise(k *walked) error {
	rows := w.rows
	kind := rows[w.pick(len(rows))].Event
	actor := append(slices.Clone(walkers), "bot")[w.pick(len(walkers)+1)]
	ev := w.fitting(k.c, actor, kind)
	switch w.pick(4) {
	case 0:
		ev.Expect = max(1, k.c.Version-1-w.pick(3))
	case 1:
		ev.By = "stranger"
	case 2:
		ev.Confirmed, ev.AmountFen = false, []int64{-1, 0, 1 << 40}[w.pick(3)]
	}
	before, env := k.c, w.env()
	frozen := snapshot(before)
	listed := slices.Contains(k.c.allowedIn(w.rows, Party{Actor: actor}, env), kind)
	_, timer := ev.timer()
	res, err := k.c.applyWith(w.rows, env, ev)
	if err != nil {
		return w.untouched(frozen, k.c)
	}
	switch {
	case ev.Expect != 0 && ev.Expect != before.Version:
		return breaks(8, "%s was taken on a stale view", kind)
	case !listed && !timer:
		return breaks(5, "%s of %s was taken in %s though it is not offered", kind, actor, before.State)
	case actor == "bot":
		return breaks(13, "%s was taken from a bot", kind)
	case ev.By == "stranger" && (actor == Buyer || actor == Merchant):
		return breaks(13, "%s was taken from a stranger", kind)
	}
	return w.accept(k, before, frozen, w.rec, res)
}

// timers are all there are.
var timers = []Timer{
	TimerDraft, TimerMerchantSoft, TimerMerchantHard, TimerOffer, TimerBuyerShip, TimerUnsigned, TimerInspect, TimerEscalate,
	TimerFirstResponse, TimerDecision, TimerEvidenceBuyer, TimerEvidenceShop, TimerRulingExecute, TimerAppeal, TimerRefundChase,
	TimerReship, TimerReceipt, TimerGoodsBack, TimerArrival, TimerQuiet,
}

// unlisted tries everything that Allowed does not list, from everybody, with a fitting payload; and every
// timer that is not due. Nothing of it may be taken.
func (w *world) unlisted(k *walked) error {
	pick, before := w.pick, snapshot(k.c)
	w.pick = func(int) int { return 0 }
	defer func() { w.pick = pick }()
	kinds := kindsOf(w.rows)
	for _, a := range walkers {
		listed := k.c.allowedIn(w.rows, Party{Actor: a}, w.env())
		for _, kind := range kinds {
			if _, timer := (Event{Kind: kind}).timer(); timer || slices.Contains(listed, kind) {
				continue
			}
			if _, err := k.c.applyWith(w.rows, w.env(), w.fitting(k.c, a, kind)); err == nil {
				return breaks(5, "%s of %s was taken in %s though it is not offered", kind, a, k.c.State)
			} else if CodeOf(err) == "" {
				return breaks(5, "%s of %s in %s has no public code: %v", kind, a, k.c.State, err)
			}
		}
	}
	for _, kind := range kinds {
		for _, a := range []Actor{Buyer, Merchant, "bot"} {
			ev := w.fitting(k.c, a, kind)
			ev.By = "stranger"
			if _, err := k.c.applyWith(w.rows, w.env(), ev); err == nil {
				return breaks(13, "%s was taken from a %s who is a stranger", kind, a)
			}
		}
	}
	for _, t := range timers {
		if at, runs := k.c.Deadlines[t]; runs && !w.now.Before(at) {
			continue
		}
		if _, err := k.c.applyWith(w.rows, w.env(), Event{Key: "t", Kind: TimerEvent(t), Actor: System}); !errors.Is(err, ErrStale) {
			return breaks(7, "%s was not due in %s: %v", t, k.c.State, err)
		}
	}
	if snapshot(k.c) != before {
		return breaks(8, "a refused event changed the case")
	}
	return nil
}

// kindsOf are the events of a table, each once: many have several rows.
func kindsOf(rows []Transition) []EventKind {
	var out []EventKind
	for _, row := range rows {
		if !slices.Contains(out, row.Event) {
			out = append(out, row.Event)
		}
	}
	return out
}

// sayable are the refusals of an offered event that depend on what was said before it: evidence for an
// appeal, the time for evidence.
var sayable = map[EventKind][]Code{
	EvAppeal:     {CodeAppealEvidence},
	EvSupplement: {CodeDeadlinePassed},
	EvAmend:      {CodeAmountInvalid}, // of the part he asks for less may be left by now
}

// The agent of a ruling may not have a colleague's appeal, and so on: what one agent may do is part of what
// an agent may do.
func (w *world) agents(k *walked) error {
	any := k.c.allowedIn(w.rows, Party{Actor: Agent}, w.env())
	for _, p := range []Party{{Agent, "a1", "agent"}, {Agent, "a2", "supervisor"}, {Agent, k.c.Arbitration.Agent, "senior"}} {
		if p.By == "" {
			continue
		}
		for _, kind := range k.c.allowedIn(w.rows, p, w.env()) {
			if !slices.Contains(any, kind) {
				return breaks(5, "%s is offered to %s and not to an agent", kind, p.By)
			}
			ev := w.fitting(k.c, Agent, kind)
			ev.By, ev.Role = p.By, p.Role
			if _, err := k.c.applyWith(w.rows, w.env(), ev); CodeOf(err) == CodeNotAssigned && kind != EvReassign || CodeOf(err) == CodeNotParty {
				return breaks(5, "%s is offered to %s (%s) in %s and refused: %v", kind, p.By, p.Role, k.c.State, err)
			}
		}
	}
	return nil
}

func (w *world) apply(k *walked, ev Event) error {
	before, rec, env := k.c, w.rec, w.env()
	frozen := snapshot(before)
	res, err := k.c.applyWith(w.rows, env, ev)
	if err != nil {
		if !slices.Contains(sayable[ev.Kind], CodeOf(err)) {
			return breaks(5, "%s of %s is offered in %s and refused: %v", ev.Kind, ev.Actor, before.State, err)
		}
		return w.untouched(frozen, k.c)
	}
	return w.accept(k, before, frozen, rec, res)
}

func snapshot(c Case) string {
	raw, err := json.Marshal(c)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// untouched compares with what was written down before the event: a copy of the case shares its maps.
func (w *world) untouched(frozen string, after Case) error {
	if frozen != snapshot(after) {
		return breaks(8, "a refused event changed the case")
	}
	return nil
}

// accept takes a result over, as the ledger would, and checks what must hold.
func (w *world) accept(k *walked, before Case, frozen string, rec LineRecord, res Result) error {
	k.c = res.Case
	k.marks = append(k.marks, res.Mark)
	w.rec = res.Line
	w.fired[res.Transition]++
	w.seen[k.c.State]++
	if w.told != nil {
		w.told(res)
	}
	if err := w.check(seen{w: w, k: k, before: before, frozen: frozen, rec: rec, res: res}); err != nil {
		return err
	}
	if k.c.Version%4 == 0 {
		if err := w.agents(k); err != nil {
			return err
		}
	}
	if res.NewCase != nil {
		next := &walked{}
		w.cases = append(w.cases, next)
		return w.accept(next, Case{}, snapshot(Case{}), w.rec, Result{Case: *res.NewCase, Mark: *res.NewMark, Line: w.rec, Transition: res.NewMark.ID})
	}
	return nil
}

// same compares a case with its rebuilt copy after both went through their stored form.
func same(a, b Case) string {
	var x, y Case
	for _, p := range []struct {
		from Case
		into *Case
	}{{a, &x}, {b, &y}} {
		if err := json.Unmarshal([]byte(snapshot(p.from)), p.into); err != nil {
			panic(err)
		}
	}
	return cmp.Diff(x, y, cmpopts.EquateEmpty())
}

// stored is a timeline as the ledger gives it back.
func stored(marks []Mark) []Mark {
	raw, err := json.Marshal(marks)
	if err != nil {
		panic(err)
	}
	var out []Mark
	if err := json.Unmarshal(raw, &out); err != nil {
		panic(err)
	}
	return out
}
