package policy

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// domainPolicy is the product owner's policy as data (testdata/domain_policy.json).
type domainPolicy struct {
	Values map[string]struct {
		Value any      `json:"value"`
		Unit  string   `json:"unit"`
		Basis string   `json:"basis"`
		Facts []string `json:"facts"`
	} `json:"values"`
	Codes []struct {
		Code    Code   `json:"code"`
		Verdict Kind   `json:"verdict"`
		Meaning string `json:"meaning"`
	} `json:"verdict_codes"`
	Evidence []struct {
		ID       EvidenceKind `json:"id"`
		ZH       string       `json:"zh"`
		EN       string       `json:"en"`
		Media    []string     `json:"media"`
		MustShow []string     `json:"must_show"`
		RejectIf []string     `json:"reject_if"`
		Facts    []string     `json:"facts"`
		Party    string       `json:"party"`
	} `json:"evidence"`
	Reasons []struct {
		ID         ReasonID `json:"id"`
		Class      string   `json:"klass"`
		Status     []string `json:"status"`
		Window     string   `json:"window"`
		Types      []string `json:"types"`
		Freight    string   `json:"freight"`
		Required   []string `json:"req"`
		Optional   []string `json:"opt"`
		AfterAgree []string `json:"after_agree"`
		Facts      []string `json:"facts"`
	} `json:"reasons"`
}

