package policy

import (
	"slices"
	"testing"
	"time"
)

func parcels(p ...Parcel) func(*Facts) { return func(f *Facts) { f.Line.OtherParcels = p } }
func tagged(tags ...string) func(*Facts) {
	return func(f *Facts) { f.Line.Tags = tags }
}
func wants(r RefundType) func(*Facts) { return func(f *Facts) { f.Answers.Want = r } }
func claims(fen int64) func(*Facts)   { return func(f *Facts) { f.Answers.AskFen = fen } }
func harmed(f *Facts)                 { f.Answers.Harm = Yes }
func refusedByCarrier(f *Facts)       { f.Line.Logistics = LogisticsRefused }
func bestBefore(s string) func(*Facts) {
	return func(f *Facts) { f.Line.BestBefore = sh(s) }
}

// returned is a line whose goods travelled back under a reason on Mon 2026-03-09.
func returned(r ReasonID) func(*Facts) {
	return func(f *Facts) { f.History.ReturnReason, f.History.ReturnAt = r, sh("2026-03-09 10:00") }
}

// The conditions of §2.4, reason by reason: every row is one sentence of the domain.
func TestEveryConditionOfEveryReason(t *testing.T) {
	const now, late = "2026-03-04 09:00", "2026-03-18 00:00" // signed for on 03-02 15:20
	for _, tc := range []struct {
		reason  ReasonID
		name    string
		change  func(*Facts)
		now     string
		code    Code
		as      ReasonID      // judged as, if another
		ask     QuestionID    // with NEED_INFO
		offers  []Alternative // among others
		clause  string
		alert   Code
		missing int
	}{
		{reason: NoReason7d, name: "not shipped: that is a cancellation", change: unshipped, code: OKUnshipped, as: UnshippedCancel, clause: "unshipped.cancel"},
		{reason: NoReason7d, name: "day 7 is over", change: intact(Yes), now: "2026-03-10 00:00", code: NoWindowPassed, offers: []Alternative{AltFaultReason, AltNegotiate}, clause: "apply.no_reason_days"},
		{reason: NoReason7d, name: "excluded by law", change: flagged("digital_opened"), code: NoCategoryStatutory, offers: []Alternative{AltFaultReason}, clause: "category.statutory"},
		{reason: NoReason7d, name: "excluded and confirmed at purchase", change: with(flagged("hygiene_seal"), confirmedAtPurchase), code: NoCategoryConfirmed, clause: "category.confirmed"},
		{reason: NoReason7d, name: "excluded but never confirmed", change: with(flagged("hygiene_seal"), intact(Yes)), code: OKNoReason},
		{reason: NoReason7d, name: "not intact", change: intact(No), code: NoNotIntact, offers: []Alternative{AltFaultReason}},
		{reason: NoReason7d, name: "whether intact is not known", code: NeedInfo, ask: AskIntact},
		{reason: NoReason7d, name: "on its way: has he got it?", change: onItsWay, code: NeedInfo, ask: AskReceived},
		{reason: NoReason7d, name: "on its way and not with him: nothing to be intact", change: with(onItsWay, answer(AskReceived, No)), code: OKNoReason},
		{reason: NoReason7d, name: "on its way, he says he has it", change: with(onItsWay, answer(AskReceived, Yes)), code: NeedInfo, ask: AskIntact},
		{reason: NoReason7d, name: "fragile excludes nothing", change: with(flagged("fragile"), intact(Yes)), code: OKNoReason},

		{reason: NotAsDescribed, name: "within the window", code: NeedEvidence, clause: "reason.fault", missing: 2},
		{reason: NotAsDescribed, name: "after it", now: late, code: HumanAfterValidity, offers: []Alternative{AltHuman, AltOutside}},
		{reason: NotAsDescribed, name: "all shown", change: shown("item_photo", "listing_screenshot"), code: NeedEvidence},

		{reason: QualityDefect, name: "within the window", code: NeedEvidence, missing: 2},
		{reason: QualityDefect, name: "after it", now: late, code: HumanAfterValidity},
		{reason: QualityDefect, name: "dangerous", change: harmed, code: NeedEvidence, alert: HumanSafety, offers: []Alternative{AltHuman}, clause: "safety.keep", missing: 2},
		{reason: QualityDefect, name: "dangerous, after the window", change: harmed, now: late, code: HumanAfterValidity, alert: HumanSafety},

		{reason: DamagedInTransit, name: "within the window", code: NeedEvidence, missing: 2},
		{reason: DamagedInTransit, name: "refused at the door, says the carrier", change: with(onItsWay, refusedByCarrier), code: NeedEvidence, missing: 2},
		{reason: DamagedInTransit, name: "refused at the door, says he", change: with(onItsWay, answer(AskRefused, Yes)), code: NeedEvidence, missing: 2},
		{reason: DamagedInTransit, name: "on its way: refused?", change: onItsWay, code: NeedInfo, ask: AskRefused, clause: "damaged.at_door"},
		{reason: DamagedInTransit, name: "still at the door", change: with(onItsWay, answer(AskRefused, No)), code: NotYet, offers: []Alternative{AltRefuse, AltWait}, clause: "damaged.at_door"},
		{reason: DamagedInTransit, name: "fragile within 48 hours", change: flagged("fragile"), now: "2026-03-04 15:19", code: NeedEvidence, clause: "apply.fresh_hours", missing: 2},
		{reason: DamagedInTransit, name: "fragile after 48 hours", change: flagged("fragile"), now: "2026-03-04 15:20", code: HumanAfterValidity, clause: "apply.fresh_hours"},
		{reason: DamagedInTransit, name: "fresh after 48 hours", change: flagged("newspaper", "fresh_perishable"), now: "2026-03-04 15:20", code: HumanAfterValidity},

		{reason: WrongItem, name: "another spec", change: answer(AskSpecDiff, Yes), code: NeedEvidence, missing: 1},
		{reason: WrongItem, name: "the right spec, disliked", change: answer(AskSpecDiff, No), code: NeedInfo, as: NoReason7d, ask: AskIntact},
		{reason: WrongItem, name: "the right spec, disliked, after the seven days", change: answer(AskSpecDiff, No), now: "2026-03-10 00:00", code: NoWindowPassed, as: NoReason7d},
		{reason: WrongItem, name: "not known", code: NeedInfo, ask: AskSpecDiff},

		{reason: MissingParts, name: "another parcel still moves", change: parcels(Parcel{Waybill: "W2", Logistics: LogisticsMoving, LastLogisticAt: sh("2026-03-03 09:00")}), code: NotYet, offers: []Alternative{AltWait}, clause: "missing.on_the_way"},
		{reason: MissingParts, name: "the other parcel was signed for", change: with(parcels(Parcel{Waybill: "W2", Logistics: LogisticsSigned, LastLogisticAt: sh("2026-03-03 09:00")}), answer(AskPromised, Yes)), code: NeedEvidence, missing: 2},
		{reason: MissingParts, name: "the other parcel stalled", change: with(parcels(Parcel{Waybill: "W2", Logistics: LogisticsMoving, LastLogisticAt: sh("2026-03-01 08:00")}), answer(AskPromised, Yes)), code: NeedEvidence, missing: 2},
		{reason: MissingParts, name: "promised?", code: NeedInfo, ask: AskPromised, clause: "missing.promised"},
		{reason: MissingParts, name: "a gift that was promised", change: answer(AskPromised, Yes), code: NeedEvidence, missing: 2},
		{reason: MissingParts, name: "a gift that nobody promised", change: answer(AskPromised, No), code: NeedInfo, ask: AskReason, offers: []Alternative{AltNegotiate, AltHuman}, clause: "missing.promised"},
		{reason: MissingParts, name: "a part in money: how much?", change: with(answer(AskPromised, Yes), wants(Partial)), code: NeedInfo, ask: AskAmount},

		{reason: EmptyParcel, name: "within the window", code: NeedEvidence, missing: 2},
		{reason: EmptyParcel, name: "after it", now: late, code: HumanAfterValidity},

		{reason: NotReceived, name: "not shipped, promise over", change: unshipped, code: OKUnshipped, as: LateShipment},
		{reason: NotReceived, name: "not shipped, promise running", change: unshipped, now: "2026-02-27 09:00", code: NotYet, as: LateShipment, offers: []Alternative{AltWait, AltCancel}},
		{reason: NotReceived, name: "moving", change: onItsWay, code: NotYet, clause: "not_received.stalled"},
		{reason: NotReceived, name: "no trace for 72 hours", change: onItsWay, now: "2026-03-06 12:00", code: OKLogistics},
		{reason: NotReceived, name: "said to be stalled", change: with(onItsWay, func(f *Facts) { f.Line.Logistics = LogisticsStalled }), code: OKLogistics},
		{reason: NotReceived, name: "lost", change: with(onItsWay, func(f *Facts) { f.Line.Logistics = LogisticsLost }), code: OKLogistics},
		{reason: NotReceived, name: "past the promised day", change: with(onItsWay, func(f *Facts) { f.Line.PromisedArrivalAt = sh("2026-03-04 00:00") }), code: OKLogistics},
		{reason: NotReceived, name: "no upper limit while unsigned", change: onItsWay, now: "2026-09-01 09:00", code: OKLogistics},
		{reason: NotReceived, name: "shows signed", code: NeedInfo, as: SignedNotReceived, ask: AskPickup},

		{reason: SignedNotReceived, name: "looked everywhere?", code: NeedInfo, ask: AskPickup, clause: "pickup.first"},
		{reason: SignedNotReceived, name: "not yet: look first", change: answer(AskPickup, No), code: NeedInfo, ask: AskPickupAgain, clause: "pickup.first"},
		{reason: SignedNotReceived, name: "looked everywhere", change: answer(AskPickupAgain, Yes), code: NeedEvidence, missing: 1},
		{reason: SignedNotReceived, name: "a great sum", change: with(answer(AskPickup, Yes), priced(500000)), code: NeedEvidence, alert: HumanHighValue, missing: 1},
		{reason: SignedNotReceived, name: "not signed for at all", change: onItsWay, code: NotYet, as: NotReceived},

		{reason: LateShipment, name: "past the promise", change: unshipped, code: OKUnshipped},
		{reason: LateShipment, name: "promise running", change: unshipped, now: "2026-02-28 09:59", code: NotYet, offers: []Alternative{AltCancel}},
		{reason: LateShipment, name: "nothing promised", change: with(unshipped, func(f *Facts) { f.Line.PromisedShipAt = time.Time{} }), code: NotYet, offers: []Alternative{AltCancel}},
		{reason: LateShipment, name: "shipped meanwhile", change: onItsWay, code: NotYet, as: NotReceived},

		{reason: UnshippedCancel, name: "not shipped", change: unshipped, code: OKUnshipped},
		{reason: UnshippedCancel, name: "shipped meanwhile", change: onItsWay, code: NoStatus, offers: []Alternative{AltRefuse, AltNoReason}},
		{reason: UnshippedCancel, name: "signed for meanwhile", code: NoStatus, offers: []Alternative{AltNoReason, AltFaultReason}},

		{reason: SpoiledOrExpired, name: "fresh, in time", change: flagged("fresh_perishable"), code: NeedEvidence, clause: "apply.fresh_hours", missing: 2},
		{reason: SpoiledOrExpired, name: "fresh, later", change: flagged("fresh_perishable"), now: "2026-03-04 15:20", code: HumanAfterValidity},
		{reason: SpoiledOrExpired, name: "somebody fell ill", change: with(flagged("fresh_perishable"), harmed), code: NeedEvidence, alert: HumanSafety, clause: "safety.keep", missing: 2},
		{reason: SpoiledOrExpired, name: "packaged, shelf life running", change: bestBefore("2026-03-09 00:00"), now: "2026-03-08 23:59", code: NeedEvidence, clause: "apply.shelf_life", missing: 2},
		{reason: SpoiledOrExpired, name: "packaged, shelf life over", change: bestBefore("2026-03-09 00:00"), now: "2026-03-09 00:00", code: HumanAfterValidity},
		{reason: SpoiledOrExpired, name: "packaged, a shelf life longer than the after-sale period", change: bestBefore("2027-03-09 00:00"), now: late, code: HumanAfterValidity},
		{reason: SpoiledOrExpired, name: "expired when it came", change: bestBefore("2026-03-01 00:00"), code: NeedEvidence, clause: "apply.fault_days", missing: 2},

		{reason: Counterfeit, name: "always a person", code: NeedEvidence, alert: HumanCounterfeit, offers: []Alternative{AltHuman}, missing: 2},
		{reason: Counterfeit, name: "later: complaint and regulator", now: late, code: HumanAfterValidity, alert: HumanCounterfeit, offers: []Alternative{AltComplaint, AltOutside}},

		{reason: FalseAdvertising, name: "money back or a complaint?", code: NeedInfo, ask: AskWantsRefund},
		{reason: FalseAdvertising, name: "money back", change: answer(AskWantsRefund, Yes), code: NeedEvidence, missing: 1},
		{reason: FalseAdvertising, name: "money back while it is on its way", change: with(onItsWay, answer(AskWantsRefund, Yes)), code: NeedEvidence, missing: 1},
		{reason: FalseAdvertising, name: "only a complaint", change: answer(AskWantsRefund, No), code: NoStatus, offers: []Alternative{AltComplaint}, clause: "advert.complaint"},

		{reason: AllergyOrInjury, name: "always a person", code: NeedEvidence, alert: HumanSafety, clause: "safety", missing: 2},
		{reason: AllergyOrInjury, name: "always a person, also after the window", now: late, code: HumanAfterValidity, alert: HumanSafety},
		{reason: AllergyOrInjury, name: "always a person, also where it does not fit", change: unshipped, code: NoStatus, alert: HumanSafety},

		{reason: PriceDifference, name: "with price protection", change: tagged("price_protection"), code: NoStatus, offers: []Alternative{AltProtection}, clause: "price.protected"},
		{reason: PriceDifference, name: "without, inside the seven days", code: NoStatus, offers: []Alternative{AltNegotiate, AltNoReason}, clause: "price.no_protection"},
		{reason: PriceDifference, name: "without, before shipping", change: unshipped, code: NoStatus, offers: []Alternative{AltNegotiate}},

		{reason: FreightOnly, name: "nothing was returned", code: NoStatus, clause: "freight.return_first"},
		{reason: FreightOnly, name: "after a no-reason return", change: with(returned(NoReason7d), tagged("freight_insurance")), code: NoStatus, offers: []Alternative{AltInsurance}, clause: "freight.own_choice"},
		{reason: FreightOnly, name: "after the merchant's fault: did he pay?", change: returned(QualityDefect), code: NeedInfo, ask: AskPaidPostage},
		{reason: FreightOnly, name: "he paid nothing", change: with(returned(QualityDefect), answer(AskPaidPostage, No)), code: NoStatus, clause: "freight.nothing_paid"},
		{reason: FreightOnly, name: "he paid: how much?", change: with(returned(QualityDefect), answer(AskPaidPostage, Yes)), code: NeedInfo, ask: AskAmount},
		{reason: FreightOnly, name: "he paid, by the receipt", change: with(returned(QualityDefect), answer(AskPaidPostage, Yes), claims(1200)), code: NeedEvidence, missing: 1},
		{reason: FreightOnly, name: "the last instant after the return", change: with(returned(QualityDefect), answer(AskPaidPostage, Yes), claims(1200)), now: "2026-03-24 23:59", code: NeedEvidence, clause: "apply.after_return", missing: 1},
		{reason: FreightOnly, name: "fifteen days after the return", change: returned(QualityDefect), now: "2026-03-25 00:00", code: HumanAfterValidity},

		{reason: AgreedWithMerchant, name: "agreed where?", change: shown("chat_screenshot"), code: NeedInfo, ask: AskInChat},
		{reason: AgreedWithMerchant, name: "elsewhere: have it repeated", change: answer(AskInChat, No), code: NeedInfo, ask: AskInChatAgain, clause: "agreed.in_chat"},
		{reason: AgreedWithMerchant, name: "in the chat, not shown", change: answer(AskInChat, Yes), code: NeedEvidence, missing: 1},
		{reason: AgreedWithMerchant, name: "in the chat, shown", change: with(answer(AskInChatAgain, Yes), shown("chat_screenshot")), code: OKAgreed},
		{reason: AgreedWithMerchant, name: "before shipping", change: with(unshipped, answer(AskInChat, Yes), shown("chat_screenshot")), code: OKAgreed},
		{reason: AgreedWithMerchant, name: "a part as agreed: how much?", change: with(answer(AskInChat, Yes), wants(Partial)), code: NeedInfo, ask: AskAmount},
		{reason: AgreedWithMerchant, name: "after the period", now: late, code: HumanAfterValidity, clause: "apply.validity_days"},

		{reason: OtherReason, name: "one question", code: NeedInfo, ask: AskUnlisted},
		{reason: OtherReason, name: "it is one of the list", change: answer(AskUnlisted, No), code: NeedInfo, ask: AskReason},
		{reason: OtherReason, name: "it is none: words, and a person", change: answer(AskUnlisted, Yes), code: NeedEvidence, offers: []Alternative{AltHuman}, clause: "other.person", missing: 1},
	} {
		t.Run(string(tc.reason)+": "+tc.name, func(t *testing.T) {
			at, as := now, tc.reason
			if tc.now != "" {
				at = tc.now
			}
			if tc.as != "" {
				as = tc.as
			}
			v := Default().Evaluate(asked(tc.reason, tc.change), sh(at))
			if v.Code != tc.code || v.Kind != kinds[tc.code] || v.Reason != as || v.Question != tc.ask {
				t.Errorf("%s %s as %s asks %q, want %s as %s asking %q", v.Kind, v.Code, v.Reason, v.Question, tc.code, as, tc.ask)
			}
			for _, a := range tc.offers {
				if !slices.Contains(v.Alternatives, a) {
					t.Errorf("offers %v, want %s among them", v.Alternatives, a)
				}
			}
			if tc.clause != "" && !slices.ContainsFunc(v.Clauses, func(c Clause) bool { return c.ID == tc.clause }) {
				t.Errorf("does not cite %s: %v", tc.clause, v.Clauses)
			}
			if tc.alert != "" && !slices.Contains(v.Alerts, tc.alert) || tc.alert == "" && len(v.Alerts) > 0 {
				t.Errorf("alerts %v, want %q", v.Alerts, tc.alert)
			}
			if len(v.Missing) != tc.missing {
				t.Errorf("missing %v, want %d", v.Missing, tc.missing)
			}
		})
	}
}

