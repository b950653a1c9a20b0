package cases

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recourse/cases/policy"
)

func (s *told) due(timer Timer, want string) {
	s.t.Helper()
	got, runs := s.c.Deadlines[timer]
	if want == "" {
		if runs {
			s.t.Errorf("%s runs until %s in %s", timer, got.In(policy.Zone()), s.c.State)
		}
		return
	}
	if !runs || !got.Equal(at(want)) {
		s.t.Errorf("%s: %s (runs: %v), want %s", timer, got.In(policy.Zone()).Format(time.DateTime), runs, want)
	}
}

func (s *told) is(want State) {
	s.t.Helper()
	if s.c.State != want {
		s.t.Fatalf("the case is %s, want %s", s.c.State, want)
	}
}

func (s *told) ordered(kind string) []Order {
	var out []Order
	for _, o := range s.all {
		if o.Kind == kind {
			out = append(out, o)
		}
	}
	return out
}

// T05, T11: what is left of a clock when it stops is left when it runs on, but never less than a day.
func TestClocksRunOnAfterAnOffer(t *testing.T) {
	for _, tc := range []struct {
		name, offered, declined, soft, hard string
	}{
		{"declined early: what was left", "2026-03-03 09:00", "2026-03-03 12:00", "2026-03-07 03:00", "2026-03-10 12:00"},
		{"declined with little left: a day", "2026-03-06 20:00", "2026-03-07 20:00", "2026-03-08 20:00", "2026-03-11 09:00"},
	} {
		s := aFiledCase(t)
		s.due(TimerMerchantSoft, "2026-03-07 00:00")
		s.due(TimerMerchantHard, "2026-03-10 09:00")
		s.do(tc.offered, Merchant, EvOffer, func(ev *Event) { ev.Type = "" })
		s.is(OfferPending)
		s.due(TimerMerchantSoft, "")
		s.due(TimerMerchantHard, "")
		s.do(tc.declined, Buyer, EvDeclineOffer, nil)
		s.is(MerchantReview)
		s.due(TimerMerchantSoft, tc.soft)
		s.due(TimerMerchantHard, tc.hard)
		s.due(TimerOffer, "")
		if s.c.Offer != nil || s.c.Paused != nil {
			t.Errorf("%s: an offer is left: %+v, paused %v", tc.name, s.c.Offer, s.c.Paused)
		}
	}
}

func TestAnOfferAfterTheInspectionGoesBackToTheInspection(t *testing.T) {
	s := anInspection(t)
	s.due(TimerInspect, "2026-03-07 10:00")
	s.do("2026-03-07 09:00", Merchant, EvOffer, nil)
	s.due(TimerInspect, "")
	s.fires("2026-03-09 09:00", TimerOffer)
	s.is(ReturnInspection)
	s.due(TimerInspect, "2026-03-10 09:00")
	s.do("2026-03-09 10:00", Merchant, EvOffer, nil)
	s.do("2026-03-09 11:00", Buyer, EvDeclineOffer, nil)
	s.refuses(CodeStateConflict, "2026-03-09 12:00", Merchant, EvOffer, nil) // merchant.max_offers
	s.fires("2026-03-10 11:00", TimerInspect)
	s.is(RefundPending)
}

func TestAnAcceptedOfferIsPaidAndLeavesTheRestOpen(t *testing.T) {
	s := anOffer(t)
	s.do("2026-03-04 10:00", Buyer, EvAcceptOffer, nil)
	s.do("2026-03-05 10:00", PaymentCh, EvPaymentSucceeded, nil)
	s.is(Refunded)
	if s.rec.RefundedFen != 10350 || s.rec.OpenCase != "" {
		t.Errorf("record %+v", s.rec)
	}
	// A second case on the line asks for no more than is left (invariant 3).
	res, err := NewDraft("c_001_NEXT", "b1", "d_001_A", s.line, s.env())
	if err != nil {
		t.Fatal(err)
	}
	s.take(res)
	s.filed("2026-03-06 09:00")
	if s.c.AmountFen != 10350 || s.c.Attempt != 2 {
		t.Errorf("asks for %d fen in attempt %d", s.c.AmountFen, s.c.Attempt)
	}
}

