package mutate

import (
	"context"
	"errors"
	"slices"
	"strings"

	"recourse/bot/replay"
	"recourse/bot/replay/stage"
	"recourse/bot/replay/suite"
	"recourse/cases/policy"
	"recourse/dialog"
)

// sighting is a case, and what came of it on the bot as it is.
type sighting struct {
	of     suite.Case
	texts  string
	topics []dialog.Topic
	reason []policy.ReasonID
	steps  map[dialog.Step]bool // at which a turn began or ended
}

// look plays the cases on the bot as it is. Of those that do not pass, or stop no release, nothing can be learned.
func look(ctx context.Context, cases []suite.Case, o Options) ([]sighting, error) {
	type seat struct {
		on    *stage.Stage
		steps map[dialog.Step]bool
	}
	seats := make(chan *seat, o.Workers)
	for range o.Workers {
		s, on := &seat{}, o.Stage
		on.Revise = func(conv dialog.Conversation, p dialog.Plan) dialog.Plan {
			s.steps[conv.Flow.Step], s.steps[p.Flow.Step] = true, true
			return p
		}
		s.on = stage.New(on)
		seats <- s
	}
	all, errs := make([]*sighting, len(cases)), make([]error, len(cases))
	each(ctx, o.Workers, len(cases), func(i int) {
		s := <-seats
		defer func() { seats <- s }()
		s.steps = map[dialog.Step]bool{}
		var r replay.Result
		if r, errs[i] = play(ctx, s.on, cases[i]); errs[i] != nil || r.Status != replay.Passed || r.Tier != suite.Regression {
			return
		}
		all[i] = &sighting{of: cases[i], texts: texts(r), topics: topics(r), reason: reasons(r), steps: s.steps}
	})
	if err := errors.Join(append(errs, ctx.Err())...); err != nil {
		return nil, err
	}
	var out []sighting
	for _, s := range all {
		if s != nil {
			out = append(out, *s)
		}
	}
	return out, nil
}

// near says which cases are likely to notice a mutant.
type near struct {
	topic  dialog.Topic    // that answers
	locale dialog.Locale   // it is only in this language
	step   dialog.Step     // only cases that come to this step can notice
	at     bool            // step says something
	asks   bool            // questions
	reason policy.ReasonID // of a case
	words  string          // that are said
}

// order are the cases that can notice, the likeliest first.
func (n near) order(all []sighting) []sighting {
	var first, rest []sighting
	for _, s := range all {
		switch {
		case n.at && !s.steps[n.step]:
		case n.locale != "" && s.of.Locale != n.locale:
			rest = append(rest, s)
		case n.topic != "" && slices.Contains(s.topics, n.topic), n.asks && s.of.Question != nil,
			n.reason != "" && slices.Contains(s.reason, n.reason), n.words != "" && strings.Contains(s.texts, n.words):
			first = append(first, s)
		default:
			rest = append(rest, s)
		}
	}
	return append(first, rest...)
}

// topics are those that answered, or were asked for.
func topics(r replay.Result) []dialog.Topic {
	var out []dialog.Topic
	for _, t := range r.Trials {
		if t.Answer != nil {
			out = append(out, t.Answer.Topic)
		}
		for _, v := range t.Views {
			for _, e := range v.Said {
				out = append(out, e.Topic)
			}
		}
	}
	return out
}

// reasons are those that the case had.
func reasons(r replay.Result) []policy.ReasonID {
	var out []policy.ReasonID
	for _, t := range r.Trials {
		for _, v := range t.Views {
			if v.Case != nil {
				out = append(out, v.Case.Reason)
			}
		}
	}
	return out
}
