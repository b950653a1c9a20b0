package cases

import (
	"slices"
	"testing"
	"time"

	"recourse/cases/policy"
)

// The worked deadlines of domain §2.7, each reached by the events that set it.
func TestWorkedDeadlines(t *testing.T) {
	returning := func(t *testing.T, change func(*policy.Policy)) *told {
		s := tell(t, "2026-02-20 15:20", "2026-02-21 09:00", change)
		s.filed("2026-02-21 09:00")
		s.do("2026-02-23 09:00", Merchant, EvAgreeReturn, nil)
		s.do("2026-03-01 09:00", Buyer, EvFillTracking, nil)
		return s
	}
	rejected := func(t *testing.T) *told {
		s := tell(t, "2026-03-02 15:20", "2026-03-03 09:00", nil)
		s.filed("2026-03-03 09:00")
		s.do("2026-03-05 18:00", Merchant, EvReject, nil)
		return s
	}
	reviewed := func(t *testing.T) *told {
		s := rejected(t)
		s.do("2026-03-06 09:00", Buyer, EvEscalate, nil)
		s.do("2026-03-06 10:00", Agent, EvClaim, nil)
		return s
	}
	for _, tc := range []struct {
		name string
		got  func(t *testing.T) time.Time
		want string
	}{
		{"signed Mon 03-02 15:20: no reason until 24:00 of day 7", func(t *testing.T) time.Time {
			s := tell(t, "2026-03-02 15:20", "2026-03-03 09:00", nil)
			s.do("2026-03-03 09:00", Buyer, EvAmend, because(policy.NoReason7d, ""))
			return s.c.Verdict.Deadline
		}, "2026-03-10 00:00"},
		{"signed Mon 03-02 15:20: faults until 24:00 of day 15", func(t *testing.T) time.Time {
			s := tell(t, "2026-03-02 15:20", "2026-03-03 09:00", nil)
			s.do("2026-03-03 09:00", Buyer, EvAmend, because(policy.QualityDefect, ""))
			return s.c.Verdict.Deadline
		}, "2026-03-18 00:00"},
		{"signed Mon 03-02 15:20: new applications until 24:00 of day 15", func(t *testing.T) time.Time {
			return tell(t, "2026-03-02 15:20", "2026-03-03 09:00", nil).c.ValidUntil
		}, "2026-03-18 00:00"},
		{"filed Fri 03-06 10:00: soft after three workdays", func(t *testing.T) time.Time {
			s := tell(t, "2026-03-02 15:20", "2026-03-06 09:00", nil)
			s.filed("2026-03-06 10:00")
			return s.c.Deadlines[TimerMerchantSoft]
		}, "2026-03-12 00:00"},
		{"filed Fri 03-06 10:00: hard after seven days", func(t *testing.T) time.Time {
			s := tell(t, "2026-03-02 15:20", "2026-03-06 09:00", nil)
			s.filed("2026-03-06 10:00")
			return s.c.Deadlines[TimerMerchantHard]
		}, "2026-03-13 10:00"},
		{"filed before Spring Festival: soft is clamped to hard", func(t *testing.T) time.Time {
			s := tell(t, "2026-02-12 15:20", "2026-02-13 09:00", nil)
			s.filed("2026-02-13 10:00")
			return s.c.Deadlines[TimerMerchantSoft]
		}, "2026-02-20 10:00"},
		{"three workdays over Spring Festival", func(*testing.T) time.Time {
			return policy.Default().AddWorkdays(at("2026-02-13 10:00"), 3)
		}, "2026-02-26 00:00"},
		{"seven workdays over Spring Festival", func(*testing.T) time.Time {
			return policy.Default().AddWorkdays(at("2026-02-13 10:00"), 7)
		}, "2026-03-03 00:00"},
		{"waybill Sun 03-01 09:00: automatic refund", func(t *testing.T) time.Time {
			return returning(t, nil).c.Deadlines[TimerUnsigned]
		}, "2026-03-08 09:00"},
		{"the same, extended once", func(t *testing.T) time.Time {
			s := returning(t, nil)
			s.refuses(CodeExtendTooEarly, "2026-03-06 08:59", Merchant, EvExtendReceipt, nil)
			s.do("2026-03-06 09:00", Merchant, EvExtendReceipt, nil)
			s.refuses(CodeExtendNotAllowed, "2026-03-14 09:00", Merchant, EvExtendReceipt, nil)
			return s.c.Deadlines[TimerUnsigned]
		}, "2026-03-15 09:00"},
		{"the same, too late to extend", func(t *testing.T) time.Time {
			s := returning(t, nil)
			s.refuses(CodeDeadlinePassed, "2026-03-08 09:00", Merchant, EvExtendReceipt, nil)
			return s.c.Deadlines[TimerUnsigned]
		}, "2026-03-08 09:00"},
		{"the same, signed 03-03 12:00", func(t *testing.T) time.Time {
			s := returning(t, nil)
			s.do("2026-03-03 12:00", Carrier, EvCarrierSigned, nil)
			s.refuses(CodeExtendNotAllowed, "2026-03-04 12:00", Merchant, EvExtendReceipt, nil)
			return s.c.Deadlines[TimerInspect]
		}, "2026-03-05 12:00"},
		{"the same, signed 03-07 20:00, rule min", func(t *testing.T) time.Time {
			s := returning(t, nil)
			s.do("2026-03-07 20:00", Carrier, EvCarrierSigned, nil)
			return s.c.Deadlines[TimerInspect]
		}, "2026-03-08 09:00"},
		{"the same, signed 03-07 20:00, rule replace", func(t *testing.T) time.Time {
			s := returning(t, func(p *policy.Policy) { p.Values.Merchant.ReceiptRule.V = "replace" })
			s.do("2026-03-07 20:00", Carrier, EvCarrierSigned, nil)
			return s.c.Deadlines[TimerInspect]
		}, "2026-03-09 20:00"},
		{"the same, extended, signed 03-10 12:00", func(t *testing.T) time.Time {
			s := returning(t, nil)
			s.do("2026-03-06 09:00", Merchant, EvExtendReceipt, nil)
			s.do("2026-03-10 12:00", Carrier, EvCarrierSigned, nil)
			return s.c.Deadlines[TimerInspect]
		}, "2026-03-12 12:00"},
		{"rejected 03-05 18:00: escalate within 48 hours", func(t *testing.T) time.Time {
			s := rejected(t)
			until := s.c.Deadlines[TimerEscalate]
			s.refuses(CodeEscalationClosed, "2026-03-07 18:01", Buyer, EvEscalate, nil)
			s.do("2026-03-07 17:59", Buyer, EvEscalate, nil)
			return until
		}, "2026-03-07 18:00"},
		{"escalated 03-06 09:00: first answer", func(t *testing.T) time.Time {
			s := rejected(t)
			s.do("2026-03-06 09:00", Buyer, EvEscalate, nil)
			return s.c.Deadlines[TimerFirstResponse]
		}, "2026-03-07 09:00"},
		{"escalated 03-06 09:00: decision after seven workdays", func(t *testing.T) time.Time {
			return reviewed(t).c.Deadlines[TimerDecision]
		}, "2026-03-18 00:00"},
		{"ruled Mon 03-09 11:00 for the buyer: execution", func(t *testing.T) time.Time {
			s := reviewed(t)
			s.do("2026-03-09 11:00", Agent, EvRuleRefund, nil)
			return s.c.Deadlines[TimerRulingExecute]
		}, "2026-03-11 11:00"},
		{"ruled Mon 03-09 11:00 against him: appeal", func(t *testing.T) time.Time {
			s := reviewed(t)
			s.do("2026-03-09 11:00", Agent, EvDismiss, nil)
			return s.c.AppealUntil
		}, "2026-03-16 11:00"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got, want := tc.got(t), at(tc.want); !got.Equal(want) {
				t.Errorf("%s, want %s", got.In(policy.Zone()), want.In(policy.Zone()))
			}
		})
	}
}

