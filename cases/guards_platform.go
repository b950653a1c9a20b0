package cases

import (
	"slices"
	"strings"
	"unicode/utf8"

	"recourse/cases/policy"
)

// minReasons is how much an agent must at least write: a ruling without reasons convinces nobody.
const minReasons = 10

// Who an agent is decides what he may do. Where nobody is named, one of them is meant (Allowed).

func notFirstAgent(s *step) *Error {
	if s.c.Arbitration.FirstAgent != "" && s.ev.By == s.c.Arbitration.FirstAgent {
		return refusal(CodeNotAssigned)
	}
	return nil
}

func mine(s *step) *Error {
	if s.ev.By != "" && s.ev.By != s.c.Arbitration.Agent {
		return refusal(CodeNotAssigned)
	}
	return nil
}

// claimant: an appeal that somebody took is his; one that nobody took is anybody's.
func claimant(s *step) *Error {
	if s.c.Arbitration.Agent == "" {
		return nil
	}
	return mine(s)
}

func freeAppeal(s *step) *Error {
	if s.c.Arbitration.Agent != "" {
		return refusal(CodeStateConflict)
	}
	return notFirstAgent(s)
}

func supervisor(s *step) *Error {
	if s.ev.By != "" && s.ev.Role != "supervisor" && s.ev.Role != "admin" {
		return refusal(CodeNotParty)
	}
	return nil
}

func assigneeSound(s *step) *Error {
	a := s.c.Arbitration
	switch {
	case strings.TrimSpace(s.ev.Assignee) == "" || s.ev.Assignee == a.Agent:
		return missing("assignee")
	case s.c.State == AppealReview && s.ev.Assignee == a.FirstAgent:
		return refusal(CodeNotAssigned)
	}
	return writes(s)
}

func roundsLeft(s *step) *Error {
	if s.c.Arbitration.Rounds >= s.env.Policy.Values.Platform.EvidenceRounds.V {
		return refusal(CodeStateConflict)
	}
	return nil
}

// someoneUnasked: of a round that runs, a party that was not asked in it may still be.
func someoneUnasked(s *step) *Error {
	if s.isAsked(Buyer) && s.isAsked(Merchant) {
		return refusal(CodeStateConflict)
	}
	return nil
}

func (s *step) isAsked(party Actor) bool {
	return slices.ContainsFunc(s.c.Arbitration.Asked, func(r EvidenceRequest) bool { return r.Party == party })
}

// asks are the parties that a request names.
func (ev Event) asks() []Actor {
	switch ev.Party {
	case Buyer, Merchant:
		return []Actor{ev.Party}
	case BothParties:
		return []Actor{Buyer, Merchant}
	}
	return nil
}

// kindsOf are those of the kinds of a request that are a party's to give.
func (s *step) kindsOf(party Actor) []policy.EvidenceKind {
	var out []policy.EvidenceKind
	for _, k := range s.ev.Kinds {
		if slices.Contains(s.env.Policy.Evidence[k].By, string(party)) {
			out = append(out, k)
		}
	}
	return out
}

// requestSound: every kind is somebody's to give who is asked, and nobody is asked for nothing, or twice
// in one round.
func requestSound(s *step) *Error {
	parties := s.ev.asks()
	if len(parties) == 0 {
		return missing("party")
	}
	given := map[policy.EvidenceKind]bool{}
	for _, party := range parties {
		if s.c.State == EvidenceRequested && s.isAsked(party) {
			return missing("party")
		}
		kinds := s.kindsOf(party)
		if len(kinds) == 0 {
			return missing("kinds")
		}
		for _, k := range kinds {
			given[k] = true
		}
	}
	for _, k := range s.ev.Kinds {
		if !given[k] {
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
	t := evidenceTimer(s.ev.Actor)
	if at, asked := s.c.Deadlines[t]; asked && !s.env.Now.Before(at) {
		return &Error{Code: CodeDeadlinePassed, Passed: &Lapse{Timer: t, At: at, From: s.c.State}}
	}
	return takesEvidence(s)
}

func writes(s *step) *Error {
	if utf8.RuneCountInString(strings.TrimSpace(s.ev.Text)) < minReasons {
		return missing("text")
	}
	return nil
}

// ruledFen is what a ruling or settlement is worth: what it says, or all that was asked for.
func (s *step) ruledFen() int64 {
	if s.ev.AmountFen > 0 {
		return s.ev.AmountFen
	}
	return s.c.AmountFen
}

// affordable: a ruling gives at most what was asked for, and what is left of the line.
func affordable(s *step) *Error {
	if s.ev.AmountFen < 0 || s.ruledFen() > s.c.AmountFen || s.ruledFen() > s.left() {
		return refusal(CodeAmountInvalid)
	}
	return nil
}

func rulingSound(s *step) *Error {
	if err := affordable(s); err != nil {
		return err
	}
	return writes(s)
}

// payerSound: the buyer, the merchant, or the insurer who reimburses the buyer.
func payerSound(s *step) *Error {
	switch s.ev.Freight {
	case policy.PayerNone, policy.PayerBuyer, policy.PayerMerchant, policy.PayerInsurance:
		return nil
	}
	return missing("freight_payer")
}

func returnRulingSound(s *step) *Error {
	return all(rulingSound, payerSound, hasAddress)(s)
}

// exchangesLater says that a settlement on an exchange begins with the return of goods the buyer still has.
func (s *step) exchangesLater() bool {
	return s.ev.Type == policy.Exchange && s.c.Return.SignedAt.IsZero()
}

func settleSound(s *step) *Error {
	switch {
	case !s.ev.BuyerOK || !s.ev.ShopOK:
		return refusal(CodeConfirmation)
	case s.ev.Type == policy.Reship:
		return nil
	case s.exchangesLater():
		return all(payerSound, hasAddress)(s)
	case s.ev.Type == policy.Exchange:
		return nil
	case s.ev.AmountFen <= 0 || s.ev.AmountFen > s.c.AmountFen || s.ev.AmountFen > s.left():
		return refusal(CodeAmountInvalid)
	}
	return nil
}

func appealOpen(s *step) *Error {
	if s.c.Arbitration.Final || s.c.Arbitration.Appeals >= s.env.Policy.Values.Platform.AppealMax.V || !s.env.Now.Before(s.c.AppealUntil) {
		return &Error{Code: CodeDeadlinePassed, Passed: &Lapse{Timer: TimerAppeal, At: s.c.AppealUntil, From: ClosedNotSupported}}
	}
	return nil
}

// unlockedByAppeal: what a ruling froze takes new items only as long as they may serve an appeal (invariant 11).
func unlockedByAppeal(s *step) *Error {
	if appealOpen(s) != nil {
		return refusal(CodeEvidenceLocked)
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
	if s.ev.Type == policy.ReturnRefund {
		return returnRulingSound(s)
	}
	return rulingSound(s)
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
	case rec.FinalRuling || s.c.AmountFen > s.left():
		return refusal(CodeStateConflict) // a later case of the line has settled it
	case s.env.Line.OpenCase != "" && s.env.Line.OpenCase != string(s.c.ID), s.c.Attempt == 0:
		return refusal(CodeStateConflict)
	case !s.c.ValidUntil.IsZero() && !s.env.Now.Before(s.c.ValidUntil):
		return refusal(CodeDeadlinePassed)
	}
	return nil
}

// paymentSound: only the ordered amount, and never more than was paid for the line (invariant 3).
func paymentSound(s *step) *Error {
	if s.ev.AmountFen != s.c.Refund.AmountFen || s.ev.AmountFen > s.left() {
		return refusal(CodeAmountInvalid)
	}
	return nil
}
