package cases_test

import (
	"testing"

	"recourse/cases"
)

func TestWhoseMoveItIs(t *testing.T) {
	asked := func(party cases.Actor, answered bool) cases.Case {
		c := cases.Case{State: cases.EvidenceRequested}
		c.Arbitration.Asked = []cases.EvidenceRequest{{Party: party, Answered: answered}}
		return c
	}
	for name, tt := range map[string]struct {
		c    cases.Case
		want []cases.Actor
	}{
		"the merchant decides":              {cases.Case{State: cases.MerchantReview}, []cases.Actor{cases.Merchant}},
		"the buyer has the refusal":         {cases.Case{State: cases.MerchantRejected}, []cases.Actor{cases.Buyer}},
		"the platform asked the merchant":   {asked(cases.Merchant, false), []cases.Actor{cases.Merchant}},
		"the platform asked the buyer":      {asked(cases.Buyer, false), []cases.Actor{cases.Buyer}},
		"what was asked for has come":       {asked(cases.Merchant, true), nil},
		"the money is on its way":           {cases.Case{State: cases.RefundPending}, []cases.Actor{cases.PaymentCh}},
		"it is over":                        {cases.Case{State: cases.ClosedExpired}, nil},
		"it is over and the goods are owed": {cases.Case{State: cases.ClosedExpired, GoodsBack: true}, []cases.Actor{cases.Merchant}},
	} {
		var got []cases.Actor
		for _, a := range []cases.Actor{cases.Buyer, cases.Merchant, cases.Agent, cases.PaymentCh} {
			if tt.c.WaitsOn(a) {
				got = append(got, a)
			}
		}
		if len(got) != len(tt.want) || len(got) == 1 && got[0] != tt.want[0] {
			t.Errorf("%s: waits on %v, want %v", name, got, tt.want)
		}
	}
}

func TestHowACaseEnded(t *testing.T) {
	for want, c := range map[string]cases.Case{
		"":                 {State: cases.MerchantReview},
		"refunded_full":    {State: cases.Refunded, AmountFen: 100, Refund: cases.Refund{AmountFen: 100}},
		"refunded_partial": {State: cases.Refunded, AmountFen: 100, Refund: cases.Refund{AmountFen: 40}},
		"settled":          {State: cases.SettledNoRefund},
		"withdrawn":        {State: cases.ClosedWithdrawn},
		"expired":          {State: cases.ClosedExpired},
		"ineligible":       {State: cases.ClosedIneligible},
		"dismissed":        {State: cases.ClosedNotSupported, Arbitration: cases.Arbitration{Outcome: "dismissed"}},
	} {
		if got := c.Outcome(); got != want {
			t.Errorf("%s: outcome %q, want %q", c.State, got, want)
		}
	}
}
