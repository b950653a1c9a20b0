package cases

import (
	"slices"

	"recourse/cases/policy"
)

// escalate hands the decision to the platform and stops every clock of the merchant (invariant 9).
func (s *step) escalate(ground string) {
	s.to = PlatformQueued
	s.stop(merchantClocks...)
	s.stop(returnClocks...)
	s.stop(TimerEscalate, TimerReship, TimerReceipt, TimerGoodsBack)
	a := &s.c.Arbitration
	a.Status, a.Ground, a.Agent, a.EscalatedAt, a.SLABreached = "queued", ground, "", s.env.Now, false
	p := s.env.Policy.Values.Platform
	s.setAt(TimerFirstResponse, s.env.Now.Add(hours(p.FirstResponseHours.V)), "platform.first_response_hours")
	s.setAt(TimerDecision, s.env.Policy.AddWorkdays(s.env.Now, p.DecisionWorkdays.V), "platform.decision_workdays")
	if s.ev.Text != "" && s.ev.Actor == Buyer {
		s.c.Statement = clipRunes(s.ev.Text, s.env.Policy.Values.Evidence.DescriptionMax.V)
	}
	s.tell("escalated")
	s.tellShop("escalated")
	s.tellAgent("escalated")
}

// contest: the merchant says that what came back under a ruling is not in order (T23).
func contest(s *step) {
	s.stop(TimerInspect)
	s.c.Rejection = &Rejection{Code: s.ev.Code, Text: s.ev.Text, Phase: PhaseReturn, At: s.env.Now}
	addEvidence(s)
	s.c.Arbitration.Status = "review"
	s.setAt(TimerDecision, s.env.Policy.AddWorkdays(s.env.Now, s.env.Policy.Values.Platform.ContestWorkdays.V), "platform.contest_workdays")
	s.tell("return_contested")
	s.tellAgent("return_contested")
}

// requestEvidence asks one party or both. A party that is asked while the other's time runs is part of the
// same round (D15).
func requestEvidence(s *step) {
	a := &s.c.Arbitration
	if s.c.State == PlatformReview {
		a.Rounds++
		a.Asked = nil
	}
	a.Status = "evidence"
	for _, party := range s.ev.asks() {
		a.Asked = append(a.Asked, EvidenceRequest{Party: party, Kinds: s.kindsOf(party), Text: s.ev.Text, At: s.env.Now})
		s.setAt(evidenceTimer(party), s.env.Now.Add(hours(s.env.Policy.Values.Platform.EvidenceHours.V)), "platform.evidence_hours")
		s.notify(party, "evidence_requested")
	}
}

// answerRequest: a party is done when every kind it was asked for has come since it was asked.
func answerRequest(s *step) {
	addEvidence(s)
	a := &s.c.Arbitration
	for i, r := range a.Asked {
		if r.Party != s.ev.Actor || r.Answered {
			continue
		}
		all := !slices.ContainsFunc(r.Kinds, func(k policy.EvidenceKind) bool {
			return !slices.ContainsFunc(s.c.Evidence, func(e Evidence) bool {
				return e.Party == r.Party && e.Kind == k && !e.At.Before(r.At)
			})
		})
		if all {
			a.Asked[i].Answered = true
			s.stop(evidenceTimer(r.Party))
			s.tellAgent("evidence_answered")
			s.notify(other(r.Party), "evidence_shown") // he may look at the copy
		}
	}
	s.backToReview()
}

// other is the one a buyer or a merchant has to do with.
func other(party Actor) Actor {
	if party == Buyer {
		return Merchant
	}
	return Buyer
}

func (s *step) defaulted(party Actor) {
	a := &s.c.Arbitration
	a.Defaulted = append(a.Defaulted, party)
	s.cite("platform.evidence_hours")
	s.tellAgent("evidence_defaulted")
	for i, r := range a.Asked {
		if r.Party == party {
			a.Asked[i].Answered = true // nothing more is waited for
		}
	}
	s.notify(party, "evidence_defaulted")
	s.backToReview()
}

// backToReview returns the case to the agent when nobody is left to answer.
func (s *step) backToReview() {
	s.to = EvidenceRequested
	open := slices.ContainsFunc(s.c.Arbitration.Asked, func(r EvidenceRequest) bool { return !r.Answered })
	if !open {
		s.to = PlatformReview
		s.c.Arbitration.Status = "review"
		s.tellAgent("evidence_in")
	}
}

