package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"recourse/bot/replay"
	"recourse/bot/replay/suite"
	"recourse/dialog"
)

// toy is a lab of its own cases, whose stage answers a question with the topic that the question names.
type toy struct {
	cases []suite.Case
	err   error
	ask   func(ctx context.Context, q suite.Question) (replay.Answer, error)
	runs  *int
}

func (l toy) Load(*replayRun) ([]suite.Case, error) { return l.cases, l.err }

func (l toy) Open(context.Context, *replayRun) (replay.Stage, func() error, error) {
	if l.runs != nil {
		*l.runs++
	}
	return toyStage{l}, func() error { return nil }, nil
}

type toyStage struct{ toy }

func (toyStage) About() replay.About { return replay.About{Stage: "toy"} }

func (s toyStage) Ask(ctx context.Context, _ dialog.Locale, q suite.Question) (replay.Answer, error) {
	if s.ask != nil {
		return s.ask(ctx, q)
	}
	return replay.Answer{Decision: replay.Answers, Topic: dialog.Topic(q.Text)}, nil
}

func (toyStage) Open(context.Context, suite.Case, uint64) (replay.Seat, error) {
	return nil, errors.New("no conversations here")
}

func toyCase(id, text, topic string) suite.Case {
	return suite.Case{ID: id, Pos: suite.Pos{File: "toy.jsonl", Line: 3}, Locale: dialog.ZH, Tags: []string{"toy"}, Question: &suite.Question{Text: text, Topic: dialog.Topic(topic)}}
}

// replayWith runs "replay run" on a lab; it returns what was printed and the exit code.
func replayWith(t *testing.T, ctx context.Context, l lab, args ...string) (string, int) {
	t.Helper()
	var out bytes.Buffer
	cmd := replayRunCommand(l)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(append(args, t.TempDir()))
	cmd.SetOut(&out)
	cmd.SetErr(&out)
	err := cmd.ExecuteContext(ctx)
	if err == nil {
		return out.String(), 0
	}
	return out.String() + err.Error(), code(err)
}

func TestReplayExitCodes(t *testing.T) {
	good, bad := toyCase("good", "t", "t"), toyCase("bad", "u", "t")
	soft, pending := bad, bad
	soft.Tier, pending.Review = suite.Soft, suite.Pending
	fails := func(err error) func(context.Context, suite.Question) (replay.Answer, error) {
		return func(context.Context, suite.Question) (replay.Answer, error) { return replay.Answer{}, err }
	}
	n := 0
	flips := func(_ context.Context, q suite.Question) (replay.Answer, error) {
		n++
		return replay.Answer{Decision: replay.Answers, Topic: []dialog.Topic{"t", "u"}[n%2]}, nil
	}
	for _, tt := range []struct {
		name string
		lab  toy
		args string
		code int
		want string
	}{
		{"all pass", toy{cases: []suite.Case{good}}, "", 0, "1 case: 1 passed"},
		{"one fails", toy{cases: []suite.Case{bad, good}}, "", 1, "FAILED bad  toy.jsonl:3\n       u\n       topic\n         want t\n         got  answered by u"},
		{"enough pass", toy{cases: []suite.Case{bad, good}}, "--fail-under 0.5", 0, "1 failed"},
		{"too few pass", toy{cases: []suite.Case{bad, good}}, "--fail-under 0.51", 1, "50.00 % of 2 cases passed"},
		{"a soft one fails", toy{cases: []suite.Case{soft, good}}, "", 0, "bad  toy.jsonl:3 (soft, stops nothing)"},
		{"a pending one is left", toy{cases: []suite.Case{pending, good}}, "", 0, "skipped 1: nobody has reviewed it"},
		{"a pending one stops nothing", toy{cases: []suite.Case{pending, good}}, "--include-pending", 0, "(pending, stops nothing)"},
		{"one flips", toy{cases: []suite.Case{good}, ask: flips}, "--repeat 4", 1, "passed 2 of 4 times"},
		{"no case", toy{}, "", 2, "no case to play"},
		{"none fits", toy{cases: []suite.Case{good}}, "--filter tag:none", 2, "none of 1 fits the filter tag:none"},
		{"all skipped", toy{cases: []suite.Case{good}, ask: fails(replay.ErrCannot)}, "", 2, "all 1 cases were skipped"},
		{"the suite is broken", toy{err: errors.New("s.yaml:4: want a step")}, "", 2, "s.yaml:4: want a step"},
		{"twice the same id", toy{cases: []suite.Case{good, good}}, "", 2, "toy.jsonl:3 and toy.jsonl:3: two cases have the same id: good"},
		{"a case is broken", toy{cases: []suite.Case{bad}, ask: fails(replay.ErrSuite)}, "", 2, "1 case is broken and 0 others"},
		{"the stage fails", toy{cases: []suite.Case{bad}, ask: fails(errors.New("boom"))}, "--fail-under 0", 2, "boom"},
		{"a shard without cases", toy{cases: []suite.Case{good}}, "--shard 2/2", 0, "0 cases"},
		{"a filter that is none", toy{}, "--filter lang:fr", 3, "lang:fr"},
		{"a shard that is none", toy{}, "--shard 3/2", 3, "3/2"},
		{"a share that is none", toy{}, "--fail-under 95", 3, "--fail-under"},
		{"no repeats", toy{}, "--repeat 0", 3, "--repeat"},
		{"a file that is not there", toy{cases: []suite.Case{good}}, "/nowhere/suite.yaml", 3, "/nowhere/suite.yaml"},
		{"a file that cannot be written", toy{cases: []suite.Case{good}}, "--json /nowhere/run.json", 3, "/nowhere/run.json"},
		{"suites and what is held back", toy{}, "--held-back", 3, "leave the suites out"},
		{"watching to standard output", toy{}, "--watch --json -", 3, "--watch"},
	} {
		out, code := replayWith(t, t.Context(), tt.lab, strings.Fields(tt.args)...)
		if code != tt.code || !strings.Contains(out, tt.want) {
			t.Errorf("%s: exit %d, want %d and %q in:\n%s", tt.name, code, tt.code, tt.want, out)
		}
	}
}

func TestReplayInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	l := toy{cases: []suite.Case{toyCase("a", "u", "t"), toyCase("b", "t", "t"), toyCase("c", "t", "t")}, ask: func(ctx context.Context, q suite.Question) (replay.Answer, error) {
		if q.Text == "t" {
			cancel()
			return replay.Answer{}, ctx.Err()
		}
		return replay.Answer{Decision: replay.Answers, Topic: "u"}, nil
	}}
	file := filepath.Join(t.TempDir(), "run.json")
	out, code := replayWith(t, ctx, l, "--workers", "1", "--json", file)
	if code != 2 || !strings.Contains(out, "FAILED a") || !strings.Contains(out, "1 case until it was interrupted") {
		t.Errorf("exit %d:\n%s", code, out)
	}
	if run := readRun(t, file); run.Complete || len(run.Cases) != 1 {
		t.Errorf("%+v", run)
	}
}

func readRun(t *testing.T, file string) replay.Run {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	run, err := replay.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func TestReplayWritesWhatIsAskedFor(t *testing.T) {
	dir := t.TempDir()
	l := toy{cases: []suite.Case{toyCase("a", "u", "t"), toyCase("b", "t", "t")}}
	out, code := replayWith(t, t.Context(), l, "--json", filepath.Join(dir, "r.json"), "--junit", filepath.Join(dir, "r.xml"), "--html", filepath.Join(dir, "r.html"), "-q")
	if code != 1 || strings.Count(out, "\n") != 1 || !strings.Contains(out, "2 cases: 1 passed, 1 failed, in ") {
		t.Errorf("exit %d: %q", code, out)
	}
	if run := readRun(t, filepath.Join(dir, "r.json")); len(run.Cases) != 2 || run.Started.IsZero() {
		t.Errorf("%+v", run)
	}
	for name, want := range map[string]string{"r.xml": "<testsuite", "r.html": "<!doctype html>"} {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !strings.Contains(strings.ToLower(string(raw)), want) {
			t.Errorf("%s: %v, %.200s", name, err, raw)
		}
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 3 {
		t.Errorf("something is left over: %v, %v", files, err)
	}
	out, _ = replayWith(t, t.Context(), l, "--json", "-", "--no-times", "-q")
	if !strings.HasPrefix(out, `{"format":1,`) || !strings.Contains(out, "2 cases: 1 passed, 1 failed\n") || strings.Contains(out, "started") {
		t.Errorf("to standard output: %s", out)
	}
}

func TestTheBarTellsHowLongItTakes(t *testing.T) {
	for _, tt := range []struct {
		p    replay.Progress
		want string
	}{
		{replay.Progress{Total: 8}, "[                        ] 0/8"},
		{replay.Progress{Done: 2, Total: 8, Failed: 1, Elapsed: 4 * time.Second}, "[======                  ] 2/8, 1 failed, 12s left"},
		{replay.Progress{Done: 8, Total: 8, Elapsed: time.Second}, "[========================] 8/8"},
	} {
		if got := barLine(tt.p); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
	var w bytes.Buffer
	b := terminal{err: &w}.bar(false)
	b.show(replay.Progress{Done: 1, Total: 2, Elapsed: time.Hour})
	b.clear()
	if w.Len() > 0 {
		t.Errorf("no terminal, and yet: %q", w.String())
	}
	b = &bar{w: &w}
	b.show(replay.Progress{Done: 1, Total: 2, Elapsed: time.Second})
	b.show(replay.Progress{Done: 2, Total: 2, Elapsed: time.Second + barEvery/2})
	b.clear()
	if got := w.String(); strings.Count(got, "/2") != 1 || !strings.HasSuffix(got, strings.Repeat(" ", b.width)+"\r") {
		t.Errorf("%q", got)
	}
}

func TestWhatChangedSinceTheLastRun(t *testing.T) {
	one := func(topic dialog.Topic, text string, failures ...replay.Failure) replay.Run {
		r := replay.Result{ID: "a", Tier: suite.Regression, Status: replay.Passed, Trials: []replay.Trial{{
			Times: 1, Failures: failures, Answer: &replay.Answer{Decision: replay.Answers, Topic: topic, Said: []replay.Said{{Text: text}}},
		}}, Question: &replay.Asked{Text: "q", Topic: "t"}}
		if len(failures) > 0 {
			r.Status = replay.Failed
		}
		return replay.Run{Format: replay.Format, Repeat: 1, Complete: true, Cases: []replay.Result{r}}
	}
	good, worded, bad := one("t", "one"), one("t", "other"), one("u", "wrong", replay.Failure{What: "topic", Want: "t", Got: "u"})
	for _, tt := range []struct {
		was, is replay.Run
		want    []string
	}{
		{good, good, []string{"nothing changed"}},
		{bad, bad, []string{"nothing changed"}},
		{good, bad, []string{"BROKEN a", "one", "wrong"}},
		{bad, good, []string{"FIXED a"}},
		{good, worded, []string{"REWORDED a", "one", "other"}},
	} {
		var b bytes.Buffer
		writeSince(&b, tt.was, tt.is)
		for _, want := range tt.want {
			if !strings.Contains(b.String(), want) {
				t.Errorf("want %q in:\n%s", want, b.String())
			}
		}
	}
}

// lines is a writer that hands on each line.
type lines struct {
	c    chan string
	rest string
}

func (l *lines) Write(p []byte) (int, error) {
	l.rest += string(p)
	for {
		line, rest, ok := strings.Cut(l.rest, "\n")
		if !ok {
			return len(p), nil
		}
		l.rest = rest
		l.c <- line
	}
}

func TestWatchPlaysAgainWhenAFileChanges(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	file := filepath.Join(dir, "suite.yaml")
	write := func(s string) {
		if err := os.WriteFile(file, []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("u")
	// What a fixture names is watched too: the file stands beside the suite, and is no suite.
	brings := suite.Case{ID: "b", Pos: suite.Pos{File: filepath.Join(dir, "suite.yaml")}, Review: suite.Pending, Conversation: &suite.Conversation{Fixture: suite.Fixture{Policy: "../" + filepath.Base(other) + "/policy.yaml"}}}
	l := toy{cases: []suite.Case{toyCase("a", "t", "t"), brings}, ask: func(context.Context, suite.Question) (replay.Answer, error) {
		raw, err := os.ReadFile(file)
		return replay.Answer{Decision: replay.Answers, Topic: dialog.Topic(raw)}, err
	}}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out := &lines{c: make(chan string, 100)}
	ended := make(chan error)
	cmd := replayRunCommand(l)
	cmd.SetArgs([]string{"--watch", "-q", "--no-times", dir})
	cmd.SetOut(out)
	cmd.SetErr(out)
	go func() { ended <- cmd.ExecuteContext(ctx) }()
	next := func(want string) {
		t.Helper()
		for {
			select {
			case line := <-out.c:
				if strings.Contains(line, want) {
					return
				}
			case <-time.After(30 * time.Second):
				t.Fatalf("%q never comes", want)
			}
		}
	}
	next("1 failed")
	next("waiting")
	write("t")
	next("FIXED a")
	next("waiting")
	if err := os.WriteFile(filepath.Join(other, "policy.yaml"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	next("nothing changed")
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestASummaryIsNotEndless(t *testing.T) {
	var run replay.Run
	for i := range summaryFailures + 7 {
		run.Cases = append(run.Cases, replay.Result{ID: fmt.Sprintf("c%02d", i), Tier: suite.Soft, Status: replay.Failed, Tags: []string{"x"}})
	}
	run.Cases = append(run.Cases,
		replay.Result{ID: "last", Tier: suite.Regression, Status: replay.Failed, Tags: []string{"x", "y"}, Trials: []replay.Trial{{Times: 1, Failures: []replay.Failure{{Step: 3, Pos: suite.Pos{File: "s.yaml", Line: 9}, What: "says", Want: "W", Got: "G"}}}}},
		replay.Result{ID: "ok", Status: replay.Passed, Tags: []string{"y", "z"}})
	var b bytes.Buffer
	writeSummary(&b, run, false, false)
	out := b.String()
	for _, want := range []string{
		"FAILED last  \n       step 3, s.yaml:9  says\n         want W\n         got  G\n\nFAILED c00", "… and 8 more", "by tag, the worst first:\n     0.0 %  0 of 58  x\n    50.0 %  1 of 2  y\n   100.0 %  1 other tag\n",
		"59 cases until it was interrupted: 1 passed, 58 failed\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("want %q in:\n%s", want, out)
		}
	}
}
