package replay_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recourse/bot/replay"
	"recourse/bot/replay/suite"
	"recourse/dialog"
)

// echo is a stage that says the seed of the conversation and what it was told, or what do makes of a step.
type echo struct {
	do  func(ctx context.Context, c suite.Case, seed uint64, s suite.Step) (replay.View, error)
	ask func(ctx context.Context, q suite.Question) (replay.Answer, error)

	mu   sync.Mutex
	open int
}

func (e *echo) About() replay.About { return replay.About{Stage: "echo", Policy: "p", FAQ: "f"} }

func (e *echo) Ask(ctx context.Context, _ dialog.Locale, q suite.Question) (replay.Answer, error) {
	if e.ask != nil {
		return e.ask(ctx, q)
	}
	return replay.Answer{Decision: replay.Answers, Topic: dialog.Topic(q.Text)}, nil
}

func (e *echo) Open(_ context.Context, c suite.Case, seed uint64) (replay.Seat, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.open++
	return &echoSeat{e: e, c: c, seed: seed}, nil
}

type echoSeat struct {
	e    *echo
	c    suite.Case
	seed uint64
}

func (s *echoSeat) Play(ctx context.Context, step suite.Step) (replay.View, error) {
	if s.e.do != nil {
		return s.e.do(ctx, s.c, s.seed, step)
	}
	return says(fmt.Sprintf("%s of %x", step.Say.ZH, s.seed)), nil
}

func (s *echoSeat) Close() error {
	s.e.mu.Lock()
	defer s.e.mu.Unlock()
	s.e.open--
	return nil
}

func question(id string, wanted, text dialog.Topic) suite.Case {
	return suite.Case{ID: id, Locale: dialog.ZH, Question: &suite.Question{Text: string(text), Topic: wanted}}
}

func talk(id string, lines ...string) suite.Case {
	c := suite.Case{ID: id, Locale: dialog.ZH, Conversation: &suite.Conversation{}}
	for i, l := range lines {
		c.Conversation.Steps = append(c.Conversation.Steps, suite.Step{
			Pos: suite.Pos{File: "s.yaml", Line: i + 2}, Say: &suite.Said{ZH: l}, Expect: &suite.Expect{Says: texts(l)},
		})
	}
	return c
}

func play(t *testing.T, stage *echo, o replay.Options, cases ...suite.Case) replay.Run {
	t.Helper()
	run, err := replay.Play(t.Context(), stage, cases, o)
	if err != nil {
		t.Fatal(err)
	}
	if stage.open != 0 {
		t.Errorf("%d seats are still open", stage.open)
	}
	return run
}

func statuses(r replay.Run) string {
	var out []string
	for _, c := range r.Cases {
		out = append(out, c.ID+" "+string(c.Status))
	}
	return strings.Join(out, ", ")
}

func TestPlayJudgesEveryCase(t *testing.T) {
	var last replay.Progress
	run := play(t, &echo{}, replay.Options{Progress: func(p replay.Progress) { last = p }},
		talk("talks", "a", "b"), question("wrong", "t", "u"), question("right", "t", "t"))
	if got := statuses(run); got != "right passed, talks passed, wrong failed" {
		t.Error(got)
	}
	if !run.Complete || run.Format != replay.Format || run.About.Stage != "echo" || run.Repeat != 1 {
		t.Errorf("%+v", run)
	}
	if last.Done != 3 || last.Failed != 1 || last.Total != 3 {
		t.Errorf("progress: %+v", last)
	}
	wrong := run.Cases[2]
	if wrong.Trials[0].Outcome != replay.Wrong || len(wrong.Trials[0].Failures) != 1 || wrong.Question.Topic != "t" || wrong.Tier != suite.Regression {
		t.Errorf("%+v", wrong)
	}
	if n := len(run.Cases[1].Trials[0].Views); n != 2 {
		t.Errorf("%d views of two steps", n)
	}
}

