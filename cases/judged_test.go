package cases

import (
	"testing"

	"recourse/cases/policy"
)

func TestACaseIsJudgedAgainOnWhatItWasFiledOn(t *testing.T) {
	s := tell(t, "2026-03-02 15:20", "2026-03-03 09:00", nil)
	if _, ok := Judged(stored(s.log), always(s.p)); ok {
		t.Error("a draft that nobody amended was judged")
	}
	s.do("2026-03-03 09:00", Buyer, EvAmend, because(policy.QualityDefect, policy.ReturnRefund))
	first, ok := Judged(stored(s.log), always(s.p))
	if !ok || !first.At.Equal(at("2026-03-03 09:00")) || len(first.Facts.Evidence) > 0 {
		t.Errorf("the draft: %+v, %v", first, ok)
	}
	s.do("2026-03-03 09:05", Buyer, EvSupplement, nil)
	s.do("2026-03-04 10:00", Buyer, EvSubmit, nil)
	s.do("2026-03-05 18:00", Merchant, EvReject, nil)
	filed, ok := Judged(stored(s.log), always(s.p))
	if !ok || !filed.At.Equal(at("2026-03-04 10:00")) || len(filed.Facts.Evidence) == 0 || filed.Facts.Reason != policy.QualityDefect {
		t.Errorf("filed: %+v, %v", filed, ok)
	}
	v := s.p.Evaluate(filed.Facts, filed.At)
	if v.Code != s.c.Verdict.Code || v.AmountFen != s.c.AmountFen || !v.Deadline.Equal(s.c.Verdict.Deadline) || len(v.Missing) > 0 {
		t.Errorf("judged again it is %+v, it was %+v", v, s.c.Verdict)
	}
}
