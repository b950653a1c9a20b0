package replay_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recourse/bot/replay"
	"recourse/bot/replay/suite"
	"recourse/dialog"
)

func said(topic dialog.Topic, text string, p float64) func(*replay.Result) {
	return func(r *replay.Result) { r.Trials[0].Answer = answer(topic, text, p) }
}

// sees puts a view in place of the third step's.
func sees(v replay.View) func(*replay.Result) {
	return func(r *replay.Result) {
		views := append([]replay.View{}, r.Trials[0].Views...)
		views[2] = v
		r.Trials[0].Views = views
	}
}

func changed(r replay.Result, change ...func(*replay.Result)) replay.Result {
	r.Trials = append([]replay.Trial{}, r.Trials...)
	for _, f := range change {
		f(&r)
	}
	return r
}

func TestCompareTellsEachChange(t *testing.T) {
	good, talk := result("a", 1, 1), talked("a")
	skipped := result("a", 0, 0, status(replay.Skipped, "this stage cannot"))
	none := replay.Result{}
	for _, tt := range []struct {
		name     string
		old, now replay.Result
		want     string // kind, also, step
	}{
		{"the same", good, good, ""},
		{"broken", good, result("a", 0, 1), "broken [moved reworded] 0"},
		{"fixed", result("a", 0, 1), good, "fixed [moved reworded] 0"},
		{"newly flaky", result("a", 4, 4), result("a", 3, 4), "newly_flaky [moved] 0"},
		{"flaky before and now", result("a", 3, 4), result("a", 2, 4), "still_flaky [] 0"},
		{"worse", result("a", 9, 10), result("a", 1, 10), "worse [] 0"},
		{"better", result("a", 1, 10), result("a", 9, 10), "better [] 0"},
		{"no longer flaky", result("a", 1, 4), result("a", 4, 4), "fixed [moved] 0"},
		{"in some instead of none", result("a", 0, 4), result("a", 1, 4), "better [] 0"},
		{"still failing", result("a", 0, 1), result("a", 0, 1), "still_failing [] 0"},
		{"failing, with another topic", result("a", 0, 1), changed(result("a", 0, 1), said("x", "别的。", 0.6)), "still_failing [moved reworded] 0"},
		{"failing otherwise", talked("a", "2 says x"), talked("a", "1 says y", "2 says x"), "fails_otherwise [] 1"},
		{"new words", good, changed(good, said("freight", "运费由商家出。", 0.9)), "reworded [] 0"},
		{"another topic that will do", good, changed(good, said("freight.who", "商家承担运费。", 0.9)), "moved [] 0"},
		{"asked back", good, changed(good, func(r *replay.Result) {
			a := *answer("freight", "您是问哪一个？", 0.9)
			a.Decision, a.Topic = replay.AsksBack, ""
			r.Trials[0].Answer = &a
		}), "moved [reworded] 0"},
		{"less sure", good, changed(good, said("freight", "商家承担运费。", 0.8499)), "drifted [] 0"},
		{"less sure by the bound", good, changed(good, said("freight", "商家承担运费。", 0.85)), ""},
		{"new words of a step", talk, changed(talk, sees(says("行"))), "reworded [] 3"},
		{"another floor, the same words", talk, changed(talk, sees(func() replay.View { v := says("好的"); v.Holder = "human"; return v }())), "acts [] 3"},
		{"only drawn ids differ", changed(talk, sees(says("c_001_ABCDE 和 c_002_FGHIJ"))), changed(talk, sees(says("c_007_ZZZZZ 和 c_002_YYYYY"))), ""},
		{"another of two ids is meant", changed(talk, sees(says("c_001_ABCDE c_002_FGHIJ c_001_ABCDE"))), changed(talk, sees(says("c_001_ABCDE c_002_FGHIJ c_002_FGHIJ"))), "reworded [] 3"},
		{"new, passing", none, good, "new [] 0"},
		{"new, failing", none, result("a", 0, 1), "new_failing [] 0"},
		{"vanished", good, none, "vanished [] 0"},
		{"skipped now", good, skipped, "unverifiable [] 0"},
		{"skipped before, failing now", skipped, result("a", 0, 1), "new_failing [] 0"},
		{"skipped both times", skipped, skipped, ""},
		{"broken case", good, result("a", 0, 0, status(replay.Broken, "x")), "unplayed [] 0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := replay.Compare(runOf(some(tt.old)...), runOf(some(tt.now)...), 0)
			got := ""
			for _, d := range c.Changes {
				got = fmt.Sprintf("%s %v %d", d.Kind, d.Also, d.Step)
			}
			if got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
			if tt.want == "" && c.Count[replay.Same] != 1 {
				t.Errorf("not counted as the same: %v", c.Count)
			}
		})
	}
}

