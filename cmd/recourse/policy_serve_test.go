package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"recourse/cases/policy"
	"recourse/internal/redistest"
)

// The owner changes the rules while people are in the middle of their cases: two nodes take the file over, a filed
// case keeps the clocks of the policy that judged it, also after a restart, and a bad file changes nothing.
func TestThePolicyIsChangedUnderARunningServer(t *testing.T) {
	t.Parallel()
	server := redistest.Server(t)
	file := filepath.Join(t.TempDir(), "policy.yaml")
	declare := func(version string, edits ...string) {
		t.Helper()
		text := strings.NewReplacer(append(edits, `version: "`+policy.Default().Declared+`"`, `version: "`+version+`"`)...).Replace(policy.Default().Source().Text)
		if err := os.WriteFile(file+".new", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(file+".new", file); err != nil {
			t.Fatal(err)
		}
	}
	current := func() string {
		v, err := server.Client().Get(t.Context(), "{policy}:current").Result()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	declare("t1")
	first := newWorld(t, "--redis", server.URL(), "--policy", file)
	second := newWorld(t, "--redis", server.URL(), "--policy", file)
	b := newBand(first, "zh-CN")
	for _, s := range bandStory[:6] { // until it is filed
		s.do(b)
	}
	old := b.buyer.state.Case.Policy
	if !strings.HasPrefix(old, "t1-") {
		t.Fatalf("filed under %s", old)
	}

	declare("t2", "escalate_hours: {value: 48", "escalate_hours: {value: 960", "fault_days: {value: 15", "fault_days: {value: 14")
	until(t, "the changed file", func() bool { return strings.HasPrefix(current(), "t2-") })
	first.crash() // the node that judged the case forgets all it knew
	bandStory[6].do(b)
	_, raw := second.call("GET", "/api/merchant/cases/"+b.id, shopKey, nil, nil)
	v := view(t, raw)
	if left := time.Until(v.Deadlines["escalate_window"]); v.Policy != old || left < 47*time.Hour || left > 49*time.Hour {
		t.Errorf("refused under %s with %s to escalate, want 48 hours by %s", v.Policy, left, old)
	}

	other := newBand(second, "en") // a new draft, on the other node
	for _, s := range bandStory[:3] {
		s.do(other)
	}
	if now := other.buyer.state.Case.Policy; !strings.HasPrefix(now, "t2-") {
		t.Errorf("a new draft is judged by %s", now)
	}

	good := current()
	if err := os.WriteFile(file, []byte("version: t3\nvalus: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := first.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	if status, _ := first.call("GET", "/readyz", "", nil, nil); status != 200 || current() != good {
		t.Errorf("a bad file: %d, now by %s", status, current())
	}
	declare("t4")
	if err := second.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	until(t, "the file after SIGHUP", func() bool { return strings.HasPrefix(current(), "t4-") })
}
