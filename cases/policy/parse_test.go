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
	if !strings.HasPrefix(p.Version, "2026.12-") || len(p.Version) != len("2026.12-")+6 {
		t.Errorf("version %q, want the declared one and six digits of the file's hash", p.Version)
	}
	got := map[string]int{
		"reasons": len(p.Reasons), "order": len(p.Order), "evidence": len(p.Evidence), "codes": len(p.Codes),
		"categories": len(p.Categories), "rejects": len(p.Rejects),
	}
	want := map[string]int{"reasons": 19, "order": 19, "evidence": 23, "codes": 21, "categories": 8, "rejects": 12}
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
		stands           string // the line the mistake is reported on, from the section on; "" = the edited one
		want             string
	}{
		{"unknown value key", "values:", "no_reason_days:", "no_reson_days:", "", "unknown key no_reson_days"},
		{"unknown section", "", "reject_codes:", "reject_code:", "", "unknown key reject_code"},
		{"unknown key inside a value", "values:", "unit: days", "units: days", "", `unknown or repeated key "units"`},
		{"a number in words", "values:", "{value: 7, unit: days", "{value: seven, unit: days", "", "seven"},
		{"wrong unit", "values:", "{value: 48, unit: hours", "{value: 48, unit: days", "", `values.apply.fresh_hours is given in "days", must be in "hours"`},
		{"missing number", "values:", "{value: 7, unit: days", "{unit: days", "", "no value is given"},
		{"missing count", "values:", "{value: 5, unit: count", "{unit: count", "", "no value is given"},
		{"missing switch", "values:", "{value: false, unit: bool", "{unit: bool", "", "no value is given"},
		{"zero days", "values:", "{value: 7, unit: days", "{value: 0, unit: days", "", "must be above zero"},
		{"negative count", "values:", "{value: 5, unit: count", "{value: -5, unit: count", "", "must be above zero"},
		{"unknown basis", "values:", "basis: ext", "basis: guess", "", `basis "guess"`},
		{"a bare figure", "values:", "{value: 7, unit: days, basis: seed+ext, facts: [F2-14, F2-06]}", "7", "", "want {value, unit, basis, facts}"},
		{"misspelt choice", "values:", `value: "min"`, `value: "minimum"`, "", `merchant.receipt_deadline_rule is "minimum"`},
		{"misspelt profile", "values:", `value: "seed"`, `value: "sead"`, "", `merchant.review_profile is "sead"`},
		{"misspelt method", "values:", `value: "original_route"`, `value: "bank"`, "", `refund.method is "bank"`},
		{"misspelt payer", "values:", `value: "buyer"`, `value: "byer"`, "", `freight.no_reason is "byer"`},
		{"empty text", "values:", `value: "1-3"`, `value: ""`, "", "merchant.review_typical is empty"},
		{"value that is gone", "values:", "    draft_days: {value: 7, unit: days, basis: ours, facts: []}\n", "", "  apply:", "values.apply.draft_days is missing"},
		{"unknown evidence kind of a reason", "reasons:", "fault_video, defect_closeup", "fault_film, defect_closeup", "  quality_defect:", `reason quality_defect names the unknown evidence kind "fault_film"`},
		{"unknown window", "reasons:", "window: no_reason_days", "window: no_reason_day", "  no_reason_7d:", `reason no_reason_7d has window "no_reason_day"`},
		{"unknown rule", "reasons:", "if: [trace=moving]", "if: [trace=running]", "  not_received:", `reason not_received, rule 1 looks at "trace=running"`},
		{"unknown freight", "reasons:", "freight: no_reason", "freight: nobody", "  no_reason_7d:", `has freight "nobody"`},
		{"unknown status", "reasons:", "status: [shipped, signed, completed]", "status: [shiped]", "  no_reason_7d:", `unknown status "shiped"`},
		{"unknown refund type", "reasons:", "types: [return_refund]", "types: [refund_return]", "  no_reason_7d:", `unknown refund type "refund_return"`},
		{"unknown question", "reasons:", "ask: intact", "ask: intackt", "  no_reason_7d:", `reason no_reason_7d, rule 5 asks the unknown question "intackt"`},
		{"unknown alert", "reasons:", "alert: HUMAN_COUNTERFEIT", "alert: HUMAN_FAKE", "  counterfeit:", `reason counterfeit has alert "HUMAN_FAKE"`},
		{"unknown condition", "reasons:", "if: [trace=moving]", "if: [treace=moving]", "  not_received:", `reason not_received, rule 1 looks at "treace=moving"`},
		{"two outcomes", "reasons:", "code: NOT_YET, clause: not_received.stalled", "code: NOT_YET, ask: intact, clause: not_received.stalled", "  not_received:", "rule 1 needs exactly one of code, ask, use and alert"},
		{"an outcome that a rule may not decide", "reasons:", "code: NOT_YET, clause: not_received.stalled", "code: OK_LOGISTICS, clause: not_received.stalled", "  not_received:", `rule 1 decides "OK_LOGISTICS"`},
		{"unknown key of a rule", "reasons:", "clause: not_received.stalled, offer", "claus: not_received.stalled, offer", "", `unknown key "claus"`},
		{"unknown clause of a rule", "reasons:", "clause: missing.on_the_way", "clause: missing.in_the_way", "  missing_parts:", `rests on the unknown clause "missing.in_the_way"`},
		{"unknown alternative", "reasons:", "offer: [wait]", "offer: [weight]", "  missing_parts:", ""},
		{"a reason that is meant in a status it takes", "reasons:", "use: {paid_unshipped: unshipped_cancel}", "use: {signed: unshipped_cancel}", "  no_reason_7d:", `means "unshipped_cancel" while "signed"`},
		{"unknown class", "reasons:", "class: buyer_choice", "class: choice", "  no_reason_7d:", `has class "choice"`},
		{"ok that is none", "reasons:", "ok: OK_NO_REASON", "ok: NO_STATUS", "  no_reason_7d:", `has ok "NO_STATUS"`},
		{"over that goes on", "reasons:", "over: NO_WINDOW_PASSED", "over: NOT_YET", "  no_reason_7d:", `has over "NOT_YET"`},
		{"a window for no flag", "reasons:", "window_by: {fresh_perishable:", "window_by: {fresh:", "  damaged_in_transit:", "want a flag of categories"},
		{"unknown time zone", "values:", `"Asia/Shanghai"`, `"Asia/Peking"`, "", "values.timezone"},
		{"a component that is none", "values:", `"freight_paid"]`, `"freight"]`, "", "refund.amount_components"},
		{"a coupon paid out", "values:", `["coupon", "discount"]`, `["coupons"]`, "", "refund.exclude"},
		{"a switch with one position", "values:", "auto_after_agree: {value: true", "auto_after_agree: {value: false", "", "must be true"},
		{"two ways shown", "ui_paths:", "show: false", "show: true", "ui_paths:", `of the ui_paths for "apply" 2 are shown`},
		{"an empty bare ground", "bare_grounds:", `"拆封不退"`, `"。"`, "bare_grounds:", "empty phrase"},
		{"refused_if in one language", "evidence:", `refused_if: {zh: ["模糊", `, `refused_if: {zh: [`, "  defect_closeup:", "as many refused_if in both"},
		{"unknown key of a reason", "reasons:", "window: no_reason_days", "windows: no_reason_days", "", `unknown key "windows"`},
		{"reason without a name", "reasons:", `en: "7-day no-reason return"`, `en: ""`, "  no_reason_7d:", "reason no_reason_7d needs a zh and an en name"},
		{"duplicate reason", "reasons:", "  not_as_described:", "  no_reason_7d:", "", `reason "no_reason_7d" stands twice`},
		{"reason the program mentions is gone", "reasons:", "  wrong_item:", "  wrong_thing:", "reasons:", "reason wrong_item is missing"},
		{"unknown evidence kind of a reject code", "reject_codes:", "merchant_quality_proof", "merchant_proof", "", `reject_codes.MR03 names the unknown evidence kind "merchant_proof"`},
		{"unknown phase", "reject_codes:", "phase: return", "phase: returned", "", "reject_codes.MR11 needs zh, en and a phase"},
		{"unknown medium", "evidence:", "media: [image]", "media: [picture]", "  item_photo:", `evidence.item_photo names the unknown medium "picture"`},
		{"unknown party", "evidence:", "by: [buyer]", "by: [byer]", "  item_photo:", `evidence.item_photo names the unknown party "byer"`},
		{"category without a basis", "categories:", "basis: statutory", "basis: custom", "", "categories.custom_made needs zh, en and a basis"},
		{"clause without a text", "clauses:", "  owner:", "  ownr:", "clauses:", "clauses.owner needs a zh and an en text"},
		{"a slot that nothing fills", "  apply.fault_days:", "{days} 天", "{day} 天", "", "clauses.apply.fault_days has the slot {day}"},
		{"verdict code without a meaning", "codes:", "  NO_STATUS:", "  NO_STATE:", "codes:", "codes.NO_STATUS is missing"},
		{"verdict code nobody knows", "codes:", "  NO_STATUS:", "  NO_STATE:", "", "codes.NO_STATE is unknown"},
		{"version missing", "", `version: "2026.12"`, `version: ""`, "# The policy of Recourse", "version is missing"},
		{"not YAML", "values:", "{value: 7, unit: days", "{value: 7, unit: [", "", ""},
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
			if tc.stands != "" {
				from := max(0, strings.Index(text, "\n"+tc.under)) * min(1, len(tc.under))
				line = 1 + strings.Count(text[:from+strings.Index(text[from:], tc.stands)], "\n")
			}
			want := fmt.Sprintf("broken.yaml:%d: ", line)
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
		{"class: merchant_fault", "clas: merchant_fault"},      // an unknown key of a reason, which leaves it without a class
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
	if len(lines) != 6 || !slices.IsSorted(lines) {
		t.Errorf("want six mistakes in order, got lines %v:\n%v", lines, err)
	}
}

func TestAFileThatIsNoMappingIsRefusedWithoutAPanic(t *testing.T) {
	for _, text := range []string{"", "[]", "version: 1", "reasons: [a]", "values: 3", "values: {apply: []}", "reasons: {a: b}", "evidence: {x: 1}"} {
		if _, err := Parse("x.yaml", []byte(text)); err == nil || !strings.HasPrefix(err.Error(), "x.yaml:") {
			t.Errorf("%q: %v, want an error with its place", text, err)
		}
	}
}
