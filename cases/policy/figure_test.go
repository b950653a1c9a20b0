package policy

import "testing"

func TestAFigureIsFoundByItsKey(t *testing.T) {
	p := Default()
	for key, want := range map[string]string{
		"merchant.review_hard_days": "7", "merchant.review_typical": "1-3", "calendar.holiday_shift": "false", "refund.human_review_amount_fen": "500000",
	} {
		if got, ok := p.Figure(key); !ok || got != want {
			t.Errorf("%s is %q, %v, want %q", key, got, ok, want)
		}
	}
	for _, key := range []string{"", "merchant", "merchant.", "merchant.nothing", "merchant.review_hard_days.V", "no.such"} {
		if got, ok := p.Figure(key); ok {
			t.Errorf("%q is %q", key, got)
		}
	}
}
