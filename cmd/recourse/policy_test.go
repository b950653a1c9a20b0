package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"recourse/cases/policy"
	"recourse/internal/redistest"
)

// policyFile writes the built-in policy with edits.
func policyFile(t *testing.T, edits ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(file, []byte(strings.NewReplacer(edits...).Replace(policy.Default().Source().Text)), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestPolicyCheckTellsErrorsFromWarnings(t *testing.T) {
	warned := policyFile(t, `review_typical: {value: "1-3"`, `review_typical: {value: "1-4"`)
	for _, tc := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"the built-in policy", []string{"default"}, 0, "valid, version"},
		{"a warning passes", []string{warned}, 0, "may escalate after 3"},
		{"a warning fails if told so", []string{"--strict", warned}, 1, "may escalate after 3"},
		{"a contradiction", []string{policyFile(t, "no_reason_days: {value: 7", "no_reason_days: {value: 30")}, 1, "error: apply.no_reason_days (30) is longer"},
		{"a typo", []string{policyFile(t, "no_reason_days:", "no_reson_days:")}, 1, "unknown key no_reson_days"},
	} {
		out, err := command(t, nil, append([]string{"policy", "check"}, tc.args...)...)
		if err != nil {
			out += err.Error()
		}
		if got := code(err); err == nil && tc.code != 0 || err != nil && got != tc.code {
			t.Errorf("%s: exit %d (%v), want %d\n%s", tc.name, got, err, tc.code, out)
		}
		if !strings.Contains(out, tc.says) {
			t.Errorf("%s: %q is not said\n%s", tc.name, tc.says, out)
		}
	}
}

func TestEverythingThePolicySaysHasWords(t *testing.T) {
	if found := unworded(policy.Default()); len(found) > 0 {
		t.Errorf("%v", found)
	}
	odd := *policy.Default()
	odd.Codes = map[policy.Code]string{"NO_SUCH": "x"}
	if found := unworded(&odd); len(found) != 2 || !strings.Contains(found[0].What, "verdict.NO_SUCH") {
		t.Errorf("%v", found)
	}
}

func TestPolicyExplainPrintsThePath(t *testing.T) {
	facts := filepath.Join(t.TempDir(), "facts.yaml")
	if err := os.WriteFile(facts, []byte("at: 2026-03-04 18:00\nline: {paid_goods_fen: 19900, status: signed, signed_at: 2026-03-02 15:20}\nreason: no_reason_7d\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := command(t, nil, "policy", "explain", facts)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"期限", "apply.no_reason_days F2-14", "until=2026-03-10 00:00:00", "NEED_INFO", "intact: 商品还完好吗"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
	out, err = command(t, nil, "policy", "explain", facts, "--answer", "intact=no", "--lang", "en")
	if err != nil || !strings.Contains(out, "verdict: not_eligible NO_NOT_INTACT") || !strings.Contains(out, "still open:") {
		t.Errorf("%v\n%s", err, out)
	}
	out, err = command(t, nil, "policy", "explain", "--json", "--reason", "spoiled_or_expired", "--status", "signed", "--signed", "2026-03-02 15:20",
		"--at", "2026-03-05 09:00", "--paid", "168", "--category", "fresh_perishable")
	var got struct {
		Verdict policy.Verdict
		Path    []policy.Step
	}
	if err != nil || json.Unmarshal([]byte(out), &got) != nil || got.Verdict.Code != policy.HumanAfterValidity || len(got.Path) < 8 {
		t.Errorf("%v: %+v\n%s", err, got.Verdict, out)
	}
	for name, args := range map[string][]string{
		"an unknown fact": {"--answer", "mood=yes"}, "neither yes nor no": {"--answer", "intact=perhaps"}, "a time that is none": {"--signed", "monday"},
		"no such file": {filepath.Join(t.TempDir(), "none.yaml")}, "no such policy": {"--policy", filepath.Join(t.TempDir(), "none.yaml")},
	} {
		if _, err := command(t, nil, append([]string{"policy", "explain"}, args...)...); err == nil || code(err) != 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPolicyDiffShowsWhoseVerdictChanges(t *testing.T) {
	after := policyFile(t, "no_reason_days: {value: 7", "no_reason_days: {value: 1")
	if out, err := command(t, nil, "policy", "diff", "default", "default"); err != nil || !strings.Contains(out, "18 judged, 0 changed") {
		t.Errorf("the same: %v\n%s", err, out)
	}
	out, err := command(t, nil, "policy", "diff", "default", after)
	if err == nil || code(err) != 1 || err.Error() != "" {
		t.Errorf("a change exits %d, %v", code(err), err)
	}
	for _, want := range []string{"Q19", "OK_NO_REASON no_reason_7d", "NO_WINDOW_PASSED no_reason_7d", "18 judged, 4 changed", "verdict 4"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
	out, err = command(t, nil, "policy", "diff", "--json", "default", after)
	var got struct {
		Judged, Changed int
		Changes         []policy.Change
	}
	if code(err) != 1 || json.Unmarshal([]byte(out), &got) != nil || got.Judged != 18 || got.Changed != 4 || len(got.Changes) != 4 {
		t.Errorf("%v: %+v", err, got)
	}
	for name, args := range map[string][]string{
		"a policy that is not there": {"default", filepath.Join(t.TempDir(), "none.yaml")}, "both sources": {"--cases", "--situations", "x", "default", after},
		"situations that are not there": {"--situations", filepath.Join(t.TempDir(), "none.yaml"), "default", after},
	} {
		if _, err := command(t, nil, append([]string{"policy", "diff"}, args...)...); err == nil || code(err) != 2 {
			t.Errorf("%s: exit %d, %v", name, code(err), err)
		}
	}
}

// Stored cases are judged again on the facts they were judged on, while the server runs.
func TestPolicyDiffOverStoredCases(t *testing.T) {
	t.Parallel()
	server := redistest.Server(t)
	w := newWorld(t, "--redis", server.URL())
	b := newBand(w, "zh-CN")
	for _, s := range bandStory[:6] {
		s.do(b)
	}
	draft := newBand(w, "en")
	for _, s := range bandStory[:3] {
		s.do(draft)
	}
	if status, _ := w.call(http.MethodGet, "/readyz", "", nil, nil); status != 200 {
		t.Fatal(status)
	}
	out, err := command(t, nil, "policy", "diff", "--cases", "--redis", server.URL(), "default", "default")
	if err != nil || !strings.Contains(out, "2 judged, 0 changed") {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err = command(t, nil, "policy", "diff", "--cases", "--redis", server.URL(), "default", policyFile(t, "fault_days: {value: 15", "fault_days: {value: 1"))
	if code(err) != 1 || !strings.Contains(out, b.id) || !strings.Contains(out, draft.id) || !strings.Contains(out, "HUMAN_AFTER_VALIDITY quality_defect") {
		t.Errorf("%v\n%s", err, out)
	}
}
