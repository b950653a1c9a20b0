package policy

import (
	"slices"
	"strings"
	"testing"
)

func TestTheDefaultPolicyGoesTogether(t *testing.T) {
	if found := Default().Lint(sh("2026-06-01 12:00")); len(found) > 0 {
		t.Errorf("%v", found)
	}
}

func TestWhatDoesNotGoTogetherIsFound(t *testing.T) {
	for _, tc := range []struct {
		name             string
		under, old, with string
		warning          bool
		want             string
	}{
		{"no reason beyond validity", "values:", "no_reason_days: {value: 7", "no_reason_days: {value: 20", false, "apply.no_reason_days (20) is longer than apply.validity_days (15)"},
		{"faults beyond validity", "values:", "fault_days: {value: 15", "fault_days: {value: 16", false, "apply.fault_days (16) is longer than apply.validity_days"},
		{"dislike beyond faults", "values:", "fault_days: {value: 15", "fault_days: {value: 5", false, "worth more than a fault"},
		{"fresh longer than a fault", "values:", "fresh_hours: {value: 48", "fresh_hours: {value: 480", true, "apply.fresh_hours (480)"},
		{"no attempt", "values:", "max_attempts_per_line: {value: 5", "max_attempts_per_line: {value: 0", false, "nobody can apply"},
		{"no rejection", "values:", "max_rejections_per_line: {value: 2", "max_rejections_per_line: {value: 0", false, "nobody can apply"},
		{"rejections never reached", "values:", "max_rejections_per_line: {value: 2", "max_rejections_per_line: {value: 9", true, "never reached"},
		{"soft after hard", "values:", "review_soft_workdays: {value: 3", "review_soft_workdays: {value: 7", false, "nobody could escalate for silence"},
		{"fast soft after hard", "values:", "fast_soft_hours: {value: 24", "fast_soft_hours: {value: 48", false, "merchant.fast_soft_hours (48)"},
		{"an extension that comes too late", "values:", "extend_after_days: {value: 5", "extend_after_days: {value: 7", false, "no merchant could ever extend"},
		{"inspection always cut short", "values:", "inspect_hours: {value: 48", "inspect_hours: {value: 200", true, "always cut short"},
		{"a pause longer than the clock", "values:", "resume_min_hours: {value: 24", "resume_min_hours: {value: 240", true, "merchant.resume_min_hours (240)"},
		{"an answer after the decision", "values:", "first_response_hours: {value: 24", "first_response_hours: {value: 240", false, "platform.first_response_hours (240)"},
		{"a reminder that never comes", "values:", "escalate_hours: {value: 48", "escalate_hours: {value: 24", true, "buyer.escalate_hours is over before its reminder"},
		{"more said than is so", "values:", `review_typical: {value: "1-3"`, `review_typical: {value: "1-5"`, true, "but may escalate after 3"},
		{"a range that is none", "values:", `review_typical: {value: "1-3"`, `review_typical: {value: "soon"`, false, `merchant.review_typical is "soon"`},
		{"chased before it may arrive", "values:", `arrival_workdays: {value: "1-3"`, `arrival_workdays: {value: "1-5"`, false, "a refund is chased after 3 workdays"},
		{"an arrival that is none", "values:", `arrival_workdays: {value: "1-3"`, `arrival_workdays: {value: "3-1"`, false, `refund.arrival_workdays is "3-1"`},
		{"a medium no type is of", "values:", `, "application/pdf"]`, `]`, false, "may be a pdf, but no type"},
		{"more pictures required than taken", "values:", "max_images: {value: 8", "max_images: {value: 1", false, "requires 2 pictures"},
		{"needs evidence and requires none", "reasons:", "    ok: OK_NO_REASON\n", "", false, "says NEED_EVIDENCE but requires none"},
		{"a buyer cannot give it", "reasons:", "required: [[statement]]", "required: [[merchant_notice]]", false, "which buyers cannot give"},
		{"it means what does not fit either", "reasons:", "use: {shipped: not_received}", "use: {shipped: unshipped_cancel}", false, "does not fit there either"},
		{"a rule against itself", "reasons:", "if: [has_goods=yes, intact=no]", "if: [intact=yes, intact=no]", false, "can never hold: intact is not both yes and no"},
		{"a rule for another status", "reasons:", "if: [ship_promise=open]", "if: [status=signed, ship_promise=open]", false, "does not fit the status signed"},
		{"a rule behind another", "reasons:", "if: [has_goods=yes, intact=unknown]", "if: [has_goods=unknown, intact=unknown]", false, "rule 5 is never reached"},
		{"a question without end", "reasons:", "{if: [spec_diff=unknown], ask: spec_diff}", "{if: [has_goods=yes], ask: spec_diff}", false, "asks spec_diff whatever is answered"},
		{"an ok that never comes", "reasons:", "{if: [trace=moving], code", "{if: [], code", false, "always decides before that"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			text, line := edit(t, tc.under, tc.old, tc.with)
			p, err := Parse("x.yaml", []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			found := p.Lint(sh("2026-06-01 12:00"))
			i := slices.IndexFunc(found, func(f Finding) bool { return strings.Contains(f.What, tc.want) })
			if i < 0 {
				t.Fatalf("want %q, found %v", tc.want, found)
			}
			if f := found[i]; f.Warning != tc.warning || f.Line == 0 {
				t.Errorf("%s (edited on line %d), want a warning: %v", f, line, tc.warning)
			}
		})
	}
}

func TestTheCalendarsEndIsAnnounced(t *testing.T) {
	for now, want := range map[string]string{"2026-11-25 12:00": "ends on 2026-12-31", "2026-06-01 12:00": "", "2027-03-01 12:00": "does not know 2027"} {
		var said string
		for _, f := range Default().Lint(sh(now)) {
			if f.Warning && strings.Contains(f.What, "calendar") {
				said = f.What
			}
		}
		if want == "" && said != "" || !strings.Contains(said, want) {
			t.Errorf("%s: %q, want %q", now, said, want)
		}
	}
}

func TestReadingAnEvidenceKindNobodyAsksFor(t *testing.T) {
	text := strings.ReplaceAll(string(defaultYAML), "weight_photo, ", "")
	text = strings.ReplaceAll(text, ", weight_photo", "")
	p, err := Parse("x.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if f := p.Lint(sh("2026-06-01 12:00")); len(f) != 1 || !f[0].Warning || !strings.Contains(f[0].What, "nobody asks for the evidence weight_photo") {
		t.Errorf("%v", f)
	}
}
