package replay

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"recourse/bot/replay/suite"
)

// Effect is what a finding does to a release.
type Effect string

// The effects.
const (
	Spoils   Effect = "spoils" // the result says nothing: exit 2
	Stops    Effect = "stops"  // a new failure of tier regression: exit 1
	Reported Effect = "soft"   // a new failure of tier soft
	Apart    Effect = "apart"  // a new failure of tier unreliable
	Noted    Effect = "noted"  // nothing failed; somebody should know
)

// Rule is what a finding comes from. Of the rules that a Change has the name of, it is the rule.
type Rule string

// The rules besides changes.
const (
	RuleSuite      Rule = "suite"      // the suite cannot be read
	RuleBaseline   Rule = "baseline"   // the baseline is empty, or not one to rely on
	RuleFormat     Rule = "format"     // the run is of another format
	RuleIncomplete Rule = "incomplete" // the run was interrupted
	RuleNoCases    Rule = "no_cases"   // nothing was judged
	RuleDuplicate  Rule = "duplicate"  // two cases have the same id
	RulePending    Rule = "pending"    // nobody has reviewed the case
	RuleTrials     Rule = "trials"     // a case was not played as often as the run says, or its status is not theirs
	RuleFilter     Rule = "filter"     // what the run was to play cannot be read
	RuleTier       Rule = "tier"       // the tier was lowered since the baseline
)

// Finding is one thing that the gate found.
type Finding struct {
	Effect Effect     `json:"effect"`
	Rule   Rule       `json:"rule"`
	ID     string     `json:"id,omitempty"`
	Pos    *suite.Pos `json:"pos,omitempty"`
	Text   string     `json:"text"`
	P      *float64   `json:"p,omitempty"`
}

// Verdict is what the gate says of a run.
type Verdict struct {
	// Code is 2 if anything spoils the result, else 1 if anything stops a release, else 0.
	Code       int        `json:"code"`
	Findings   []Finding  `json:"findings"` // by effect, rule, id
	Comparison Comparison `json:"comparison"`
}

// Gate holds a run against a baseline. Only what is new stops a release, case by case and never on average: what failed
// when it was blessed may go on failing in the same way. problems are those of loading the suite.
func Gate(b Baseline, run Run, problems ...error) Verdict {
	v := Verdict{Comparison: b.Compare(run)}
	add := func(f Finding) { v.Findings = append(v.Findings, f) }
	for _, err := range problems {
		if err != nil {
			add(Finding{Effect: Spoils, Rule: RuleSuite, Text: err.Error()})
		}
	}
	if b.Format != BaselineFormat {
		add(Finding{Effect: Spoils, Rule: RuleBaseline, Text: fmt.Sprintf("the baseline has format %d, and this program reads %d", b.Format, BaselineFormat)})
	} else if err := b.check(); err != nil {
		add(Finding{Effect: Spoils, Rule: RuleBaseline, Text: err.Error()})
	}
	if len(b.Cases) == 0 {
		add(Finding{Effect: Spoils, Rule: RuleBaseline, Text: "the baseline holds no case"})
	}
	v.Findings = append(v.Findings, faults(run)...)
	for _, d := range v.Comparison.Changes {
		if f, ok := d.finding(); ok {
			add(f)
		}
	}
	for _, r := range run.Cases {
		v.Findings = append(v.Findings, b.coverage(r)...)
	}
	order := []Effect{Spoils, Stops, Reported, Apart, Noted}
	slices.SortStableFunc(v.Findings, func(x, y Finding) int {
		return cmp.Or(cmp.Compare(slices.Index(order, x.Effect), slices.Index(order, y.Effect)),
			cmp.Compare(slices.Index(Changes, Change(x.Rule)), slices.Index(Changes, Change(y.Rule))),
			strings.Compare(string(x.Rule), string(y.Rule)), strings.Compare(x.ID, y.ID))
	})
	for _, f := range v.Findings {
		switch f.Effect {
		case Spoils:
			v.Code = 2
		case Stops:
			v.Code = max(v.Code, 1)
		}
	}
	return v
}

// Count is how many findings have an effect.
func (v Verdict) Count(e Effect) int {
	n := 0
	for _, f := range v.Findings {
		if f.Effect == e {
			n++
		}
	}
	return n
}

