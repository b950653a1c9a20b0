package complaints

import (
	"slices"
	"strings"
	"unicode/utf8"

	"recourse/cases"
)

// minReasons is how much an agent must at least write: a decision without reasons convinces nobody.
const minReasons = 10

func refusal(code cases.Code) *cases.Error { return &cases.Error{Code: code} }

func missing(field string) *cases.Error {
	return &cases.Error{Code: cases.CodeFieldRequired, Field: field}
}

func confirmed(s *step) *cases.Error {
	if !s.ev.Confirmed {
		return refusal(cases.CodeConfirmation)
	}
	return nil
}

// complainant: an action of whoever complained, not of the other party.
func complainant(s *step) *cases.Error {
	if s.ev.Actor != s.c.By {
		return refusal(cases.CodeNotParty)
	}
	return nil
}

func before(t cases.Timer) func(*step) *cases.Error {
	return func(s *step) *cases.Error {
		if at, ok := s.c.Deadlines[t]; !ok || !s.env.Now.Before(at) {
			return refusal(cases.CodeDeadlinePassed)
		}
		return nil
	}
}

// tooLong holds words to evidence.description_max; the chat clips them before, an API is told.
func (s *step) tooLong() bool {
	return utf8.RuneCountInString(s.ev.Text) > s.env.Policy.Values.Evidence.DescriptionMax.V
}

// says wants words, and takes evidence that comes with them.
func says(s *step) *cases.Error {
	if strings.TrimSpace(s.ev.Text) == "" || s.tooLong() {
		return missing("text")
	}
	if len(s.ev.Evidence) > 0 {
		return takesEvidence(s)
	}
	return nil
}

// saysLittle lets words be absent.
func saysLittle(s *step) *cases.Error {
	if s.tooLong() {
		return missing("text")
	}
	return nil
}

func takesEvidence(s *step) *cases.Error {
	return cases.EvidenceFits(s.env.Policy, s.ev.Actor, s.c.Evidence, s.ev.Evidence)
}

// fileSound holds a complaint to what it must say (F3-06), and keeps the same grievance from being filed twice.
func fileSound(s *step) *cases.Error {
	if err := s.contentSound(); err != nil {
		return err
	}
	return confirmed(s)
}

func (s *step) contentSound() *cases.Error {
	kind, ok := s.env.Policy.ComplaintKind(s.ev.Complaint)
	if !ok || kind.By != string(s.ev.Actor) {
		return missing("kind")
	}
	if err := says(s); err != nil {
		return err
	}
	if open := s.env.Line.Open[openKey(s.ev.Actor, s.ev.Complaint)]; open != "" && open != s.c.ID {
		return &cases.Error{Code: cases.CodeAlreadyOpen, OpenCase: cases.ID(open)}
	}
	return nil
}

func supervisor(role string) bool { return role == "supervisor" || role == "admin" }

func claimable(s *step) *cases.Error {
	if s.c.Audit.Agent != "" && s.c.Audit.Agent != s.ev.By && !supervisor(s.ev.Role) {
		return refusal(cases.CodeNotAssigned)
	}
	return nil
}

func appealClaimable(s *step) *cases.Error {
	if s.ev.By == s.c.Audit.FirstAgent {
		return refusal(cases.CodeNotAssigned)
	}
	return claimable(s)
}

// auditSound: the agent who has it, with reasons that the parties can read.
func auditSound(s *step) *cases.Error {
	if s.ev.By != s.c.Audit.Agent {
		return refusal(cases.CodeNotAssigned)
	}
	if utf8.RuneCountInString(strings.TrimSpace(s.ev.Text)) < minReasons {
		return missing("text")
	}
	return nil
}

func upholdSound(s *step) *cases.Error {
	if err := auditSound(s); err != nil {
		return err
	}
	if !slices.Contains([]Measure{NoMeasure, Warning, Penalty}, s.ev.Measure) {
		return missing("measure")
	}
	return nil
}

func appealOpen(s *step) *cases.Error {
	if err := complainant(s); err != nil {
		return err
	}
	if s.c.Audit.Final || s.c.Audit.Appeals >= s.env.Policy.Values.Complaint.AppealMax.V || !s.env.Now.Before(s.c.AppealUntil) {
		return refusal(cases.CodeDeadlinePassed)
	}
	return nil
}

func appealSound(s *step) *cases.Error {
	if err := says(s); err != nil {
		return err
	}
	return confirmed(s)
}

func appealAuditSound(s *step) *cases.Error {
	if s.ev.By == s.c.Audit.FirstAgent {
		return refusal(cases.CodeNotAssigned)
	}
	return auditSound(s)
}

// overturnSound: an appeal that is granted must change something.
func overturnSound(s *step) *cases.Error {
	if err := appealAuditSound(s); err != nil {
		return err
	}
	if err := upholdSound(s); err != nil {
		return err
	}
	if s.c.Audit.Outcome == Upheld && s.c.Audit.Measure == s.ev.Measure {
		return missing("measure")
	}
	return nil
}
