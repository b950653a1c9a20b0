package cases

import (
	"testing"

	"recourse/cases/policy"
)

// The buyer may ask for a part of what he paid. It is the amount that the merchant reads and pays.
func TestABuyerAsksForAPart(t *testing.T) {
	s := aDraft(t)
	part := func(r policy.ReasonID, fen int64) func(*Event) {
		return func(ev *Event) {
			ev.Reason, ev.Type, ev.AmountFen, ev.Answers = r, policy.Partial, fen, nil
		}
	}
	s.do("2026-03-03 09:00", Buyer, EvAmend, because(policy.QualityDefect, policy.ReturnRefund))
	most := s.c.Verdict.MaxFen
	if most <= 1 || s.c.AmountFen != most {
		t.Fatalf("asks for %d, at most %d", s.c.AmountFen, most)
	}
	for name, change := range map[string]func(*Event){
		"more than was paid":         part(policy.QualityDefect, most+1),
		"less than nothing":          part(policy.QualityDefect, -1),
		"a part of a whole return":   func(ev *Event) { part(policy.QualityDefect, 1)(ev); ev.Type = policy.ReturnRefund },
		"a reason that has no parts": part("counterfeit", 1),
	} {
		t.Log(name)
		s.refuses(CodeAmountInvalid, "2026-03-03 09:01", Buyer, EvAmend, change)
	}
	s.do("2026-03-03 09:02", Buyer, EvAmend, part(policy.QualityDefect, most/3))
	if s.c.Type != policy.Partial || s.c.AmountFen != most/3 || s.c.Verdict.Freight != policy.PayerNone {
		t.Fatalf("%s of %d, freight %q", s.c.Type, s.c.AmountFen, s.c.Verdict.Freight)
	}
	// Another answer, a picture or the submission leaves the amount as it was.
	s.do("2026-03-03 09:03", Buyer, EvAmend, func(ev *Event) {
		ev.Reason, ev.Type, ev.AmountFen, ev.Answers = "", "", 0, &policy.Answers{Received: policy.Yes}
	})
	s.do("2026-03-03 09:04", Buyer, EvSupplement, nil)
	s.do("2026-03-03 09:05", Buyer, EvSubmit, nil)
	if s.c.AmountFen != most/3 {
		t.Fatalf("filed over %d", s.c.AmountFen)
	}
	s.do("2026-03-04 09:00", Merchant, EvAgreeRefund, nil)
	if last := s.all[len(s.all)-1]; last.Kind != "refund" || last.AmountFen != most/3 {
		t.Errorf("ordered %+v", last)
	}
	// Another type drops the part.
	r := aDraft(t)
	r.do("2026-03-03 09:00", Buyer, EvAmend, part(policy.QualityDefect, 5))
	r.do("2026-03-03 09:01", Buyer, EvAmend, because(policy.QualityDefect, policy.ReturnRefund))
	if r.c.AmountFen != most || r.c.Answers.AskFen != 0 {
		t.Errorf("a return over %d, ask %d", r.c.AmountFen, r.c.Answers.AskFen)
	}
}
