package replay

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"recourse/bot/replay/suite"
	"recourse/dialog"
)

// Change is what became of a case between two runs.
type Change string

// The changes, in the order in which they are told. A case has the first that fits.
const (
	Broke          Change = "broken"          // it passed in every trial and fails in every one
	Worse          Change = "worse"           // it flipped before, and passes less often than chance explains
	NewlyFlaky     Change = "newly_flaky"     // it passed in every trial and fails in some
	FailsOtherwise Change = "fails_otherwise" // it failed before, and now an expectation fails too that did not
	NewFailing     Change = "new_failing"     // it is new, or was not judged before, and does not pass
	Unplayed       Change = "unplayed"        // it is broken, or its stage failed
	Vanished       Change = "vanished"        // it was to be played, and is not there
	Unverifiable   Change = "unverifiable"    // it was judged before and is skipped now: nobody knows
	Moved          Change = "moved"           // the same status, but another topic answers, or something else becomes of it
	Reworded       Change = "reworded"        // the same status and topic, other words
	Acts           Change = "acts"            // the same words, but the case, the floor, or what can be pressed differ
	Drifted        Change = "drifted"         // the same answer, its confidence differs by more than the bound
	Fixed          Change = "fixed"           // it did not pass in every trial and does
	Better         Change = "better"          // it passes in more trials than chance explains, or in some instead of none
	StillFlaky     Change = "still_flaky"     // it flipped before; the difference can be chance
	StillFailing   Change = "still_failing"   // the same expectations fail
	NewCase        Change = "new"             // it is new, or was not judged before, and passes or is skipped
	Same           Change = "same"            // counted only
)

// Changes are all changes in the order in which they are told.
var Changes = []Change{
	Broke, Worse, NewlyFlaky, FailsOtherwise, NewFailing, Unplayed, Vanished, Unverifiable, Moved, Reworded, Acts, Drifted, Fixed,
	Better, StillFlaky, StillFailing, NewCase, Same,
}

const (
	// DriftBound is the change of confidence from which on a case is told of, if no other is given.
	DriftBound = 0.05
	// Alpha is the chance of a false alarm, over all cases that flip, at which a difference counts as one.
	Alpha = 0.05
)

// Comparison is what changed between two runs, or since a baseline. It holds no times: the same two give the same bytes.
type Comparison struct {
	Old Played `json:"old"`
	New Played `json:"new"`
	// Both are in either run, Outside are cases of the old one that the new one was not to play (by its filter or shard)
	// or did not reach.
	Both    int            `json:"both"`
	Outside int            `json:"outside,omitempty"`
	Count   map[Change]int `json:"count"`
	// Tests say whether the difference can be chance: over everything, then by suite, topic, tag and language where there
	// is a difference.
	Tests   []Test       `json:"tests"`
	Drift   *Drift       `json:"drift,omitempty"` // nil if nothing is known of it
	Changes []Difference `json:"changes"`         // but for Same; by change, then id
}

// Played is what was compared.
type Played struct {
	Baseline bool   `json:"baseline,omitempty"`
	About    About  `json:"about"`
	Seed     uint64 `json:"seed"`
	Repeat   int    `json:"repeat,omitempty"`
	Filter   string `json:"filter,omitempty"`
	Shard    string `json:"shard,omitempty"`
	Complete bool   `json:"complete"`
	Cases    int    `json:"cases"`
	Passed   int    `json:"passed"`
}

// Difference is one case that changed, with both sides of it.
type Difference struct {
	ID   string        `json:"id"`
	Pos  suite.Pos     `json:"pos"`
	Lang dialog.Locale `json:"lang,omitempty"`
	Tier suite.Tier    `json:"tier"`
	Kind Change        `json:"kind"`
	// Also are Moved, Reworded, Acts and Drifted, where something weightier has happened too.
	Also []Change `json:"also,omitempty"`
	// Edited says that the two were not played the same: the question, or the steps, have changed.
	Edited bool   `json:"edited,omitempty"`
	Asked  string `json:"asked,omitempty"` // a question's text
	Step   int    `json:"step,omitempty"`  // that is shown, from 1
	Why    string `json:"why,omitempty"`
	// P is how likely a difference in passes at least this great in its direction is if nothing changed (Fisher's exact
	// test, one-sided); of cases that were played more than once only.
	P   *float64 `json:"p,omitempty"`
	Old *Side    `json:"old,omitempty"`
	New *Side    `json:"new,omitempty"`
	// Fresh are failures that were not there before.
	Fresh []Failure `json:"fresh,omitempty"`
}

