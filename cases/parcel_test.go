package cases

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recourse/cases/policy"
)

// T08 for a shop that named no return address: nothing can be sent anywhere until it does.
func TestAnAgreementWithoutAnAddress(t *testing.T) {
	agreed := func(t *testing.T) *told {
		s := aDraft(t)
		s.line.ReturnAddress = ""
		s.filed("2026-03-03 09:00")
		s.fires("2026-03-10 09:00", TimerMerchantHard)
		s.is(AwaitingReturn)
		if tickets := s.ordered("ticket"); len(tickets) != 1 || tickets[0].Why != "no_return_address" {
			t.Errorf("tickets %v", tickets)
		}
		s.refuses(CodeStateConflict, "2026-03-11 09:00", Buyer, EvFillTracking, nil)
		return s
	}
	s := agreed(t)
	s.refuses(CodeFieldRequired, "2026-03-12 09:00", Merchant, EvAgreeReturn, func(ev *Event) { ev.Address = "" })
	s.do("2026-03-12 09:00", Merchant, EvAgreeReturn, nil)
	s.due(TimerBuyerShip, "2026-03-19 09:00") // his time begins when he knows where to
	s.do("2026-03-13 09:00", Buyer, EvFillTracking, nil)
	silent := agreed(t)
	silent.fires("2026-03-17 09:00", TimerBuyerShip)
	silent.is(PlatformQueued)
	if silent.c.Arbitration.Ground != "no_address" {
		t.Errorf("ground %q", silent.c.Arbitration.Ground)
	}
}

// T51: the carrier's news count for the system only where there are any, and where the merchant is not silent.
func TestSilenceOfTheCarrier(t *testing.T) {
	s := aReturnUnderWay(t) // waybill 03-04 10:00
	s.do("2026-03-05 10:00", Carrier, EvCarrierTrace, nil)
	s.due(TimerQuiet, "2026-03-10 10:00")
	s.refuses(CodeStateConflict, "2026-03-09 12:00", Merchant, EvReportLost, nil) // there was news since
	s.fires("2026-03-10 10:00", TimerQuiet)
	s.is(ReturnInTransit) // the merchant said nothing: T16 answers him
	s.fires("2026-03-11 10:00", TimerUnsigned)
	s.is(RefundPending)

	extended := aReturnUnderWay(t)
	extended.do("2026-03-05 10:00", Carrier, EvCarrierTrace, nil)
	extended.do("2026-03-09 10:00", Merchant, EvExtendReceipt, nil)
	extended.due(TimerQuiet, "2026-03-10 10:00")
	extended.fires("2026-03-10 10:00", TimerQuiet)
	extended.is(PlatformQueued)
	if extended.c.Arbitration.Ground != "parcel_lost" {
		t.Errorf("ground %q", extended.c.Arbitration.Ground)
	}
	// It turns up after all.
	extended.do("2026-03-11 10:00", Carrier, EvCarrierSigned, nil)
	extended.is(PlatformQueued)
	extended.refuses(CodeStateConflict, "2026-03-11 11:00", Carrier, EvCarrierSigned, nil)

	mute := aReturnUnderWay(t) // no feed: an extension proves nothing
	mute.do("2026-03-09 10:00", Merchant, EvExtendReceipt, nil)
	mute.due(TimerQuiet, "")
}

func TestALostParcelIsNotOwedBack(t *testing.T) {
	s := aReturnUnderWay(t)
	s.do("2026-03-05 10:00", System, EvReportLost, nil)
	s.do("2026-03-05 11:00", Agent, EvClaim, nil)
	s.do("2026-03-09 11:00", Agent, EvRuleMerchant, nil)
	if s.c.GoodsBack {
		t.Error("the merchant owes goods that he never had")
	}
	found := aReturnUnderWay(t)
	found.do("2026-03-05 10:00", System, EvReportLost, nil)
	found.do("2026-03-05 11:00", Agent, EvClaim, nil)
	found.do("2026-03-06 11:00", Carrier, EvCarrierSigned, nil)
	found.do("2026-03-09 11:00", Agent, EvRuleMerchant, nil)
	if !found.c.GoodsBack {
		t.Error("the merchant has the goods and does not owe them")
	}
}

