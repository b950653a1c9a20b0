package cases

import (
	"slices"
	"strings"
	"unicode/utf8"

	"recourse/cases/policy"
	"recourse/cases/waybill"
)

// minReasons is how much an agent must at least write: a ruling without reasons convinces nobody.
const minReasons = 10

func evidenceKinds(list []Evidence) []policy.EvidenceKind {
	out := make([]policy.EvidenceKind, 0, len(list))
	for _, e := range list {
		out = append(out, e.Kind)
	}
	return out
}

// Facts is what the policy looks at when it judges this case on a line as it is now.
func (c Case) Facts(line policy.Line, rec LineRecord) policy.Facts {
	return policy.Facts{
		Buyer: c.Buyer, Line: line, Reason: c.Reason, Answers: c.Answers, Evidence: evidenceKinds(c.Evidence),
		History: rec.LineHistory, OwnCase: string(c.ID),
	}
}

// lineNow is the order line as the order system has it, or as the draft found it.
func (s *step) lineNow() policy.Line {
	if s.ev.Line != nil {
		return *s.ev.Line
	}
	return s.c.Line
}

func mayFile(s *step) *Error {
	v := s.env.Policy.Evaluate(s.c.Facts(s.lineNow(), s.env.Line), s.env.Now)
	switch {
	case v.Code == policy.NoAttempts:
		return &Error{Code: CodeAttemptsExhausted, Verdict: &v}
	case v.Code == policy.NoOpenCase:
		return &Error{Code: CodeAlreadyOpen, Verdict: &v, OpenCase: ID(v.OpenCase)}
	case v.Kind != policy.Eligible && v.Kind != policy.EligibleIfEvidence:
		return &Error{Code: CodeEligibilityFailed, Verdict: &v}
	case len(v.Missing) > 0:
		return &Error{Code: CodeEvidenceRequired, Verdict: &v, Missing: v.Missing}
	case v.AmountFen <= 0:
		return &Error{Code: CodeAmountInvalid, Verdict: &v}
	}
	return nil
}

// amountSound holds an amount that the buyer asks for to what may be refunded. It is refused, not cut down:
// he must read what he asks for.
func amountSound(s *step) *Error {
	if s.ev.AmountFen == 0 {
		return nil
	}
	facts := s.c.Facts(s.lineNow(), s.env.Line)
	facts.Answers = answersAfter(facts.Answers, s.ev)
	if s.ev.Reason != "" {
		facts.Reason = s.ev.Reason
	}
	v := s.env.Policy.Evaluate(facts, s.env.Now)
	if s.ev.AmountFen < 0 || v.Type != policy.Partial || s.ev.AmountFen > v.MaxFen {
		return &Error{Code: CodeAmountInvalid, Verdict: &v}
	}
	return nil
}

func confirmed(s *step) *Error {
	if !s.ev.Confirmed {
		return refusal(CodeConfirmation)
	}
	return nil
}

// EvidenceFits holds what a party adds to what is there to the rules of evidence, whatever record it is for.
func EvidenceFits(p *policy.Policy, party Actor, have, add []Evidence) *Error {
	return takesEvidence(&step{c: Case{Evidence: have}, env: Env{Policy: p}, ev: Event{Actor: party, Evidence: add}})
}

// takesEvidence holds each new item to the policy: known kind, right party, not there yet, counts (evidence.*).
// A refusal names every item that will not do.
func takesEvidence(s *step) *Error {
	if len(s.ev.Evidence) == 0 {
		return missing("evidence")
	}
	images, videos := s.countMedia()
	var bad []RejectedItem
	for i, e := range s.ev.Evidence {
		switch mediaOf(e) {
		case "image", "pdf": // a page counts like a picture of it
			images++
		case "video":
			videos++
		}
		// The count is per party and per stage: what a ruling has locked no longer counts against an appeal.
		limits := s.env.Policy.Values.Evidence
		why := s.itemSound(e, s.ev.Evidence[:i])
		if why == "" && (images > limits.MaxImages.V || videos > limits.MaxVideos.V) {
			why = RejectTooMany
		}
		if why != "" {
			bad = append(bad, RejectedItem{ID: e.ID, Kind: e.Kind, Reason: why})
		}
	}
	if len(bad) > 0 {
		return &Error{Code: CodeEvidenceRejected, Items: bad}
	}
	return nil
}

