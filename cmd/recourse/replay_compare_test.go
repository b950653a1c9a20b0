package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"recourse/bot/replay"
	"recourse/bot/replay/suite"
	"recourse/dialog"
)

// told is a question that passed in so many of its trials, and what it was answered with.
func told(id string, passed, of int, topic dialog.Topic, text string, p float64) replay.Result {
	r := replay.Result{
		ID: id, Pos: suite.Pos{File: "faq.jsonl", Line: 4}, Lang: dialog.ZH, Tags: []string{"运费"}, Tier: suite.Regression, Status: replay.Flaky,
		Question: &replay.Asked{Text: "退货运费谁出", Topic: "freight"},
	}
	a := &replay.Answer{
		Decision: replay.Answers, Topic: topic, Confidence: p, Ranked: []replay.Ranked{{Topic: topic, P: p}},
		Said: []replay.Said{{By: dialog.FromBot, Kind: dialog.Text, Text: text}},
	}
	if passed > 0 {
		r.Trials = append(r.Trials, replay.Trial{Times: passed, Outcome: replay.Right, Answer: a})
	}
	if passed < of {
		r.Trials = append(r.Trials, replay.Trial{Times: of - passed, Outcome: replay.Wrong, Answer: a, Failures: []replay.Failure{
			{Pos: r.Pos, What: "topic", Want: "freight", Got: "answered by " + string(topic)},
		}})
	}
	switch passed {
	case of:
		r.Status = replay.Passed
	case 0:
		r.Status = replay.Failed
	}
	return r
}

// chat is a conversation of two steps that failed on the second, or not.
func chat(id, text string, holder dialog.Holder, failures ...replay.Failure) replay.Result {
	view := func(text string) replay.View {
		return replay.View{Holder: holder, Said: []replay.Said{{By: dialog.FromBot, Kind: dialog.Text, Text: text}}}
	}
	r := replay.Result{ID: id, Pos: suite.Pos{File: "late.yaml", Line: 1}, Lang: dialog.ZH, Tier: suite.Regression, Status: replay.Passed, Input: "i"}
	if len(failures) > 0 {
		r.Status = replay.Failed
	}
	r.Trials = []replay.Trial{{Times: 1, Views: []replay.View{view("您好"), view(text)}, Failures: failures}}
	return r
}

func runWith(repeat int, answers string, cases ...replay.Result) replay.Run {
	return replay.Run{
		Format: replay.Format, About: replay.About{Stage: "process", Policy: "2026-11", FAQ: answers}, Seed: 1, Repeat: repeat, Complete: true, Cases: cases,
	}
}

const (
	sellerPays = "质量问题由商家承担运费。"
	youPay     = "七天无理由由您承担。\n有运费险时由保险赔付。"
)

func twoRuns() (before, after replay.Run) {
	skipped := told("q/skipped", 0, 0, "", "", 0)
	skipped.Status, skipped.Why = replay.Skipped, "this stage cannot do that"
	soft := told("q/soft", 0, 1, "refund", youPay, 0.7)
	soft.Tier = suite.Soft
	edited := told("q/edited", 0, 1, "refund", youPay, 0.7)
	edited.Question = &replay.Asked{Text: "运费险怎么赔", Topic: "freight"}
	before = runWith(1, "f1", chat("late/acts", "请稍等", "bot"), chat("late/zh", "您可以申请平台介入", "bot"),
		told("q/broken", 1, 1, "freight", sellerPays, 0.91), told("q/drift", 1, 1, "freight", sellerPays, 0.9), told("q/edited", 1, 1, "freight", sellerPays, 0.9),
		told("q/fixed", 0, 1, "refund", youPay, 0.5), told("q/gone", 1, 1, "freight", sellerPays, 0.9), told("q/known", 0, 1, "refund", youPay, 0.5),
		told("q/moved", 1, 1, "freight", sellerPays, 0.9), told("q/same", 1, 1, "freight", sellerPays, 0.9), told("q/skipped", 1, 1, "freight", sellerPays, 0.9),
		told("q/soft", 1, 1, "freight", sellerPays, 0.9), told("q/words1", 1, 1, "freight", sellerPays, 0.9), told("q/words2", 1, 1, "freight", sellerPays, 0.9))
	after = runWith(1, "f2", chat("late/acts", "请稍等", "waiting_human"),
		chat("late/zh", "抱歉", "bot", replay.Failure{Step: 2, Pos: suite.Pos{File: "late.yaml", Line: 9}, What: "says", Want: "平台介入", Got: "抱歉"}),
		told("q/broken", 0, 1, "refund", youPay, 0.62), told("q/drift", 1, 1, "freight", sellerPays, 0.7), edited,
		told("q/fixed", 1, 1, "freight", sellerPays, 0.8), told("q/known", 0, 1, "refund", youPay, 0.5), told("q/moved", 1, 1, "freight.who", sellerPays, 0.9),
		told("q/new", 1, 1, "freight", sellerPays, 0.9), told("q/same", 1, 1, "freight", sellerPays, 0.91), skipped, soft,
		told("q/words1", 1, 1, "freight", "运费由商家出。", 0.9), told("q/words2", 1, 1, "freight", "运费由商家出。", 0.9))
	return before, after
}