// faults are what makes a run say nothing, whatever it is compared with.
func faults(run Run) []Finding {
	var out []Finding
	spoil := func(rule Rule, r *Result, format string, args ...any) {
		f := Finding{Effect: Spoils, Rule: rule, Text: fmt.Sprintf(format, args...)}
		if r != nil {
			f.ID, f.Pos = r.ID, &r.Pos
		}
		out = append(out, f)
	}
	if run.Format != Format {
		spoil(RuleFormat, nil, "the run has format %d, and this program reads %d", run.Format, Format)
	}
	if !run.Complete {
		spoil(RuleIncomplete, nil, "the run was interrupted after %d cases", len(run.Cases))
	}
	if _, err := run.picks(); err != nil {
		spoil(RuleFilter, nil, "%s", err)
	}
	scored, seen := 0, map[string]bool{}
	for i := range run.Cases {
		r := &run.Cases[i]
		if seen[r.ID] {
			spoil(RuleDuplicate, r, "two cases have this id")
		}
		seen[r.ID] = true
		if !r.Scored() {
			continue
		}
		scored++
		passed, of := r.Passes()
		switch {
		case r.Review == suite.Pending || r.Review == suite.Rejected:
			spoil(RulePending, r, "nobody has reviewed it; leave --include-pending out, or review it")
		case of != max(run.Repeat, 1):
			spoil(RuleTrials, r, "it was played %d times in a run of %d", of, max(run.Repeat, 1))
		case r.Status != statusOf(passed, of):
			spoil(RuleTrials, r, "it is %s with %d of %d trials passed", r.Status, passed, of)
		}
	}
	if scored == 0 && run.Shard == "" {
		spoil(RuleNoCases, nil, "no case was judged")
	}
	return out
}

// finding is what a change means for the gate; false if nothing.
func (d Difference) finding() (Finding, bool) {
	f := Finding{Rule: Rule(d.Kind), ID: d.ID, P: d.P}
	if d.Pos.File != "" {
		f.Pos = &d.Pos
	}
	switch d.Tier {
	case suite.Soft:
		f.Effect = Reported
	case suite.Unreliable:
		f.Effect = Apart
	default:
		f.Effect = Stops
	}
	trials := func(s *Side) string { return fmt.Sprintf("%d/%d", s.Passed, s.Of) }
	switch d.Kind {
	case Broke:
		f.Text = "passed " + trials(d.Old) + ", now " + trials(d.New)
	case NewlyFlaky:
		f.Text = "passed " + trials(d.Old) + ", now " + trials(d.New) + ": it flips"
	case Worse:
		f.Text = fmt.Sprintf("passed %s, now %s: less often than chance explains", trials(d.Old), trials(d.New))
	case FailsOtherwise:
		f.Text = "it failed before, but not on: " + d.Fresh[0].key()
	case NewFailing:
		f.Text = "it is not in the baseline, and does not pass"
	case Unplayed:
		f.Effect, f.Text = Spoils, cmp.Or(d.Why, "it could not be played")
	case Vanished:
		f.Effect, f.Text = Spoils, "the baseline has it and the suite does not; drop it with bless --drop"
	case Unverifiable:
		f.Effect, f.Text = Noted, "it could not be judged here: "+d.Why
	case Fixed:
		f.Effect, f.Text = Noted, "it passes now; bless it, or the gate will not notice when it fails again"
	case StillFlaky:
		f.Effect, f.Text = Noted, fmt.Sprintf("it flips: passed %s, now %s, which can be chance", trials(d.Old), trials(d.New))
	default:
		return f, false
	}
	return f, true
}

// coverage finds how a case of the baseline can be there and still be no longer guarded.
func (b Baseline) coverage(r Result) []Finding {
	i, ok := b.find(r.ID)
	if !ok {
		return nil
	}
	var out []Finding
	if r.Status == Skipped && (r.Review == suite.Pending || r.Review == suite.Rejected) {
		out = append(out, Finding{
			Effect: Spoils, Rule: RulePending, ID: r.ID, Pos: &r.Pos,
			Text: fmt.Sprintf("the baseline has it, and its review is now %s; review it, or drop it with bless --drop", r.Review),
		})
	}
	tiers := []suite.Tier{suite.Regression, suite.Soft, suite.Unreliable}
	was, is := cmp.Or(b.Cases[i].Tier, suite.Regression), cmp.Or(r.Tier, suite.Regression)
	if slices.Index(tiers, is) > slices.Index(tiers, was) {
		out = append(out, Finding{Effect: Noted, Rule: RuleTier, ID: r.ID, Pos: &r.Pos, Text: fmt.Sprintf("its tier was %s and is now %s", was, is)})
	}
	return out
}