// itemSound says why an item will not do, "" if it will. before are the items that come with it.
func (s *step) itemSound(e Evidence, before []Evidence) RejectReason {
	rule, ok := s.env.Policy.Evidence[e.Kind]
	same := func(have Evidence) bool {
		return have.ID == e.ID || e.SHA256 != "" && have.SHA256 == e.SHA256 && (have.Party == s.ev.Actor || have.Party == "")
	}
	switch {
	case !ok:
		return RejectUnknownKind
	case !slices.Contains(rule.By, string(s.ev.Actor)):
		return RejectNotYours
	case !slices.Contains(rule.Media, mediaOf(e)), e.Media != "" && !slices.Contains(s.env.Policy.Values.Evidence.Types.V, e.Media):
		return RejectWrongMedia
	case slices.ContainsFunc(s.c.Evidence, same) || slices.ContainsFunc(before, same):
		return RejectTwice
	case e.Media == "" && (e.Text == "" || utf8.RuneCountInString(e.Text) > s.env.Policy.Values.Evidence.DescriptionMax.V):
		return RejectText
	}
	return ""
}

// mediaOf is the medium of an item in the words of the policy; words are no picture.
func mediaOf(e Evidence) string { return policy.MediumOf(e.Media) }

func (s *step) countMedia() (images, videos int) {
	for _, e := range s.c.Evidence {
		if e.Party != s.ev.Actor || e.Locked {
			continue
		}
		switch mediaOf(e) {
		case "image", "pdf": // a page counts like a picture of it
			images++
		case "video":
			videos++
		}
	}
	return images, videos
}

func anyStaged(s *step) *Error {
	if !slices.ContainsFunc(s.c.Evidence, func(e Evidence) bool { return e.Party == Buyer }) {
		return refusal(CodeStateConflict)
	}
	return nil
}

// staged wants the event to name evidence of the buyer that is in the draft.
func staged(s *step) *Error {
	if len(s.ev.Evidence) == 0 {
		return missing("evidence")
	}
	for _, e := range s.ev.Evidence {
		if !slices.ContainsFunc(s.c.Evidence, func(have Evidence) bool { return have.ID == e.ID && have.Party == s.ev.Actor }) {
			return missing("evidence")
		}
	}
	return nil
}

func needsReturn(t policy.RefundType) bool { return t == policy.ReturnRefund || t == policy.Exchange }

func refundOnly(s *step) *Error {
	if needsReturn(s.c.Type) {
		return refusal(CodeStateConflict)
	}
	return nil
}

func withReturn(s *step) *Error {
	if !needsReturn(s.c.Type) {
		return refusal(CodeStateConflict)
	}
	return nil
}

// address is what was given, or the shop's default return address.
func (s *step) address() string {
	if a := strings.TrimSpace(s.ev.Address); a != "" {
		return a
	}
	return s.c.Line.ReturnAddress
}

func hasAddress(s *step) *Error {
	if utf8.RuneCountInString(s.address()) < 6 {
		return missing("address")
	}
	return nil
}

func reversalSound(s *step) *Error {
	if needsReturn(s.c.Type) && s.c.Rejection.Phase == PhaseApplication {
		return hasAddress(s)
	}
	return nil
}

func offersLeft(s *step) *Error {
	if s.c.Offers >= s.env.Policy.Values.Merchant.MaxOffers.V {
		return refusal(CodeStateConflict)
	}
	return nil
}

func offerSound(s *step) *Error {
	if s.ev.Type == policy.Reship {
		if s.c.State != MerchantReview {
			return refusal(CodeStateConflict) // T21: of goods that came back only a part of the money is offered
		}
		return nil
	}
	if s.ev.AmountFen <= 0 || s.ev.AmountFen >= s.c.AmountFen {
		return refusal(CodeAmountInvalid)
	}
	return nil
}

// rejectSound holds a refusal to §2.6: a code of the phase, an explanation, the evidence the code needs,
// and the buyer told that the platform can step in (F4-25).
func rejectSound(phase Phase) func(*step) *Error {
	return func(s *step) *Error {
		code, ok := s.env.Policy.Rejects[s.ev.Code]
		if !ok || code.Phase != string(phase) || strings.TrimSpace(s.ev.Text) == "" || !s.ev.Told {
			return refusal(CodeRejectReason)
		}
		if len(s.ev.Evidence) > 0 {
			if err := takesEvidence(s); err != nil {
				return err
			}
		}
		if len(code.Evidence) == 0 {
			return nil
		}
		have := func(list []Evidence) bool {
			return slices.ContainsFunc(list, func(e Evidence) bool {
				return e.Party == Merchant && slices.Contains(code.Evidence, e.Kind)
			})
		}
		if !have(s.c.Evidence) && !have(s.ev.Evidence) {
			return &Error{Code: CodeEvidenceRequired, Missing: []policy.Requirement{{AnyOf: code.Evidence}}}
		}
		return nil
	}
}

