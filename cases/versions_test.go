package cases

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recourse/cases/policy"
)

// edited is the built-in policy with edits, as another version.
func edited(t *testing.T, edits ...string) *policy.Policy {
	t.Helper()
	p, err := policy.Parse("edited.yaml", []byte(strings.NewReplacer(edits...).Replace(policy.Default().Source().Text)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A draft that is amended is judged by the newest policy; a filed case keeps the one that judged it, with its
// deadlines; and its timeline gives the same case again, each event by its own version.
func TestACaseKeepsThePolicyThatJudgedIt(t *testing.T) {
	first := policy.Default()
	second := edited(t, "fault_days: {value: 15", "fault_days: {value: 10", "escalate_hours: {value: 48", "escalate_hours: {value: 72")
	third := edited(t, "escalate_hours: {value: 48", "escalate_hours: {value: 96")
	current := first
	known := map[string]*policy.Policy{first.Version: first, second.Version: second, third.Version: third}
	policyOf := func(v string) *policy.Policy {
		if v == "" {
			return current
		}
		return known[v]
	}

	s := tell(t, "2026-03-02 15:20", "2026-03-03 09:00", nil)
	byLedger := func() { // as the ledger chooses
		l := &Ledger{Policy: policyOf}
		p, err := l.policyFor(s.c, Event{Kind: EvAmend})
		if s.c.State != Draft {
			p, err = l.policyFor(s.c, Event{Kind: EvReject})
		}
		if err != nil {
			t.Fatal(err)
		}
		s.p = p
	}
	if s.c.Policy != first.Version {
		t.Fatalf("drafted under %s", s.c.Policy)
	}
	current = second
	byLedger()
	s.do("2026-03-03 09:00", Buyer, EvAmend, because(policy.QualityDefect, policy.ReturnRefund))
	if s.c.Policy != second.Version || s.c.Verdict.Policy != second.Version || !s.c.Verdict.Deadline.Equal(at("2026-03-13 00:00")) {
		t.Errorf("amended under %s, judged by %s until %s", s.c.Policy, s.c.Verdict.Policy, s.c.Verdict.Deadline)
	}
	current = third // changed between the amendment and the submission: he confirmed what he read
	l := &Ledger{Policy: policyOf}
	for _, kind := range []EventKind{EvSupplement, EvSubmit} {
		p, err := l.policyFor(s.c, Event{Kind: kind})
		if err != nil || p != second {
			t.Fatalf("%s is judged by %v, %v", kind, p, err)
		}
		s.p = p
		s.do("2026-03-03 09:05", Buyer, kind, nil)
	}
	byLedger()
	s.do("2026-03-05 18:00", Merchant, EvReject, nil)
	if got, want := s.c.Deadlines[TimerEscalate], at("2026-03-08 18:00"); !got.Equal(want) || s.c.Policy != second.Version {
		t.Errorf("escalation until %s under %s, want %s", got, s.c.Policy, want)
	}
	again, err := Replay(stored(s.log), policyOf)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s.c, again); diff != "" {
		t.Errorf("the timeline gives another case (-told +replayed):\n%s", diff)
	}
	var by []string
	for _, m := range s.log {
		by = append(by, m.Policy)
	}
	if diff := cmp.Diff([]string{first.Version, second.Version, second.Version, second.Version, second.Version}, by); diff != "" {
		t.Errorf("versions on the timeline (-want +got):\n%s", diff)
	}
}

func TestAnotherPolicyIsNotPutInThePlaceOfOneThatCannotBeRead(t *testing.T) {
	l := &Ledger{Policy: func(string) *policy.Policy { return policy.Default() }}
	for _, p := range []*policy.Policy{policy.Default(), nil} {
		l.Policy = func(string) *policy.Policy { return p }
		if _, err := l.policyFor(Case{ID: "c_1", State: MerchantReview, Policy: "2020.01-000000"}, Event{Kind: EvReject}); !errors.Is(err, ErrNoPolicy) {
			t.Errorf("%v, want ErrNoPolicy", err)
		}
	}
}