func TestAReplacementIsSentAndReceived(t *testing.T) {
	agreed := func(t *testing.T) *told {
		s := aFiledCase(t)
		s.do("2026-03-04 09:00", Merchant, EvOffer, func(ev *Event) { ev.Type = policy.Reship })
		s.do("2026-03-04 10:00", Buyer, EvAcceptOffer, nil)
		s.due(TimerReship, "2026-03-07 10:00")
		return s
	}
	late := agreed(t)
	late.fires("2026-03-07 10:00", TimerReship)
	late.is(PlatformQueued)
	if late.c.Arbitration.Ground != "reship_late" {
		t.Errorf("ground %q", late.c.Arbitration.Ground)
	}
	s := agreed(t)
	s.do("2026-03-05 10:00", Merchant, EvShip, nil)
	s.due(TimerReceipt, "2026-03-20 10:00")
	s.fires("2026-03-20 10:00", TimerReceipt)
	s.is(SettledNoRefund)
	if len(s.ordered("refund")) > 0 || s.rec.OpenCase != "" {
		t.Errorf("orders %v, record %+v", s.all, s.rec)
	}
}

// T08: silence is agreement, with the shop's default address.
func TestSilenceOfTheMerchantIsAgreement(t *testing.T) {
	for want, state := range map[policy.RefundType]State{policy.ReturnRefund: AwaitingReturn, policy.RefundOnly: RefundPending} {
		s := aDraft(t)
		reason := policy.QualityDefect
		if want == policy.RefundOnly { // after receipt only where the two agreed, or the platform decides
			reason = policy.AgreedWithMerchant
		}
		s.do("2026-03-03 09:00", Buyer, EvAmend, because(reason, want))
		s.do("2026-03-03 09:00", Buyer, EvSupplement, nil)
		s.do("2026-03-03 09:00", Buyer, EvSubmit, nil)
		s.fires("2026-03-07 00:00", TimerMerchantSoft)
		s.fires("2026-03-10 09:00", TimerMerchantHard)
		s.is(state)
		if state == AwaitingReturn && s.c.Return.Address != s.line.ReturnAddress {
			t.Errorf("sent to %q", s.c.Return.Address)
		}
		if state == RefundPending && len(s.ordered("refund")) != 1 {
			t.Errorf("orders %v", s.all)
		}
	}
}

func TestAnOverdueMerchantCanBeEscalated(t *testing.T) {
	s := aFiledCase(t)
	s.refuses(CodeEscalationNotOpen, "2026-03-06 23:59", Buyer, EvEscalate, nil)
	s.fires("2026-03-07 00:00", TimerMerchantSoft)
	s.do("2026-03-07 00:01", Buyer, EvEscalate, nil)
	if s.is(PlatformQueued); s.c.Arbitration.Ground != "merchant_silent" || s.c.Statement == "" {
		t.Errorf("%+v, statement %q", s.c.Arbitration, s.c.Statement)
	}
}

// Invariant 9, STOP_TIMEOUT: with the platform no silence of the merchant moves money.
func TestAnEscalationStopsTheMerchantsClocks(t *testing.T) {
	overdue := aFiledCase(t)
	overdue.fires("2026-03-07 00:00", TimerMerchantSoft)
	overdue.do("2026-03-07 00:01", Buyer, EvEscalate, nil)
	refused := anInspection(t)
	refused.do("2026-03-05 11:00", Merchant, EvRejectReturn, nil)
	refused.do("2026-03-05 12:00", Buyer, EvEscalate, nil)
	lost := aReturnUnderWay(t)
	lost.do("2026-03-05 12:00", System, EvReportLost, nil)
	for _, s := range []*told{overdue, refused, lost} {
		s.is(PlatformQueued)
		want := []Timer{TimerFirstResponse, TimerDecision}
		for timer := range s.c.Deadlines {
			if !slices.Contains(want, timer) {
				t.Errorf("%s runs after the escalation", timer)
			}
		}
		if len(s.c.Deadlines) != len(want) {
			t.Errorf("deadlines %v, want %v", s.c.Deadlines, want)
		}
	}
}

func TestAWaybillIsCorrectedOnceAndItsClockStartsAnew(t *testing.T) {
	s := aReturnUnderWay(t)
	s.due(TimerUnsigned, "2026-03-11 10:00")
	s.do("2026-03-05 10:00", Buyer, EvFixTracking, nil)
	s.due(TimerUnsigned, "2026-03-12 10:00")
	s.refuses(CodeStateConflict, "2026-03-06 10:00", Buyer, EvFixTracking, nil)
	s.fires("2026-03-12 10:00", TimerUnsigned)
	s.is(RefundPending)
}

