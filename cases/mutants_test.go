package cases

import (
	"errors"
	"slices"
	"testing"
)

// TestCheckerNoticesABrokenTable is the canary of the invariants: with a guard taken out of the table, some
// walk must violate the invariant that the guard holds.
func TestCheckerNoticesABrokenTable(t *testing.T) {
	t.Parallel()
	without := func(id string, spoil func(*Transition)) []Transition {
		rows := slices.Clone(table)
		i := slices.IndexFunc(rows, func(r Transition) bool { return r.ID == id })
		spoil(&rows[i])
		return rows
	}
	noticed := map[int]bool{}
	for _, tc := range []struct {
		name      string
		rows      []Transition
		invariant int
	}{
		{"extension without its guard", without("T15", func(r *Transition) { r.Open = nil }), 10},
		{"an agreement that pays more than was paid", without("T03", func(r *Transition) {
			r.Do = func(s *step) { s.stop(merchantClocks...); s.refund(2*s.c.AmountFen, "merchant") }
		}), 3},
		{"an escalation that leaves the merchant's clocks running", without("T09", func(r *Transition) {
			do := r.Do
			r.Do = func(s *step) {
				hard := s.c.Deadlines[TimerMerchantHard]
				do(s)
				s.c.Deadlines[TimerMerchantHard] = hard
			}
		}), 9},
		{"a merchant who closes as refunded himself", without("T03", func(r *Transition) {
			r.Do, r.To = nil, to(Refunded)
		}), 6},
		{"a rejection without a deadline", without("T06", func(r *Transition) {
			do := r.Do
			r.Do = func(s *step) { do(s); s.stop(TimerEscalate) }
		}), 5},
		{"a ruling open to merchants", without("T35", func(r *Transition) {
			r.Actors, r.Open, r.Check = by(Merchant), nil, writes
		}), 6},
		{"an appeal that lets a locked item go", without("T44", func(r *Transition) {
			do := r.Do
			r.Do = func(s *step) { do(s); s.c.Evidence = s.c.Evidence[1:] }
		}), 11},
		{"a closed case that goes on", without("D05", func(r *Transition) { r.To = to(PlatformReview) }), 4},
		{"an attempt that is not counted", without("T01", func(r *Transition) {
			do := r.Do
			r.Do = func(s *step) { do(s); s.line.Attempts-- }
		}), 2},
		{"a line that is free too early", without("T24", func(r *Transition) {
			do := r.Do
			r.Do = func(s *step) { do(s); s.line.OpenCase = "" }
		}), 1},
		{"an obligation that lapses", without("D08", func(r *Transition) {
			r.Do = func(s *step) { s.c.GoodsBack = false }
		}), 14},
		{"a refund that nobody asks after", without("T41", func(r *Transition) {
			do := r.Do
			r.Do = func(s *step) { do(s); s.stop(TimerArrival) }
		}), 15},
		{"a question that pays again", without("D22", func(r *Transition) {
			r.Do = func(s *step) { s.tell("arrival_asked"); s.order("refund", s.c.Refund.AmountFen) }
		}), 15},
		{"a row that forgets what its mark says", without("T07", func(r *Transition) { r.Do = nil }), 12},
		{"a row that writes into what is shared", without("D04", func(r *Transition) {
			r.Do = func(s *step) { s.c.Verdict.AmountFen++; addEvidence(s) }
		}), 8},
		{"a bot that withdraws", without("T28", func(r *Transition) { r.Actors = by(Buyer, "bot") }), 13},
		{"a clock that sets itself anew", without("T07", func(r *Transition) {
			do := r.Do
			r.Do = func(s *step) { do(s); s.setAt(TimerMerchantSoft, s.env.Now, "x") }
		}), 7},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for seed := range uint64(500) {
				var b *broken
				if err := newWorld(seeded(seed), tc.rows).walk(80); errors.As(err, &b) {
					if !slices.Contains(b.invariants, tc.invariant) {
						continue // it breaks other things too; some walk must show this one
					}
					noticed[tc.invariant] = true
					return
				}
			}
			t.Fatal("no walk noticed it")
		})
	}
	for i := range invariants {
		if !noticed[i+1] {
			t.Errorf("no broken table violates invariant %d", i+1)
		}
	}
}
