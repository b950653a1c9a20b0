package replay

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"recourse/bot/replay/suite"
)

// Why a case of a rescored run has no verdict.
const (
	notInRun     = "it was not played in this run"
	otherInput   = "what is played has changed since this run: play it again"
	noTranscript = "nothing of it was stored to judge"
)

// Rescore judges a stored run under the expectations of cases, which may have changed since, without playing anything.
// Cases that are gone are not in the result, as if the suite had been played now; the run's filter and shard hold. What
// it cannot judge is Skipped and says why: a case that was not played then, or whose question or steps are others now.
// Under the cases that it was played with, a run stays the same. The error is ErrNoCases, ErrDuplicate or a filter that
// cannot be read.
func Rescore(run Run, cases []suite.Case) (Run, error) {
	filter, err := run.filter()
	if err != nil {
		return Run{}, err
	}
	shard, err := ParseShard(run.Shard)
	if err != nil {
		return Run{}, err
	}
	chosen, err := choose(cases, Options{Filter: filter, Shard: shard})
	if err != nil {
		return Run{}, err
	}
	played := map[string]Result{}
	for _, r := range run.Cases {
		played[r.ID] = r
	}
	run.Cases = []Result{}
	for _, c := range chosen {
		old, ok := played[c.ID]
		if !ok {
			r := resultOf(c)
			r.Status, r.Why = Skipped, notInRun
			run.Cases = append(run.Cases, r)
			continue
		}
		run.Cases = append(run.Cases, rescored(old, c))
	}
	return run, nil
}

func rescored(old Result, c suite.Case) Result {
	r := resultOf(c)
	same := r.Input == old.Input && (r.Question == nil) == (old.Question == nil) &&
		(r.Question == nil || r.Question.Text == old.Question.Text && r.Question.State == old.Question.State)
	r.Status, r.Why = Skipped, old.Why
	switch {
	case c.Review == suite.Rejected:
		r.Why = rejected
	case !same:
		r.Why = otherInput
	case !old.Scored():
		if old.Status != Skipped {
			r.Status = old.Status
		} else if old.Why == notReviewed && c.Review != suite.Pending || old.Why == rejected {
			r.Why = noTranscript
		}
	default:
		r.Why, r.Trials = "", slices.Clone(old.Trials)
		for i := range r.Trials {
			t := &r.Trials[i]
			if t.Answer != nil && c.Question != nil {
				t.Outcome = Judge(*c.Question, *t.Answer)
			}
			t.Failures = t.Score(c)
		}
		r.Status = r.verdict()
	}
	return r
}

// resultOf is what a result says of its case, before it is played.
func resultOf(c suite.Case) Result {
	r := Result{ID: c.ID, Pos: c.Pos, Lang: c.Locale, Tags: c.Tags, Tier: cmp.Or(c.Tier, suite.Regression), Review: c.Review}
	if q := c.Question; q != nil {
		r.Question = &Asked{Text: q.Text, Topic: q.Topic, Accept: q.Accept, State: string(q.State)}
	} else if c.Conversation != nil {
		r.Topics, r.Input = Topics(c), inputOf(*c.Conversation)
	}
	return r
}

// inputOf is a digest of what is played of a conversation: where it starts and what happens, not what is expected, what
// it is about, or where it stands in its file.
func inputOf(c suite.Conversation) string {
	c.About, c.Never, c.Once = "", nil, false
	c.Steps = slices.Clone(c.Steps)
	for i := range c.Steps {
		c.Steps[i].Pos, c.Steps[i].Expect = suite.Pos{}, nil
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return err.Error() // a Conversation is plain data; there is none that cannot be written
	}
	return digest(string(raw))
}

// digest is 64 bits of a text's SHA-256, in hex.
func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}

// filter is the run's filter, read again from how it is written down.
func (r Run) filter() (Filter, error) {
	f, err := ParseFilter(strings.Split(r.Filter, " | ")...)
	if err != nil {
		return Filter{}, fmt.Errorf("the filter of the run: %w", err)
	}
	return f, nil
}

// picks says which cases the run was to play.
func (r Run) picks() (func(suite.Case) bool, error) {
	f, err := r.filter()
	if err != nil {
		return nil, err
	}
	s, err := ParseShard(r.Shard)
	if err != nil {
		return nil, fmt.Errorf("the shard of the run: %w", err)
	}
	return func(c suite.Case) bool { return f.Picks(c) && s.Picks(c.ID) }, nil
}
