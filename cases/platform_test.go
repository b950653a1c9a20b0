package cases

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"recourse/cases/policy"
)

func TestASupervisorReopensWhatATimeoutClosed(t *testing.T) {
	s := expired(t)
	s.refuses(CodeFieldRequired, "2026-03-06 10:00", Agent, EvReopen, func(ev *Event) { ev.Text = "outage" })
	s.do("2026-03-06 10:00", Agent, EvReopen, nil)
	s.is(PlatformQueued)
	if s.rec.OpenCase != string(s.c.ID) || s.c.Arbitration.Ground != "reopened" {
		t.Errorf("record %+v, ground %q", s.rec, s.c.Arbitration.Ground)
	}
	s.due(TimerFirstResponse, "2026-03-07 10:00")
	busy := expired(t)
	busy.rec.OpenCase = "c_001_OTHER"
	busy.refuses(CodeStateConflict, "2026-03-06 10:00", Agent, EvReopen, nil)
	ruled := expired(t)
	ruled.rec.FinalRuling = true
	ruled.refuses(CodeStateConflict, "2026-03-06 10:00", Agent, EvReopen, nil)
}

func TestACaseIsNotReopenedOnceALaterOneWasPaid(t *testing.T) {
	for refunded, want := range map[int64]Code{0: "", 1: CodeStateConflict, 20700: CodeStateConflict} {
		s := expired(t)
		s.rec.RefundedFen = refunded
		if err := s.try("2026-03-06 10:00", Agent, EvReopen, nil); CodeOf(err) != want {
			t.Errorf("%d fen refunded since: %v, want %q", refunded, err, want)
		}
	}
}

func TestAskedForEvidence(t *testing.T) {
	ask := func(party Actor, kinds ...policy.EvidenceKind) func(*Event) {
		return func(ev *Event) { ev.Party, ev.Kinds = party, kinds }
	}
	give := func(kind policy.EvidenceKind, media string) func(*Event) {
		return func(ev *Event) { ev.Evidence[0].Kind, ev.Evidence[0].Media = kind, media }
	}
	s := aReviewedCase(t)
	s.do("2026-03-05 09:00", Agent, EvRequestEvidence, ask(Buyer, "statement", "unboxing_video"))
	s.due(TimerEvidenceBuyer, "2026-03-07 09:00")
	if turn := s.c.Turn(); turn.Who != Buyer || !turn.Until.Equal(at("2026-03-07 09:00")) {
		t.Errorf("turn %+v", turn)
	}
	s.do("2026-03-05 10:00", Merchant, EvSupplement, nil) // was not asked and may still add
	s.do("2026-03-05 11:00", Buyer, EvSupplement, nil)    // the statement alone is not all
	s.is(EvidenceRequested)
	s.do("2026-03-05 12:00", Buyer, EvSupplement, give("unboxing_video", "video/mp4"))
	s.is(PlatformReview)
	s.due(TimerEvidenceBuyer, "")

	s.do("2026-03-06 09:00", Agent, EvRequestEvidence, ask(Merchant, "statement"))
	s.refuses(CodeDeadlinePassed, "2026-03-08 09:00", Merchant, EvSupplement, nil)
	s.fires("2026-03-08 09:00", TimerEvidenceShop)
	s.is(PlatformReview)
	if diff := cmp.Diff([]Actor{Merchant}, s.c.Arbitration.Defaulted); diff != "" {
		t.Errorf("defaulted (-want +got):\n%s", diff)
	}
	s.refuses(CodeStateConflict, "2026-03-08 10:00", Agent, EvRequestEvidence, ask(Buyer, "statement")) // platform.evidence_rounds
	s.fires("2026-03-14 00:00", TimerDecision)
	if s.is(PlatformReview); !s.c.Arbitration.SLABreached || !s.c.Arbitration.RuledAt.IsZero() {
		t.Errorf("a late platform must say so and must not rule: %+v", s.c.Arbitration)
	}
}

func TestAnAppealThatIsOverturned(t *testing.T) {
	for typ, state := range map[policy.RefundType]State{policy.RefundOnly: RulingExecution, policy.ReturnRefund: AwaitingReturn} {
		s := aLostCase(t)
		s.do("2026-03-10 11:00", Buyer, EvSupplement, nil)
		s.do("2026-03-10 11:01", Buyer, EvAppeal, nil)
		s.refuses(CodeEvidenceLocked, "2026-03-10 12:00", Buyer, EvSupplement, nil)
		s.do("2026-03-11 11:00", Agent, EvOverturn, func(ev *Event) { ev.Type = typ })
		s.is(state)
		if a := s.c.Arbitration; a.Outcome != "support_buyer" || a.FirstAgent != "a1" || a.Agent != "a2" || !s.c.RulingBound {
			t.Errorf("%+v, bound %v", a, s.c.RulingBound)
		}
		if len(s.ordered("merchant_liability")) != 1 {
			t.Errorf("orders %v", s.all)
		}
	}
}