func some(r replay.Result) []replay.Result {
	if r.ID == "" {
		return nil
	}
	return []replay.Result{r}
}

func TestCompareShowsBothSidesBrokenFirst(t *testing.T) {
	before := runOf(result("a", 1, 1), result("b", 0, 1), talked("c"), result("d", 1, 1))
	broke := talked("c", "3 says 平台")
	c := replay.Compare(before, runOf(
		changed(result("a", 1, 1), said("freight", "运费由商家出。", 0.9)), result("b", 1, 1), changed(broke, sees(says("抱歉"))),
		result("d", 1, 1, func(r *replay.Result) { r.Question = &replay.Asked{Text: "别的问题", Topic: "freight"} })), 0)
	var order []string
	for _, d := range c.Changes {
		order = append(order, d.ID+" "+string(d.Kind))
	}
	if got := strings.Join(order, ", "); got != "c broken, a reworded, b fixed" {
		t.Fatal(got)
	}
	d := c.Changes[0]
	if d.Old.Text != "好的" || d.New.Text != "抱歉" || d.Step != 3 || d.Old.View == nil || d.New.View == nil || d.New.View.Said[0].Text != "抱歉" {
		t.Errorf("the step that fails is not shown on both sides: %+v %+v", d.Old, d.New)
	}
	if len(d.New.Failures) != 1 || d.New.Failures[0].Want != "平台" || d.Old.Status != replay.Passed {
		t.Errorf("%+v %+v", d.Old, d.New)
	}
	if a := c.Changes[1]; a.Old.Answer == nil || a.New.Answer == nil || a.Asked != "运费谁出" {
		t.Errorf("%+v", a)
	}
	if c.Both != 4 || c.Count[replay.Same] != 1 {
		t.Errorf("%d %v", c.Both, c.Count)
	}
}

func TestCompareSaysThatACaseWasEdited(t *testing.T) {
	other := result("a", 0, 1, func(r *replay.Result) { r.Question = &replay.Asked{Text: "别的问题", Topic: "freight"} })
	if d := replay.Compare(runOf(result("a", 1, 1)), runOf(other), 0).Changes[0]; !d.Edited {
		t.Errorf("another question: %+v", d)
	}
	if d := replay.Compare(runOf(result("a", 1, 1)), runOf(result("a", 0, 1)), 0).Changes[0]; d.Edited {
		t.Errorf("the same question: %+v", d)
	}
	steps := talked("c", "1 says x")
	steps.Input = "other"
	if d := replay.Compare(runOf(talked("c")), runOf(steps), 0).Changes[0]; !d.Edited {
		t.Errorf("other steps: %+v", d)
	}
}

// What the new run was not to play, or did not reach, has not vanished.
func TestCompareLeavesOutWhatWasNotPlayed(t *testing.T) {
	before := runOf(result("a", 1, 1), result("b", 1, 1))
	for name, after := range map[string]replay.Run{
		"filtered":    with(runOf(result("a", 1, 1)), func(r *replay.Run) { r.Filter = "!topic:x a" }),
		"sharded":     with(runOf(result("a", 1, 1)), func(r *replay.Run) { r.Shard = shardOf("a") }),
		"interrupted": with(runOf(result("a", 1, 1)), func(r *replay.Run) { r.Complete = false }),
	} {
		if c := replay.Compare(before, after, 0); c.Count[replay.Vanished] != 0 || c.Outside != 1 || c.Both != 1 {
			t.Errorf("%s: %v, %d outside, %d in both", name, c.Count, c.Outside, c.Both)
		}
	}
}

