package cases

import (
	"slices"
	"strings"
	"unicode/utf8"

	"recourse/cases/policy"
)

// all passes when every guard does; the first refusal stands.
func all(guards ...func(*step) *Error) func(*step) *Error {
	return func(s *step) *Error {
		for _, g := range guards {
			if err := g(s); err != nil {
				return err
			}
		}
		return nil
	}
}

// left is what may still be ordered for this case: what was paid for the line, less what was refunded and
// what other cases of the line have under way (invariant 3).
func (s *step) left() int64 {
	paid := s.c.Line.PaidGoodsFen + s.c.Line.PaidFreightFen
	return max(0, paid-s.line.RefundedFen-max(0, s.line.PendingFen-s.pending()))
}

// pending is what this case has ordered itself and what was not paid yet.
func (s *step) pending() int64 {
	if s.c.Refund.Status == "pending" || s.c.Refund.Status == "failed" {
		return s.c.Refund.AmountFen
	}
	return 0
}

// owed is what the case is worth now: what a ruling or a settlement gave, else what was asked for.
func (s *step) owed() int64 {
	if s.c.Arbitration.AwardFen > 0 {
		return s.c.Arbitration.AwardFen
	}
	return s.c.AmountFen
}

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
	case v.AmountFen <= 0 || v.AmountFen > s.left():
		return &Error{Code: CodeAmountInvalid, Verdict: &v}
	case !s.saysNew():
		return refusal(CodeNothingNew)
	}
	return nil
}

// saysNew: an application that replaces a refused one names another reason or shows something new (T26).
func (s *step) saysNew() bool {
	p := s.c.Prior
	return p == nil || p.Reason != s.c.Reason || slices.ContainsFunc(s.c.Evidence, func(e Evidence) bool {
		return !slices.Contains(p.Seen, content(e))
	})
}

// content is what an item shows, whatever it is called.
func content(e Evidence) string {
	if e.SHA256 != "" {
		return e.SHA256
	}
	return string(e.Kind) + ":" + strings.TrimSpace(e.Text)
}

// mayClose: the system closes a draft only on a verdict that says no.
func mayClose(s *step) *Error {
	v := s.c.Verdict
	if s.ev.Actor == System && (v == nil || v.Kind != policy.NotEligible && v.Kind != policy.OutOfScope) {
		return refusal(CodeStateConflict)
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

// refundOnly: no goods are to come back, or they never left (T03).
func refundOnly(s *step) *Error {
	if s.c.Line.Status != policy.PaidUnshipped && (needsReturn(s.c.Type) || s.c.Type == policy.Reship) {
		return refusal(CodeStateConflict)
	}
	return nil
}

func withReturn(s *step) *Error {
	if !needsReturn(s.c.Type) || s.c.Line.Status == policy.PaidUnshipped {
		return refusal(CodeStateConflict)
	}
	return nil
}

func reshipOnly(s *step) *Error {
	if s.c.Type != policy.Reship {
		return refusal(CodeStateConflict)
	}
	return nil
}

func exchangeOnly(s *step) *Error {
	if s.c.Type != policy.Exchange {
		return refusal(CodeStateConflict)
	}
	return nil
}

func lacksAddress(s *step) *Error {
	if s.c.Return.Address != "" {
		return refusal(CodeStateConflict)
	}
	return nil
}

func hasReturnAddress(s *step) *Error {
	if s.c.Return.Address == "" {
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
	if s.ev.AmountFen <= 0 || s.ev.AmountFen >= s.owed() || s.ev.AmountFen > s.left() {
		return refusal(CodeAmountInvalid)
	}
	return nil
}

// rejectSound holds a refusal to §2.6: a code of the phase, an explanation, the evidence the code needs,
// and the buyer told that the platform can step in (F4-25).
//
// An explanation that is nothing but "signed for, so it is fine" (§2.6 last row, F2-20) is taken as the refusal it is:
// none of the codes stands for it, so a merchant who writes it names another, and that is examined. Refusing the
// request would only teach him to write more, and would take from the buyer the escalation that the row gives him as
// his answer. It is not accepted as a ground: whoever reads the case reads that (policy.BareGround, RejectionView.Bare).
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
		if err := citesSound(s); err != nil {
			return err
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

// before wants a deadline that has not come, whether or not its timer has fired yet.
func before(t Timer, code Code) func(*step) *Error {
	return func(s *step) *Error {
		if at, ok := s.c.Deadlines[t]; !ok || !s.env.Now.Before(at) {
			return &Error{Code: code, Passed: &Lapse{Timer: t, At: at, From: s.c.State}}
		}
		return nil
	}
}

// until wants a deadline that has not passed; its very instant is still in time (T24).
func until(t Timer, code Code) func(*step) *Error {
	return func(s *step) *Error {
		if at, ok := s.c.Deadlines[t]; !ok || s.env.Now.After(at) {
			return &Error{Code: code, Passed: &Lapse{Timer: t, At: at, From: s.c.State}}
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

// goodsHeld says that the goods are with the merchant, or on their way to or from him. A parcel that was
// lost is neither, until it turns up (D19).
func (s *step) goodsHeld() bool {
	lost := s.c.Arbitration.Ground == "parcel_lost" && s.c.Return.SignedAt.IsZero()
	return !s.c.Return.WaybillAt.IsZero() && !lost || s.c.Rejection != nil && s.c.Rejection.Phase == PhaseReturn
}

func mayAgreeGoodsBack(s *step) *Error {
	if !s.goodsHeld() || s.c.GoodsBackOK {
		return refusal(CodeStateConflict)
	}
	return nil
}
