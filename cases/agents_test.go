package cases

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recourse/cases/policy"
)

func TestBothPartiesAreAskedAtOnce(t *testing.T) {
	s := aReviewedCase(t)
	both := func(kinds ...policy.EvidenceKind) func(*Event) {
		return func(ev *Event) { ev.Party, ev.Kinds = BothParties, kinds }
	}
	s.refuses(CodeFieldRequired, "2026-03-05 09:00", Agent, EvRequestEvidence, both("merchant_inspection")) // nothing for the buyer
	s.do("2026-03-05 09:00", Agent, EvRequestEvidence, both("statement", "merchant_inspection"))
	s.due(TimerEvidenceBuyer, "2026-03-07 09:00")
	s.due(TimerEvidenceShop, "2026-03-07 09:00")
	want := []EvidenceRequest{
		{Party: Buyer, Kinds: []policy.EvidenceKind{"statement"}, Text: "please describe it", At: at("2026-03-05 09:00")},
		{Party: Merchant, Kinds: []policy.EvidenceKind{"statement", "merchant_inspection"}, Text: "please describe it", At: at("2026-03-05 09:00")},
	}
	if diff := cmp.Diff(want, s.c.Arbitration.Asked); diff != "" || s.c.Arbitration.Rounds != 1 {
		t.Errorf("round %d (-want +got):\n%s", s.c.Arbitration.Rounds, diff)
	}
	s.do("2026-03-05 10:00", Buyer, EvSupplement, nil)
	s.is(EvidenceRequested)
	s.due(TimerEvidenceBuyer, "")
	s.fires("2026-03-07 09:00", TimerEvidenceShop)
	s.is(PlatformReview)
	if !slices.Equal(s.c.Arbitration.Defaulted, []Actor{Merchant}) {
		t.Errorf("defaulted %v", s.c.Arbitration.Defaulted)
	}
}

func TestTheOtherPartyIsAskedInTheSameRound(t *testing.T) {
	s := aReviewedCase(t)
	ask := func(p Actor) func(*Event) {
		return func(ev *Event) { ev.Party, ev.Kinds = p, []policy.EvidenceKind{"statement"} }
	}
	s.do("2026-03-05 09:00", Agent, EvRequestEvidence, ask(Buyer))
	s.refuses(CodeFieldRequired, "2026-03-05 10:00", Agent, EvRequestEvidence, ask(Buyer))
	s.do("2026-03-05 12:00", Agent, EvRequestEvidence, ask(Merchant))
	s.due(TimerEvidenceBuyer, "2026-03-07 09:00")
	s.due(TimerEvidenceShop, "2026-03-07 12:00")
	s.refuses(CodeStateConflict, "2026-03-05 13:00", Agent, EvRequestEvidence, ask(Merchant))
	if s.c.Arbitration.Rounds != 1 {
		t.Errorf("%d rounds", s.c.Arbitration.Rounds)
	}
	s.do("2026-03-05 14:00", Merchant, EvSupplement, nil)
	s.do("2026-03-05 15:00", Buyer, EvSupplement, nil)
	s.is(PlatformReview)
}

// What an agent is offered depends on who he is.
func TestAnAgentIsOfferedWhatHeMayDo(t *testing.T) {
	offered := func(s *told, by, role string, kind EventKind) bool {
		return slices.Contains(s.c.AllowedTo(Party{Agent, by, role}, s.env()), kind)
	}
	s := aReviewedCase(t)
	for _, tc := range []struct {
		s        *told
		by, role string
		kind     EventKind
		want     bool
	}{
		{s, "a1", "agent", EvRuleRefund, true},
		{s, "a2", "agent", EvRuleRefund, false},
		{s, "a2", "senior", EvRequestEvidence, false},
		{s, "a1", "agent", EvReassign, false},
		{s, "a9", "supervisor", EvReassign, true},
		{aRejectedCaseQueued(t), "a2", "agent", EvClaim, true},
		{expired(t), "a1", "agent", EvReopen, false},
		{expired(t), "a1", "admin", EvReopen, true},
		{anAppealTaken(t), "a1", "agent", EvUphold, false},
		{anAppealTaken(t), "a2", "agent", EvUphold, true},
		{anAppealTaken(t), "a3", "agent", EvOverturn, false},
	} {
		if got := offered(tc.s, tc.by, tc.role, tc.kind); got != tc.want {
			t.Errorf("%s of %s (%s) in %s: offered %v", tc.kind, tc.by, tc.role, tc.s.c.State, got)
		}
		if got := slices.Contains(tc.s.c.Allowed(Agent, tc.s.env()), tc.kind); tc.want && !got {
			t.Errorf("%s in %s is no agent's", tc.kind, tc.s.c.State)
		}
	}
}

func TestASupervisorGivesTheCaseToAnother(t *testing.T) {
	s := aReviewedCase(t)
	s.do("2026-03-05 09:00", Agent, EvReassign, func(ev *Event) { ev.By, ev.Assignee = "boss", "a7" })
	s.is(PlatformReview)
	s.refuses(CodeNotAssigned, "2026-03-05 10:00", Agent, EvRuleRefund, func(ev *Event) { ev.By = "a1" })
	s.do("2026-03-05 10:00", Agent, EvRuleRefund, func(ev *Event) { ev.By = "a7" })
	if a := s.c.Arbitration; a.Agent != "a7" || a.FirstAgent != "a7" {
		t.Errorf("%+v", a)
	}
}

func TestABreachRaisesTheCaseAndASupervisorHearsOfIt(t *testing.T) {
	s := aRejectedCaseQueued(t)
	s.fires("2026-03-05 10:00", TimerFirstResponse)
	if a := s.c.Arbitration; !a.SLABreached || a.Priority != 1 {
		t.Errorf("%+v", a)
	}
	s.fires("2026-03-14 00:00", TimerDecision)
	if s.c.Arbitration.Priority != 2 || s.c.State != PlatformQueued {
		t.Errorf("%s, priority %d", s.c.State, s.c.Arbitration.Priority)
	}
	for _, o := range s.ordered("ticket") {
		if o.Why != "sla_breached" {
			t.Errorf("ticket %q", o.Why)
		}
	}
	if len(s.ordered("ticket")) != 2 {
		t.Errorf("orders %v", s.all)
	}
}