// flipping are runs of ten trials each.
func flipping() (before, after replay.Run) {
	before = runWith(10, "f1", told("q/flips", 8, 10, "freight", sellerPays, 0.9), told("q/new-flips", 10, 10, "freight", sellerPays, 0.9), told("q/worse", 9, 10, "freight", sellerPays, 0.9))
	after = runWith(10, "f2", told("q/flips", 7, 10, "freight", sellerPays, 0.9), told("q/new-flips", 9, 10, "freight", sellerPays, 0.9), told("q/worse", 1, 10, "freight", sellerPays, 0.9))
	after.Shard = "1/1"
	return before, after
}

func keepRun(t *testing.T, r replay.Run) string {
	t.Helper()
	return keepFile(t, func(w io.Writer) error { return replay.Write(w, r) })
}

func keepBaseline(t *testing.T, r replay.Run) string {
	t.Helper()
	b, _, err := replay.Bless(nil, r)
	if err != nil {
		t.Fatal(err)
	}
	return keepFile(t, func(w io.Writer) error { return replay.WriteBaseline(w, b) })
}

func keepFile(t *testing.T, write func(io.Writer) error) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file.json")
	if err := writeAt(name, write); err != nil {
		t.Fatal(err)
	}
	return name
}

// runs a command; it returns what was printed, with the error, and the exit code.
func runs(t *testing.T, cmd *cobra.Command, args ...string) (string, int) {
	t.Helper()
	var out bytes.Buffer
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(args)
	cmd.SetOut(&out)
	cmd.SetErr(&out)
	err := cmd.ExecuteContext(t.Context())
	if err == nil {
		return out.String(), 0
	}
	return out.String() + err.Error() + "\n", code(err)
}