func TestEvidenceOlderThanTheRulingDoesNotCarryAnAppeal(t *testing.T) {
	s := aLostCase(t)
	s.do("2026-03-10 11:00", Buyer, EvSupplement, func(ev *Event) { ev.Evidence[0].At = at("2026-03-09 11:00") })
	s.refuses(CodeAppealEvidence, "2026-03-10 11:01", Buyer, EvAppeal, nil)
}

func TestAnUnusedAppealWindowMakesTheRulingFinal(t *testing.T) {
	s := aLostCase(t)
	if s.rec.OpenCase == "" || s.rec.FinalRuling {
		t.Errorf("record %+v: while an appeal is open the line is taken", s.rec)
	}
	s.fires("2026-03-16 11:00", TimerAppeal)
	if s.is(ClosedNotSupported); !s.rec.FinalRuling || s.rec.OpenCase != "" {
		t.Errorf("record %+v", s.rec)
	}
}

// What an appeal won can be lost again, when what came back is contested. The appeal was used: the ruling is final at once.
func TestARulingAfterTheAppealIsFinal(t *testing.T) {
	s := anAppealTaken(t)
	s.do("2026-03-11 11:00", Agent, EvOverturn, func(ev *Event) { ev.By, ev.Type = "a2", policy.ReturnRefund })
	s.do("2026-03-12 10:00", Buyer, EvFillTracking, nil)
	s.do("2026-03-13 10:00", Carrier, EvCarrierSigned, nil)
	s.do("2026-03-13 11:00", Merchant, EvRejectReturn, nil)
	s.is(PlatformReview)
	s.do("2026-03-16 11:00", Agent, EvRuleMerchant, func(ev *Event) { ev.By = "a2" })
	s.is(ClosedNotSupported)
	s.due(TimerAppeal, "")
	s.due(TimerGoodsBack, "2026-03-19 11:00")
	if !s.c.Arbitration.Final || !s.rec.FinalRuling || s.rec.OpenCase != "" {
		t.Errorf("%+v, record %+v", s.c.Arbitration, s.rec)
	}
	s.refuses(CodeDeadlinePassed, "2026-03-16 12:00", Buyer, EvAppeal, nil)
}

func TestASettlementNeedsBothAndIsPaidByTheMerchant(t *testing.T) {
	s := aReviewedCase(t)
	s.do("2026-03-05 10:00", Agent, EvSettle, func(ev *Event) { ev.Type, ev.AmountFen = "", 5000 })
	refunds := s.ordered("refund")
	if s.is(RefundPending); len(refunds) != 1 || refunds[0].AmountFen != 5000 || refunds[0].FundedBy != "merchant" {
		t.Errorf("refunds %v", refunds)
	}
	if len(s.ordered("merchant_liability")) > 0 {
		t.Error("a settlement is no liability")
	}
}

func TestAPartialRulingIsPaidAsRuled(t *testing.T) {
	s := aReviewedCase(t)
	s.do("2026-03-09 11:00", Agent, EvRuleRefund, func(ev *Event) { ev.AmountFen = 8000 })
	s.fires("2026-03-11 11:00", TimerRulingExecute)
	if r := s.ordered("refund"); len(r) != 1 || r[0].AmountFen != 8000 || r[0].FundedBy != "platform" {
		t.Errorf("refunds %v", r)
	}
	if len(s.ordered("merchant_penalty")) != 1 {
		t.Errorf("orders %v", s.all)
	}
}

func TestAMerchantWhoReversesSaysWhereTheGoodsGo(t *testing.T) {
	s := aRejectedCase(t)
	s.c.Line.ReturnAddress = ""
	s.refuses(CodeFieldRequired, "2026-03-04 10:00", Merchant, EvMerchantReverses, func(ev *Event) { ev.Address = "" })
	s.do("2026-03-04 10:00", Merchant, EvMerchantReverses, nil)
	s.is(AwaitingReturn)
	back := anInspection(t)
	back.do("2026-03-05 11:00", Merchant, EvRejectReturn, nil)
	back.do("2026-03-05 12:00", Merchant, EvMerchantReverses, func(ev *Event) { ev.Address = "" })
	back.is(RefundPending) // he has the goods already
}
