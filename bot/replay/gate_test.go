package replay_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recourse/bot/replay"
	"recourse/bot/replay/suite"
	"recourse/dialog"
)

// result is a question that passed in so many of its trials.
func result(id string, passed, of int, change ...func(*replay.Result)) replay.Result {
	r := replay.Result{
		ID: id, Pos: suite.Pos{File: "q.jsonl", Line: 7}, Lang: dialog.ZH, Tier: suite.Regression, Status: replay.Flaky,
		Question: &replay.Asked{Text: "运费谁出", Topic: "freight"},
	}
	if passed > 0 {
		r.Trials = append(r.Trials, replay.Trial{Times: passed, Outcome: replay.Right, Answer: answer("freight", "商家承担运费。", 0.9), TookUS: 12})
	}
	if passed < of {
		r.Trials = append(r.Trials, replay.Trial{
			Times: of - passed, Outcome: replay.Wrong, Answer: answer("refund.status", "退款已到账。", 0.6),
			Failures: []replay.Failure{{Pos: r.Pos, What: "topic", Want: "freight", Got: "answered by refund.status"}},
		})
	}
	switch passed {
	case of:
		r.Status = replay.Passed
	case 0:
		r.Status = replay.Failed
	}
	for _, f := range change {
		f(&r)
	}
	return r
}

func answer(topic dialog.Topic, text string, p float64) *replay.Answer {
	return &replay.Answer{
		Decision: replay.Answers, Topic: topic, Confidence: p, Ranked: []replay.Ranked{{Topic: topic, P: p}},
		Said: []replay.Said{{By: dialog.FromBot, Kind: dialog.Text, Text: text}},
	}
}

// conversation is one that failed on these expectations ("3 says x"), or on none.
func talked(id string, keys ...string) replay.Result {
	r := replay.Result{ID: id, Pos: suite.Pos{File: "c.yaml", Line: 1}, Lang: dialog.ZH, Tier: suite.Regression, Status: replay.Passed, Input: "same"}
	t := replay.Trial{Times: 1}
	for range 4 {
		t.Views = append(t.Views, says("好的"))
	}
	for _, k := range keys {
		var f replay.Failure
		if _, err := fmt.Sscanf(k, "%d %s %s", &f.Step, &f.What, &f.Want); err != nil {
			panic(err)
		}
		t.Failures = append(t.Failures, f)
		r.Status = replay.Failed
	}
	r.Trials = []replay.Trial{t}
	return r
}

func status(s replay.Status, why string) func(*replay.Result) {
	return func(r *replay.Result) { r.Status, r.Why, r.Trials = s, why, nil }
}

func tier(t suite.Tier) func(*replay.Result) { return func(r *replay.Result) { r.Tier = t } }

func review(v suite.Review) func(*replay.Result) { return func(r *replay.Result) { r.Review = v } }

func tags(names ...string) func(*replay.Result) { return func(r *replay.Result) { r.Tags = names } }

// runOf is a complete run; each case was played as often as the first one that was judged.
func runOf(cases ...replay.Result) replay.Run {
	r := replay.Run{Format: replay.Format, About: replay.About{Stage: "process", FAQ: "f1"}, Seed: 1, Repeat: 1, Complete: true, Cases: cases}
	for _, c := range cases {
		if _, of := c.Passes(); of > 0 {
			r.Repeat = of
			break
		}
	}
	return r
}

func with(r replay.Run, change func(*replay.Run)) replay.Run {
	change(&r)
	return r
}

