package cases

import (
	"slices"
	"strings"
	"time"

	"recourse/cases/policy"
	"recourse/cases/waybill"
)

func trackingSound(s *step) *Error {
	carrier, number := strings.TrimSpace(s.ev.Carrier), strings.TrimSpace(s.ev.Waybill)
	if carrier == "" {
		return missing("carrier")
	}
	// The number in the carrier's form, and not that of the parcel that came (§2.3 waybill_no, F1-23).
	if !waybill.Fits(carrier, number) || waybill.Clean(number) == waybill.Clean(s.c.Line.Waybill) {
		return missing("waybill")
	}
	return nil
}

// restLeft: a return is under way that something may be missing from, and its waybills are not used up: the rest has
// one, and as many more as a waybill may be corrected (buyer.waybill_corrections).
func restLeft(s *step) *Error {
	sent := !s.c.Return.WaybillAt.IsZero() && (s.c.State != OfferPending || s.c.Offer.From == ReturnInspection)
	if !sent || len(s.c.Return.Rest) > s.env.Policy.Values.Buyer.WaybillCorrections.V {
		return refusal(CodeStateConflict)
	}
	return nil
}

// restSound: another parcel than the one the case knows.
func restSound(s *step) *Error {
	if err := trackingSound(s); err != nil {
		return err
	}
	number := waybill.Clean(s.ev.Waybill)
	if number == waybill.Clean(s.c.Return.Waybill) || slices.ContainsFunc(s.c.Return.Rest, func(p Parcel) bool { return waybill.Clean(p.Waybill) == number }) {
		return missing("waybill")
	}
	return nil
}

// aboutThisParcel: the carrier names the parcel; the merchant means the one of the case.
func aboutThisParcel(s *step) *Error {
	if s.ev.Actor == Merchant {
		return nil
	}
	return sameWaybill(s)
}

func notSigned(s *step) *Error {
	if s.c.Return.WaybillAt.IsZero() || !s.c.Return.SignedAt.IsZero() {
		return refusal(CodeStateConflict)
	}
	return nil
}

func notRefusedYet(s *step) *Error {
	if !s.c.Return.RefusedAt.IsZero() {
		return refusal(CodeStateConflict)
	}
	return nil
}

// pictured wants a picture of what was wrong at the door, whatever the reject code asks for (T22).
func pictured(s *step) *Error {
	shows := func(e Evidence) bool {
		return (e.Party == Merchant || e.Party == "") && e.Kind == "merchant_inspection" && mediaOf(e) != "text"
	}
	since := func(e Evidence) bool { return shows(e) && !e.At.Before(s.c.Return.WaybillAt) }
	if slices.ContainsFunc(s.ev.Evidence, shows) || slices.ContainsFunc(s.c.Evidence, since) {
		return nil
	}
	return &Error{Code: CodeEvidenceRequired, Missing: []policy.Requirement{{AnyOf: []policy.EvidenceKind{"merchant_inspection"}}}}
}

// routeSound: another route than the original needs the buyer's recorded consent (C-07).
func routeSound(s *step) *Error {
	switch s.ev.Method {
	case "", OriginalRoute:
		return nil
	case Balance:
		if s.c.Refund.BalanceAt.IsZero() {
			return refusal(CodeConfirmation)
		}
		return nil
	}
	return missing("method")
}

func noConsentYet(s *step) *Error {
	if !s.c.Refund.BalanceAt.IsZero() {
		return refusal(CodeStateConflict)
	}
	return nil
}

func sameWaybill(s *step) *Error {
	if waybill.Clean(s.ev.Waybill) != waybill.Clean(s.c.Return.Waybill) {
		return refusal(CodeStateConflict)
	}
	return nil
}

func mayExtend(s *step) *Error {
	m := s.env.Policy.Values.Merchant
	switch {
	case s.c.Return.Extensions >= m.ExtendMax.V, !s.c.Return.RefusedAt.IsZero():
		return refusal(CodeExtendNotAllowed)
	case s.env.Now.Before(s.c.Return.WaybillAt.Add(days(m.ExtendAfterDays.V))):
		return refusal(CodeExtendTooEarly)
	case !s.env.Now.Before(s.c.Deadlines[TimerUnsigned]):
		return &Error{Code: CodeDeadlinePassed, Passed: &Lapse{Timer: TimerUnsigned, At: s.c.Deadlines[TimerUnsigned], From: s.c.State}}
	}
	return nil
}

func mayFix(s *step) *Error {
	if s.c.Return.Corrections >= s.env.Policy.Values.Buyer.WaybillCorrections.V {
		return refusal(CodeStateConflict)
	}
	return nil
}

func unbound(s *step) *Error {
	if s.c.RulingBound {
		return refusal(CodeStateConflict)
	}
	return nil
}

func bound(s *step) *Error {
	if !s.c.RulingBound {
		return refusal(CodeStateConflict)
	}
	return nil
}

// mayReportLost: the carrier said so, or nothing was heard of the parcel for logistics.return_quiet_days.
func mayReportLost(s *step) *Error {
	if s.ev.Actor == Merchant && s.env.Now.Before(s.quietFrom()) {
		return refusal(CodeStateConflict)
	}
	return nil
}

// quietFrom is when the parcel will have been without news for too long, if none comes.
func (s *step) quietFrom() time.Time {
	last := s.c.Return.WaybillAt
	if s.c.Return.TraceAt.After(last) {
		last = s.c.Return.TraceAt
	}
	return last.Add(days(s.env.Policy.Values.Logistics.ReturnQuietDays.V))
}

func owesGoods(s *step) *Error {
	if !s.c.GoodsBack {
		return refusal(CodeStateConflict)
	}
	return nil
}