func overdue(s *step) *Error {
	if !s.c.Overdue {
		return refusal(CodeEscalationNotOpen)
	}
	return nil
}

// before wants a deadline that has not passed, whether or not its timer has fired yet.
func before(t Timer, code Code) func(*step) *Error {
	return func(s *step) *Error {
		if at, ok := s.c.Deadlines[t]; !ok || !s.env.Now.Before(at) {
			return refusal(code)
		}
		return nil
	}
}

func hasGround(s *step) *Error {
	if strings.TrimSpace(s.ev.Text) != "" || s.c.Story != "" {
		return nil
	}
	if slices.ContainsFunc(s.c.Evidence, func(e Evidence) bool { return e.Party == Buyer }) {
		return nil
	}
	return refusal(CodeEvidenceRequired)
}

func mayResubmit(s *step) *Error {
	switch {
	case s.c.Rejection != nil && s.c.Rejection.Phase == PhaseReturn:
		return refusal(CodeStateConflict) // the goods are with the merchant
	case s.env.Line.Attempts >= s.env.Policy.Values.Apply.MaxAttempts.V:
		return refusal(CodeAttemptsExhausted)
	case s.env.Line.Rejections >= s.env.Policy.Values.Apply.MaxRejections.V:
		return refusal(CodeStateConflict) // only the platform is left
	case !s.c.ValidUntil.IsZero() && !s.env.Now.Before(s.c.ValidUntil):
		return refusal(CodeDeadlinePassed)
	}
	return nil
}

func mayWithdraw(s *step) *Error {
	if s.c.RulingBound || s.goodsHeld() && !s.c.GoodsBackOK {
		return refusal(CodeStateConflict)
	}
	return nil
}

// goodsHeld says that the goods are with the merchant, or on their way to or from him.
func (s *step) goodsHeld() bool {
	return !s.c.Return.WaybillAt.IsZero() || s.c.Rejection != nil && s.c.Rejection.Phase == PhaseReturn
}

func mayAgreeGoodsBack(s *step) *Error {
	if !s.goodsHeld() || s.c.GoodsBackOK {
		return refusal(CodeStateConflict)
	}
	return nil
}

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

func sameWaybill(s *step) *Error {
	if s.ev.Waybill != s.c.Return.Waybill {
		return refusal(CodeStateConflict)
	}
	return nil
}