func TestABuyerWhoDoesNotShipLosesTheCaseNotTheRight(t *testing.T) {
	s := anAgreedReturn(t)
	s.due(TimerBuyerShip, "2026-03-11 09:00")
	s.fires("2026-03-11 09:00", TimerBuyerShip)
	s.is(ClosedExpired)
	if s.c.GoodsBack || s.rec.OpenCase != "" || len(s.c.Deadlines) > 0 {
		t.Errorf("goods back %v, record %+v, deadlines %v", s.c.GoodsBack, s.rec, s.c.Deadlines)
	}
	if _, err := NewDraft("c_001_NEXT", "b1", "d_001_A", s.line, s.env()); err != nil {
		t.Errorf("the line is not free: %v", err)
	}
}

// T25, invariant 14, the way without the platform.
func TestAnUncontestedRefusalOfAReturnSendsTheGoodsBackOnce(t *testing.T) {
	s := anInspection(t)
	s.do("2026-03-05 11:00", Merchant, EvRejectReturn, nil)
	s.fires("2026-03-07 11:00", TimerEscalate)
	s.is(ClosedExpired)
	s.due(TimerGoodsBack, "2026-03-10 11:00")
	s.refuses(CodeFieldRequired, "2026-03-08 11:00", Merchant, EvGoodsSentBack, func(ev *Event) { ev.Carrier = "" })
	s.fires("2026-03-10 11:00", TimerGoodsBack)
	s.due(TimerGoodsBack, "") // one ticket; the obligation stays
	if n := len(s.ordered("ticket")); n != 1 || !s.c.GoodsBack {
		t.Errorf("%d tickets, obligation %v", n, s.c.GoodsBack)
	}
	// What happens to a closed case does not make it the line's last one again.
	s.rec.LastCase = "c_001_LATER"
	s.do("2026-03-11 11:00", Merchant, EvGoodsSentBack, nil)
	if s.c.GoodsBack || s.rec.LastCase != "c_001_LATER" {
		t.Errorf("obligation %v, last case %s", s.c.GoodsBack, s.rec.LastCase)
	}
	s.refuses(CodeStateConflict, "2026-03-11 12:00", Merchant, EvGoodsSentBack, nil)
}

func TestAWithdrawalAfterTheMerchantAgreedObligesHim(t *testing.T) {
	s := anInspection(t)
	s.do("2026-03-05 11:00", Merchant, EvAgreeGoodsBack, nil)
	s.refuses(CodeStateConflict, "2026-03-05 11:30", Merchant, EvAgreeGoodsBack, nil)
	s.do("2026-03-05 12:00", Buyer, EvWithdraw, nil)
	s.is(ClosedWithdrawn)
	s.due(TimerGoodsBack, "2026-03-08 12:00")
}

// The goods went back, the case was reopened, they travelled again: the first parcel does not meet the
// second obligation.
func TestGoodsThatTravelAgainAreOwedAgain(t *testing.T) {
	s := anInspection(t)
	s.do("2026-03-05 11:00", Merchant, EvRejectReturn, nil)
	s.fires("2026-03-07 11:00", TimerEscalate)
	s.do("2026-03-08 11:00", Merchant, EvGoodsSentBack, nil)
	s.do("2026-03-09 11:00", Agent, EvReopen, nil)
	s.do("2026-03-09 12:00", Agent, EvClaim, nil)
	s.do("2026-03-09 13:00", Agent, EvRuleReturnRefund, nil)
	s.do("2026-03-10 11:00", Buyer, EvFillTracking, nil)
	s.do("2026-03-11 11:00", Carrier, EvCarrierSigned, nil)
	s.do("2026-03-11 12:00", Merchant, EvRejectReturn, nil)
	s.is(PlatformReview) // T23: contested, not refused
	s.do("2026-03-12 11:00", Agent, EvRuleMerchant, nil)
	s.due(TimerGoodsBack, "2026-03-15 11:00")
}

func TestAReturnOrderedByThePlatformIsContestedNotRefused(t *testing.T) {
	s := aReviewedCase(t)
	s.do("2026-03-05 11:00", Agent, EvRuleReturnRefund, nil)
	s.due(TimerBuyerShip, "2026-03-12 11:00")
	s.refuses(CodeStateConflict, "2026-03-05 12:00", Buyer, EvWithdraw, nil)
	s.do("2026-03-06 11:00", Buyer, EvFillTracking, nil)
	s.refuses(CodeStateConflict, "2026-03-06 12:00", Merchant, EvRefuseParcel, nil)
	s.do("2026-03-09 11:00", Carrier, EvCarrierSigned, nil)
	s.do("2026-03-09 12:00", Merchant, EvRejectReturn, nil)
	s.is(PlatformReview)
	s.due(TimerDecision, "2026-03-13 00:00")
	s.due(TimerInspect, "")
	if s.c.Rejections != 1 || s.c.Arbitration.Agent != "a1" {
		t.Errorf("%d rejections, agent %q", s.c.Rejections, s.c.Arbitration.Agent)
	}
}

