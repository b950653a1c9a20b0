package cases

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"recourse/cases/policy"
)

// merchantMoney are the clocks whose end moves money because the merchant did nothing.
var merchantMoney = []Timer{TimerMerchantSoft, TimerMerchantHard, TimerUnsigned, TimerInspect}

// seen is one accepted event with all that an invariant may look at.
type seen struct {
	w      *world
	k      *walked
	before Case
	frozen string // before, as it was written down before the event
	rec    LineRecord
	res    Result
}

// held are the invariants of domain §3.5 by number, each with what holds an accepted event to it. Where the
// events are sent (world_test.go) 5, 7, 8 and 13 are also held against what must be refused.
var held = []struct {
	number int
	name   string
	hold   func(seen) error
}{
	{1, "one open case per line", oneOpenCase},
	{2, "attempts rise by T01 alone", attemptsRise},
	{3, "no more is paid than was paid", neverOverPaid},
	{4, "closed cases keep their state", closedStaysClosed},
	{5, "somebody can move, and something will", somebodyCanMove},
	{6, "agents rule, the channel pays", onlyAgentsRule},
	{7, "once is once", onceIsOnce},
	{8, "a stale view changes nothing", staleChangesNothing},
	{9, "no clock of the merchant under the platform", noMerchantClock},
	{10, "extension in its time, once", extensionInTime},
	{11, "evidence of a ruling stays", evidenceStays},
	{12, "the timeline is the case", timelineIsCase},
	{13, "nobody acts for another", nobodyForAnother},
	{14, "goods or money", goodsOrMoney},
	{15, "paid money is asked after once", askedAfterOnce},
}

func (w *world) check(v seen) error {
	var b broken
	for _, inv := range held {
		if err := inv.hold(v); err != nil {
			b.invariants = append(b.invariants, inv.number)
			b.what = append(b.what, fmt.Sprintf("%d (%s): %v", inv.number, inv.name, err))
		}
	}
	if len(b.invariants) == 0 {
		return nil
	}
	return &b
}

func oneOpenCase(v seen) error {
	open := []ID{}
	for _, k := range v.w.cases {
		if !k.c.State.Terminal() {
			open = append(open, k.c.ID)
		}
	}
	if v.res.NewCase != nil {
		open = append(open, v.res.NewCase.ID)
	}
	if len(open) > 1 {
		return fmt.Errorf("%v are open after %s", open, v.res.Transition)
	}
	if len(open) == 1 && v.res.Line.OpenCase != string(open[0]) {
		return fmt.Errorf("%s is open and the line says %q after %s", open[0], v.res.Line.OpenCase, v.res.Transition)
	}
	return nil
}

func attemptsRise(v seen) error {
	want := v.rec.Attempts
	if v.res.Transition == "T01" {
		want++
	}
	if v.res.Line.Attempts != want {
		return fmt.Errorf("%s changes attempts from %d to %d", v.res.Transition, v.rec.Attempts, v.res.Line.Attempts)
	}
	return nil
}

// neverOverPaid counts what was refunded on the line and what any of its cases has under way. The coupon is
// no money: it is not part of the sum.
func neverOverPaid(v seen) error {
	paid, refunded, pending := v.w.line.PaidGoodsFen+v.w.line.PaidFreightFen, int64(0), int64(0)
	for _, k := range v.w.cases {
		switch k.c.Refund.Status {
		case "succeeded":
			refunded += k.c.Refund.AmountFen
		case "pending", "failed":
			pending += k.c.Refund.AmountFen
		}
	}
	switch {
	case refunded+pending > paid:
		return fmt.Errorf("%d fen refunded and %d under way of %d after %s", refunded, pending, paid, v.res.Transition)
	case refunded != v.res.Line.RefundedFen || pending != v.res.Line.PendingFen:
		return fmt.Errorf("the cases have %d fen refunded and %d under way, the line says %d and %d after %s",
			refunded, pending, v.res.Line.RefundedFen, v.res.Line.PendingFen, v.res.Transition)
	}
	for _, o := range v.res.Orders {
		if o.Kind == "refund" && (o.AmountFen <= 0 || o.Method != OriginalRoute && v.res.Case.Refund.BalanceAt.IsZero()) {
			return fmt.Errorf("%s orders %d fen by %s", v.res.Transition, o.AmountFen, o.Method)
		}
	}
	return nil
}

func closedStaysClosed(v seen) error {
	b, c := v.before.State, v.res.Case.State
	if !b.Terminal() || b == c || b == ClosedNotSupported && c == AppealReview && v.before.Arbitration.Appeals == 0 {
		return nil
	}
	if role := v.res.Mark.Event.Role; b == ClosedExpired && c == PlatformQueued && (role == "supervisor" || role == "admin") {
		return nil
	}
	return fmt.Errorf("%s moves a closed case from %s to %s", v.res.Transition, b, c)
}