func TestAPartIsWhatTheBuyerClaimsAtMostWhatHePaid(t *testing.T) {
	part := with(answer(AskPromised, Yes), wants(Partial))
	for fen, want := range map[int64]int64{1200: 1200, 20700: 20700, 99999: 20700} {
		v := Default().Evaluate(asked(MissingParts, with(part, claims(fen))), sh("2026-03-04 09:00"))
		if v.AmountFen != want || v.Type != Partial {
			t.Errorf("claims %d: %d %s, want %d", fen, v.AmountFen, v.Type, want)
		}
	}
	whole := Default().Evaluate(asked(MissingParts, with(answer(AskPromised, Yes), claims(1200), wants(ReturnRefund))), sh("2026-03-04 09:00"))
	if whole.AmountFen != 20700 {
		t.Errorf("all is sent back: %d fen", whole.AmountFen)
	}
}

func TestAfterTwoRejectionsOnlyEscalationIsOffered(t *testing.T) {
	for n, want := range map[int]Code{1: NeedEvidence, 2: NoAttempts, 3: NoAttempts} {
		v := Default().Evaluate(asked(QualityDefect, func(f *Facts) { f.History.Rejections = n }), sh("2026-03-04 09:00"))
		if v.Code != want || (want == NoAttempts) != slices.Contains(v.Alternatives, AltEscalate) {
			t.Errorf("%d rejections: %s offering %v, want %s", n, v.Code, v.Alternatives, want)
		}
	}
}

