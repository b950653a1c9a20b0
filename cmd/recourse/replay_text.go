package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"recourse/bot/replay"
)

// summaryFailures is how many cases are told of in full; the files have all.
const summaryFailures = 50

// writeSummary says what came of a run: what stops a release first, then what does not, totals, and one line last.
func writeSummary(w io.Writer, run replay.Run, quiet, times bool) {
	var b strings.Builder
	if !quiet {
		writeFailures(&b, run)
		writeShares(&b, "topic", run, func(c replay.Result) []string {
			if c.Question == nil {
				return nil
			}
			return []string{string(c.Question.Topic)}
		})
		writeShares(&b, "tag", run, func(c replay.Result) []string { return c.Tags })
		writeOutcomes(&b, run)
		if run.Repeat > 1 {
			fmt.Fprintf(&b, "pass^1 %.4f, pass^%d %.4f: a case passes once, and %d times in a row\n", run.PassK(1), run.Repeat, run.PassK(run.Repeat), run.Repeat)
		}
	}
	writeHidden(&b, run)
	b.WriteString(totals(run))
	if times {
		fmt.Fprintf(&b, ", in %s", (time.Duration(run.TookMS) * time.Millisecond).String())
	}
	b.WriteByte('\n')
	_, _ = io.WriteString(w, b.String()) // a closed standard output must not change the exit code
}

// totals is "120 cases: 117 passed, 2 failed, 1 skipped".
func totals(run replay.Run) string {
	count, total := run.Count(), len(run.Cases)
	out := plural(total, "case", "cases")
	if !run.Complete {
		out += " until it was interrupted"
	}
	sep := ": "
	for _, s := range []replay.Status{replay.Passed, replay.Failed, replay.Flaky, replay.Broken, replay.Errored, replay.Skipped} {
		if n := count[s]; n > 0 {
			name := string(s)
			if s == replay.Errored {
				name = "not played for an error"
			}
			out += fmt.Sprintf("%s%d %s", sep, n, name)
			sep = ", "
		}
	}
	return out
}

// writeFailures tells of what did not pass: what could not be played, what stops a release, then the rest, by id.
func writeFailures(b *strings.Builder, run replay.Run) {
	rank := func(c replay.Result) int {
		switch {
		case c.Status == replay.Broken || c.Status == replay.Errored:
			return 0
		case stops(c):
			return 1
		}
		return 2
	}
	var bad []replay.Result
	skipped := map[string]int{}
	for _, c := range run.Cases {
		switch c.Status {
		case replay.Passed:
		case replay.Skipped:
			skipped[c.Why]++
		default:
			bad = append(bad, c)
		}
	}
	slices.SortStableFunc(bad, func(x, y replay.Result) int { return cmp.Compare(rank(x), rank(y)) })
	for i, c := range bad {
		if i == summaryFailures {
			fmt.Fprintf(b, "… and %d more; --json and --html have all\n\n", len(bad)-i)
			break
		}
		writeFailure(b, c)
	}
	for _, why := range slices.Sorted(maps.Keys(skipped)) {
		fmt.Fprintf(b, "skipped %d: %s\n", skipped[why], why)
	}
	if len(skipped) > 0 {
		b.WriteByte('\n')
	}
}

func writeFailure(b *strings.Builder, c replay.Result) {
	mark := ""
	if !stops(c) {
		mark = " (" + string(c.Tier) + ", stops nothing)"
		if c.Review != "" && c.Review != "reviewed" {
			mark = " (" + string(c.Review) + ", stops nothing)"
		}
	}
	fmt.Fprintf(b, "%-6s %s  %s%s\n", strings.ToUpper(string(c.Status)), c.ID, c.Pos, mark)
	if c.Question != nil {
		fmt.Fprintf(b, "       %s\n", c.Question.Text)
	}
	if c.Why != "" {
		fmt.Fprintf(b, "       %s\n", strings.ReplaceAll(c.Why, "\n", "\n       "))
	}
	passed, of := c.Passes()
	if c.Status == replay.Flaky {
		fmt.Fprintf(b, "       passed %d of %d times; when it does not:\n", passed, of)
	}
	for _, t := range c.Trials {
		if t.Passed() {
			continue
		}
		for _, f := range t.Failures {
			at := ""
			if f.Step > 0 {
				at = fmt.Sprintf("step %d, %s  ", f.Step, f.Pos)
			}
			fmt.Fprintf(b, "       %s%s\n         want %s\n         got  %s\n", at, f.What, f.Want, f.Got)
		}
		break // the others differ in what was said, not in what a reader needs first
	}
	b.WriteByte('\n')
}

// writeShares is a table of how many cases passed by what they are about, the worst first. Those of which all pass are
// counted in one line.
func writeShares(b *strings.Builder, what string, run replay.Run, of func(replay.Result) []string) {
	type share struct {
		name       string
		passed, of int
	}
	byName := map[string]*share{}
	for _, c := range run.Cases {
		if c.Status == replay.Skipped {
			continue
		}
		for _, name := range of(c) {
			if byName[name] == nil {
				byName[name] = &share{name: name}
			}
			byName[name].of++
			if c.Status == replay.Passed {
				byName[name].passed++
			}
		}
	}
	var rows []*share
	whole := 0
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		if s := byName[name]; s.passed < s.of {
			rows = append(rows, s)
		} else {
			whole++
		}
	}
	if len(rows) == 0 {
		return
	}
	slices.SortStableFunc(rows, func(x, y *share) int {
		return cmp.Or(cmp.Compare(float64(x.passed)/float64(x.of), float64(y.passed)/float64(y.of)), cmp.Compare(y.of, x.of))
	})
	fmt.Fprintf(b, "by %s, the worst first:\n", what)
	for _, s := range rows {
		fmt.Fprintf(b, "  %6.1f %%  %d of %d  %s\n", 100*float64(s.passed)/float64(s.of), s.passed, s.of, s.name)
	}
	if whole > 0 {
		fmt.Fprintf(b, "   100.0 %%  %s\n", plural(whole, "other "+what, "other "+what+"s"))
	}
	b.WriteByte('\n')
}

// writeHidden counts what could not be judged because it cannot be seen where it was played; "" if all could.
func writeHidden(b *strings.Builder, run replay.Run) {
	by := run.Hidden()
	if len(by) == 0 {
		return
	}
	n := 0
	var each []string
	for _, field := range slices.Sorted(maps.Keys(by)) {
		n += by[field]
		each = append(each, fmt.Sprintf("%s %d", field, by[field]))
	}
	fmt.Fprintf(b, "not judged, for they are not visible over the wire: %s (%s)\n", plural(n, "expectation", "expectations"), strings.Join(each, ", "))
}

// writeOutcomes says how questions fared, which is more than passed and failed: to be asked back with the right topic
// among the choices is half an answer.
func writeOutcomes(b *strings.Builder, run replay.Run) {
	count, n := map[replay.Outcome]int{}, 0
	for _, c := range run.Cases {
		for _, t := range c.Trials {
			if t.Outcome != "" {
				count[t.Outcome] += t.Times
				n += t.Times
			}
		}
	}
	if n == 0 {
		return
	}
	fmt.Fprintf(b, "questions: %d right, %d asked back with the right topic among the choices, %d without it, %d not answered, %d wrong\n",
		count[replay.Right], count[replay.Offered], count[replay.Astray], count[replay.Refused], count[replay.Wrong])
}
