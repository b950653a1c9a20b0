package cases

import (
	"testing"

	"recourse/cases/policy"
)

// filedFor files the story's draft with another wish.
func filedFor(t *testing.T, r policy.ReasonID, want policy.RefundType) *told {
	s := aDraft(t)
	s.do("2026-03-03 09:00", Buyer, EvAmend, because(r, want))
	s.do("2026-03-03 09:00", Buyer, EvSupplement, nil)
	s.do("2026-03-03 09:00", Buyer, EvSubmit, nil)
	if s.c.Type != want {
		t.Fatalf("filed as %s", s.c.Type)
	}
	return s
}

func anExchangeInspected(t *testing.T) *told {
	s := filedFor(t, policy.QualityDefect, policy.Exchange)
	s.refuses(CodeStateConflict, "2026-03-04 08:00", Merchant, EvAgreeRefund, nil)
	s.do("2026-03-04 09:00", Merchant, EvAgreeReturn, nil)
	s.do("2026-03-04 10:00", Buyer, EvFillTracking, nil)
	s.do("2026-03-05 10:00", Carrier, EvCarrierSigned, nil)
	return s
}

func TestAnExchangeEndsWithNewGoodsAndNoMoney(t *testing.T) {
	s := anExchangeInspected(t)
	s.do("2026-03-05 12:00", Merchant, EvConfirmExchange, nil)
	s.is(AwaitingReship)
	s.due(TimerReship, "2026-03-08 12:00")
	s.due(TimerInspect, "")
	s.do("2026-03-06 12:00", Merchant, EvShip, nil)
	s.due(TimerReceipt, "2026-03-21 12:00")
	s.do("2026-03-08 12:00", Buyer, EvReceived, nil)
	s.is(SettledNoRefund)
	if len(s.ordered("refund")) > 0 || s.c.GoodsBack || s.rec.OpenCase != "" {
		t.Errorf("orders %v, goods back %v, record %+v", s.all, s.c.GoodsBack, s.rec)
	}
}

func TestWhoCannotExchangePays(t *testing.T) {
	s := anExchangeInspected(t)
	s.do("2026-03-05 12:00", Merchant, EvConfirmRefund, nil)
	s.is(RefundPending)
	silent := anExchangeInspected(t) // T20: the system can pay, it cannot ship
	silent.fires("2026-03-07 10:00", TimerInspect)
	silent.is(RefundPending)
	plain := anInspection(t)
	plain.refuses(CodeStateConflict, "2026-03-05 12:00", Merchant, EvConfirmExchange, nil)
}

// D20: whoever gets nothing, or the wrong thing, is not stuck until silence counts as receipt.
func TestAReplacementThatDoesNotComeEndsWithThePlatform(t *testing.T) {
	s := anExchangeInspected(t)
	s.do("2026-03-05 12:00", Merchant, EvConfirmExchange, nil)
	s.do("2026-03-06 12:00", Merchant, EvShip, nil)
	s.do("2026-03-12 12:00", Buyer, EvEscalate, nil)
	s.is(PlatformQueued)
	s.due(TimerReceipt, "")
	if s.c.Arbitration.Ground != "reship_missing" {
		t.Errorf("ground %q", s.c.Arbitration.Ground)
	}
}

func TestAReplacementThatWasAskedForIsAgreedTo(t *testing.T) {
	asked := func() *told {
		s := aFiledCase(t)
		s.c.Type = policy.Reship // as a reason with that type would have it
		return s
	}
	s := asked()
	s.refuses(CodeStateConflict, "2026-03-04 08:00", Merchant, EvAgreeRefund, nil)
	s.do("2026-03-04 09:00", Merchant, EvAgreeReship, nil)
	s.is(AwaitingReship)
	s.due(TimerReship, "2026-03-07 09:00")
	silent := asked()
	silent.fires("2026-03-10 09:00", TimerMerchantHard)
	silent.is(AwaitingReship) // what was asked for; T49 if he does not send
	plain := aFiledCase(t)
	plain.refuses(CodeStateConflict, "2026-03-04 09:00", Merchant, EvAgreeReship, nil)
}

func TestASettlementOnAnExchangeBeginsWithTheReturn(t *testing.T) {
	s := aReviewedCase(t)
	s.do("2026-03-05 10:00", Agent, EvSettle, func(ev *Event) {
		ev.Type, ev.AmountFen, ev.Address, ev.Freight = policy.Exchange, 0, "2 Return Street, Hangzhou", policy.PayerMerchant
	})
	s.is(AwaitingReturn)
	if s.c.Type != policy.Exchange || s.c.Freight != policy.PayerMerchant || !s.c.RulingBound {
		t.Errorf("%s, postage %s, bound %v", s.c.Type, s.c.Freight, s.c.RulingBound)
	}
	s.do("2026-03-06 10:00", Buyer, EvFillTracking, nil)
	s.do("2026-03-08 10:00", Carrier, EvCarrierSigned, nil)
	s.do("2026-03-08 11:00", Merchant, EvConfirmExchange, nil)
	s.is(AwaitingReship)
	// Goods that are with the merchant already need no second journey.
	back := anInspection(t)
	back.do("2026-03-05 11:00", Merchant, EvRejectReturn, nil)
	back.do("2026-03-05 12:00", Buyer, EvEscalate, nil)
	back.do("2026-03-05 13:00", Agent, EvClaim, nil)
	back.do("2026-03-06 10:00", Agent, EvSettle, func(ev *Event) { ev.Type, ev.AmountFen = policy.Exchange, 0 })
	back.is(AwaitingReship)
}