func TestCompareTestsWhetherItCanBeChance(t *testing.T) {
	var before, after []replay.Result
	add := func(n, was, is int, topic dialog.Topic, names ...string) {
		for range n {
			f := func(r *replay.Result) {
				r.Question = &replay.Asked{Text: r.ID, Topic: topic}
				r.Tags = names
			}
			id := fmt.Sprintf("c%03d", len(before))
			before, after = append(before, result(id, was, 1, f)), append(after, result(id, is, 1, f))
		}
	}
	add(8, 1, 0, "freight", "night")        // broken
	add(1, 0, 1, "freight", "night", "day") // fixed
	add(30, 1, 1, "freight")
	add(2, 0, 1, "refund")
	add(2, 0, 0, "refund")
	c := replay.Compare(runOf(before...), runOf(after...), 0)
	var got []string
	for _, x := range c.Tests {
		got = append(got, fmt.Sprintf("%s: %d, %d broken, %d fixed, p %g, adjusted %g", x.Name, x.Cases, x.Broken, x.Fixed, x.P, x.Adjusted))
	}
	want := []string{ // of R: mcnemar.exact, binom.test(1, 9), (3, 11), (0, 2)
		"all: 43, 8 broken, 3 fixed, p 0.226562, adjusted 0.226562",
		"suite q.jsonl: 43, 8 broken, 3 fixed, p 0.226562, adjusted 0.226562",
		"topic freight: 39, 8 broken, 1 fixed, p 0.0390625, adjusted 0.078125",
		"topic refund: 4, 0 broken, 2 fixed, p 0.5, adjusted 0.5",
		"tag night: 9, 8 broken, 1 fixed, p 0.0390625, adjusted 0.078125",
		"tag day: 1, 0 broken, 1 fixed, p 1, adjusted 1",
		"lang zh-CN: 43, 8 broken, 3 fixed, p 0.226562, adjusted 0.226562",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestCompareSumsUpTheDriftOfConfidence(t *testing.T) {
	var before, after []replay.Result
	for i, to := range []float64{0.9, 0.9, 0.91, 0.84, 0.96, 0.6} {
		id := fmt.Sprintf("c%d", i)
		before = append(before, result(id, 1, 1))
		after = append(after, changed(result(id, 1, 1), said("freight", "商家承担运费。", to)))
	}
	before, after = append(before, result("x", 1, 1)), append(after, changed(result("x", 1, 1), said("other", "商家承担运费。", 0.1)))
	c := replay.Compare(runOf(before...), runOf(after...), 0)
	want := replay.Drift{Bound: 0.05, Cases: 6, Up: 1, Down: 2, Mean: -0.0483333, MeanAbs: 0.0716667, Median: 0.01, P90: 0.3, P99: 0.3, Greatest: 0.3}
	if d := cmp.Diff(&want, c.Drift); d != "" {
		t.Error(d)
	}
	if wider := replay.Compare(runOf(before...), runOf(after...), 0.1); wider.Count[replay.Drifted] != 1 || c.Count[replay.Drifted] != 3 {
		t.Errorf("%v, %v", c.Count, wider.Count)
	}
}

func TestComparePutsPOnCasesThatWereRepeated(t *testing.T) {
	c := replay.Compare(runOf(result("a", 3, 3)), runOf(result("a", 2, 3)), 0)
	if d := c.Changes[0]; d.P == nil || *d.P != 0.5 {
		t.Errorf("%+v", d)
	}
	if d := replay.Compare(runOf(result("a", 1, 1)), runOf(result("a", 0, 1)), 0).Changes[0]; d.P != nil {
		t.Errorf("of one trial each: %v", *d.P)
	}
}

func TestTheSameComparisonGivesTheSameBytes(t *testing.T) {
	before, after := fifty(10), fifty(4)
	after.Cases = append(after.Cases, result("new", 10, 10, tags("x", "y")))
	var first string
	for range 20 { // maps are walked in another order each time
		raw, err := json.Marshal(replay.Compare(before, after, 0))
		if err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = string(raw)
		} else if first != string(raw) {
			t.Fatal(cmp.Diff(first, string(raw)))
		}
	}
}

// Since a baseline the same is told as between runs, but for what a baseline does not keep.
func TestCompareWithABaseline(t *testing.T) {
	b := bless(t, runOf(result("a", 1, 1), talked("c"), result("d", 1, 1)))
	c := b.Compare(runOf(result("a", 0, 1), changed(talked("c"), sees(says("行"))), changed(result("d", 1, 1), said("freight", "商家承担运费。", 0.1))))
	if len(c.Changes) != 2 || c.Changes[0].Kind != replay.Broke || c.Changes[1].Kind != replay.Reworded || c.Drift != nil || !c.Old.Baseline {
		t.Fatalf("%+v", c)
	}
	if d := c.Changes[0]; d.Old.Text != "商家承担运费。" || d.Old.Topic != "freight" || d.New.Text != "退款已到账。" {
		t.Errorf("%+v %+v", d.Old, d.New)
	}
	if d := c.Changes[1]; d.Step != 3 || d.Old.Text != "好的" || d.New.Text != "行" {
		t.Errorf("step %d: %+v %+v", d.Step, d.Old, d.New)
	}
}

func TestRescore(t *testing.T) {
	cases := []suite.Case{question("right", "t", "t"), question("wrong", "t", "u"), talk("talks", "a", "b"), talk("mute", "x")}
	stage := &echo{do: func(_ context.Context, c suite.Case, _ uint64, s suite.Step) (replay.View, error) {
		if c.ID == "mute" {
			return replay.View{}, nil
		}
		return says(s.Say.ZH), nil
	}}
	run := play(t, stage, replay.Options{Repeat: 2, Seed: 7}, cases...)
	again, err := replay.Rescore(run, cases)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(run, again); d != "" {
		t.Errorf("under the same cases it is another run: %s", d)
	}

	accept, strict, hush := question("wrong", "t", "u"), talk("talks", "a", "b"), talk("mute", "x")
	accept.Question.Accept = []dialog.Topic{"u"}
	accept.Tier, accept.Tags = suite.Soft, []string{"new"}
	strict.Conversation.Never = []string{"b"}
	hush.Conversation.Steps[0].Expect = &suite.Expect{Silent: true}
	other, moreSteps, rejected := question("right", "t", "v"), talk("talks", "a", "b", "c"), question("right", "t", "t")
	rejected.Review = suite.Rejected
	for _, tt := range []struct {
		name string
		now  []suite.Case
		want string
	}{
		{"changed expectations", []suite.Case{question("right", "x", "t"), accept, strict, hush}, "mute passed, right failed, talks failed, wrong passed"},
		{"another question", []suite.Case{other}, "right skipped"},
		{"other steps", []suite.Case{moreSteps}, "talks skipped"},
		{"rejected since", []suite.Case{rejected}, "right skipped"},
		{"not played then", []suite.Case{question("later", "t", "t"), question("right", "t", "t")}, "later skipped, right passed"},
	} {
		got, err := replay.Rescore(run, tt.now)
		if err != nil || statuses(got) != tt.want {
			t.Errorf("%s: %v %s, want %s", tt.name, err, statuses(got), tt.want)
		}
	}
	got, err := replay.Rescore(run, []suite.Case{accept})
	if r := got.Cases[0]; err != nil || r.Tier != suite.Soft || r.Tags[0] != "new" || r.Trials[0].Outcome != replay.Right || r.Trials[0].Failures != nil || r.Question.Accept == nil {
		t.Errorf("%v %+v", err, r)
	}
	if d := cmp.Diff(cases, []suite.Case{question("right", "t", "t"), question("wrong", "t", "u"), talk("talks", "a", "b"), talk("mute", "x")}); d != "" {
		t.Errorf("the cases were changed: %s", d)
	}
	if len(run.Cases[3].Trials[0].Failures) == 0 {
		t.Error("the run that was given was changed")
	}
	if _, err := replay.Rescore(run, []suite.Case{accept, accept}); err == nil {
		t.Error("two cases of one id")
	}
	part := with(run, func(r *replay.Run) { r.Filter = "right" })
	if got, err := replay.Rescore(part, cases); err != nil || statuses(got) != "right passed" {
		t.Errorf("the filter of the run does not hold: %v %s", err, statuses(got))
	}
}
