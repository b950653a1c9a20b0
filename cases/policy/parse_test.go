package policy

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEmbeddedFileParsesAndIsComplete(t *testing.T) {
	p, err := Parse("default.yaml", defaultYAML)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(p.Version, "2026.11-") || len(p.Version) != len("2026.11-")+6 {
		t.Errorf("version %q, want the declared one and six digits of the file's hash", p.Version)
	}
	got := map[string]int{
		"reasons": len(p.Reasons), "order": len(p.Order), "evidence": len(p.Evidence), "codes": len(p.Codes),
		"categories": len(p.Categories), "rejects": len(p.Rejects),
	}
	want := map[string]int{"reasons": 19, "order": 19, "evidence": 23, "codes": 21, "categories": 7, "rejects": 12}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sizes of the tables of domain §2 (-want +got):\n%s", diff)
	}
	// Figures that other places quote; a change here is a change of the rules, not of the code.
	v := p.Values
	figures := []int{
		v.Apply.NoReasonDays.V, v.Apply.FaultDays.V, v.Merchant.ReviewSoft.V, v.Merchant.ReviewHardDays.V, v.Merchant.InspectHours.V,
		v.Merchant.UnsignedDays.V, v.Merchant.ExtendAfterDays.V, v.Merchant.ExtendDays.V, v.Buyer.EscalateHours.V,
		v.Platform.FirstResponseHours.V, v.Platform.DecisionWorkdays.V, v.Platform.ExecuteHours.V,
	}
	if diff := cmp.Diff([]int{7, 15, 3, 7, 48, 7, 5, 7, 48, 24, 7, 48}, figures); diff != "" {
		t.Errorf("figures of domain §2.1 (-want +got):\n%s", diff)
	}
}

func TestNamesComeInBothLanguagesOrAsTheirID(t *testing.T) {
	p := Default()
	for _, tc := range [][2]string{
		{p.ReasonName(QualityDefect, "zh"), "质量问题/功能故障"},
		{p.ReasonName(QualityDefect, "en-GB"), "Quality defect or malfunction"},
		{p.ReasonName("no_such", "en"), "no_such"},
		{p.EvidenceName("statement", "zh-CN"), "情况说明"},
		{p.EvidenceName("no_such", "zh"), "no_such"},
	} {
		if tc[0] != tc[1] {
			t.Errorf("got %q, want %q", tc[0], tc[1])
		}
	}
	unshipped := []ReasonID{"late_shipment", UnshippedCancel, "price_difference", "agreed_with_merchant", "other"}
	if diff := cmp.Diff(unshipped, p.In(PaidUnshipped)); diff != "" {
		t.Errorf("reasons before shipping (-want +got):\n%s", diff)
	}
}

func TestVersionChangesWithEveryByte(t *testing.T) {
	p, err := Parse("x.yaml", append(slices.Clone(defaultYAML), "# a remark\n"...))
	if err != nil {
		t.Fatal(err)
	}
	if p.Version == Default().Version {
		t.Errorf("both files are %s", p.Version)
	}
}

// edit replaces the first occurrence of old after the line that starts with under, and says on which line
// of the new file it stands.
func edit(t *testing.T, under, old, replacement string) (string, int) {
	t.Helper()
	text := string(defaultYAML)
	start := 0
	if under != "" {
		start = strings.Index(text, "\n"+under) + 1
		if start == 0 {
			t.Fatalf("the file has no line %q", under)
		}
	}
	i := strings.Index(text[start:], old)
	if i < 0 {
		t.Fatalf("the file has no %q after %q", old, under)
	}
	at := start + i
	return text[:at] + replacement + text[at+len(old):], 1 + strings.Count(text[:at], "\n")
}