func TestWhatGoesWrongIsTheCasesOwn(t *testing.T) {
	boom := errors.New("boom")
	stage := &echo{do: func(ctx context.Context, c suite.Case, _ uint64, s suite.Step) (replay.View, error) {
		switch c.ID {
		case "cannot":
			return replay.View{}, fmt.Errorf("move the clock: %w", replay.ErrCannot)
		case "suite":
			return replay.View{}, fmt.Errorf("event flies: %w", replay.ErrSuite)
		case "boom":
			return replay.View{}, boom
		case "panic":
			panic("eek")
		case "hangs":
			<-ctx.Done()
			return replay.View{}, ctx.Err()
		case "press":
			if s.Say.ZH == "b" {
				return replay.View{}, fmt.Errorf("appeal: %w", replay.ErrNotOffered)
			}
		}
		return says(s.Say.ZH), nil
	}}
	pending, rejected := talk("pending", "a"), talk("rejected", "a")
	pending.Review, rejected.Review = suite.Pending, suite.Rejected
	all := []suite.Case{
		talk("cannot", "a"), talk("suite", "a"), talk("boom", "a"), talk("panic", "a"), talk("hangs", "a"), talk("press", "a", "b", "c"), pending, rejected,
		{ID: "empty"},
	}
	var last replay.Progress
	run := play(t, stage, replay.Options{Timeout: 50 * time.Millisecond, Workers: 3, Progress: func(p replay.Progress) { last = p }}, all...)
	if got, want := statuses(run), "boom error, cannot skipped, empty broken, hangs error, panic error, pending skipped, press failed, rejected skipped, suite broken"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	why := map[string]string{}
	for _, c := range run.Cases {
		why[c.ID] = c.Why
	}
	for id, want := range map[string]string{
		"boom": "step 1 (say) at s.yaml:2: boom", "panic": "panic: eek at play_test.go:", "hangs": "not done after 50ms", "suite": "event flies",
		"cannot": "move the clock", "pending": "nobody has reviewed it", "rejected": "rejected", "press": "",
	} {
		if !strings.Contains(why[id], want) {
			t.Errorf("%s: %q, want %q in it", id, why[id], want)
		}
	}
	press := run.Cases[6].Trials[0]
	if len(press.Views) != 1 || len(press.Failures) != 1 || press.Failures[0].Step != 2 || press.Failures[0].Got != "appeal: not offered" {
		t.Errorf("%+v", press)
	}
	if last.Done != 9 || last.Failed != 6 {
		t.Errorf("progress counts what was skipped as failed: %+v", last)
	}
	run = play(t, stage, replay.Options{IncludePending: true}, pending, rejected)
	if got := statuses(run); got != "pending passed, rejected skipped" || run.Cases[0].Review != suite.Pending {
		t.Errorf("with pending: %s", got)
	}
}

func TestNoCaseAndTwoOfAName(t *testing.T) {
	late, err := replay.ParseFilter("late")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		cases []suite.Case
		o     replay.Options
		want  error
	}{
		{"none", nil, replay.Options{}, replay.ErrNoCases},
		{"none fits", []suite.Case{talk("a", "x")}, replay.Options{Filter: late}, replay.ErrNoCases},
		{"twice", []suite.Case{talk("a", "x"), talk("b", "x"), talk("a", "y")}, replay.Options{}, replay.ErrDuplicate},
	} {
		if _, err := replay.Play(t.Context(), &echo{}, tt.cases, tt.o); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	run, err := replay.Play(t.Context(), &echo{}, []suite.Case{talk("a", "x")}, replay.Options{Shard: replay.Shard{I: other("a", 2), N: 2}})
	if err != nil || !run.Complete || len(run.Cases) != 0 {
		t.Errorf("an empty shard: %+v, %v", run, err)
	}
}

// other is a shard of n that an id does not belong to.
func other(id string, n int) int {
	if (replay.Shard{I: 1, N: n}).Picks(id) {
		return 2
	}
	return 1
}

func TestAnInterruptedRunSaysWhatItHas(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stage := &echo{do: func(ctx context.Context, c suite.Case, _ uint64, s suite.Step) (replay.View, error) {
		if c.ID == "c" {
			cancel()
			return replay.View{}, ctx.Err()
		}
		return says(s.Say.ZH), nil
	}}
	run, err := replay.Play(ctx, stage, []suite.Case{talk("a", "x"), talk("b", "x"), talk("c", "x"), talk("d", "x")}, replay.Options{Workers: 1})
	if err != nil || run.Complete || statuses(run) != "a passed, b passed" {
		t.Errorf("complete %v: %s, %v", run.Complete, statuses(run), err)
	}
}