func TestCompareText(t *testing.T) {
	before, after := twoRuns()
	flipsBefore, flipsAfter := flipping()
	for _, tt := range []struct {
		name     string
		old, new string
		code     int
	}{
		{"runs", keepRun(t, before), keepRun(t, after), 0},
		{"baseline", keepBaseline(t, before), keepRun(t, after), 2},
		{"flips", keepBaseline(t, flipsBefore), keepRun(t, flipsAfter), 1},
		{"same", keepBaseline(t, before), keepRun(t, before), 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, exit := runs(t, replayCompareCommand(), tt.old, tt.new)
			if exit != tt.code {
				t.Errorf("exit %d, want %d", exit, tt.code)
			}
			file := filepath.Join("testdata", "replay_compare", tt.name+".golden")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestCompareWritesJSONAndAPage(t *testing.T) {
	before, after := twoRuns()
	page := filepath.Join(t.TempDir(), "page.html")
	out, exit := runs(t, replayCompareCommand(), keepRun(t, before), keepRun(t, after), "--html", page, "--json", page+".json")
	if exit != 0 {
		t.Fatal(out)
	}
	raw, err := os.ReadFile(page + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var c replay.Comparison
	if err := json.Unmarshal(raw, &c); err != nil || c.Count[replay.Broke] != 4 || c.Changes[0].Kind != replay.Broke || c.Changes[0].New.View == nil {
		t.Errorf("%v %s", err, raw)
	}
	html, err := os.ReadFile(page)
	if err != nil || !bytes.Contains(html, []byte(`"compared":{"old":`)) {
		t.Errorf("the page holds no comparison: %v", err)
	}
}

func TestCompareRefusesOtherFiles(t *testing.T) {
	before, _ := twoRuns()
	run, base := keepRun(t, before), keepBaseline(t, before)
	other := keepFile(t, func(w io.Writer) error { _, err := io.WriteString(w, `{"baseline":9,"cases":[]}`); return err })
	for _, tt := range []struct {
		args string
		code int
		want string
	}{
		{run, 3, "give two files"},
		{run + " " + base, 3, "is a baseline; a run is wanted"},
		{run + " /nowhere.json", 3, "/nowhere.json"},
		{other + " " + run, 2, "it has format 9"},
		{run + " " + run + " --drift 5", 3, "--drift"},
	} {
		if out, exit := runs(t, replayCompareCommand(), strings.Fields(tt.args)...); exit != tt.code || !strings.Contains(out, tt.want) {
			t.Errorf("%s: exit %d, %s", tt.args, exit, out)
		}
	}
}

func TestBlessWritesOnlyWhatItIsToldTo(t *testing.T) {
	before, after := twoRuns()
	file := filepath.Join(t.TempDir(), "baseline.json")
	read := func() string {
		raw, err := os.ReadFile(file)
		if err != nil {
			return err.Error()
		}
		return string(raw)
	}
	old, run := keepRun(t, before), keepRun(t, after)
	if out, exit := runs(t, replayBlessCommand(), old, "--baseline", file, "--dry-run"); exit != 0 || !strings.Contains(out, "14 cases") || !strings.Contains(read(), "no such file") {
		t.Fatalf("%d %s", exit, out)
	}
	if out, exit := runs(t, replayBlessCommand(), old, "--baseline", file); exit != 0 || !strings.Contains(out, "accepts   q/known  new, failed 0/1") || !strings.Contains(out, "holds 14 cases") {
		t.Fatalf("%d %s", exit, out)
	}
	first := read()
	if out, exit := runs(t, replayBlessCommand(), old, "--baseline", file); exit != 0 || !strings.HasSuffix(out, "holds this already\n") || read() != first {
		t.Fatalf("%d %s", exit, out)
	}
	out, exit := runs(t, replayBlessCommand(), run, "--baseline", file)
	if exit != 2 || !strings.Contains(out, "q/gone is in the baseline and not in the run: if that is meant, --drop q/gone") || read() != first {
		t.Fatalf("%d %s", exit, out)
	}
	out, exit = runs(t, replayBlessCommand(), run, "--baseline", file, "--drop", "q/gone")
	for _, want := range []string{"accepts   late/zh  passed 1/1 → failed 0/1", "drops     q/gone", "holds     q/fixed", "adds      q/new", "redirects q/moved", "rewords   q/words1", "keeps     q/skipped"} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not tell %q:\n%s", want, out)
		}
	}
	if exit != 0 || read() == first {
		t.Fatalf("%d %s", exit, out)
	}
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, exit := runs(t, replayBlessCommand(), run, "--baseline", file); exit != 2 || !strings.Contains(out, "is not overwritten") || read() != "{" {
		t.Errorf("%d %s", exit, out)
	}
	if out, exit := runs(t, replayBlessCommand(), run); exit != 3 || !strings.Contains(out, "--baseline") {
		t.Errorf("%d %s", exit, out)
	}
}

func TestRunAgainstABaseline(t *testing.T) {
	good, bad := toyCase("good", "t", "t"), toyCase("bad", "u", "t")
	dir := t.TempDir()
	run, base := filepath.Join(dir, "run.json"), filepath.Join(dir, "base.json")
	both := toy{cases: []suite.Case{good, bad}}
	if out, exit := replayWith(t, t.Context(), both, "--json", run); exit != 1 {
		t.Fatal(out)
	}
	if out, exit := runs(t, replayBlessCommand(), run, "--baseline", base); exit != 0 {
		t.Fatal(out)
	}
	kept, err := os.ReadFile(base)
	if err != nil {
		t.Fatal(err)
	}
	breaks := func(_ context.Context, q suite.Question) (replay.Answer, error) {
		return replay.Answer{Decision: replay.Answers, Topic: "x"}, nil
	}
	for _, tt := range []struct {
		name string
		lab  toy
		args string
		code int
		want string
	}{
		{"what failed goes on failing", both, "", 0, "gate: 0 new failures, 0 soft, 0 unreliable; exit 0"},
		{"a case broke", toy{cases: both.cases, ask: breaks}, "", 1, "[broken] good  toy.jsonl:3  passed 1/1, now 0/1"},
		{"a case vanished", toy{cases: []suite.Case{good}}, "", 2, "[vanished] bad"},
		{"a case that was filtered", both, "--filter good", 0, "1 not asked for"},
		{"a share besides", both, "--fail-under 0.5", 3, "give one of them"},
		{"quiet", toy{cases: both.cases, ask: breaks}, "-q", 1, "1 new failure against the baseline"},
	} {
		out, exit := replayWith(t, t.Context(), tt.lab, append(strings.Fields(tt.args), "--baseline", base)...)
		if exit != tt.code || !strings.Contains(out, tt.want) {
			t.Errorf("%s: exit %d, want %d and %q:\n%s", tt.name, exit, tt.code, tt.want, out)
		}
	}
	if now, err := os.ReadFile(base); err != nil || !bytes.Equal(now, kept) {
		t.Errorf("a run changed the baseline: %v", err)
	}
	if out, exit := replayWith(t, t.Context(), both, "--baseline", run); exit != 2 || !strings.Contains(out, "it is a run; bless it first") {
		t.Errorf("exit %d: %s", exit, out)
	}
	if out, exit := replayWith(t, t.Context(), both, "--baseline", dir+"/none"); exit != 3 {
		t.Errorf("exit %d: %s", exit, out)
	}
}

func TestRescoreJudgesAnewWithoutPlaying(t *testing.T) {
	good, bad := toyCase("good", "t", "t"), toyCase("bad", "u", "t")
	run := filepath.Join(t.TempDir(), "run.json")
	if out, exit := replayWith(t, t.Context(), toy{cases: []suite.Case{good, bad}}, "--json", run, "--no-times"); exit != 1 {
		t.Fatal(out)
	}
	under := func(cases ...suite.Case) func(*replayRun) ([]suite.Case, error) {
		return func(*replayRun) ([]suite.Case, error) { return cases, nil }
	}
	mended, other := bad, toyCase("bad", "v", "t")
	mended.Question = &suite.Question{Text: "u", Topic: "u"}
	again := filepath.Join(t.TempDir(), "again.json")
	for _, tt := range []struct {
		name  string
		cases []suite.Case
		code  int
		want  string
	}{
		{"as before", []suite.Case{good, bad}, 1, "2 cases: 1 passed, 1 failed"},
		{"expected otherwise", []suite.Case{good, mended}, 0, "2 cases: 2 passed"},
		{"another question", []suite.Case{good, other}, 0, "skipped 1: what is played has changed since this run"},
		{"no case", nil, 2, "no case to play"},
	} {
		out, exit := runs(t, replayRescoreCommand(under(tt.cases...)), run, t.TempDir(), "--json", again)
		if exit != tt.code || !strings.Contains(out, tt.want) {
			t.Errorf("%s: exit %d, want %d and %q:\n%s", tt.name, exit, tt.code, tt.want, out)
		}
		if tt.name == "as before" {
			was, err1 := os.ReadFile(run)
			is, err2 := os.ReadFile(again)
			if err1 != nil || err2 != nil || !bytes.Equal(was, is) {
				t.Errorf("under the same cases another run: %v %v %s", err1, err2, cmp.Diff(string(was), string(is)))
			}
		}
	}
	fails := func(*replayRun) ([]suite.Case, error) { return nil, fmt.Errorf("s.yaml:4: want a step") }
	if out, exit := runs(t, replayRescoreCommand(fails), run, t.TempDir()); exit != 2 || !strings.Contains(out, "s.yaml:4") {
		t.Errorf("%d %s", exit, out)
	}
	if out, exit := runs(t, replayRescoreCommand(under(good, mended)), run, "/nowhere"); exit != 3 {
		t.Errorf("%d %s", exit, out)
	}
}