func TestAParcelThatTheMerchantDidNotTake(t *testing.T) {
	s := aReturnUnderWay(t)
	s.do("2026-03-06 10:00", Carrier, EvCarrierRefused, nil)
	s.is(ReturnInTransit)
	s.refuses(CodeStateConflict, "2026-03-06 11:00", Carrier, EvCarrierRefused, nil)
	s.refuses(CodeExtendNotAllowed, "2026-03-10 10:00", Merchant, EvExtendReceipt, nil)
	s.fires("2026-03-11 10:00", TimerUnsigned) // he owes his reasons; silence pays
	s.is(RefundPending)
	reasons := aReturnUnderWay(t)
	reasons.do("2026-03-06 10:00", Carrier, EvCarrierRefused, nil)
	reasons.do("2026-03-06 12:00", Merchant, EvRefuseParcel, nil)
	reasons.is(MerchantRejected)
	if reasons.c.Rejection.Phase != PhaseReturn {
		t.Errorf("%+v", reasons.c.Rejection)
	}
}

// T17 and T15 together: a correction takes nothing from what was granted.
func TestACorrectedWaybillKeepsTheExtension(t *testing.T) {
	s := aReturnUnderWay(t)
	s.do("2026-03-09 10:00", Merchant, EvExtendReceipt, nil)
	s.due(TimerUnsigned, "2026-03-18 10:00")
	s.do("2026-03-10 10:00", Buyer, EvFixTracking, nil)
	s.due(TimerUnsigned, "2026-03-18 10:00")
	old := s.log[len(s.log)-3].Event.Waybill
	s.refuses(CodeStateConflict, "2026-03-11 10:00", Carrier, EvCarrierSigned, func(ev *Event) { ev.Waybill = old })
	s.do("2026-03-11 10:00", Carrier, EvCarrierSigned, nil)
	s.refuses(CodeExtendNotAllowed, "2026-03-11 11:00", Merchant, EvExtendReceipt, nil)
}

// The receipt rule with an extension, and the holiday rule with both (C-21, C-25).
func TestReceiptRuleExtensionAndHolidaysTogether(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(*policy.Policy)
		signed string
		want   string
	}{
		{"min, signed late in the extension", nil, "2026-03-17 20:00", "2026-03-18 10:00"},
		{"replace, signed late in the extension", func(p *policy.Policy) { p.Values.Merchant.ReceiptRule.V = "replace" }, "2026-03-17 20:00", "2026-03-19 20:00"},
		{"min, signed early in the extension", nil, "2026-03-12 12:00", "2026-03-14 12:00"},
	} {
		s := tell(t, "2026-03-02 15:20", "2026-03-03 09:00", tc.change)
		s.filed("2026-03-03 09:00")
		s.do("2026-03-04 09:00", Merchant, EvAgreeReturn, nil)
		s.do("2026-03-04 10:00", Buyer, EvFillTracking, nil)
		s.do("2026-03-09 10:00", Merchant, EvExtendReceipt, nil)
		s.do(tc.signed, Carrier, EvCarrierSigned, nil)
		if got := s.c.Deadlines[TimerInspect]; !got.Equal(at(tc.want)) {
			t.Errorf("%s: %s, want %s", tc.name, got.In(policy.Zone()), tc.want)
		}
	}
}

// Over Qingming (04-04 to 04-06) the merchant's clocks move to the end of the next workday, extended or not.
func TestHolidaysMoveTheMerchantsReturnClocks(t *testing.T) {
	s := tell(t, "2026-03-20 15:20", "2026-03-21 09:00", func(p *policy.Policy) { p.Values.Calendar.HolidayShift.V = true })
	s.filed("2026-03-21 09:00")
	s.do("2026-03-23 09:00", Merchant, EvAgreeReturn, nil)
	s.do("2026-03-29 10:00", Buyer, EvFillTracking, nil)
	s.due(TimerUnsigned, "2026-04-08 00:00") // 04-05 is a holiday, 04-07 the next workday
	s.do("2026-04-03 10:00", Merchant, EvExtendReceipt, nil)
	s.due(TimerUnsigned, "2026-04-15 00:00")
	s.do("2026-04-03 12:00", Carrier, EvCarrierSigned, nil)
	s.due(TimerInspect, "2026-04-08 00:00") // 48 h would be 04-05 12:00
}