func bless(t *testing.T, r replay.Run) replay.Baseline {
	t.Helper()
	b, _, err := replay.Bless(nil, r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// fifty are 50 cases of which the last passed so many of ten trials and the others all.
func fifty(last int) replay.Run {
	var out []replay.Result
	for i := range 49 {
		out = append(out, result(fmt.Sprintf("c%02d", i), 10, 10))
	}
	return runOf(append(out, result("c49", last, 10))...)
}

// The table follows what users of other replay tools complain about.
func TestGate(t *testing.T) {
	good, bad := result("a", 1, 1), result("a", 0, 1)
	two := runOf(result("a", 1, 1), result("b", 1, 1, tags("x")))
	filtered := func(f, s string, cases ...replay.Result) replay.Run {
		return with(runOf(cases...), func(r *replay.Run) { r.Filter, r.Shard = f, s })
	}
	for _, tt := range []struct {
		name   string
		before replay.Run
		after  replay.Run
		code   int
		want   string // findings, as "effect rule id"
	}{
		{"nothing changed", two, two, 0, ""},
		{"a case broke", runOf(good), runOf(bad), 1, "stops broken a"},
		{"a known failure goes on failing", runOf(bad), runOf(bad), 0, ""},
		{"a failure is mended, and nobody has blessed it", runOf(bad), runOf(good), 0, "noted fixed a"},
		{"a soft case broke", runOf(good), runOf(result("a", 0, 1, tier(suite.Soft))), 0, "soft broken a, noted tier a"},
		{"an unreliable case broke", runOf(result("a", 1, 1, tier(suite.Unreliable))), runOf(result("a", 0, 1, tier(suite.Unreliable))), 0, "apart broken a"},
		{"a tier was raised", runOf(result("a", 1, 1, tier(suite.Soft))), runOf(good), 0, ""},
		{"a new case passes", runOf(good), two, 0, ""},
		{"a new case fails", runOf(good), runOf(good, result("b", 0, 1)), 1, "stops new_failing b"},

		// Silent loss of coverage.
		{"a case vanished", two, runOf(good), 2, "spoils vanished b"},
		{"a soft case vanished", runOf(good, result("b", 1, 1, tier(suite.Soft))), runOf(good), 2, "spoils vanished b"},
		{"a failing case vanished", runOf(good, result("b", 0, 1)), runOf(good), 2, "spoils vanished b"},
		{"a filter leaves a case out", two, filtered("!tag:x", "", good), 0, ""},
		{"a filter picks a case that is not there", two, filtered("tag:x | tag:y", "", result("c", 1, 1, tags("y"))), 2, "spoils vanished b"},
		{"the case is in the other shard", two, filtered("", shardOf("a"), good), 0, ""},
		{"the case is in this shard, and not there", two, filtered("", shardOf("b")), 2, "spoils vanished b"},
		{"a filter that cannot be read", two, filtered("lang:fr", "", good), 2, "spoils filter "},
		{"it can no longer be judged", two, runOf(good, result("b", 0, 0, status(replay.Skipped, "this stage cannot do that"))), 0, "noted unverifiable b"},
		{"it is no longer reviewed", two, runOf(good, result("b", 0, 0, status(replay.Skipped, "nobody has reviewed it"), review(suite.Pending))), 2, "spoils pending b, noted unverifiable b"},
		{"its review rejected it", two, runOf(good, result("b", 0, 0, status(replay.Skipped, "rejected"), review(suite.Rejected))), 2, "spoils pending b, noted unverifiable b"},

		// Never on average.
		{"49 × 10/10 and one 0/10", fifty(10), fifty(0), 1, "stops broken c49"},
		{"9/10 is not 10/10", fifty(10), fifty(9), 1, "stops newly_flaky c49"},
		{"3/3, then 2/3", runOf(result("a", 3, 3)), runOf(result("a", 2, 3)), 1, "stops newly_flaky a"},
		{"it flipped and flips", runOf(result("a", 8, 10)), runOf(result("a", 7, 10)), 0, "noted still_flaky a"},
		{"it flipped and never passes", runOf(result("a", 8, 10)), runOf(result("a", 0, 10)), 1, "stops worse a"},
		{"it flipped and did not pass once", runOf(result("a", 9, 10)), runOf(result("a", 0, 1)), 0, "noted still_flaky a"},
		{"it flips less, in many", flips(20, 9), flips(20, 4), 0, strings.TrimSuffix(strings.Repeat("noted still_flaky f, ", 20), ", ")},
		{"one of them alone", flips(1, 9), flips(1, 4), 1, "stops worse f"},

		// Which failure it is.
		{"another expectation fails too", runOf(talked("c", "3 says a")), runOf(talked("c", "2 never b", "3 says a")), 1, "stops fails_otherwise c"},
		{"a known failure less", runOf(talked("c", "2 never b", "3 says a")), runOf(talked("c", "3 says a")), 0, ""},
		{"it gets further, and fails there", runOf(talked("c", "2 played press")), runOf(talked("c", "4 says z")), 0, ""},
		{"it stops earlier", runOf(talked("c", "4 says z")), runOf(talked("c", "2 played press")), 1, "stops fails_otherwise c"},

		// A suite or a run that says nothing.
		{"duplicate ids", runOf(good), runOf(good, good), 2, "spoils duplicate a"},
		{"zero cases", runOf(good), runOf(), 2, "spoils no_cases , spoils vanished a"},
		{"nothing judged", runOf(good), runOf(result("a", 0, 0, status(replay.Skipped, "cannot"))), 2, "spoils no_cases , noted unverifiable a"},
		{"an incomplete run", two, with(runOf(good), func(r *replay.Run) { r.Complete = false }), 2, "spoils incomplete "},
		{"an incomplete run in which a case broke", two, with(runOf(bad), func(r *replay.Run) { r.Complete = false }), 2, "spoils incomplete , stops broken a"},
		{"a broken case", two, runOf(good, result("b", 0, 0, status(replay.Broken, "an unknown event"))), 2, "spoils unplayed b"},
		{"a new broken case", runOf(good), runOf(good, result("b", 0, 0, status(replay.Broken, "an unknown event"))), 2, "spoils unplayed b"},
		{"the stage failed", two, runOf(good, result("b", 0, 0, status(replay.Errored, "panic"))), 2, "spoils unplayed b"},
		{"a pending case was played", runOf(good), runOf(good, result("b", 1, 1, review(suite.Pending))), 2, "spoils pending b"},
		{"repeats that were none", runOf(result("a", 5, 5)), runOf(result("b", 5, 5), result("a", 1, 1)), 2, "spoils trials a"},
		{"a status that is not of its trials", runOf(good), runOf(result("a", 0, 1, func(r *replay.Result) { r.Status = replay.Passed })), 2, "spoils trials a"},
		{"another format of runs", runOf(good), with(runOf(good), func(r *replay.Run) { r.Format = 2 }), 2, "spoils format "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := replay.Gate(bless(t, tt.before), tt.after)
			if got := findings(v); got != tt.want || v.Code != tt.code {
				t.Errorf("exit %d: %s\nwant %d: %s", v.Code, got, tt.code, tt.want)
			}
		})
	}
}

func flips(n, passed int) replay.Run {
	var out []replay.Result
	for range n {
		out = append(out, result("f"+strings.Repeat("'", len(out)), passed, 10))
	}
	return runOf(out...)
}

func shardOf(id string) string {
	if (replay.Shard{I: 1, N: 16}).Picks(id) {
		return "1/16"
	}
	for i := 2; i <= 16; i++ {
		if (replay.Shard{I: i, N: 16}).Picks(id) {
			return fmt.Sprintf("%d/16", i)
		}
	}
	panic("in no shard")
}

func findings(v replay.Verdict) string {
	var out []string
	for _, f := range v.Findings {
		out = append(out, fmt.Sprintf("%s %s %s", f.Effect, f.Rule, strings.TrimRight(f.ID, "'")))
	}
	return strings.Join(out, ", ")
}

func TestGateRefusesAnotherBaselineAndAnotherSuite(t *testing.T) {
	run := runOf(result("a", 1, 1))
	b := bless(t, run)
	b.Format++
	if v := replay.Gate(b, run); v.Code != 2 || findings(v) != "spoils baseline " {
		t.Errorf("another format: %d %s", v.Code, findings(v))
	}
	if v := replay.Gate(replay.Baseline{Format: replay.BaselineFormat}, run); v.Code != 2 || findings(v) != "spoils baseline " {
		t.Errorf("an empty baseline: %d %s", v.Code, findings(v))
	}
	if v := replay.Gate(bless(t, run), run, errors.New("s.yaml:4: want a step")); v.Code != 2 || findings(v) != "spoils suite " {
		t.Errorf("a broken suite: %d %s", v.Code, findings(v))
	}
}

func TestBlessIsByteStable(t *testing.T) {
	run := runOf(result("a", 2, 3), result("b", 3, 3, tags("z", "y")), talked("c"))
	run.Cases[2].Trials[0].Times = 3
	first := written(t, bless(t, run))
	later := run
	later.Started, later.TookMS = time.Date(2026, 11, 26, 1, 2, 3, 0, time.UTC), 99
	later.Cases = append([]replay.Result{}, run.Cases...)
	trials := append([]replay.Trial{}, run.Cases[0].Trials...)
	trials[0].TookUS, trials[0].Answer = 1e6, answer("freight", "商家承担运费。", 0.8)
	later.Cases[0].Trials = trials
	if second := written(t, bless(t, later)); first != second {
		t.Errorf("times, or a confidence, are in the baseline: %s", cmp.Diff(first, second))
	}
	back, err := replay.ReadBaseline(strings.NewReader(first))
	if err != nil {
		t.Fatal(err)
	}
	if again := written(t, back); again != first {
		t.Errorf("read and written: %s", cmp.Diff(first, again))
	}
	again, changes, err := replay.Bless(&back, run)
	if err != nil || len(changes) > 0 || written(t, again) != first {
		t.Errorf("blessed again: %v, %v, %s", err, changes, cmp.Diff(first, written(t, again)))
	}
	golden(t, "baseline.json", first)
}

var update = flag.Bool("update", false, "write the golden files anew")

// golden holds a text against a file; look at what -update changes.
func golden(t *testing.T, name, got string) {
	t.Helper()
	name = filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s: %s", name, d)
	}
}

