package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"recourse/bot/replay"
)

func TestSuitesArePlayedAgainstARunningServer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	file := filepath.Join(t.TempDir(), "run.json")
	out, code := ran(t, "replay", "run", "testdata/against.yaml", "--against", "ws://"+w.addr, "--json", file)
	if code != 1 {
		t.Fatalf("exit %d:\n%s", code, out)
	}
	run := readRun(t, file)
	if run.About.Stage != "ws://"+w.addr+"/ws" || run.About.Policy == "" || run.About.FAQ == "" {
		t.Errorf("played on %+v", run.About)
	}
	by := map[string]replay.Result{}
	for _, c := range run.Cases {
		by[c.ID] = c
	}
	for id, want := range map[string]struct {
		status replay.Status
		why    string
	}{
		"whole/zh": {replay.Passed, ""}, "whole/en": {replay.Passed, ""}, "broken": {replay.Failed, ""},
		"scripted": {replay.Skipped, "scripts the model"}, "unseen": {replay.Skipped, "nothing of what it expects can be seen"},
	} {
		if c := by[id]; c.Status != want.status || !strings.Contains(c.Why, want.why) {
			t.Errorf("%s is %s (%s), want %s (%s); all:\n%s", id, c.Status, c.Why, want.status, want.why, out)
		}
	}
	if list := by["broken"].Trials; len(list) != 1 || len(list[0].Failures) != 2 || list[0].Failures[0].What != "topic" || !strings.Contains(list[0].Failures[0].Got, "pay-arrival") {
		t.Errorf("what is broken: %+v", list)
	}
	if list := by["whole/zh"].Trials; len(list) != 1 || list[0].Unseen["step"] != 1 {
		t.Errorf("what was not judged: %+v", list)
	}
	for _, want := range []string{"skipped 1: this stage cannot do that: the case scripts the model", "not judged, for they are not visible over the wire", "1 failed, 2 skipped"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in:\n%s", want, out)
		}
	}
}

// A server without --demo sets nothing up: what needs a fixture is skipped, and a run in which all is skipped says nothing.
func TestWithoutADemoFixturesAreSkipped(t *testing.T) {
	t.Parallel()
	system := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"lines":[]}`)) }))
	t.Cleanup(system.Close)
	const key = "a secret of at least thirty-two bytes"
	w := newWorld(t, "--demo=false", "--token-secret", key, "--orders-url", system.URL)
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte(key+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, code := ran(t, "replay", "run", "testdata/against.yaml", "--against", "ws://"+w.addr+"/ws", "--token-secret-file", secret)
	if code != 2 || !strings.Contains(out, "only a server with --demo sets up orders and cases") || !strings.Contains(out, "all 5 cases were skipped") {
		t.Errorf("exit %d:\n%s", code, out)
	}
	suite := filepath.Join(t.TempDir(), "q.csv")
	if err := os.WriteFile(suite, []byte("text,topic,accept,case_state\n转人工,cs-human,human,\n商家不处理,mer-no-response,,merchant_review\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, code = ran(t, "replay", "run", suite, "--against", "ws://"+w.addr, "--token-secret-file", secret)
	if code != 0 || !strings.Contains(out, "1 passed, 1 skipped") {
		t.Errorf("exit %d:\n%s", code, out)
	}
}

func TestAgainstIsRefusedWithWhatItCannotGoWith(t *testing.T) {
	for _, args := range []string{
		"--against http://127.0.0.1:1", "--against ws://127.0.0.1:1/?token=x", "--against ws://127.0.0.1:1 --store embedded",
		"--against ws://127.0.0.1:1 --policy x.yaml", "--against ws://127.0.0.1:1 --watch", "--token-secret-file x", "--against ws://127.0.0.1:1",
	} {
		if out, code := ran(t, append([]string{"replay", "run", "testdata/against.yaml"}, strings.Fields(args)...)...); code != exitUsage {
			t.Errorf("%s: exit %d:\n%s", args, code, out)
		}
	}
}

// ran is command with the exit code; what went wrong is the end of what was printed.
func ran(t *testing.T, args ...string) (string, int) {
	t.Helper()
	out, err := command(t, nil, args...)
	if err == nil {
		return out, 0
	}
	return out + err.Error(), code(err)
}