// Side is a case in one of the runs.
type Side struct {
	Status     Status    `json:"status"`
	Passed     int       `json:"passed"` // trials, of Of
	Of         int       `json:"of"`
	Topic      string    `json:"topic,omitempty"` // that answers, or what became of it
	Confidence float64   `json:"confidence,omitempty"`
	Text       string    `json:"text,omitempty"` // what was said in the step that is shown, drawn ids numbered
	Failures   []Failure `json:"failures,omitempty"`
	Answer     *Answer   `json:"answer,omitempty"` // of a question
	View       *View     `json:"view,omitempty"`   // of the step that is shown
}

// Drift is how the confidence in the likeliest topic changed, over questions whose likeliest topic is the same.
type Drift struct {
	Bound    float64 `json:"bound"`
	Cases    int     `json:"cases"`
	Up       int     `json:"up"`       // by more than the bound
	Down     int     `json:"down"`     // by more than the bound
	Mean     float64 `json:"mean"`     // with its sign
	MeanAbs  float64 `json:"mean_abs"` // without
	Median   float64 `json:"median"`   // of the changes without their sign, as are the others
	P90      float64 `json:"p90"`
	P99      float64 `json:"p99"`
	Greatest float64 `json:"greatest"`
}

// Compare says what changed from one run to another. bound is that of Drifted, 0 is DriftBound.
func Compare(before, after Run, bound float64) Comparison {
	c := compare(tracesOf(before), tracesOf(after), after, cmp.Or(bound, DriftBound))
	c.Old, c.New = playedOf(before), playedOf(after)
	return c
}

func playedOf(r Run) Played {
	return Played{
		About: r.About, Seed: r.Seed, Repeat: r.Repeat, Filter: r.Filter, Shard: r.Shard, Complete: r.Complete,
		Cases: len(r.Cases), Passed: r.Count()[Passed],
	}
}

func tracesOf(r Run) []*trace {
	out := make([]*trace, len(r.Cases))
	for i := range r.Cases {
		out[i] = traceOf(&r.Cases[i])
	}
	return out
}

// pair is a case in both runs; one of the two may be nil.
type pair struct {
	old, now *trace
	kind     Change
	p        *float64 // of a case that flipped
}

func compare(olds, nows []*trace, after Run, bound float64) Comparison {
	c := Comparison{Count: map[Change]int{}, Changes: []Difference{}}
	byID := map[string]*trace{}
	for _, t := range olds {
		byID[t.id] = t
	}
	var pairs []pair
	met := map[string]bool{}
	for _, t := range nows {
		if met[t.id] {
			continue // twice the same id: the gate says so
		}
		met[t.id] = true
		pairs = append(pairs, pair{old: byID[t.id], now: t})
	}
	picks, err := after.picks()
	for id, t := range byID {
		switch {
		case met[id]:
			c.Both++
		case !after.Complete, err != nil, !picks(t.asCase()):
			c.Outside++
		default:
			pairs = append(pairs, pair{old: t})
		}
	}
	slices.SortFunc(pairs, func(a, b pair) int { return strings.Compare(a.any().id, b.any().id) })
	for i := range pairs {
		pairs[i].kind = pairs[i].judge()
	}
	settleFlaky(pairs)
	for _, p := range pairs {
		d := p.difference(bound)
		c.Count[d.Kind]++
		if d.Kind != Same {
			c.Changes = append(c.Changes, d)
		}
	}
	slices.SortStableFunc(c.Changes, func(a, b Difference) int {
		return cmp.Compare(slices.Index(Changes, a.Kind), slices.Index(Changes, b.Kind))
	})
	c.Tests = testsOf(pairs)
	c.Drift = driftOf(pairs, bound)
	return c
}

func (p pair) any() *trace { return cmp.Or(p.now, p.old) }