func TestAFailedPaymentIsTriedAgain(t *testing.T) {
	s := beingPaid(t)
	s.due(TimerRefundChase, "2026-03-11 00:00")
	s.do("2026-03-05 12:00", PaymentCh, EvPaymentFailed, nil)
	s.is(RefundFailed)
	s.due(TimerRefundChase, "")
	if s.c.Refund.Status != "failed" || s.rec.OpenCase == "" || len(s.ordered("ticket")) != 1 {
		t.Errorf("%+v, record %+v, orders %v", s.c.Refund, s.rec, s.all)
	}
	s.refuses(CodeStateConflict, "2026-03-05 13:00", PaymentCh, EvPaymentSucceeded, nil)
	s.do("2026-03-06 12:00", System, EvRetryPayment, nil)
	s.fires("2026-03-12 00:00", TimerRefundChase)
	if n := len(s.ordered("ticket")); n != 2 {
		t.Errorf("%d tickets: nobody looks at the late money", n)
	}
	s.do("2026-03-12 12:00", PaymentCh, EvPaymentSucceeded, nil)
	s.refuses(CodeStateConflict, "2026-03-12 13:00", PaymentCh, EvPaymentSucceeded, nil) // delivered twice
	refunds := s.ordered("refund")
	if len(refunds) != 2 || refunds[0].Key == refunds[1].Key || s.rec.RefundedFen != 20700 || s.c.Refund.Tries != 2 {
		t.Errorf("refunds %v, record %+v, %d tries", refunds, s.rec, s.c.Refund.Tries)
	}
}

// Paid on Thursday: three workdays later (F0-28) it is midnight, so the buyer is asked at eight, and only once.
func TestPaidMoneyIsAskedAfterOnce(t *testing.T) {
	s := beingPaid(t)
	s.do("2026-03-05 12:00", PaymentCh, EvPaymentSucceeded, nil)
	s.is(Refunded)
	s.due(TimerArrival, "2026-03-11 08:00")
	fire := func(when string) (Result, error) {
		return s.c.Apply(Env{Policy: s.p, Line: s.rec, Now: at(when)}, Event{Key: TimerKey(TimerArrival, at("2026-03-11 08:00")), Kind: TimerEvent(TimerArrival), Actor: System})
	}
	if _, err := fire("2026-03-11 07:59"); !errors.Is(err, ErrStale) {
		t.Errorf("asked too early: %v", err)
	}
	before := s.rec
	res, err := fire("2026-03-20 09:00") // a server that was away asks late rather than never
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Notice{{To: Buyer, Key: "arrival_asked"}}, res.Notices); diff != "" || len(res.Orders) > 0 || res.Line != before || res.Case.State != Refunded {
		t.Errorf("orders %v, line %+v, state %s, notices (-want +got):\n%s", res.Orders, res.Line, res.Case.State, diff)
	}
	s.c = res.Case
	s.due(TimerArrival, "")
	if _, err := fire("2026-03-20 09:01"); !errors.Is(err, ErrStale) {
		t.Errorf("asked twice: %v", err)
	}
}

// Invariant 3 at the last gate: the channel's word is not taken for more than the line was worth.
func TestMoneyBeyondWhatWasPaidIsNotBooked(t *testing.T) {
	s := beingPaid(t)
	s.rec.RefundedFen = 1
	s.refuses(CodeAmountInvalid, "2026-03-05 12:00", PaymentCh, EvPaymentSucceeded, nil)
}