func settle(s *step) {
	s.stop(TimerDecision)
	a := &s.c.Arbitration
	a.Status, a.Outcome, a.Reasons, a.RuledAt = "ruled", "settled", s.ev.Text, s.env.Now
	s.lock()
	switch {
	case s.exchangesLater():
		s.c.Type = policy.Exchange
		s.returnBound()
	case s.ev.Type == policy.Reship || s.ev.Type == policy.Exchange:
		s.c.Type = s.ev.Type
		s.awaitReship()
	default:
		s.refund(s.ev.AmountFen, "merchant")
	}
	s.tell("settled_by_platform")
	s.tellShop("settled_by_platform")
}

// rule writes the decision down and freezes the evidence it rests on (invariant 11).
func (s *step) rule(outcome string) {
	s.stop(TimerDecision, TimerEvidenceBuyer, TimerEvidenceShop, TimerAppeal)
	a := &s.c.Arbitration
	a.Status, a.Outcome, a.Reasons, a.RuledAt = "ruled", outcome, s.ev.Text, s.env.Now
	if a.FirstAgent == "" {
		a.FirstAgent = s.ev.By
	}
	a.Agent = s.ev.By
	s.lock()
	if outcome == "support_buyer" {
		s.order("merchant_liability", 0) // F1-31, F2-29: scores are computed elsewhere
	}
}

func (s *step) lock() {
	for i := range s.c.Evidence {
		s.c.Evidence[i].Locked = true
	}
}

// returnBound orders a return before the money or the exchange. What was decided before the platform is
// contested before the platform (T23).
func (s *step) returnBound() {
	s.c.RulingBound = true
	s.c.Arbitration.AwardFen = s.ev.AmountFen
	if s.ev.Freight != policy.PayerNone {
		s.c.Freight = s.ev.Freight
	}
	s.awaitReturn(s.address())
}

// breach notes that the platform did not keep its own time: the case goes up the list, and a supervisor
// hears of it (T30, T38).
func (s *step) breach() {
	s.c.Arbitration.SLABreached = true
	s.c.Arbitration.Priority++
	s.ticket("sla_breached")
	s.tellSupervisor("sla_breached")
}

// execute gives the merchant his time to pay (F2-22).
func (s *step) execute() {
	s.to = RulingExecution
	s.c.RulingBound = true
	s.c.Refund.AmountFen = s.ruledFen()
	s.setAt(TimerRulingExecute, s.env.Now.Add(hours(s.env.Policy.Values.Platform.ExecuteHours.V)), "platform.ruling_execute_hours")
	s.tell("ruled_refund")
	s.tellShop("ruled_refund")
}

// notSupported opens the appeal. Where it was made before, and what it won is lost again (T23), the ruling is final.
func (s *step) notSupported() {
	s.tell("not_supported")
	s.tellShop("not_supported")
	if s.c.Arbitration.Appeals >= s.env.Policy.Values.Platform.AppealMax.V {
		s.final()
		return
	}
	s.c.AppealUntil = s.env.Now.Add(days(s.env.Policy.Values.Platform.AppealDays.V)).UTC()
	s.setAt(TimerAppeal, s.c.AppealUntil, "platform.appeal_days")
}

func appeal(s *step) {
	s.stop(TimerAppeal, TimerGoodsBack)
	s.c.GoodsBack = false // open again; the second ruling decides where the goods go
	a := &s.c.Arbitration
	a.Appeals++
	a.Status, a.Agent, a.SLABreached = "queued", "", false
	s.setAt(TimerDecision, s.env.Policy.AddWorkdays(s.env.Now, s.env.Policy.Values.Platform.DecisionWorkdays.V), "platform.decision_workdays")
	s.tell("appealed")
	s.tellShop("appealed")
	s.tellSupervisor("appealed")
}

func overturn(s *step) {
	s.rule("support_buyer")
	if s.ev.Type == policy.ReturnRefund {
		s.returnBound()
		s.tell("ruled_return")
		s.tellShop("ruled_return")
		return
	}
	s.execute()
}

// final ends the road on the platform for this line.
func (s *step) final() {
	s.stop(TimerAppeal)
	s.c.Arbitration.Final, s.c.Arbitration.Status = true, "final"
	s.line.FinalRuling = true
	if s.line.OpenCase == string(s.c.ID) {
		s.line.OpenCase = ""
	}
}
