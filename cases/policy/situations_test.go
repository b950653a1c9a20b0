package policy

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The situations of domain §5 under the default policy.
func TestTheSituationsComeOutAsTheDomainSays(t *testing.T) {
	list, err := DefaultSituations()
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 18 {
		t.Errorf("%d situations, the domain has 18", len(list))
	}
	for _, s := range list {
		t.Run(s.ID, func(t *testing.T) {
			if s.Want == nil {
				t.Fatal("nothing is wanted of it")
			}
			v := Default().Evaluate(s.Facts, s.At)
			if v.Code != s.Want.Code || v.Kind != s.Want.Kind || v.Freight != s.Want.Freight {
				t.Errorf("%s %s, postage %q; want %s %s, %q", v.Kind, v.Code, v.Freight, s.Want.Kind, s.Want.Code, s.Want.Freight)
			}
			if s.Want.Alert != "" && !slices.Contains(v.Alerts, s.Want.Alert) {
				t.Errorf("alerts %v, want %s", v.Alerts, s.Want.Alert)
			}
			for _, a := range s.Want.Offers {
				if !slices.Contains(v.Alternatives, a) {
					t.Errorf("offers %v, want %s", v.Alternatives, a)
				}
			}
			if len(v.Missing) != len(s.Want.Missing) {
				t.Fatalf("missing %v, want %v", v.Missing, s.Want.Missing)
			}
			for i, m := range v.Missing {
				if !slices.Contains(m.AnyOf, EvidenceKind(s.Want.Missing[i])) {
					t.Errorf("missing %v, want %s", m.AnyOf, s.Want.Missing[i])
				}
			}
		})
	}
}

func TestComparingShowsWhoseVerdictChanges(t *testing.T) {
	list, err := DefaultSituations()
	if err != nil {
		t.Fatal(err)
	}
	if c := Compare(Default(), Default(), list); len(c) > 0 {
		t.Errorf("the same policy differs from itself: %v", c)
	}
	changed := func(edits ...string) map[string]string {
		p, err := Parse("b.yaml", []byte(strings.NewReplacer(edits...).Replace(string(defaultYAML))))
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]string{}
		for _, c := range Compare(Default(), p, list) {
			out[c.ID] = strings.Join(c.Fields, " ")
		}
		return out
	}
	for name, tc := range map[string]struct {
		edits []string
		want  map[string]string
	}{
		"one day without a reason": {[]string{"no_reason_days: {value: 7", "no_reason_days: {value: 1"}, map[string]string{
			"Q03": "verdict deadline", "Q12": "verdict amount freight deadline merchant_time", "Q19": "verdict amount freight deadline merchant_time", "B28": "verdict deadline",
		}},
		"a picture less": {[]string{"required: [[defect_closeup], [packaging_photo]]", "required: [[defect_closeup]]"}, map[string]string{"Q23": "evidence"}},
		"a lower limit":  {[]string{"human_review_amount_fen: {value: 500000", "human_review_amount_fen: {value: 29900"}, map[string]string{"Q06": "alerts", "Q09": "alerts"}},
	} {
		if diff := cmp.Diff(tc.want, changed(tc.edits...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestFactsAreReadStrictlyAndInShanghai(t *testing.T) {
	s, err := ParseFacts("f.yaml", []byte("at: 2026-03-04 09:00\nline: {status: signed, signed_at: 2026-03-02, paid_goods_fen: 100}\nreason: quality_defect\n"))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "at", s.At, sh("2026-03-04 09:00"))
	same(t, "signed", s.Facts.Line.SignedAt, sh("2026-03-02 00:00"))
	if s.Facts.Buyer != s.Facts.Line.BuyerID || s.Facts.Buyer == "" {
		t.Errorf("asked by %q of %q", s.Facts.Buyer, s.Facts.Line.BuyerID)
	}
	if s, err = ParseFacts("f.json", []byte(`{"at": "2026-03-04T01:00:00Z", "facts": {"buyer": "b2", "line": {"buyer_id": "b1", "status": "signed"}}}`)); err != nil || s.Facts.Buyer != "b2" {
		t.Errorf("%+v, %v", s, err)
	}
	for _, text := range []string{"", "line: {statu: signed}", "at: yesterday", "- a", "line: [", "reason: 3"} {
		if _, err := ParseFacts("f.yaml", []byte(text)); err == nil || !strings.HasPrefix(err.Error(), "f.yaml:") {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := ParseSituations("s.yaml", []byte("- {id: a, facts: {}}")); err == nil {
		t.Error("a situation without a time is read")
	}
}

func TestTheExplainedPathNamesEachCheckInItsOrder(t *testing.T) {
	_, steps := Default().Explain(asked(NoReason7d, intact(No)), sh("2026-03-04 09:00"))
	var checks []string
	for _, s := range steps {
		checks = append(checks, s.Check+" "+s.Found)
	}
	want := []string{
		"owner ok", "scope ok", "open_case ok", "attempts ok", "attempts ok", "final_ruling ok", "reason ok", "status ok", "window ok",
		"rule no", "rule no", "rule no", "rule NO_NOT_INTACT",
	}
	if diff := cmp.Diff(want, checks); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	last := steps[len(steps)-1]
	if last.Clause != "no_reason.intact" || len(last.Looked) != 2 || last.Looked[1].Fact != "intact" || !strings.HasPrefix(last.Looked[1].Value, "no") {
		t.Errorf("the last step: %+v", last)
	}
	window := steps[8]
	if window.Clause != "apply.no_reason_days" || !slices.Contains(window.Facts, "F2-14") || window.Looked[1].Value != "2026-03-10 00:00:00" {
		t.Errorf("the window: %+v", window)
	}
	_, steps = Default().Explain(asked(WrongItem, answer(AskSpecDiff, No)), sh("2026-03-04 09:00"))
	if !slices.ContainsFunc(steps, func(s Step) bool { return s.Found == "use no_reason_7d" }) {
		t.Errorf("it is not said that another reason is meant: %+v", steps)
	}
}

func BenchmarkEvaluate(b *testing.B) {
	f := asked(QualityDefect, nil)
	now := sh("2026-03-04 09:00")
	b.Run("plain", func(b *testing.B) {
		for b.Loop() {
			Default().Evaluate(f, now)
		}
	})
	b.Run("explained", func(b *testing.B) {
		for b.Loop() {
			Default().Explain(f, now)
		}
	})
}