func TestTwoRejectionsLeaveOnlyThePlatform(t *testing.T) {
	s := aRejectedCase(t)
	s.do("2026-03-04 10:00", Buyer, EvResubmit, func(ev *Event) { ev.NewCase = "c_001_NEXT" })
	old := s.c
	marks := s.log
	// The successor, as the ledger would have stored it.
	res, err := old.Apply(Env{Policy: s.p, Line: s.rec, Now: s.now}, Event{Key: "x", Kind: EvWithdraw, Actor: Buyer, By: "b1", Confirmed: true})
	if CodeOf(err) != CodeStateConflict {
		t.Fatalf("the replaced case goes on: %+v, %v", res.Transition, err)
	}
	next := newDraft("c_001_NEXT", old.ID, nil, "b1", "d_001_A", s.line, s.env())
	s.c, s.log = next.Case, []Mark{next.Mark}
	s.filed("2026-03-05 09:00")
	if s.c.Previous != old.ID || s.c.Attempt != 2 || s.rec.Attempts != 2 {
		t.Errorf("previous %q, attempt %d, record %+v", s.c.Previous, s.c.Attempt, s.rec)
	}
	s.do("2026-03-05 10:00", Merchant, EvReject, nil)
	s.refuses(CodeStateConflict, "2026-03-05 11:00", Buyer, EvResubmit, nil)
	if got := s.c.Allowed(Buyer, s.env()); slices.Contains(got, EvResubmit) || !slices.Contains(got, EvEscalate) {
		t.Errorf("allowed %v, want to escalate and not to apply again", got)
	}
	for name, k := range map[string]struct {
		is    Case
		marks []Mark
	}{"the replaced case": {old, marks}, "its successor": {s.c, s.log}} {
		again, err := Replay(stored(k.marks), always(s.p))
		if err != nil {
			t.Fatal(err)
		}
		if diff := same(k.is, again); diff != "" {
			t.Errorf("%s replayed (-is +replayed):\n%s", name, diff)
		}
	}
}

func TestNoNewApplicationAfterTheAfterSalePeriod(t *testing.T) {
	s := tell(t, "2026-03-02 15:20", "2026-03-16 09:00", nil)
	s.filed("2026-03-16 09:00")
	s.do("2026-03-17 09:00", Merchant, EvReject, nil)
	s.refuses(CodeDeadlinePassed, "2026-03-18 00:00", Buyer, EvResubmit, nil)
	s.do("2026-03-18 00:01", Buyer, EvEscalate, nil) // the platform is still open
}

// A draft made while the parcel travelled ends its validity when the parcel was signed for, not never.
func TestTheAfterSalePeriodFollowsTheOrder(t *testing.T) {
	s := tell(t, "", "2026-03-01 09:00", nil)
	if !s.c.ValidUntil.IsZero() {
		t.Fatalf("not signed for and valid until %s", s.c.ValidUntil)
	}
	s.line.SignedAt = at("2026-03-02 15:20")
	s.filed("2026-03-03 09:00")
	if want := at("2026-03-18 00:00"); !s.c.ValidUntil.Equal(want) {
		t.Errorf("valid until %s, want %s", s.c.ValidUntil, want)
	}
}

// The first move of §3.2's question: whose turn is it, and until when?
func TestTurnIsThatOfTheStateTable(t *testing.T) {
	for _, tc := range []struct {
		story func(*testing.T) *told
		who   Actor
		timer Timer
	}{
		{aDraft, Buyer, TimerDraft},
		{aFiledCase, Merchant, TimerMerchantHard},
		{anOffer, Buyer, TimerOffer},
		{aRejectedCase, Buyer, TimerEscalate},
		{anAgreedReturn, Buyer, TimerBuyerShip},
		{aReturnUnderWay, Merchant, TimerUnsigned},
		{anInspection, Merchant, TimerInspect},
		{aReviewedCase, Agent, TimerDecision},
		{ruledFor, Merchant, TimerRulingExecute},
		{beingPaid, PaymentCh, TimerRefundChase},
	} {
		s := tc.story(t)
		want := Turn{Who: tc.who, Timer: tc.timer, Until: s.c.Deadlines[tc.timer]}
		if diff := cmp.Diff(want, s.c.Turn()); diff != "" || want.Until.IsZero() {
			t.Errorf("%s (-want +got):\n%s", s.c.State, diff)
		}
	}
}

// At every point of every walk the progress line has exactly one place where the case stands.
func TestMilestonesStandSomewhere(t *testing.T) {
	for seed := range uint64(25) {
		w := newWorld(seeded(seed), table)
		for range 60 {
			if err := w.step(); err != nil {
				t.Fatal(err)
			}
			for _, k := range w.cases {
				current := 0
				for _, m := range k.c.Milestones(k.marks) {
					if m.Current {
						current++
					}
				}
				if current != 1 {
					t.Fatalf("seed %d: %d current milestones in %s: %+v", seed, current, k.c.State, k.c.Milestones(k.marks))
				}
			}
		}
	}
}
