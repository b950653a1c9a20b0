package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"recourse/bot/replay/load"
)

func readLoad(t *testing.T, file string) load.Report {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var rep load.Report
	if err := json.Unmarshal(raw, &rep); err != nil {
		t.Fatal(err)
	}
	return rep
}

const loadSuite = `conversation: begins
langs: [zh, en]
fixture:
  clock: "2026-11-10 09:00"
  orders:
    - {order: o1, title: {zh: 智能手环, en: Smart band}, goods_fen: 19900, status: signed, signed: "2026-11-09 14:00", tags: [no_reason_7d]}
steps:
  - say: {zh: 手环充了一晚上电都开不了机，我要退款, en: "The band does not turn on, I want a refund"}
    expect: {buttons: [pick_order]}
  - press: pick_order
  - press: pick_reason
    args: {reason: quality_defect}
    expect: {state: draft}
---
conversation: waits
langs: [zh]
fixture:
  clock: "2026-11-10 09:00"
  orders: [{order: o1, title: {zh: 智能手环, en: Smart band}, goods_fen: 19900, status: signed, signed: "2026-11-09 14:00"}]
steps:
  - pass: 49h
    expect: {silent: true}
`

func TestConversationsArePlayedAsTraffic(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	dir := t.TempDir()
	suite, file := filepath.Join(dir, "s.yaml"), filepath.Join(dir, "load.json")
	if err := os.WriteFile(suite, []byte(loadSuite), 0o600); err != nil {
		t.Fatal(err)
	}
	out, code := ran(t, "load", "--suite", suite, "--against", "ws://"+w.addr, "--connections", "3", "--rounds", "4", "--json", file)
	if code != 0 || !strings.Contains(out, "8 conversations in") {
		t.Fatalf("exit %d:\n%s", code, out)
	}
	rep := readLoad(t, file)
	if rep.Conversations != 8 || rep.Messages != 24 || rep.Ack.N != 24 || rep.End.N != 24 || rep.First.N == 0 || rep.Errored+rep.Failed != 0 {
		t.Errorf("%+v", rep)
	}
	if rep.Ack.P50 <= 0 || rep.End.P99 < rep.End.P50 || rep.End.Max < rep.End.P99 || rep.End.P50 < rep.Ack.P50 {
		t.Errorf("times: %+v %+v", rep.Ack, rep.End)
	}
	if len(rep.Skipped) != 1 || rep.Skipped[0].N != 1 || !strings.Contains(rep.Skipped[0].What, "time passes") {
		t.Errorf("skipped: %+v", rep.Skipped)
	}

	broken := filepath.Join(dir, "b.yaml")
	if err := os.WriteFile(broken, []byte(strings.ReplaceAll(loadSuite, "state: draft", "state: refunded")), 0o600); err != nil {
		t.Fatal(err)
	}
	out, code = ran(t, "load", "--suite", broken, "--against", "ws://"+w.addr, "--connections", "2", "--rounds", "2", "--json", file)
	if rep := readLoad(t, file); code != 1 || rep.Failed != 4 || len(rep.Failures) != 2 || rep.Failures[0].N != 2 {
		t.Errorf("exit %d, %+v:\n%s", code, rep, out)
	}
}

func TestLoadSaysWhatIsMissing(t *testing.T) {
	for args, want := range map[string]int{
		"": exitUsage, "--suite testdata/against.yaml": exitUsage, "--suite testdata/against.yaml --against ws://127.0.0.1:1": exitUsage,
		"--suite testdata/against.yaml --against ws://x --connections 0": exitUsage, "--suite testdata/against.yaml --against ws://x --rounds -1": exitUsage,
	} {
		if out, code := ran(t, append([]string{"load"}, strings.Fields(args)...)...); code != want {
			t.Errorf("%q: exit %d:\n%s", args, code, out)
		}
	}
}
