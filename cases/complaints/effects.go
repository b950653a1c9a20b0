package complaints

import (
	"slices"
	"time"

	"recourse/cases"
	"recourse/cases/policy"
)

func (s *step) tellAgent(key string) { s.notify(cases.Agent, key) }

func (s *step) tellBoth(key string) {
	s.notify(cases.Buyer, key)
	s.notify(cases.Merchant, key)
}

// notify tells a party once per event: the later notice is the more specific one.
func (s *step) notify(who cases.Actor, key string) {
	s.notices = slices.DeleteFunc(s.notices, func(n cases.Notice) bool { return n.To == who })
	s.notices = append(s.notices, cases.Notice{To: who, Key: key})
}

// setAt starts a clock and says which rule set it.
func (s *step) setAt(t cases.Timer, at time.Time, clause string) {
	s.c.Deadlines[t] = at.UTC()
	s.clauses = append(s.clauses, clause)
}

func (s *step) stop(ts ...cases.Timer) {
	for _, t := range ts {
		delete(s.c.Deadlines, t)
	}
}

func addEvidence(s *step) {
	for _, e := range s.ev.Evidence {
		e.Party, e.Locked = s.ev.Actor, false
		s.c.Evidence = append(s.c.Evidence, e)
	}
}

// file makes the draft a complaint. The platform's time runs from here (F3-08).
func file(s *step) {
	s.stop(TimerDraft)
	s.to = Filed
	s.c.Kind, s.c.Text, s.c.FiledAt = s.ev.Complaint, s.ev.Text, s.env.Now
	if s.ev.Case != "" {
		s.c.Case = s.ev.Case
	}
	addEvidence(s)
	s.line.Open[openKey(s.c.By, s.c.Kind)] = s.c.ID
	s.line.All = append(s.line.All, s.c.ID)
	s.startAudit()
	s.notify(s.c.By, "filed")
}

func (s *step) startAudit() {
	s.setAt(TimerAudit, s.env.Policy.AddWorkdays(s.env.Now, s.env.Policy.Values.Complaint.ReviewWorkdays.V), "complaint.review_workdays")
}

// forward starts the other party's time to answer (F3-37).
func forward(s *step) {
	s.to = MerchantReplyDue
	if s.c.By == cases.Merchant {
		s.to = BuyerAnswerDue
	}
	hours := s.env.Policy.Values.Complaint.ReplyHours.V
	s.setAt(TimerReply, s.env.Now.Add(time.Duration(hours)*time.Hour), "complaint.reply_hours")
	s.notify(s.c.Other(), "received")
}

func answer(key string) func(*step) {
	return func(s *step) {
		s.stop(TimerReply)
		s.c.Answer = &Answer{Text: s.ev.Text, At: s.env.Now}
		addEvidence(s)
		s.notify(s.c.By, key)
		s.tellAgent("waiting")
	}
}

func silent(s *step) {
	s.c.Silent = true
	s.notify(s.c.By, "silent")
	s.notify(s.c.Other(), "time_over")
	s.tellAgent("waiting")
}

func claim(s *step) {
	s.c.Audit.Agent = s.ev.By
	s.notify(s.c.By, "claimed")
}

// decide writes the platform's decision down and freezes the evidence it rests on.
func (s *step) decide(o Outcome, m Measure) {
	s.stop(TimerAudit)
	a := &s.c.Audit
	a.Outcome, a.Measure, a.Reasons, a.At = o, m, s.ev.Text, s.env.Now
	if a.FirstAgent == "" {
		a.FirstAgent = s.ev.By
	}
	for i := range s.c.Evidence {
		s.c.Evidence[i].Locked = true
	}
	if m == Warning || m == Penalty {
		s.measure = m
	}
}

func uphold(s *step) {
	s.decide(Upheld, s.ev.Measure)
	s.notify(s.c.Other(), "upheld_against")
	if s.c.By == cases.Merchant {
		s.to = ClosedResolved
		s.closeAppealable()
		s.notify(s.c.By, "upheld")
		return
	}
	s.to = UserConfirm
	confirm := s.env.Policy.Values.Complaint.ConfirmDays.V
	s.setAt(TimerConfirm, s.env.Now.AddDate(0, 0, confirm), "complaint.confirm_days")
	s.notify(s.c.By, "upheld")
}

// closeAppealable closes with the appeal open for complaint.appeal_days (F3-11).
func (s *step) closeAppealable() {
	s.c.AppealUntil = s.env.Now.AddDate(0, 0, s.env.Policy.Values.Complaint.AppealDays.V).UTC()
	s.setAt(TimerAppeal, s.c.AppealUntil, "complaint.appeal_days")
}

// final ends the road: nothing more can come.
func (s *step) final() {
	s.stop(TimerAppeal)
	s.c.Audit.Final = true
}

func appeal(s *step) {
	s.stop(TimerAppeal)
	s.c.Appeal = s.ev.Text
	addEvidence(s)
	a := &s.c.Audit
	a.Appeals++
	a.Agent, a.Late = "", false
	s.startAudit()
	s.tellBoth("appealed")
	s.tellAgent("appealed")
}

// affirm leaves the decision as it was; the reasons of the appeal are the ones that stand now.
func affirm(s *step) {
	s.to = ClosedNotUpheld
	if s.c.Audit.Outcome == Upheld {
		s.to = ClosedResolved
	}
	was := s.c.Audit.Measure
	s.decide(s.c.Audit.Outcome, "")
	s.c.Audit.Measure = was // carried out already
	s.final()
	s.tellBoth("affirmed")
}

func overturn(s *step) {
	s.decide(Upheld, s.ev.Measure)
	s.final()
	s.notify(s.c.By, "overturned")
	s.notify(s.c.Other(), "upheld_against")
}

func openKey(who cases.Actor, kind policy.ComplaintKindID) string {
	return string(who) + ":" + string(kind)
}