func mayExtend(s *step) *Error {
	m := s.env.Policy.Values.Merchant
	switch {
	case s.c.Return.Extensions >= m.ExtendMax.V:
		return refusal(CodeExtendNotAllowed)
	case s.env.Now.Before(s.c.Return.WaybillAt.Add(days(m.ExtendAfterDays.V))):
		return refusal(CodeExtendTooEarly)
	case !s.env.Now.Before(s.c.Deadlines[TimerUnsigned]):
		return refusal(CodeDeadlinePassed)
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

// mayReportLost: the carrier said so, or nothing was heard of the parcel for as long as an extension waits.
func mayReportLost(s *step) *Error {
	quiet := s.c.Return.WaybillAt.Add(days(s.env.Policy.Values.Merchant.ExtendAfterDays.V))
	if s.ev.Actor == Merchant && s.env.Now.Before(quiet) {
		return refusal(CodeStateConflict)
	}
	return nil
}

func owesGoods(s *step) *Error {
	if !s.c.GoodsBack {
		return refusal(CodeStateConflict)
	}
	return nil
}

func notFirstAgent(s *step) *Error {
	if s.c.Arbitration.FirstAgent != "" && s.ev.By == s.c.Arbitration.FirstAgent {
		return refusal(CodeNotAssigned)
	}
	return nil
}

func mine(s *step) *Error {
	if s.ev.By != s.c.Arbitration.Agent {
		return refusal(CodeNotAssigned)
	}
	return nil
}

func roundsLeft(s *step) *Error {
	if s.c.Arbitration.Rounds >= s.env.Policy.Values.Platform.EvidenceRounds.V {
		return refusal(CodeStateConflict)
	}
	return nil
}

func requestSound(s *step) *Error {
	if err := mine(s); err != nil {
		return err
	}
	if s.ev.Party != Buyer && s.ev.Party != Merchant {
		return missing("party")
	}
	if len(s.ev.Kinds) == 0 {
		return missing("kinds")
	}
	for _, k := range s.ev.Kinds {
		if rule, ok := s.env.Policy.Evidence[k]; !ok || !slices.Contains(rule.By, string(s.ev.Party)) {
			return missing("kinds")
		}
	}
	return nil
}

func evidenceTimer(party Actor) Timer {
	if party == Buyer {
		return TimerEvidenceBuyer
	}
	return TimerEvidenceShop
}

// supplementInTime: a party that was asked has until its deadline; one that was not asked may still add.
func supplementInTime(s *step) *Error {
	if at, asked := s.c.Deadlines[evidenceTimer(s.ev.Actor)]; asked && !s.env.Now.Before(at) {
		return refusal(CodeDeadlinePassed)
	}
	return takesEvidence(s)
}

func writes(s *step) *Error {
	if utf8.RuneCountInString(strings.TrimSpace(s.ev.Text)) < minReasons {
		return missing("text")
	}
	return nil
}

func rulingSound(s *step) *Error {
	if err := mine(s); err != nil {
		return err
	}
	if s.ev.AmountFen < 0 || s.ev.AmountFen > s.c.AmountFen {
		return refusal(CodeAmountInvalid)
	}
	return writes(s)
}

func returnRulingSound(s *step) *Error {
	if err := rulingSound(s); err != nil {
		return err
	}
	return hasAddress(s)
}

func settleSound(s *step) *Error {
	if err := mine(s); err != nil {
		return err
	}
	if !s.ev.BuyerOK || !s.ev.ShopOK {
		return refusal(CodeConfirmation)
	}
	if s.ev.Type == policy.Reship {
		return nil
	}
	if s.ev.AmountFen <= 0 || s.ev.AmountFen > s.c.AmountFen {
		return refusal(CodeAmountInvalid)
	}
	return nil
}

func appealOpen(s *step) *Error {
	if s.c.Arbitration.Final || s.c.Arbitration.Appeals >= s.env.Policy.Values.Platform.AppealMax.V || !s.env.Now.Before(s.c.AppealUntil) {
		return refusal(CodeDeadlinePassed)
	}
	return nil
}

func appealSound(s *step) *Error {
	fresh := slices.ContainsFunc(s.c.Evidence, func(e Evidence) bool {
		return e.Party == Buyer && !e.Locked && e.At.After(s.c.Arbitration.RuledAt)
	})
	if !fresh {
		return refusal(CodeAppealEvidence)
	}
	return confirmed(s)
}

func appealRulingSound(s *step) *Error {
	if err := notFirstAgent(s); err != nil {
		return err
	}
	if s.ev.AmountFen < 0 || s.ev.AmountFen > s.c.AmountFen {
		return refusal(CodeAmountInvalid)
	}
	if s.ev.Type == policy.ReturnRefund {
		if err := hasAddress(s); err != nil {
			return err
		}
	}
	return writes(s)
}

func resubmitSound(s *step) *Error {
	if s.ev.NewCase == "" {
		return missing("new_case")
	}
	return confirmed(s)
}

func mayReopen(s *step) *Error {
	rec := s.env.Line
	switch {
	case rec.FinalRuling || rec.RefundedFen+s.c.AmountFen > s.c.Line.PaidGoodsFen+s.c.Line.PaidFreightFen:
		return refusal(CodeStateConflict) // a later case of the line has settled it
	case s.env.Line.OpenCase != "" && s.env.Line.OpenCase != string(s.c.ID), s.c.Attempt == 0:
		return refusal(CodeStateConflict)
	case !s.c.ValidUntil.IsZero() && !s.env.Now.Before(s.c.ValidUntil):
		return refusal(CodeDeadlinePassed)
	}
	return nil
}

func supervisorWrites(s *step) *Error {
	if s.ev.Role != "supervisor" && s.ev.Role != "admin" {
		return refusal(CodeNotParty)
	}
	return writes(s)
}

// paymentSound: only the ordered amount, and never more than was paid for the line (invariant 3).
func paymentSound(s *step) *Error {
	ceiling := s.c.Line.PaidGoodsFen + s.c.Line.PaidFreightFen
	if s.ev.AmountFen != s.c.Refund.AmountFen || s.env.Line.RefundedFen+s.ev.AmountFen > ceiling {
		return refusal(CodeAmountInvalid)
	}
	return nil
}