// C-05 and T11: an offer stops the merchant's clocks and gives back at least a day.
func TestALapsedOfferLeavesTheMerchantAtLeastADay(t *testing.T) {
	s := tell(t, "2026-03-02 15:20", "2026-03-06 09:00", nil)
	s.filed("2026-03-06 10:00")
	s.fires("2026-03-12 00:00", TimerMerchantSoft)
	s.do("2026-03-13 08:00", Merchant, EvOffer, func(ev *Event) { ev.Type = "" })
	if _, runs := s.c.Deadlines[TimerMerchantHard]; runs {
		t.Error("the hard clock runs while the buyer thinks")
	}
	s.fires("2026-03-15 08:00", TimerOffer)
	if got, want := s.c.Deadlines[TimerMerchantHard], at("2026-03-16 08:00"); !got.Equal(want) || s.c.State != MerchantReview {
		t.Errorf("%s, hard deadline %v, want %v", s.c.State, got, want)
	}
	if !slices.Contains(s.c.Allowed(Buyer, s.env()), EvEscalate) {
		t.Error("an overdue merchant cannot be escalated after an offer")
	}
}

// C-25 with the holiday rule on: every clock of the merchant that would end in a public holiday ends at 24:00 of the
// next workday; the buyer's and the platform's do not move. Spring Festival 2026 is 02-15 to 02-23.
func TestTheHolidayRuleMovesEveryClockOfTheMerchant(t *testing.T) {
	on := func(p *policy.Policy) { p.Values.Calendar.HolidayShift.V = true }
	const after = "2026-02-25 00:00" // 24:00 of Tue 02-24
	filed := func(t *testing.T, when string) *told {
		s := tell(t, "2026-02-02 15:20", when, on)
		s.filed(when)
		return s
	}
	returning := func(t *testing.T, when string) *told {
		s := filed(t, "2026-02-04 09:00")
		s.do("2026-02-05 09:00", Merchant, EvAgreeReturn, nil)
		s.do(when, Buyer, EvFillTracking, nil)
		return s
	}
	for _, tc := range []struct {
		name string
		got  func(t *testing.T) time.Time
		want string
	}{
		{"seven days to answer", func(t *testing.T) time.Time {
			return filed(t, "2026-02-10 10:00").c.Deadlines[TimerMerchantHard]
		}, after},
		{"seven days after the waybill", func(t *testing.T) time.Time {
			return returning(t, "2026-02-09 09:00").c.Deadlines[TimerUnsigned]
		}, after},
		{"and seven more when extended", func(t *testing.T) time.Time {
			s := returning(t, "2026-02-06 09:00") // ends 02-13 09:00, a Friday on which people work
			s.do("2026-02-11 10:00", Merchant, EvExtendReceipt, nil)
			return s.c.Deadlines[TimerUnsigned]
		}, after},
		{"forty-eight hours to inspect", func(t *testing.T) time.Time {
			s := returning(t, "2026-02-09 09:00")
			s.do("2026-02-14 12:00", Carrier, EvCarrierSigned, nil)
			return s.c.Deadlines[TimerInspect]
		}, after},
		{"what an offer leaves", func(t *testing.T) time.Time {
			s := filed(t, "2026-02-06 10:00") // ends 02-13 10:00
			s.do("2026-02-12 10:00", Merchant, EvOffer, func(ev *Event) { ev.Type = "" })
			s.do("2026-02-14 09:00", Buyer, EvDeclineOffer, nil) // a day is left, which ends on 02-15
			return s.c.Deadlines[TimerMerchantHard]
		}, after},
		{"the buyer's time to send it back does not move", func(t *testing.T) time.Time {
			s := filed(t, "2026-02-04 09:00")
			s.do("2026-02-10 09:00", Merchant, EvAgreeReturn, nil)
			return s.c.Deadlines[TimerBuyerShip]
		}, "2026-02-17 09:00"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got, want := tc.got(t), at(tc.want); !got.Equal(want) {
				t.Errorf("%s, want %s", got.In(policy.Zone()), want.In(policy.Zone()))
			}
		})
	}
}
