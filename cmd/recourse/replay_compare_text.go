package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"recourse/bot/replay"
)

// How much of a comparison is told; --json and --html have all.
const (
	comparedCases  = 50 // of which both sides are shown
	comparedGroups = 5  // of each kind whose test is shown
	comparedDrifts = 10
)

// comparedWords are changes as counted in the last line.
var comparedWords = map[replay.Change]string{
	replay.Broke: "broken", replay.Worse: "worse", replay.NewlyFlaky: "newly flaky", replay.FailsOtherwise: "failing otherwise",
	replay.NewFailing: "new and failing", replay.Unplayed: "not played", replay.Vanished: "vanished", replay.Unverifiable: "skipped now",
	replay.Moved: "moved topic", replay.Reworded: "reworded", replay.Acts: "same words but other behaviour", replay.Drifted: "drifted",
	replay.Fixed: "fixed", replay.Better: "better", replay.StillFlaky: "still flaky", replay.StillFailing: "still failing",
	replay.NewCase: "new", replay.Same: "the same",
}

// writeComparison tells what changed: what broke first, with both sides, then whether it can be chance, and the counts
// in the last line. What goes on failing is only counted.
func writeComparison(w io.Writer, c replay.Comparison) {
	var b strings.Builder
	writePlayed(&b, "old", c.Old)
	writePlayed(&b, "new", c.New)
	b.WriteByte('\n')
	writeChanges(&b, c.Changes)
	writeTests(&b, c.Tests)
	if d := c.Drift; d != nil {
		fmt.Fprintf(&b, "confidence of %s: %+.3f on average; without sign half within %.3f, 90 %% within %.3f, the most %.3f; by more than %g: %d up, %d down\n",
			plural(d.Cases, "question", "questions"), d.Mean, d.Median, d.P90, d.Greatest, d.Bound, d.Up, d.Down)
	}
	var counts []string
	for _, k := range replay.Changes {
		if n := c.Count[k]; n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n, comparedWords[k]))
		}
	}
	b.WriteString(strings.Join(counts, ", "))
	if c.Outside > 0 {
		fmt.Fprintf(&b, "; %d not asked for", c.Outside)
	}
	b.WriteByte('\n')
	_, _ = io.WriteString(w, b.String()) // a closed standard output must not change the exit code
}

func writePlayed(b *strings.Builder, name string, p replay.Played) {
	fmt.Fprintf(b, "%s  ", name)
	if p.Baseline {
		b.WriteString("baseline, ")
	}
	fmt.Fprintf(b, "%s, policy %s, answers %s", p.About.Stage, p.About.Policy, p.About.FAQ)
	if p.About.Model != "" {
		b.WriteString(", model " + p.About.Model)
	}
	if p.Repeat > 1 {
		fmt.Fprintf(b, ", %d times each", p.Repeat)
	}
	if p.Filter != "" {
		b.WriteString(", filter " + p.Filter)
	}
	if p.Shard != "" {
		b.WriteString(", shard " + p.Shard)
	}
	fmt.Fprintf(b, ": %d of %s passed", p.Passed, plural(p.Cases, "case", "cases"))
	if !p.Complete {
		b.WriteString(" until it was interrupted")
	}
	b.WriteByte('\n')
}

// writeChanges tells of cases. An answer that was reworded is said in many of them and told of once.
func writeChanges(b *strings.Builder, list []replay.Difference) {
	quiet := []replay.Change{replay.Drifted, replay.StillFailing, replay.StillFlaky, replay.NewCase}
	told, left := 0, 0
	like := map[string]int{}
	reworded := func(d replay.Difference) string { return d.Old.Text + "\x00" + d.New.Text }
	for _, d := range list {
		if d.Kind == replay.Reworded {
			like[reworded(d)]++
		}
	}
	var drifts []replay.Difference
	for _, d := range list {
		if d.Kind == replay.Drifted {
			drifts = append(drifts, d)
		}
		if slices.Contains(quiet, d.Kind) {
			continue
		}
		more := 0
		if d.Kind == replay.Reworded {
			more = like[reworded(d)] - 1
			if more < 0 {
				continue // told of with the first
			}
			like[reworded(d)] = 0
		}
		if told == comparedCases {
			left += 1 + more
			continue
		}
		told++
		writeChange(b, d, more)
	}
	if left > 0 {
		fmt.Fprintf(b, "… and %d more; --json and --html have all\n\n", left)
	}
	writeDrifts(b, drifts)
}

func writeChange(b *strings.Builder, d replay.Difference, more int) {
	fmt.Fprintf(b, "%s %s", strings.ToUpper(strings.ReplaceAll(string(d.Kind), "_", " ")), d.ID)
	if d.Pos.File != "" {
		fmt.Fprintf(b, "  %s", d.Pos)
	}
	if d.Tier != "regression" {
		fmt.Fprintf(b, "  (%s)", d.Tier)
	}
	if more > 0 {
		fmt.Fprintf(b, "  and %s in the same way", plural(more, "other", "others"))
	}
	b.WriteByte('\n')
	const in = "       "
	if d.Asked != "" {
		fmt.Fprintf(b, "%s%s\n", in, d.Asked)
	}
	if d.Why != "" {
		fmt.Fprintf(b, "%s%s\n", in, strings.ReplaceAll(d.Why, "\n", "\n"+in))
	}
	if d.Edited {
		fmt.Fprintf(b, "%swhat is played is not the same: the case was edited\n", in)
	}
	if d.Step > 0 {
		fmt.Fprintf(b, "%sstep %d\n", in, d.Step)
	}
	writeSide(b, "was", d.Old)
	writeSide(b, "now", d.New)
	if d.Kind == replay.Acts {
		fmt.Fprintf(b, "%sthe same words, but the case, who has the floor, or what can be pressed differ; --json has both\n", in)
	}
	if d.New != nil {
		for _, f := range d.New.Failures {
			at := ""
			if f.Step > 0 {
				at = fmt.Sprintf("step %d  ", f.Step)
			}
			fmt.Fprintf(b, "%s%s%s\n%s  want %s\n%s  got  %s\n", in, at, f.What, in, f.Want, in, f.Got)
		}
	}
	if d.P != nil {
		fmt.Fprintf(b, "%sp %s that it passes so differently by chance\n", in, shortP(*d.P))
	}
	b.WriteByte('\n')
}