func TestEveryMistakeIsReportedWithItsLine(t *testing.T) {
	for _, tc := range []struct {
		name             string
		under, old, with string
		lower            int // how many lines below the edit the mistake stands
		want             string
	}{
		{"unknown value key", "values:", "no_reason_days:", "no_reson_days:", 0, "unknown key no_reson_days"},
		{"unknown section", "", "reject_codes:", "reject_code:", 0, "unknown key reject_code"},
		{"unknown key inside a value", "values:", "unit: days", "units: days", 0, `unknown or repeated key "units"`},
		{"a number in words", "values:", "{value: 7, unit: days", "{value: seven, unit: days", 0, "seven"},
		{"wrong unit", "values:", "{value: 48, unit: hours", "{value: 48, unit: days", 0, `values.apply.fresh_hours is given in "days", must be in "hours"`},
		{"missing number", "values:", "{value: 7, unit: days", "{unit: days", 0, "no value is given"},
		{"missing count", "values:", "{value: 5, unit: count", "{unit: count", 0, "no value is given"},
		{"missing switch", "values:", "{value: false, unit: bool", "{unit: bool", 0, "no value is given"},
		{"zero days", "values:", "{value: 7, unit: days", "{value: 0, unit: days", 0, "must be above zero"},
		{"negative count", "values:", "{value: 5, unit: count", "{value: -5, unit: count", 0, "must be above zero"},
		{"unknown basis", "values:", "basis: ext", "basis: guess", 0, `basis "guess"`},
		{"a bare figure", "values:", "{value: 7, unit: days, basis: seed+ext, facts: [F2-14, F2-06]}", "7", 0, "want {value, unit, basis, facts}"},
		{"misspelt choice", "values:", `value: "min"`, `value: "minimum"`, 0, `merchant.receipt_deadline_rule is "minimum"`},
		{"misspelt profile", "values:", `value: "seed"`, `value: "sead"`, 0, `merchant.review_profile is "sead"`},
		{"misspelt method", "values:", `value: "original_route"`, `value: "bank"`, 0, `refund.method is "bank"`},
		{"misspelt payer", "values:", `value: "buyer"`, `value: "byer"`, 0, `freight.no_reason is "byer"`},
		{"empty text", "values:", `value: "1-3"`, `value: ""`, 0, "merchant.review_typical is empty"},
		{"value that is gone", "values:", "    draft_days: {value: 7, unit: days, basis: ours, facts: []}\n", "", -7, "values.apply.draft_days is missing"},
		{"unknown evidence kind of a reason", "reasons:", "fault_video, defect_closeup", "fault_film, defect_closeup", -9, `reason quality_defect names the unknown evidence kind "fault_film"`},
		{"unknown window", "reasons:", "window: no_reason_days", "window: no_reason_day", -6, `reason no_reason_7d has window "no_reason_day"`},
		{"unknown rule", "reasons:", "rule: stalled", "rule: stall", -4, `reason not_received has rule "stall"`},
		{"unknown freight", "reasons:", "freight: no_reason", "freight: nobody", -8, `has freight "nobody"`},
		{"unknown status", "reasons:", "status: [shipped, signed, completed]", "status: [shiped]", -5, `unknown status "shiped"`},
		{"unknown refund type", "reasons:", "types: [return_refund]", "types: [refund_return]", -7, `unknown refund type "refund_return"`},
		{"unknown question", "reasons:", "ask: [intact]", "ask: [intackt]", -9, `unknown question "intackt"`},
		{"unknown alert", "reasons:", "alert: HUMAN_COUNTERFEIT", "alert: HUMAN_FAKE", -9, `unknown code "HUMAN_FAKE"`},
		{"unknown key of a reason", "reasons:", "window: no_reason_days", "windows: no_reason_days", 0, `unknown key "windows"`},
		{"reason without a name", "reasons:", `en: "7-day no-reason return"`, `en: ""`, -2, "reason no_reason_7d needs a zh and an en name"},
		{"duplicate reason", "reasons:", "  not_as_described:", "  no_reason_7d:", 0, `reason "no_reason_7d" stands twice`},
		{"reason the program mentions is gone", "reasons:", "  wrong_item:", "  wrong_thing:", -58, "reason wrong_item is missing"},
		{"unknown evidence kind of a reject code", "reject_codes:", "merchant_quality_proof", "merchant_proof", 0, `reject_codes.MR03 names the unknown evidence kind "merchant_proof"`},
		{"unknown phase", "reject_codes:", "phase: return", "phase: returned", 0, "reject_codes.MR11 needs zh, en and a phase"},
		{"unknown medium", "evidence:", "media: [image]", "media: [picture]", -3, `evidence.item_photo names the unknown medium "picture"`},
		{"unknown party", "evidence:", "by: [buyer]", "by: [byer]", -4, `evidence.item_photo names the unknown party "byer"`},
		{"category without a basis", "categories:", "basis: statutory", "basis: custom", 0, "categories.custom_made needs zh, en and a basis"},
		{"clause without a text", "clauses:", "  owner:", "  ownr:", -16, "clauses.owner needs a zh and an en text"},
		{"verdict code without a meaning", "codes:", "  NO_STATUS:", "  NO_STATE:", -12, "codes.NO_STATUS is missing"},
		{"verdict code nobody knows", "codes:", "  NO_STATUS:", "  NO_STATE:", 0, "codes.NO_STATE is unknown"},
		{"version missing", "", `version: "2026.11"`, `version: ""`, -8, "version is missing"},
		{"not YAML", "values:", "{value: 7, unit: days", "{value: 7, unit: [", 0, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			text, line := edit(t, tc.under, tc.old, tc.with)
			p, err := Parse("broken.yaml", []byte(text))
			if err == nil {
				t.Fatalf("it parses, as version %s", p.Version)
			}
			if tc.want == "" {
				if !strings.HasPrefix(err.Error(), "broken.yaml:") {
					t.Errorf("no place is named: %v", err)
				}
				return
			}
			want := fmt.Sprintf("broken.yaml:%d: ", line+tc.lower)
			for _, got := range strings.Split(err.Error(), "\n") {
				if strings.HasPrefix(got, want) && strings.Contains(got, tc.want) {
					return
				}
			}
			t.Errorf("want %s…%s, got:\n%v", want, tc.want, err)
		})
	}
}