func TestTheSameSeedGivesTheSameRun(t *testing.T) {
	var cases []suite.Case
	for i := range 40 {
		cases = append(cases, talk(fmt.Sprintf("c%02d", i), "a", "b"), question(fmt.Sprintf("q%02d", i), "t", dialog.Topic("tu"[i%2:i%2+1])))
	}
	written := func(seed uint64, workers int) string {
		var b bytes.Buffer
		run := play(t, &echo{}, replay.Options{Seed: seed, Workers: workers, Repeat: 2}, cases...)
		if err := replay.Write(&b, replay.Strip(run)); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	one := written(7, 1)
	for _, workers := range []int{1, 2, 8} {
		if got := written(7, workers); got != one {
			t.Errorf("%d workers: %s", workers, cmp.Diff(one, got))
		}
	}
	if written(8, 1) == one {
		t.Error("the seed does not matter, so this test cannot tell whether it is kept")
	}
}

func TestRepeatedTrialsAreCountedOnce(t *testing.T) {
	n := 0
	stage := &echo{do: func(_ context.Context, c suite.Case, seed uint64, s suite.Step) (replay.View, error) {
		n++
		v := says(s.Say.ZH)
		v.Said[0].Card = &dialog.Card{Case: fmt.Sprintf("c_012_%016X", seed)} // drawn anew in every trial
		switch {
		case c.ID == "flaky" && n%3 == 0:
			return says("x"), nil
		case c.ID == "always":
			return says("x"), nil
		}
		return v, nil
	}}
	run := play(t, stage, replay.Options{Repeat: 6, Workers: 1}, talk("always", "a"), talk("flaky", "a"), talk("sound", "a"))
	if got := statuses(run); got != "always failed, flaky flaky, sound passed" {
		t.Error(got)
	}
	for i, want := range []string{"6", "4 2", "6"} {
		var times []string
		for _, trial := range run.Cases[i].Trials {
			times = append(times, fmt.Sprint(trial.Times))
		}
		// n passes 6 trials of "always" first, so that two of the next six are divisible by three.
		if got := strings.Join(times, " "); got != want {
			t.Errorf("%s: trials %s, want %s", run.Cases[i].ID, got, want)
		}
	}
	if f := run.Flaky(); len(f) != 1 || f[0].ID != "flaky" {
		t.Errorf("flaky: %+v", f)
	}
	if passed, of := run.Cases[1].Passes(); passed != 4 || of != 6 {
		t.Errorf("%d of %d", passed, of)
	}
	// pass^1 = (0 + 4/6 + 1)/3, pass^2 = (0 + C(4,2)/C(6,2) + 1)/3, pass^5 = (0 + 0 + 1)/3; none has seven.
	for k, want := range map[int]float64{1: 5.0 / 9, 2: (6.0/15 + 1) / 3, 5: 1.0 / 3, 7: 0} {
		if got := run.PassK(k); math.Abs(got-want) > 1e-12 {
			t.Errorf("pass^%d: %v, want %v", k, got, want)
		}
	}
}

func TestPassRateCountsWhatCouldNotBePlayed(t *testing.T) {
	run := replay.Run{Cases: []replay.Result{
		{Status: replay.Passed, Trials: []replay.Trial{{Times: 1}}}, {Status: replay.Broken}, {Status: replay.Errored}, {Status: replay.Skipped},
	}}
	if got := run.PassRate(); math.Abs(got-1.0/3) > 1e-12 {
		t.Errorf("%v, want one of three", got)
	}
	if got := (replay.Run{}).PassRate(); got != 0 {
		t.Errorf("of nothing: %v", got)
	}
	if got := run.Count(); got[replay.Passed] != 1 || got[replay.Skipped] != 1 || got[replay.Failed] != 0 {
		t.Errorf("%v", got)
	}
}

func TestSeedsDifferByCaseAndTrial(t *testing.T) {
	seen := map[uint64]string{}
	for _, id := range []string{"a", "b"} {
		for trial := range 3 {
			for seed := range uint64(3) {
				s, name := replay.SeedOf(seed, id, trial), fmt.Sprint(id, trial, seed)
				if was, ok := seen[s]; ok {
					t.Errorf("%s and %s have the same seed", was, name)
				}
				seen[s] = name
			}
		}
	}
}

func TestARunIsReadAsItWasWritten(t *testing.T) {
	run := play(t, &echo{}, replay.Options{Seed: 3}, talk("a<b&c", "退款"), question("q", "t", "u"))
	var b bytes.Buffer
	if err := replay.Write(&b, run); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(b.String(), "\n"); lines != 4 || !strings.Contains(b.String(), "a<b&c") {
		t.Errorf("%d lines, want the head, one a case and the end:\n%s", lines, b.String())
	}
	got, err := replay.Read(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(run, got); d != "" {
		t.Error(d)
	}
	for name, in := range map[string]string{
		"a newer one":  strings.Replace(b.String(), `"format":1`, `"format":2`, 1),
		"none":         `{"cases":[]}`,
		"without case": `{"format":1}`,
		"cut off":      b.String()[:b.Len()-5],
	} {
		_, err := replay.Read(strings.NewReader(in))
		var f *replay.FormatError
		if err == nil || errors.As(err, &f) != (name == "a newer one" || name == "none") {
			t.Errorf("%s: %v", name, err)
		}
		if name == "a newer one" && !strings.Contains(err.Error(), "format 2") {
			t.Errorf("%s: %v", name, err)
		}
	}
	empty := replay.Run{Format: 1, Cases: []replay.Result{}}
	b.Reset()
	if err := replay.Write(&b, empty); err != nil {
		t.Fatal(err)
	}
	if got, err := replay.Read(&b); err != nil || !reflect.DeepEqual(got, empty) {
		t.Errorf("of no cases: %+v, %v", got, err)
	}
}

func TestStripTakesTimesOnly(t *testing.T) {
	run := replay.Run{Started: noon, TookMS: 5, Seed: 9, Cases: []replay.Result{{ID: "a", Trials: []replay.Trial{{Times: 2, TookUS: 7}}}}}
	got := replay.Strip(run)
	if !got.Started.IsZero() || got.TookMS != 0 || got.Cases[0].Trials[0].TookUS != 0 || got.Seed != 9 || got.Cases[0].Trials[0].Times != 2 {
		t.Errorf("%+v", got)
	}
	if run.TookMS != 5 || run.Cases[0].Trials[0].TookUS != 7 {
		t.Errorf("the run itself was changed: %+v", run)
	}
}

func TestFilters(t *testing.T) {
	zh, en := talk("late-refusal/zh", "a"), talk("late-refusal/en", "a")
	zh.Tags, en.Tags, en.Locale = []string{"escalation"}, []string{"escalation", "soft"}, dialog.EN
	zh.Conversation.Steps[0].Expect.Topic = "pay-arrival"
	q, r := question("q:1", "pay-arrival", "x"), question("q:2", "none", "x")
	r.Tier = suite.Soft
	all := []suite.Case{zh, en, q, r}
	for _, tt := range []struct {
		filters []string
		want    string
	}{
		{nil, "late-refusal/zh late-refusal/en q:1 q:2"},
		{[]string{""}, "late-refusal/zh late-refusal/en q:1 q:2"},
		{[]string{"refusal"}, "late-refusal/zh late-refusal/en"},
		{[]string{"late-*"}, "late-refusal/zh late-refusal/en"},
		{[]string{"refusal*"}, ""},
		{[]string{"*/e?"}, "late-refusal/en"},
		{[]string{"/^q:/"}, "q:1 q:2"},
		{[]string{"tag:escalation lang:zh"}, "late-refusal/zh"},
		{[]string{"tag:soft", "topic:none"}, "late-refusal/en q:2"},
		{[]string{"topic:pay-arrival"}, "late-refusal/zh q:1"},
		{[]string{"tier:soft"}, "q:2"},
		{[]string{"tier:regression !tag:escalation"}, "q:1"},
	} {
		f, err := replay.ParseFilter(tt.filters...)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range all {
			if f.Picks(c) {
				got = append(got, c.ID)
			}
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%q picks %s, want %s", tt.filters, s, tt.want)
		}
	}
	for _, bad := range []string{"/(/", "lang:fr", "tier:hard", "colour:red", "!"} {
		if _, err := replay.ParseFilter(bad); err == nil || !strings.Contains(err.Error(), bad) {
			t.Errorf("%s: %v", bad, err)
		}
	}
	if f, _ := replay.ParseFilter("  tag:a   x ", "y"); f.String() != "tag:a x | y" {
		t.Errorf("%q", f)
	}
}

func TestShardsPartTheCases(t *testing.T) {
	sizes := map[int]int{}
	for i := range 1000 {
		id, in := fmt.Sprintf("case-%d", i), 0
		for n := 1; n <= 5; n++ {
			if (replay.Shard{I: n, N: 5}).Picks(id) {
				in++
				sizes[n]++
			}
		}
		if in != 1 {
			t.Fatalf("%s is in %d shards", id, in)
		}
	}
	for n, size := range sizes {
		if size < 140 || size > 260 {
			t.Errorf("shard %d has %d of 1000", n, size)
		}
	}
	if s, err := replay.ParseShard("2/5"); err != nil || s != (replay.Shard{I: 2, N: 5}) || s.String() != "2/5" {
		t.Errorf("%+v, %v", s, err)
	}
	for _, bad := range []string{"0/5", "6/5", "2", "a/b", "2/0", "2/5/7"} {
		if _, err := replay.ParseShard(bad); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}