func written(t *testing.T, b replay.Baseline) string {
	t.Helper()
	var out bytes.Buffer
	if err := replay.WriteBaseline(&out, b); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestReadBaselineRefusesWhatItCannotRelyOn(t *testing.T) {
	good := written(t, bless(t, runOf(result("a", 1, 1), result("b", 1, 1))))
	var run bytes.Buffer
	if err := replay.Write(&run, runOf(result("a", 1, 1))); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, file, want string }{
		{"a run", run.String(), "it is a run; bless it first"},
		{"another format", strings.Replace(good, `"baseline":1`, `"baseline":2`, 1), "it has format 2"},
		{"no format", `{"cases":[]}`, "it has format 0"},
		{"half a file", good[:len(good)/2], "unexpected end"},
		{"a text changed", strings.Replace(good, "商家承担", "买家承担", 1), "changed by hand"},
		{"a text missing", strings.Replace(good, `"said":["`, `"said":["0`, 1), "is missing"},
		{"a case twice", strings.Replace(good, `"id":"b"`, `"id":"a"`, 1), "a is in it twice"},
		{"out of order", strings.Replace(good, `"id":"a"`, `"id":"z"`, 1), "b is out of order"},
		{"a status changed", strings.Replace(good, `"status":"passed"`, `"status":"failed"`, 1), "a is failed with 1 of 1"},
	} {
		if _, err := replay.ReadBaseline(strings.NewReader(tt.file)); !errors.Is(err, replay.ErrBaseline) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
	if _, err := replay.ReadBaseline(strings.NewReader(good)); err != nil {
		t.Error(err)
	}
}

func TestBlessRefuses(t *testing.T) {
	two := runOf(result("a", 1, 1), result("b", 1, 1, tags("x")))
	old := bless(t, two)
	one := runOf(result("a", 1, 1))
	for _, tt := range []struct {
		name string
		old  *replay.Baseline
		run  replay.Run
		drop string
		want string
	}{
		{"an incomplete run", nil, with(two, func(r *replay.Run) { r.Complete = false }), "", "interrupted"},
		{"no case", nil, runOf(), "", "no case was judged"},
		{"duplicate ids", nil, runOf(result("a", 1, 1), result("a", 1, 1)), "", "a two cases have this id"},
		{"a broken case", nil, runOf(result("a", 1, 1), result("b", 0, 0, status(replay.Broken, "boom"))), "", "b could not be played: boom"},
		{"a stage that failed", nil, runOf(result("a", 1, 1), result("b", 0, 0, status(replay.Errored, "boom"))), "", "b could not be played: boom"},
		{"a case that nobody has read", nil, runOf(result("a", 1, 1, review(suite.Pending))), "", "nobody has reviewed it"},
		{"the first of a filter", nil, with(two, func(r *replay.Run) { r.Filter = "a" }), "", "cannot begin a baseline"},
		{"the first of a shard", nil, with(two, func(r *replay.Run) { r.Shard = "1/2" }), "", "cannot begin a baseline"},
		{"a case dropped by silence", &old, one, "", "b is in the baseline and not in the run: if that is meant, --drop b"},
		{"by silence within the filter", &old, with(runOf(result("c", 1, 1, tags("x"))), func(r *replay.Run) { r.Filter = "tag:x" }), "", "b is in the baseline and not in the run"},
		{"a review that was taken back", &old, runOf(result("a", 1, 1), result("b", 0, 0, status(replay.Skipped, "x"), review(suite.Pending))), "", "its review is now pending"},
		{"dropping what is not there", &old, two, "c", "c cannot be dropped: it is not in the baseline"},
		{"dropping what was played", &old, two, "b", "b cannot be dropped: the run played it"},
	} {
		var drop []string
		if tt.drop != "" {
			drop = []string{tt.drop}
		}
		_, _, err := replay.Bless(tt.old, tt.run, drop...)
		var refused *replay.RefusedError
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestBlessTellsWhatItChanges(t *testing.T) {
	reworded := result("f", 1, 1)
	reworded.Trials[0].Answer = answer("freight", "运费由商家出。", 0.9)
	moved := result("g", 1, 1)
	moved.Trials[0].Answer = answer("freight.who", "商家承担运费。", 0.9)
	old := bless(t, runOf(result("a", 1, 1), result("b", 0, 1), result("c", 1, 1), result("d", 1, 1), result("e", 1, 1), result("f", 1, 1), result("g", 1, 1), result("h", 1, 1)))
	next, changes, err := replay.Bless(&old, runOf(
		result("a", 0, 1), result("b", 1, 1), result("d", 0, 0, status(replay.Skipped, "this stage cannot")), result("e", 1, 1), reworded, moved,
		result("h", 1, 1, tier(suite.Soft)), result("n", 1, 1), result("o", 0, 1)), "c")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range changes {
		got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s %s", c.Kind, c.ID, c.Text)))
	}
	want := []string{
		"accepts a passed 1/1 → failed 0/1", "accepts o new, failed 0/1", "drops c", "holds b failed 0/1 → passed 1/1", "adds n passed 1/1",
		"redirects g freight → freight.who", "rewords f", "describes h", "keeps d this stage cannot",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	var ids []string
	for _, c := range next.Cases {
		ids = append(ids, c.ID+" "+string(c.Status))
	}
	if got := strings.Join(ids, ", "); got != "a failed, b passed, d passed, e passed, f passed, g passed, h passed, n passed, o failed" {
		t.Error(got)
	}
	if v := replay.Gate(next, runOf(result("d", 0, 1)), nil); !strings.Contains(findings(v), "stops broken d") {
		t.Errorf("what was kept no longer guards: %s", findings(v))
	}
}

// A part of the suite may be blessed by itself; the rest stays what it was.
func TestBlessingAPartLeavesTheRest(t *testing.T) {
	old := bless(t, runOf(result("a", 1, 1), result("b", 1, 1, tags("x"))))
	part := with(runOf(result("b", 0, 1, tags("x"))), func(r *replay.Run) { r.Filter = "tag:x" })
	next, changes, err := replay.Bless(&old, part)
	if err != nil || len(changes) != 1 || len(next.Cases) != 2 || next.Cases[0].Status != replay.Passed || next.Cases[1].Status != replay.Failed {
		t.Errorf("%v %v %+v", err, changes, next.Cases)
	}
	if _, err := replay.ReadBaseline(strings.NewReader(written(t, next))); err != nil {
		t.Error(err)
	}
}