// A deadline that has passed is carried out before anything else, whether or not its timer has fired.
func TestAPassedDeadlineComesFirst(t *testing.T) {
	s := aFiledCase(t) // soft 03-07 00:00, hard 03-10 09:00
	for _, kind := range []EventKind{EvEscalate, EvWithdraw} {
		env := s.env()
		env.Now = at("2026-03-07 00:01")
		if _, err := s.c.Apply(env, s.fitting(s.c, Buyer, kind)); !errors.Is(err, ErrDeadlineDue) {
			t.Errorf("%s: %v", kind, err)
		}
		if !slices.Contains(s.c.Allowed(Buyer, env), kind) {
			t.Errorf("%s is not offered after the soft deadline", kind)
		}
	}
	s.do("2026-03-07 00:01", Buyer, EvEscalate, nil) // at once, not half a second later
	s.is(PlatformQueued)

	late := aFiledCase(t)
	for _, kind := range []EventKind{EvReject, EvOffer, EvAgreeReturn} {
		err := late.try("2026-03-10 09:01", Merchant, kind, nil)
		var e *Error
		if !errors.As(err, &e) || e.Code != CodeDeadlinePassed && kind != EvAgreeReturn || e.State != AwaitingReturn {
			t.Errorf("%s after the hard deadline: %v", kind, err)
			continue
		}
		if e.Passed != nil && (e.Passed.Timer != TimerMerchantHard || !e.Passed.At.Equal(at("2026-03-10 09:00"))) {
			t.Errorf("%s: passed %+v", kind, e.Passed)
		}
	}

	// T24 says "now <= rejected_at + 48 h".
	r := aRejectedCase(t)
	r.do("2026-03-06 09:00", Buyer, EvEscalate, nil)
	r.is(PlatformQueued)
}

// What was left out of a return travels by itself: it is on the case, the merchant hears of it, and neither the turn
// nor a clock moves (F1-48).
func TestTheRestOfAReturnTravelsByItself(t *testing.T) {
	offered := func(t *testing.T) *told {
		s := anInspection(t)
		s.do("2026-03-05 11:00", Merchant, EvOffer, func(ev *Event) { ev.Type = "" })
		return s
	}
	with := func(number string) func(*Event) {
		return func(ev *Event) { ev.Carrier, ev.Waybill = "SF", number }
	}
	for name, story := range map[string]func(*testing.T) *told{"under way": aReturnUnderWay, "inspected": anInspection, "offered": offered} {
		s := story(t)
		before := s.c
		s.now = at("2026-03-05 12:00")
		res, err := s.c.Apply(s.env(), Event{Key: "k", Kind: EvSendRest, Actor: Buyer, By: "b1", Carrier: " SF ", Waybill: "SF1111111111111"})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff([]Parcel{{Carrier: "SF", Waybill: "SF1111111111111", At: at("2026-03-05 12:00")}}, res.Case.Return.Rest); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if res.Case.State != before.State || res.Case.Turn() != before.Turn() || !maps.Equal(res.Case.Deadlines, before.Deadlines) || res.Case.Return.Waybill != before.Return.Waybill {
			t.Errorf("%s: %s, turn %+v, deadlines %v", name, res.Case.State, res.Case.Turn(), res.Case.Deadlines)
		}
		if diff := cmp.Diff([]Notice{{To: Buyer, Key: "rest_sent"}, {To: Merchant, Key: "rest_sent"}}, res.Notices); diff != "" || len(res.Orders) > 0 {
			t.Errorf("%s: orders %v, notices (-want +got):\n%s", name, res.Orders, diff)
		}
		s.take(res)
		s.refuses(CodeFieldRequired, "2026-03-05 12:01", Buyer, EvSendRest, with("SF1111111111111")) // the same again
		s.refuses(CodeFieldRequired, "2026-03-05 12:01", Buyer, EvSendRest, with(before.Return.Waybill))
		s.refuses(CodeFieldRequired, "2026-03-05 12:01", Buyer, EvSendRest, with("short"))
		s.refuses(CodeNotParty, "2026-03-05 12:01", Merchant, EvSendRest, nil)
		for range s.p.Values.Buyer.WaybillCorrections.V {
			s.do("2026-03-05 12:02", Buyer, EvSendRest, nil)
		}
		s.refuses(CodeStateConflict, "2026-03-05 12:03", Buyer, EvSendRest, nil)
	}
	anOffer(t).refuses(CodeStateConflict, "2026-03-04 10:00", Buyer, EvSendRest, nil) // nothing was sent back yet
	anAgreedReturn(t).refuses(CodeStateConflict, "2026-03-05 09:00", Buyer, EvSendRest, nil)
}