func domain(t *testing.T) domainPolicy {
	t.Helper()
	raw, err := os.ReadFile("testdata/domain_policy.json")
	if err != nil {
		t.Fatal(err)
	}
	var d domainPolicy
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// What default.yaml says otherwise than the domain, and why. An entry that is no deviation any more fails.
var deviations = map[string]string{
	"value calendar.workdays":             "builtin instead of a file name: the program carries the table; a file beside the policy may add to it",
	"value merchant.review_typical":       "the figure alone, in workdays: each language puts its own words around it",
	"value evidence.video":                "three values (max_videos, max_video_seconds, max_video_mib) with units, so that code can go by them",
	"value evidence.types":                "and application/pdf, which inspection_report and merchant_quality_proof allow (§2.3)",
	"value apply.max_rejections_per_line": "ours by key: the note of apply.max_attempts_per_line says that after 2 rejections only escalation is left",
	"value merchant.fast_hard_hours":      "ours by key: the note of merchant.review_profile names 24 h and 48 h",
	"value handoff.after_failed_turns":    "two: whoever was not understood twice in a row is not asked to say it a third time",
	"value logistics.stalled_hours":       "§2.4 not_received says 72 h; as a value it can be changed",
	"status *":                            "completed is signed and past the marketplace's confirmation; it counts as signed",
	"window not_received":                 "none: the condition trace=moving says from when, and there is no upper limit while unsigned",
	"window late_shipment":                "none: the condition ship_promise says from when",
	"window unshipped_cancel":             "none: the status says until when",
	"window spoiled_or_expired":           "shelf_life, and fresh_hours for fresh_perishable (window_by)",
	"window counterfeit":                  "fault_days; later the complaint and the regulator are named (after_over)",
	"window price_difference":             "none: the period of price protection is the price protection's own; it is never a refund",
	"window freight_only":                 "after_return: apply.fault_days from the return",
	"freight damaged_in_transit":          "merchant; that he recovers it from the courier is between them",
	"freight no_reason_7d":                "freight.no_reason and freight.insurance_first say the same as values",
	"freight agreed_with_merchant":        "as agreed: nothing to compute",
	"freight other":                       "not stated by the domain",
}

func TestDefaultFileAgreesWithTheDomainOnValues(t *testing.T) {
	d, used := domain(t), map[string]bool{}
	ours := map[string]bool{}
	Default().Values.each(func(_, key, unit string, field reflect.Value) {
		ours[key] = true
		v, ok := d.Values[key]
		if !ok { // a value that the domain leaves open is ours, and says so
			if field.FieldByName("Basis").String() != "ours" {
				deviates(t, used, "value "+key)
			}
			return
		}
		got := fmt.Sprint(field.FieldByName("V").Interface())
		if n, isFloat := v.Value.(float64); isFloat {
			v.Value = strconv.FormatFloat(n, 'f', -1, 64)
		}
		same := got == fmt.Sprint(v.Value) && field.FieldByName("Basis").String() == v.Basis &&
			fmt.Sprint(field.FieldByName("Facts").Interface()) == fmt.Sprint(v.Facts) && strings.HasPrefix(v.Unit, unit)
		if !same {
			deviates(t, used, "value "+key)
		}
	})
	for key := range d.Values {
		if !ours[key] {
			deviates(t, used, "value "+key)
		}
	}
	unused(t, used, "value ")
}

func TestDefaultFileAgreesWithTheDomainOnVerdicts(t *testing.T) {
	d, p := domain(t), Default()
	if len(d.Codes) != len(allCodes) {
		t.Errorf("%d verdict codes, the domain has %d", len(allCodes), len(d.Codes))
	}
	for _, c := range d.Codes {
		if kinds[c.Code] != c.Verdict || p.Codes[c.Code] != c.Meaning {
			t.Errorf("%s is %s %q, want %s %q", c.Code, kinds[c.Code], p.Codes[c.Code], c.Verdict, c.Meaning)
		}
	}
}

// The English labels are words for buyers and may be shorter than the domain's descriptions.
func TestDefaultFileAgreesWithTheDomainOnEvidence(t *testing.T) {
	d, p := domain(t), Default()
	if len(d.Evidence) != len(p.Evidence) {
		t.Errorf("%d kinds, the domain has %d", len(p.Evidence), len(d.Evidence))
	}
	for _, e := range d.Evidence {
		got := p.Evidence[e.ID]
		for what, pair := range map[string][2]any{
			"zh": {got.ZH, e.ZH}, "media": {got.Media, e.Media}, "must show": {got.MustShow.EN, e.MustShow},
			"refused if": {slices.Concat([]string{}, got.RefusedIf.EN), e.RejectIf}, "by": {strings.Join(got.By, "|"), e.Party}, "facts": {got.Facts, e.Facts},
		} {
			if fmt.Sprint(pair[0]) != fmt.Sprint(pair[1]) {
				t.Errorf("%s, %s: %v, want %v", e.ID, what, pair[0], pair[1])
			}
		}
		if len(got.MustShow.ZH) == 0 || len(got.RefusedIf.ZH) != len(e.RejectIf) {
			t.Errorf("%s: %d reasons to refuse it in Chinese, want %d", e.ID, len(got.RefusedIf.ZH), len(e.RejectIf))
		}
	}
}

var inBrackets = regexp.MustCompile(`\([^)]*\)`)

func TestDefaultFileAgreesWithTheDomainOnReasons(t *testing.T) {
	d, p, used := domain(t), Default(), map[string]bool{}
	if len(d.Reasons) != len(p.Reasons) || len(reasonIDs) != len(d.Reasons) {
		t.Errorf("%d reasons, the domain has %d", len(p.Reasons), len(d.Reasons))
	}
	for i, r := range d.Reasons {
		got := p.Reasons[r.ID]
		if p.Order[i] != r.ID {
			t.Errorf("reason %d is %s, want %s", i, p.Order[i], r.ID)
		}
		var status []string // of the domain, with completed where signed is
		for _, s := range r.Status {
			status = append(status, strings.TrimSpace(inBrackets.ReplaceAllString(s, "")))
		}
		if slices.Contains(status, "signed") && !slices.Contains(status, "completed") {
			deviates(t, used, "status *")
			status = append(status, "completed")
		}
		have := make([]string, len(got.Status))
		for k, s := range got.Status {
			have[k] = string(s)
		}
		slices.Sort(have)
		slices.Sort(status)
		if !slices.Equal(have, status) {
			t.Errorf("%s: status %v, want %v", r.ID, have, status)
		}
		if got.Class != r.Class {
			t.Errorf("%s: class %s, want %s", r.ID, got.Class, r.Class)
		}
		if window := strings.TrimSpace(inBrackets.ReplaceAllString(r.Window, "")); got.Window != window {
			deviates(t, used, "window "+string(r.ID))
		}
		var types, decided []RefundType
		for _, s := range r.Types {
			name := RefundType(inBrackets.ReplaceAllString(s, ""))
			if strings.Contains(s, "ruling") {
				decided = append(decided, name)
			} else {
				types = append(types, name)
			}
		}
		if !slices.Equal(got.Types, types) || !slices.Equal(got.ByDecision, decided) {
			t.Errorf("%s: types %v, by decision %v, want %v and %v", r.ID, got.Types, got.ByDecision, types, decided)
		}
		if payer := map[string]string{"merchant_fault": "merchant", "none": "n/a", "no_reason": "buyer"}[got.Freight]; !strings.HasPrefix(r.Freight, payer) || payer != r.Freight && !strings.HasPrefix(r.Freight, "n/a") {
			deviates(t, used, "freight "+string(r.ID))
		}
		var required []string
		for _, row := range got.Required {
			names := make([]string, len(row))
			for k, kind := range row {
				names[k] = string(kind)
			}
			if required = append(required, strings.Join(names, ",")); len(row) > 1 {
				required[len(required)-1] = "any_of(" + strings.Join(names, ",") + ")"
			}
		}
		for _, k := range got.Auto {
			required = append(required, string(k)+"|auto")
		}
		slices.Sort(required)
		want := slices.Sorted(slices.Values(r.Required))
		if !slices.Equal(required, want) {
			t.Errorf("%s: required %v, want %v", r.ID, required, want)
		}
		if fmt.Sprint(got.Optional) != fmt.Sprint(r.Optional) || fmt.Sprint(got.AfterAgree) != fmt.Sprint(r.AfterAgree) || fmt.Sprint(got.Facts) != fmt.Sprint(r.Facts) {
			t.Errorf("%s: optional %v, after agreement %v, facts %v; want %v, %v, %v", r.ID, got.Optional, got.AfterAgree, got.Facts, r.Optional, r.AfterAgree, r.Facts)
		}
	}
	unused(t, used, "status ", "window ", "freight ")
}

// The table of §2.6: phase, and whether a refusal needs evidence.
func TestRejectCodesAgreeWithTheDomain(t *testing.T) {
	want := map[string]string{
		"MR01": "application Y", "MR02": "application Y", "MR03": "application Y", "MR04": "application N", "MR05": "application N",
		"MR06": "application Y", "MR07": "application Y", "MR08": "application Y", "MR11": "return N", "MR12": "return Y", "MR13": "return Y", "MR14": "return Y",
	}
	got := map[string]string{}
	for code, r := range Default().Rejects {
		got[code] = r.Phase + " N"
		if len(r.Evidence) > 0 {
			got[code] = r.Phase + " Y"
		}
		for _, k := range r.Evidence {
			if !slices.Contains(Default().Evidence[k].By, "merchant") && k != "chat_screenshot" {
				t.Errorf("%s wants %s, which a merchant cannot give", code, k)
			}
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for text, bare := range map[string]bool{"已签收视为无误": true, "“已签收视为无误”！": true, "拆封不退。": true, "已签收视为无误，视频显示外观完好": false, "": false} {
		if Default().BareGround(text) != bare {
			t.Errorf("%q is a bare ground: %v, want %v", text, !bare, bare)
		}
	}
}

// The registry of §2.7.
func TestOneWayIsShownForEachThing(t *testing.T) {
	for what, want := range map[string]string{
		"apply": "我 > 我的订单 > 选订单 > 申请退货/退款", "escalate": "订单详情 > 申请平台介入", "complaint": "我 > 帮助与反馈 > 订单问题",
	} {
		if u, ok := Default().UIPath(what); !ok || u.ZH != want || len(u.Facts) == 0 {
			t.Errorf("%s: %+v, want %s", what, u, want)
		}
	}
	if _, ok := Default().UIPath("nothing"); ok {
		t.Error("there is a way to nothing")
	}
	if n := len(Default().UIPaths); n != 13 {
		t.Errorf("%d ways, the domain has 13", n)
	}
}

func deviates(t *testing.T, used map[string]bool, key string) {
	t.Helper()
	used[key] = true
	if deviations[key] == "" {
		t.Errorf("%s is not as in the domain, and no reason is given", key)
	}
}

func unused(t *testing.T, used map[string]bool, prefixes ...string) {
	t.Helper()
	for key := range deviations {
		for _, p := range prefixes {
			if strings.HasPrefix(key, p) && !used[key] {
				t.Errorf("%s is as in the domain; take it off the list", key)
			}
		}
	}
}