func TestWhatIsNoGoodsOrderIsOutOfScope(t *testing.T) {
	for _, s := range []Status{"", "gift", Closed} {
		v := Default().Evaluate(asked(QualityDefect, func(f *Facts) { f.Line.Status = s }), sh("2026-03-04 09:00"))
		if v.Kind != OutOfScope || v.Code != NoOutOfScope {
			t.Errorf("status %q: %s %s", s, v.Kind, v.Code)
		}
	}
}

// A no-reason return is not held out to somebody whose goods are excluded from it.
func TestNoReasonIsOfferedOnlyWhereItIsOpen(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*Facts)
		now    string
		want   bool
	}{
		"inside the seven days": {nil, "2026-03-04 09:00", true},
		"after them":            {nil, "2026-03-10 00:00", false},
		"excluded by law":       {flagged("custom_made"), "2026-03-04 09:00", false},
		"not shipped":           {unshipped, "2026-03-04 09:00", false},
		"on its way":            {onItsWay, "2026-03-04 09:00", true},
	} {
		v := Default().Evaluate(asked(PriceDifference, tc.change), sh(tc.now))
		if slices.Contains(v.Alternatives, AltNoReason) != tc.want {
			t.Errorf("%s: %v", name, v.Alternatives)
		}
	}
}

// A status that a reason does not take gives NO_STATUS, or another reason that takes it.
func TestEveryReasonHasAnAnswerInEveryStatus(t *testing.T) {
	p := Default()
	for _, id := range p.Order {
		for s, change := range map[Status]func(*Facts){PaidUnshipped: unshipped, Shipped: onItsWay, Signed: nil, Completed: func(f *Facts) { f.Line.Status = Completed }} {
			v := p.Evaluate(asked(id, change), sh("2026-03-04 09:00"))
			fits := slices.Contains(p.Reasons[id].Status, s)
			switch {
			case fits && slices.ContainsFunc(v.Clauses, func(c Clause) bool { return c.ID == "status.fit" }):
				t.Errorf("%s while %s: %s", id, s, v.Code)
			case !fits && v.Reason == id && v.Code != NoStatus:
				t.Errorf("%s while %s: %s", id, s, v.Code)
			case v.Reason != id && !slices.Contains(p.Reasons[v.Reason].Status, s):
				t.Errorf("%s while %s is judged as %s, which does not fit either", id, s, v.Reason)
			}
		}
	}
}
