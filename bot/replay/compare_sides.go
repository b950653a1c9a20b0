package replay

import (
	"cmp"
	"slices"
)

// difference tells of a pair: the change, and both sides at the step where it shows.
func (p pair) difference(bound float64) Difference {
	t := p.any()
	d := Difference{ID: t.id, Pos: t.pos, Lang: t.lang, Tier: t.tier, Kind: p.kind, P: p.p, Asked: t.text}
	d.Also = p.aside(bound)
	if d.Kind == Same && len(d.Also) > 0 {
		d.Kind, d.Also = d.Also[0], d.Also[1:]
	}
	if p.now != nil {
		d.Why = p.now.why
	}
	if p.old != nil && p.now != nil {
		d.Edited = p.old.asked != "" && p.now.asked != "" && p.old.asked != p.now.asked
		if p.old.status == Failed && p.now.status == Failed {
			d.Fresh = fresh(p.old, p.now)
		}
		if !p.old.scored() && p.now.scored() {
			d.Why = cmp.Or(p.old.why, "it was not judged before")
		}
	}
	d.Step = p.step(d)
	d.Old, d.New = p.old.side(d.Step), p.now.side(d.Step)
	return d
}

// step is where the difference shows: the first failure that is new, or the first failure, or the first step at which
// the two differ.
func (p pair) step(d Difference) int {
	if p.any().question {
		return 0
	}
	first := func(list []Failure) int {
		for _, f := range list {
			if f.Step > 0 {
				return f.Step
			}
		}
		return 0
	}
	if n := first(d.Fresh); n > 0 {
		return n
	}
	if p.now.scored() && p.now.status != Passed {
		if n := first(p.now.failures); n > 0 {
			return n
		}
	}
	if p.old.scored() && p.old.status != Passed {
		if n := first(p.old.failures); n > 0 {
			return n
		}
	}
	if p.old == nil || p.now == nil {
		return 0
	}
	old, now := p.old.shown, p.now.shown
	for i := range max(len(old.said), len(now.said)) {
		if item(old.said, i) != item(now.said, i) || p.old.full && p.now.full && item(old.acts, i) != item(now.acts, i) {
			return i + 1
		}
	}
	return 0
}

func item(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}

// side is a trace at a step, counted from 1; 0 is a question's answer.
func (t *trace) side(step int) *Side {
	if t == nil {
		return nil
	}
	s := &Side{
		Status: t.status, Passed: t.passed, Of: t.of, Topic: t.shown.took, Confidence: t.shown.confidence,
		Failures: t.failures, Text: item(t.shown.said, max(step-1, 0)), Answer: t.shown.answer,
	}
	if step > 0 && step <= len(t.shown.views) {
		s.View = &t.shown.views[step-1]
	}
	return s
}

// Test says whether the difference over some cases can be chance. Broken and Fixed count those that passed before and do
// not now, and the reverse; a case that flips does not pass.
type Test struct {
	Of     string `json:"of"`   // all, suite, topic, tag, lang
	Name   string `json:"name"` // "all", or "topic return.freight"
	Cases  int    `json:"cases"`
	Broken int    `json:"broken"`
	Fixed  int    `json:"fixed"`
	// P is McNemar's exact p-value. Adjusted is it among the tests of the same Of (Holm), as one of many groups differs
	// by chance.
	P        float64 `json:"p"`
	Adjusted float64 `json:"p_adjusted"`
}

// testsOf pairs the cases that were judged in both runs.
func testsOf(pairs []pair) []Test {
	type group struct{ of, name string }
	counts := map[group]*Test{}
	add := func(of, name string, before, after bool) {
		g := group{of, name}
		if counts[g] == nil {
			counts[g] = &Test{Of: of, Name: of + " " + name}
		}
		t := counts[g]
		t.Cases++
		switch {
		case before && !after:
			t.Broken++
		case !before && after:
			t.Fixed++
		}
	}
	all := Test{Of: "all", Name: "all"}
	counts[group{"all", ""}] = &all
	for _, p := range pairs {
		if !p.old.scored() || !p.now.scored() {
			continue
		}
		before, after := p.old.status == Passed, p.now.status == Passed
		add("all", "", before, after)
		if p.now.pos.File != "" {
			add("suite", p.now.pos.File, before, after)
		}
		for _, topic := range distinct(p.now.topics) {
			add("topic", string(topic), before, after)
		}
		for _, tag := range distinct(p.now.tags) {
			add("tag", tag, before, after)
		}
		if p.now.lang != "" {
			add("lang", string(p.now.lang), before, after)
		}
	}
	all.P = McNemar(all.Broken, all.Fixed)
	all.Adjusted = all.P
	out := []Test{all}
	for _, of := range []string{"suite", "topic", "tag", "lang"} {
		var list []Test
		var ps []float64
		for g, t := range counts {
			if g.of == of && t.Broken+t.Fixed > 0 {
				list = append(list, *t)
			}
		}
		slices.SortFunc(list, func(a, b Test) int { return cmp.Compare(a.Name, b.Name) })
		for i := range list {
			list[i].P = McNemar(list[i].Broken, list[i].Fixed)
			ps = append(ps, list[i].P)
		}
		for i, v := range holm(ps) {
			list[i].Adjusted = v
		}
		slices.SortStableFunc(list, func(a, b Test) int {
			return cmp.Or(cmp.Compare(a.P, b.P), cmp.Compare(b.Broken, a.Broken))
		})
		out = append(out, list...)
	}
	for i := range out {
		out[i].P, out[i].Adjusted = digits(out[i].P), digits(out[i].Adjusted)
	}
	return out
}

func distinct[T ~string](list []T) []T {
	return slices.Compact(slices.Sorted(slices.Values(list)))
}