// writeSide is "was  passed 10/10  freight 0.90" and what was said, below each other: answers are too long for columns.
func writeSide(b *strings.Builder, name string, s *replay.Side) {
	if s == nil {
		fmt.Fprintf(b, "       %s  not there\n", name)
		return
	}
	fmt.Fprintf(b, "       %s  %s", name, s.Status)
	if s.Of > 1 {
		fmt.Fprintf(b, " %d/%d", s.Passed, s.Of)
	}
	if s.Topic != "" {
		b.WriteString("  " + s.Topic)
		if s.Confidence > 0 {
			fmt.Fprintf(b, " %.2f", s.Confidence)
		}
	}
	b.WriteByte('\n')
	if s.Text != "" {
		fmt.Fprintf(b, "         > %s\n", strings.ReplaceAll(s.Text, "\n", "\n         > "))
	}
}

func writeDrifts(b *strings.Builder, list []replay.Difference) {
	if len(list) == 0 {
		return
	}
	by := func(d replay.Difference) float64 { return d.New.Confidence - d.Old.Confidence }
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(x, y replay.Difference) int { // what fell most first
		switch {
		case by(x) < by(y)-1e-9:
			return -1
		case by(x) > by(y)+1e-9:
			return 1
		}
		return 0
	})
	b.WriteString("the same answer, but more or less sure:\n")
	for _, d := range list[:min(len(list), comparedDrifts)] {
		fmt.Fprintf(b, "  %+.2f  %.2f → %.2f  %s  %s\n", by(d), d.Old.Confidence, d.New.Confidence, d.New.Topic, d.Asked)
	}
	if n := len(list) - comparedDrifts; n > 0 {
		fmt.Fprintf(b, "  … and %d more\n", n)
	}
	b.WriteByte('\n')
}

// writeTests says whether the difference can be chance.
func writeTests(b *strings.Builder, tests []replay.Test) {
	if len(tests) == 0 || tests[0].Broken+tests[0].Fixed == 0 {
		return
	}
	b.WriteString("could chance alone do this? p is how likely it is (McNemar, exact); in brackets among all groups of that kind:\n")
	shown := map[string]int{}
	for _, t := range tests {
		if shown[t.Of]++; shown[t.Of] > comparedGroups {
			continue
		}
		fmt.Fprintf(b, "  p %-7s", shortP(t.P))
		if t.Of != "all" {
			fmt.Fprintf(b, " (%s)", shortP(t.Adjusted))
		}
		fmt.Fprintf(b, "  %d broken, %d fixed of %d  %s\n", t.Broken, t.Fixed, t.Cases, t.Name)
	}
	for _, of := range []string{"suite", "topic", "tag", "lang"} {
		if n := shown[of] - comparedGroups; n > 0 {
			fmt.Fprintf(b, "  … and %s\n", plural(n, "other "+of, "other "+of+"s"))
		}
	}
	b.WriteByte('\n')
}

func shortP(p float64) string {
	if p < 1e-4 {
		return fmt.Sprintf("%.0e", p)
	}
	return fmt.Sprintf("%.4f", p)
}

// findingHeads are what findings of an effect stand under.
var findingHeads = []struct {
	effect replay.Effect
	head   string
}{
	{replay.Spoils, "this spoils the result (exit 2)"},
	{replay.Stops, "new failures, which stop a release (exit 1)"},
	{replay.Reported, "new failures of tier soft"},
	{replay.Apart, "new failures of tier unreliable"},
	{replay.Noted, "to know"},
}

// writeFindings tells what the gate found, each with its rule, and the sum in the last line.
func writeFindings(w io.Writer, v replay.Verdict) {
	var b strings.Builder
	for _, h := range findingHeads {
		n := v.Count(h.effect)
		if n == 0 {
			continue
		}
		fmt.Fprintf(&b, "%s:\n", h.head)
		told := 0
		for _, f := range v.Findings {
			if f.Effect != h.effect {
				continue
			}
			if told++; told > comparedCases {
				fmt.Fprintf(&b, "  … and %d more\n", n-comparedCases)
				break
			}
			fmt.Fprintf(&b, "  [%s]", f.Rule)
			if f.ID != "" {
				b.WriteString(" " + f.ID)
			}
			if f.Pos != nil {
				fmt.Fprintf(&b, "  %s", *f.Pos)
			}
			fmt.Fprintf(&b, "  %s", strings.ReplaceAll(f.Text, "\n", "\n    "))
			if f.P != nil {
				fmt.Fprintf(&b, " (p %s)", shortP(*f.P))
			}
			b.WriteByte('\n')
		}
	}
	fmt.Fprintf(&b, "gate: %s, %d soft, %d unreliable; exit %d\n", plural(v.Count(replay.Stops), "new failure", "new failures"),
		v.Count(replay.Reported), v.Count(replay.Apart), v.Code)
	_, _ = io.WriteString(w, b.String()) // a closed standard output must not change the exit code
}