func TestAllMistakesAreReportedInTheOrderOfTheFile(t *testing.T) {
	text := string(defaultYAML)
	for _, r := range [][2]string{
		{"unit: hours", "unit: hour"},                          // a value
		{"{value: 2, unit: count", "{value: two, unit: count"}, // what YAML itself refuses
		{"window: no_reason_days", "window: ever"},             // a reason
		{"class: merchant_fault", "clas: merchant_fault"},      // an unknown key of a reason
		{"merchant_quality_proof]", "nothing]"},                // a reject code
	} {
		text = strings.Replace(text, r[0], r[1], 1)
	}
	_, err := Parse("x.yaml", []byte(text))
	if err == nil {
		t.Fatal("it parses")
	}
	var lines []int
	for _, m := range strings.Split(err.Error(), "\n") {
		var n int
		if _, err := fmt.Sscanf(m, "x.yaml:%d:", &n); err != nil {
			t.Errorf("%q names no place", m)
		}
		lines = append(lines, n)
	}
	if len(lines) != 5 || !slices.IsSorted(lines) {
		t.Errorf("want five mistakes in order, got lines %v:\n%v", lines, err)
	}
}

func TestAFileThatIsNoMappingIsRefusedWithoutAPanic(t *testing.T) {
	for _, text := range []string{"", "[]", "version: 1", "reasons: [a]", "values: 3", "values: {apply: []}", "reasons: {a: b}", "evidence: {x: 1}"} {
		if _, err := Parse("x.yaml", []byte(text)); err == nil || !strings.HasPrefix(err.Error(), "x.yaml:") {
			t.Errorf("%q: %v, want an error with its place", text, err)
		}
	}
}
