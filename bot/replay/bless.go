package replay

import (
	"fmt"
	"slices"
	"strings"

	"recourse/bot/replay/suite"
)

// RefusedError says why a run cannot become a baseline.
type RefusedError struct{ Reasons []string }

func (e *RefusedError) Error() string { return "not blessed: " + strings.Join(e.Reasons, "; ") }

// BlessChange is what blessing changes of a case.
type BlessChange string

// The changes that blessing makes, in the order in which they are told.
const (
	Accepts   BlessChange = "accepts"   // a failure, or a flip, that was not there: from now on it stops nothing
	Drops     BlessChange = "drops"     // it is no longer guarded
	Holds     BlessChange = "holds"     // it did not pass, and from now on it must
	Adds      BlessChange = "adds"      // it is new
	Redirects BlessChange = "redirects" // another topic answers
	Rewords   BlessChange = "rewords"   // other words
	Describes BlessChange = "describes" // its tier, tags, topics, or how often it was played
	Keeps     BlessChange = "keeps"     // this run could not judge it, so that the old stays
)

// Blessing is one case that blessing changes.
type Blessing struct {
	Kind BlessChange `json:"kind"`
	ID   string      `json:"id"`
	Text string      `json:"text,omitempty"`
}

// Bless makes a baseline of a run, over an old one if there is one. Nothing else ever changes a baseline. A run that
// says nothing is refused (a *RefusedError), and so is one that lacks cases of the old baseline, but for those to drop.
// A filtered run, or a shard, changes the cases that it was to play and leaves the others. A case that the run could not
// judge stays as it was.
func Bless(old *Baseline, run Run, drop ...string) (Baseline, []Blessing, error) {
	var refused RefusedError
	refuse := func(format string, args ...any) {
		refused.Reasons = append(refused.Reasons, fmt.Sprintf(format, args...))
	}
	for _, f := range faults(run) {
		refuse("%s", strings.TrimSpace(f.ID+" "+f.Text))
	}
	part := run.Filter != "" || run.Shard != ""
	if old == nil && part {
		refuse("a filtered run, or a shard, cannot begin a baseline: the cases it leaves out would not be guarded")
	}
	if old == nil {
		old = &Baseline{}
	} else if err := old.check(); err != nil {
		refuse("%s", err)
	}
	picks, err := run.picks()
	if err != nil {
		return Baseline{}, nil, &refused // faults has told of it
	}
	next := Baseline{Format: BaselineFormat, About: run.About, Seed: run.Seed, Texts: map[string]string{}, Cases: []Blessed{}}
	var changes []Blessing
	results := map[string]*Result{}
	for i := range run.Cases {
		r := &run.Cases[i]
		results[r.ID] = r
		if r.Status == Broken || r.Status == Errored {
			refuse("%s could not be played: %s", r.ID, r.Why)
		}
		if r.Scored() {
			next.Cases = append(next.Cases, blessed(r, next.Texts))
		}
	}
	for _, id := range drop {
		if _, ok := old.find(id); !ok {
			refuse("%s cannot be dropped: it is not in the baseline", id)
		}
		if r := results[id]; r != nil && r.Scored() {
			refuse("%s cannot be dropped: the run played it", id)
		}
	}
	for _, c := range old.Cases {
		r := results[c.ID]
		switch {
		case r != nil && r.Scored():
			continue
		case slices.Contains(drop, c.ID):
			changes = append(changes, Blessing{Drops, c.ID, ""})
			continue
		case r == nil && !picks(old.trace(c).asCase()): // not this run's business
		case r == nil:
			refuse("%s is in the baseline and not in the run: if that is meant, --drop %s", c.ID, c.ID)
		case r.Review == suite.Pending || r.Review == suite.Rejected:
			refuse("%s is in the baseline and its review is now %s: if that is meant, --drop %s", c.ID, r.Review, c.ID)
		default:
			changes = append(changes, Blessing{Keeps, c.ID, r.Why})
		}
		next.Cases = append(next.Cases, c)
		for _, d := range c.Said {
			if d != "" {
				next.Texts[d] = old.Texts[d]
			}
		}
	}
	if len(refused.Reasons) > 0 {
		return Baseline{}, nil, &refused
	}
	slices.SortFunc(next.Cases, func(a, b Blessed) int { return strings.Compare(a.ID, b.ID) })
	for _, c := range next.Cases {
		if r := results[c.ID]; r != nil && r.Scored() {
			if b, ok := blessing(old, c); ok {
				changes = append(changes, b)
			}
		}
	}
	order := []BlessChange{Accepts, Drops, Holds, Adds, Redirects, Rewords, Describes, Keeps}
	slices.SortStableFunc(changes, func(a, b Blessing) int { return slices.Index(order, a.Kind) - slices.Index(order, b.Kind) })
	return next, changes, nil
}

// blessing says what becomes of a case that the run judged; false if it stays the same.
func blessing(old *Baseline, now Blessed) (Blessing, bool) {
	i, ok := old.find(now.ID)
	trials := fmt.Sprintf("%s %d/%d", now.Status, now.Passed, now.Of)
	if !ok {
		if now.Status != Passed {
			return Blessing{Accepts, now.ID, "new, " + trials}, true
		}
		return Blessing{Adds, now.ID, trials}, true
	}
	was := old.Cases[i]
	before := fmt.Sprintf("%s %d/%d", was.Status, was.Passed, was.Of)
	var added []string
	for _, f := range now.Failures {
		if !slices.Contains(was.Failures, f) {
			added = append(added, f)
		}
	}
	switch {
	case now.Status != Passed && (now.Passed*was.Of < was.Passed*now.Of || was.Status == Passed):
		return Blessing{Accepts, now.ID, before + " → " + trials}, true
	case now.Status != Passed && len(added) > 0:
		return Blessing{Accepts, now.ID, "fails on " + strings.Join(added, "; ")}, true
	case now.Status == Passed && was.Status != Passed:
		return Blessing{Holds, now.ID, before + " → " + trials}, true
	case now.Took != was.Took:
		return Blessing{Redirects, now.ID, was.Took + " → " + now.Took}, true
	case !slices.Equal(now.Said, was.Said):
		return Blessing{Rewords, now.ID, ""}, true
	case now.Passed != was.Passed || now.Of != was.Of || now.Tier != was.Tier || now.Lang != was.Lang || !slices.Equal(now.Tags, was.Tags) ||
		!slices.Equal(now.Topics, was.Topics) || !slices.Equal(now.Failures, was.Failures):
		return Blessing{Describes, now.ID, ""}, true
	}
	return Blessing{}, false
}