func somebodyCanMove(v seen) error {
	c := v.res.Case
	for t := range c.Deadlines {
		if !slices.ContainsFunc(v.w.rows, func(r Transition) bool { return r.Event == TimerEvent(t) && slices.Contains(r.From, c.State) }) {
			return fmt.Errorf("%s runs in %s after %s, where nothing takes it", t, c.State, v.res.Transition)
		}
	}
	if c.State.Terminal() {
		return nil
	}
	able := 0
	for _, a := range walkers {
		able += len(c.allowedIn(v.w.rows, Party{Actor: a}, v.w.env()))
	}
	waits := c.Turn().Who
	if able == 0 || waits == "" {
		return fmt.Errorf("nobody can do anything in %s after %s", c.State, v.res.Transition)
	}
	if waits != Agent && waits != PaymentCh && c.Turn().Until.IsZero() {
		return fmt.Errorf("%s waits for %s without a deadline after %s", c.State, waits, v.res.Transition)
	}
	return nil
}

func onlyAgentsRule(v seen) error {
	c, ev := v.res.Case, v.res.Mark.Event
	if !c.Arbitration.RuledAt.Equal(v.before.Arbitration.RuledAt) && ev.Actor != Agent {
		return fmt.Errorf("%s rules, by %s", v.res.Transition, ev.Actor)
	}
	if c.State == Refunded && v.before.State != Refunded && ev.Kind != EvPaymentSucceeded {
		return fmt.Errorf("%s makes a case refunded", v.res.Transition)
	}
	return nil
}

func onceIsOnce(v seen) error {
	c := v.res.Case
	if c.Version != v.before.Version+1 || v.res.Mark.Seq != c.Version {
		return fmt.Errorf("%s makes version %d of %d, mark %d", v.res.Transition, c.Version, v.before.Version, v.res.Mark.Seq)
	}
	if _, timer := v.res.Mark.Event.timer(); timer {
		if _, err := c.applyWith(v.w.rows, v.w.env(), v.res.Mark.Event); !errors.Is(err, ErrStale) {
			return fmt.Errorf("%s took effect twice: %v", v.res.Mark.Event.Kind, err)
		}
	}
	return nil
}

func staleChangesNothing(v seen) error {
	if snapshot(v.before) != v.frozen {
		return fmt.Errorf("%s changed the case it was applied to", v.res.Transition)
	}
	if v.before.Version == 0 {
		return nil // it was opened
	}
	again := v.res.Mark.Event
	again.Expect = v.before.Version // what the loser of a race saw
	_, err := v.res.Case.applyWith(v.w.rows, v.w.env(), again)
	if _, timer := again.timer(); !timer && CodeOf(err) != CodeVersionConflict {
		return fmt.Errorf("%s was taken on a stale view: %v", again.Kind, err)
	}
	return nil
}

func noMerchantClock(v seen) error {
	switch c := v.res.Case; c.State {
	case PlatformQueued, PlatformReview, EvidenceRequested, AppealReview:
		for _, t := range merchantMoney {
			if _, runs := c.Deadlines[t]; runs {
				return fmt.Errorf("%s runs in %s after %s", t, c.State, v.res.Transition)
			}
			if _, stopped := c.Paused[t]; stopped {
				return fmt.Errorf("%s may run on in %s after %s", t, c.State, v.res.Transition)
			}
		}
	}
	return nil
}

func extensionInTime(v seen) error {
	r := v.before.Return
	if v.res.Case.Return.Extensions <= r.Extensions {
		return nil
	}
	from := r.WaybillAt.Add(days(policy.Default().Values.Merchant.ExtendAfterDays.V))
	if r.Extensions > 0 || !r.SignedAt.IsZero() || v.w.now.Before(from) {
		return fmt.Errorf("extended %d times, signed %v, %s before it may", v.res.Case.Return.Extensions, r.SignedAt, from.Sub(v.w.now))
	}
	return nil
}

// evidenceStays: what a ruling rests on stays as it is. Items may come later only in an appeal, or when the
// ruling itself is open again (T23, T47, T49, D20).
func evidenceStays(v seen) error {
	c := v.res.Case
	for _, old := range v.before.Evidence {
		i := slices.IndexFunc(c.Evidence, func(e Evidence) bool { return e.ID == old.ID })
		switch {
		case i < 0 && (v.res.Transition != "D02u" || v.before.State != Draft):
			return fmt.Errorf("%s removes evidence %s", v.res.Transition, old.ID)
		case i >= 0 && old.Locked && !reflect.DeepEqual(c.Evidence[i], old):
			return fmt.Errorf("%s changes locked evidence %s", v.res.Transition, old.ID)
		}
	}
	if len(c.Evidence) == len(v.before.Evidence) || v.before.Arbitration.RuledAt.IsZero() {
		return nil
	}
	if v.res.Transition == "T23" || v.res.Transition == "D04r" {
		return nil // of the parcel on its way back, which the ruling could not know of
	}
	switch v.before.State {
	case ClosedNotSupported, PlatformQueued, PlatformReview, EvidenceRequested:
		return nil
	}
	return fmt.Errorf("%s adds evidence in %s after the ruling", v.res.Transition, v.before.State)
}