// judge says what the statuses say. What flipped before is settled later, over all cases.
func (p pair) judge() Change {
	old, now := p.old, p.now
	switch {
	case now == nil:
		return Vanished
	case now.status == Broken || now.status == Errored:
		return Unplayed
	case old.scored() && now.status == Skipped:
		return Unverifiable
	case !old.scored() && now.scored() && now.status != Passed:
		return NewFailing
	case old == nil || !old.scored() && now.scored():
		return NewCase
	case !now.scored():
		return Same // skipped, and there was nothing to lose
	}
	switch was, is := old.status, now.status; {
	case was == Passed && is == Failed:
		return Broke
	case was == Passed && is == Flaky:
		return NewlyFlaky
	case was != Passed && is == Passed:
		return Fixed
	case was == Failed && is == Flaky:
		return Better
	case was == Flaky:
		return StillFlaky
	case was == Failed && len(fresh(old, now)) > 0:
		return FailsOtherwise
	case was == Failed:
		return StillFailing
	}
	return Same
}

// settleFlaky finds which of the cases that flipped before pass less often, or more often, than chance explains. They
// are looked at together, so that with many of them one does not seem to differ by chance.
func settleFlaky(pairs []pair) {
	var less, more []int
	var lessP, moreP []float64
	for i, p := range pairs {
		if !p.old.scored() || !p.now.scored() || max(p.old.of, p.now.of) < 2 {
			continue
		}
		down := p.now.passed*p.old.of < p.old.passed*p.now.of
		v := FisherLess(p.old.passed, p.old.of, p.now.passed, p.now.of)
		if !down {
			v = FisherLess(p.now.passed, p.now.of, p.old.passed, p.old.of)
		}
		rounded := digits(v)
		pairs[i].p = &rounded
		switch {
		case p.kind != StillFlaky:
		case down:
			less, lessP = append(less, i), append(lessP, v)
		default:
			more, moreP = append(more, i), append(moreP, v)
		}
	}
	for n, v := range holm(lessP) {
		if v < Alpha {
			pairs[less[n]].kind = Worse
		}
	}
	for n, v := range holm(moreP) {
		if v < Alpha {
			pairs[more[n]].kind = Better
		}
	}
}

// aside are the changes that do not touch the status, the weightiest first.
func (p pair) aside(bound float64) []Change {
	if !p.old.scored() || !p.now.scored() {
		return nil
	}
	var out []Change
	old, now := p.old.shown, p.now.shown
	if old.took != now.took {
		out = append(out, Moved)
	}
	if !slices.ContainsFunc(p.now.others, func(s string) bool { return slices.Contains(p.old.others, s) }) {
		out = append(out, Reworded)
	}
	if !p.old.full || !p.now.full {
		return out
	}
	if !slices.Equal(old.acts, now.acts) {
		out = append(out, Acts)
	}
	if d, ok := p.drift(); ok && math.Abs(d) > bound+1e-9 {
		out = append(out, Drifted)
	}
	return out
}

// drift is how the confidence in the same likeliest topic changed.
func (p pair) drift() (float64, bool) {
	if !p.old.scored() || !p.now.scored() || p.old.shown.likeliest == "" || p.old.shown.likeliest != p.now.shown.likeliest {
		return 0, false
	}
	return math.Round(1e4*(p.now.shown.confidence-p.old.shown.confidence)) / 1e4, true
}

func driftOf(pairs []pair, bound float64) *Drift {
	var sizes []float64
	d := Drift{Bound: bound}
	for _, p := range pairs {
		by, ok := p.drift()
		if !ok {
			continue
		}
		sizes = append(sizes, math.Abs(by))
		d.Mean += by
		d.MeanAbs += math.Abs(by)
		switch {
		case by > bound+1e-9:
			d.Up++
		case by < -bound-1e-9:
			d.Down++
		}
	}
	if len(sizes) == 0 {
		return nil
	}
	slices.Sort(sizes)
	at := func(q float64) float64 { return sizes[int(math.Ceil(q*float64(len(sizes))))-1] }
	n := float64(len(sizes))
	d.Cases, d.Mean, d.MeanAbs = len(sizes), digits(d.Mean/n), digits(d.MeanAbs/n)
	d.Median, d.P90, d.P99, d.Greatest = at(0.5), at(0.9), at(0.99), sizes[len(sizes)-1]
	return &d
}
