package cases

import (
	"testing"

	"recourse/cases/policy"
)

// A ruling with a return is worth what it says, however the return ends.
func TestAPartialRulingWithAReturnIsPaidAsRuled(t *testing.T) {
	for name, end := range map[string]func(*told){
		"confirmed": func(s *told) { s.do("2026-03-09 12:00", Merchant, EvConfirmRefund, nil) },
		"silence":   func(s *told) { s.fires("2026-03-11 11:00", TimerInspect) },
	} {
		s := aReviewedCase(t)
		s.do("2026-03-05 11:00", Agent, EvRuleReturnRefund, func(ev *Event) { ev.AmountFen, ev.Freight = 8000, policy.PayerBuyer })
		if s.c.Freight != policy.PayerBuyer {
			t.Errorf("the postage is paid by %q", s.c.Freight)
		}
		s.do("2026-03-06 11:00", Buyer, EvFillTracking, nil)
		s.do("2026-03-09 11:00", Carrier, EvCarrierSigned, nil)
		end(s)
		if r := s.ordered("refund"); len(r) != 1 || r[0].AmountFen != 8000 {
			t.Errorf("%s: refunds %v", name, r)
		}
	}
	// Without a word in the ruling it is the verdict that says who pays.
	s := aReviewedCase(t)
	s.do("2026-03-05 11:00", Agent, EvRuleReturnRefund, func(ev *Event) { ev.Freight = policy.PayerNone })
	if want := s.c.Verdict.Freight; s.c.Freight != want || want != policy.PayerMerchant {
		t.Errorf("the postage is paid by %q, the verdict says %q", s.c.Freight, want)
	}
}

// What another case of the line has under way counts like what was paid (invariant 3).
func TestMoneyUnderWayCounts(t *testing.T) {
	for pending, want := range map[int64]Code{0: "", 700: "", 701: CodeAmountInvalid} {
		s := aReviewedCase(t)
		s.rec.PendingFen = pending
		s.rec.RefundedFen = 10000
		err := s.try("2026-03-09 11:00", Agent, EvRuleRefund, func(ev *Event) { ev.AmountFen = 10000 })
		if CodeOf(err) != want {
			t.Errorf("ruled 10000 with %d under way and 10000 paid: %v, want %q", pending, err, want)
		}
		offer := aFiledCase(t)
		offer.rec.PendingFen, offer.rec.RefundedFen = pending, 10000
		err = offer.try("2026-03-04 09:00", Merchant, EvOffer, func(ev *Event) { ev.Type, ev.AmountFen = "", 10000 })
		if CodeOf(err) != want {
			t.Errorf("offered 10000: %v, want %q", err, want)
		}
		settled := aReviewedCase(t)
		settled.rec.PendingFen, settled.rec.RefundedFen = pending, 10000
		err = settled.try("2026-03-09 11:00", Agent, EvSettle, func(ev *Event) { ev.Type, ev.AmountFen = "", 10000 })
		if CodeOf(err) != want {
			t.Errorf("settled on 10000: %v, want %q", err, want)
		}
	}
	s := beingPaid(t)
	if s.rec.PendingFen != 20700 {
		t.Errorf("ordered 20700, under way %d", s.rec.PendingFen)
	}
	s.do("2026-03-05 12:00", PaymentCh, EvPaymentFailed, nil)
	s.do("2026-03-06 12:00", Agent, EvRetryPayment, nil)
	if s.rec.PendingFen != 20700 {
		t.Errorf("ordered again, under way %d", s.rec.PendingFen)
	}
	s.do("2026-03-06 13:00", PaymentCh, EvPaymentSucceeded, nil)
	if s.rec.PendingFen != 0 || s.rec.RefundedFen != 20700 {
		t.Errorf("record %+v", s.rec)
	}
}

// C-07, F4-09: the balance only with the buyer's own word.
func TestTheBalanceNeedsTheBuyersConsent(t *testing.T) {
	s := unpaid(t)
	s.refuses(CodeConfirmation, "2026-03-05 13:00", Agent, EvRetryPayment, func(ev *Event) { ev.Method = Balance })
	s.refuses(CodeConfirmation, "2026-03-05 13:00", Buyer, EvConsentBalance, func(ev *Event) { ev.Confirmed = false })
	s.refuses(CodeNotParty, "2026-03-05 13:00", Agent, EvConsentBalance, nil)
	s.do("2026-03-05 13:00", Buyer, EvConsentBalance, nil)
	s.refuses(CodeStateConflict, "2026-03-05 14:00", Buyer, EvConsentBalance, nil)
	s.do("2026-03-05 14:00", Agent, EvRetryPayment, func(ev *Event) { ev.Method = Balance })
	refunds := s.ordered("refund")
	if len(refunds) != 2 || refunds[0].Method != OriginalRoute || refunds[1].Method != Balance {
		t.Errorf("refunds %v", refunds)
	}
	// A policy that names the balance does not go round the consent either.
	p := tell(t, "2026-03-02 15:20", "2026-03-03 09:00", func(p *policy.Policy) { p.Values.Refund.Method.V = Balance })
	p.filed("2026-03-03 09:00")
	p.do("2026-03-04 09:00", Merchant, EvAgreeReturn, nil)
	p.do("2026-03-04 10:00", Buyer, EvFillTracking, nil)
	p.do("2026-03-05 10:00", Merchant, EvConfirmRefund, nil)
	if r := p.ordered("refund"); len(r) != 1 || r[0].Method != OriginalRoute {
		t.Errorf("refunds %v", r)
	}
	// The channel's word is a fact; where it paid without consent a person looks.
	odd := beingPaid(t)
	odd.do("2026-03-05 12:00", PaymentCh, EvPaymentSucceeded, func(ev *Event) { ev.Method = Balance })
	odd.is(Refunded)
	if tk := odd.ordered("ticket"); len(tk) != 1 || tk[0].Why != "balance_without_consent" {
		t.Errorf("tickets %v", tk)
	}
}