func timelineIsCase(v seen) error {
	if v.k.c.Version%4 > 0 && !v.k.c.State.Terminal() {
		return nil // each prefix is a timeline too, but comparing all of them takes most of the time
	}
	again, err := Replay(stored(v.k.marks), always(policy.Default()))
	if err != nil {
		return fmt.Errorf("the timeline cannot be replayed: %w", err)
	}
	if snapshot(v.k.c) == snapshot(again) {
		return nil
	}
	if diff := same(v.k.c, again); diff != "" {
		return fmt.Errorf("replaying gives another case (-is +replayed):\n%s", diff)
	}
	return nil
}

// confirmed twice are the things of domain §3.6 that a buyer cannot take back, and the application.
var confirmedTwice = []EventKind{EvSubmit, EvWithdraw, EvAcceptOffer, EvResubmit, EvAppeal}

func nobodyForAnother(v seen) error {
	ev := v.res.Mark.Event
	switch {
	case !slices.Contains(append(walkers, Buyer), ev.Actor):
		return fmt.Errorf("%s was taken from a %s", ev.Kind, ev.Actor)
	case ev.Actor == Buyer && ev.By != v.res.Case.Buyer, ev.Actor == Merchant && ev.By != v.res.Case.Shop, ev.Actor == Agent && ev.By == "":
		return fmt.Errorf("%s was taken from %s %q", ev.Kind, ev.Actor, ev.By)
	case slices.Contains(confirmedTwice, ev.Kind) && !ev.Confirmed:
		return fmt.Errorf("%s was taken without its press", ev.Kind)
	}
	return nil
}

// goodsOrMoney: after a refused return there is an open case, or the money, or the goods on their way back.
func goodsOrMoney(v seen) error {
	c := v.res.Case
	if r := c.Rejection; r == nil || r.Phase != PhaseReturn {
		held := !c.Return.SignedAt.IsZero() && c.State.Terminal()
		if !held {
			return nil
		}
	}
	if c.State.Terminal() && c.State != Refunded && c.State != SettledNoRefund && !c.GoodsBack && c.Reship.WaybillAt.IsZero() {
		return fmt.Errorf("%s closes the case as %s and the merchant keeps goods and money", v.res.Transition, c.State)
	}
	return nil
}

// askedAfterOnce: money that was paid is asked after, once, when it should have come, of the buyer alone; and the
// question moves nothing (F0-28).
func askedAfterOnce(v seen) error {
	c, p := v.res.Case, policy.Default()
	at, runs := c.Deadlines[TimerArrival]
	switch {
	case c.State == Refunded && v.before.State != Refunded:
		late := p.AddWorkdays(c.Refund.PaidAt, p.Values.Refund.ChaseWorkdays.V)
		if !runs || at.Before(late) || at.Sub(late) > 24*time.Hour || p.AfterQuiet(at).After(at) {
			return fmt.Errorf("paid %s, asked after at %s (%v)", c.Refund.PaidAt, at, runs)
		}
	case v.res.Mark.Event.Kind == TimerEvent(TimerArrival):
		moved := c.State != v.before.State || len(v.res.Orders) > 0 || v.res.Line != v.rec || c.Refund != v.before.Refund
		if runs || moved || len(v.res.Notices) != 1 || v.res.Notices[0].To != Buyer {
			return fmt.Errorf("%s asks %v, orders %v, runs on %v", v.res.Transition, v.res.Notices, v.res.Orders, runs)
		}
	case runs && v.before.Deadlines[TimerArrival] != at:
		return fmt.Errorf("%s asks after money in %s", v.res.Transition, c.State)
	}
	return nil
}

func TestInvariantsHoldOnEveryWalk(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		pick := func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "pick") }
		if err := newWorld(pick, table).walk(60); err != nil {
			t.Fatal(err)
		}
	})
}

// seeded walks are repeatable and many: they show that the walker gets everywhere.
func seeded(seed uint64) func(n int) int {
	r := rand.New(rand.NewPCG(seed, 7))
	return r.IntN
}

func TestWalksReachEveryStateAndFireEveryRow(t *testing.T) {
	t.Parallel()
	fired, seen := map[string]int{}, map[State]int{}
	all := func() bool {
		return !slices.ContainsFunc(States(), func(i StateInfo) bool { return seen[i.State] == 0 }) &&
			!slices.ContainsFunc(table, func(r Transition) bool { return fired[r.ID] == 0 })
	}
	for seed := uint64(0); seed < 1500 && !all(); seed++ {
		w := newWorld(seeded(seed), table)
		if err := w.walk(80); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for id, n := range w.fired {
			fired[id] += n
		}
		for s, n := range w.seen {
			seen[s] += n
		}
	}
	for _, info := range States() {
		if seen[info.State] == 0 {
			t.Errorf("no walk reaches %s", info.State)
		}
	}
	for _, row := range table {
		if fired[row.ID] == 0 {
			t.Errorf("no walk fires %s (%s)", row.ID, row.Event)
		}
	}
}
