package demo

import (
	"testing"
	"time"

	"recourse/cases"
	"recourse/internal/redistest"
)

// The demo's bank takes a refund, keeps it for a while, and has it on the account at last; what it was not ordered to
// pay it does not know.
func TestTheBankKnowsWhereARefundIs(t *testing.T) {
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	b := &Bank{RDB: redistest.Embedded(t), Now: func() time.Time { return now }, After: time.Hour, Credit: 24 * time.Hour}
	look := func(want cases.RefundRecord) {
		t.Helper()
		if got, err := b.Refunded(t.Context(), "c/refund/9"); err != nil || got != want {
			t.Errorf("%+v, %v; want %+v", got, err, want)
		}
	}
	look(cases.RefundRecord{Status: cases.RefundUnknown})
	order := func() {
		t.Helper()
		c := cases.Case{ID: "c", Refund: cases.Refund{IssuedAt: now}}
		if err := b.Refund(t.Context(), c, cases.Order{Key: "c/refund/9", AmountFen: 100, Method: "original_route"}); err != nil {
			t.Fatal(err)
		}
	}
	order()
	taken := cases.RefundRecord{Status: cases.RefundProcessing, Method: "original_route"}
	look(taken)
	taken.AcceptedAt = now.Add(time.Hour)
	if err := b.note(t.Context(), "c/refund/9", taken); err != nil {
		t.Fatal(err)
	}
	order() // the outbox orders at least once
	look(taken)
	now = taken.AcceptedAt.Add(b.Credit - time.Millisecond)
	look(taken)
	now = now.Add(time.Millisecond)
	taken.Status, taken.ArrivedAt = cases.RefundArrived, now
	look(taken)
}
