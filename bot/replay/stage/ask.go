package stage

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	"recourse/bot"
	"recourse/bot/faq"
	"recourse/bot/replay"
	"recourse/bot/replay/page"
	"recourse/bot/replay/suite"
	"recourse/cases"
	"recourse/cases/policy"
	"recourse/dialog"
)

// asking is a conversation in which single questions are asked: the buyer has one order, and perhaps a case in a state.
// It is only read.
type asking struct {
	as   *bot.Assistant
	conv dialog.Conversation
}

// wristband is the order that single questions are asked about.
func wristband() suite.Order {
	return suite.Order{
		Order: "6920251100030001", Title: suite.Said{ZH: "智能手环", EN: "Smart band"}, GoodsFen: 19900, FreightFen: 800, Status: policy.Signed,
		Signed: At("2026-11-09 14:00"), Tags: []string{"no_reason_7d"},
	}
}

// standing is where a single question is asked.
type standing struct {
	locale dialog.Locale
	state  cases.State // "" = he has no case
}

// Road is the fixture of a single question: the buyer has one order, and a case that the usual events led to a state; ""
// is no case. False if no case can be in that state.
func Road(state cases.State) (suite.Fixture, bool) {
	f := suite.Fixture{Clock: At("2026-11-10 09:00"), Orders: []suite.Order{wristband()}}
	if state == "" {
		return f, true
	}
	for _, r := range roads() {
		if r.state == state {
			f.Clock, f.Past = At(r.now), r.past
			return f, true
		}
	}
	return f, false
}

// standings set a conversation up for each language and state, when the first question is asked there.
func (s *Stage) standings() map[standing]func() (*asking, error) {
	out := map[standing]func() (*asking, error){}
	states := []cases.State{""}
	for _, r := range roads() {
		states = append(states, r.state)
	}
	for _, l := range []dialog.Locale{dialog.ZH, dialog.EN} {
		for _, state := range states {
			out[standing{l, state}] = sync.OnceValues(func() (*asking, error) {
				f, _ := Road(state)
				// Whoever asks first may be interrupted; what is set up is for all, and waits for nothing.
				a, err := s.stand(context.Background(), suite.Case{ID: "ask", Locale: l, Conversation: &suite.Conversation{Fixture: f}}, state)
				if err != nil {
					return nil, fmt.Errorf("set up a conversation whose case is %q: %w", state, err)
				}
				return a, nil
			})
		}
	}
	return out
}

func (s *Stage) stand(ctx context.Context, c suite.Case, want cases.State) (*asking, error) {
	stores, err := Memory(ctx)
	if err != nil {
		return nil, err
	}
	st := newSeat(stores, s.o.Policy, s.o.FAQ, c)
	if err := st.setUp(ctx, c.Conversation.Fixture); err != nil {
		return nil, err
	}
	conv, err := st.Dialogs.Load(ctx, st.Conversation)
	if err != nil {
		return nil, err
	}
	if want != "" {
		is, err := st.stores.Cases.Load(ctx, conv.Flow.Case)
		if err != nil {
			return nil, err
		}
		if is.State != want {
			return nil, fmt.Errorf("it is %q", is.State)
		}
	}
	st.as.Watch, st.as.Revise = nil, s.o.Revise
	return &asking{st.as, conv}, nil
}

// Ask answers a single question as the bot would in a conversation whose case stands in the question's state.
func (s *Stage) Ask(ctx context.Context, l dialog.Locale, q suite.Question) (replay.Answer, error) {
	setUp, ok := s.asked[standing{l, q.State}]
	if !ok {
		return replay.Answer{}, fmt.Errorf("%w: there is no case in state %q", replay.ErrSuite, q.State)
	}
	at, err := setUp()
	if err != nil {
		return replay.Answer{}, err
	}
	out, err := at.as.Decide(ctx, at.conv, dialog.Entry{
		Seq: at.conv.Last + 1, At: at.as.Now(), Author: dialog.Author{Kind: dialog.FromBuyer}, Kind: dialog.Text, Client: "ask", Text: q.Text,
	})
	if err != nil {
		return replay.Answer{}, err
	}
	return answer(at.conv, out), nil
}

// maxRanked is how many topics an answer tells of.
const maxRanked = 5

// answer is what a turn decided, as an owner of the answers looks at it.
func answer(was dialog.Conversation, out bot.Outcome) replay.Answer {
	var a replay.Answer
	buttons := map[dialog.Action]bool{}
	for _, e := range out.Said {
		if e.Kind == dialog.Note {
			continue
		}
		a.Said = append(a.Said, page.Said(e))
		if a.Topic == "" && e.Basis != nil {
			a.Topic = e.Basis.Topic
		}
		if e.Card != nil {
			for _, b := range e.Card.Buttons {
				buttons[b.Action] = true
			}
		}
	}
	switch flow := out.Next.Flow; {
	case out.Next.Holder != dialog.HeldByBot:
		a.Decision = replay.Human
	case flow.Clarified:
		a.Decision, a.Topic = replay.AsksBack, ""
	case flow.Step != was.Flow.Step && flow.Step != dialog.StepIdle:
		a.Decision = replay.Flows
	case faq.Outside(a.Topic):
		a.Decision = replay.Declines // in reviewed words
	case a.Topic != "":
		a.Decision = replay.Answers
	case flow.Misses > was.Flow.Misses, out.Understood.Heard.Intent == dialog.IntentOutside:
		a.Decision = replay.Declines
	case buttons[dialog.ActHuman] && len(buttons) == 1:
		a.Decision = replay.Human
	case flow.Step != dialog.StepIdle || out.Understood.Heard.Intent != dialog.IntentUnknown:
		a.Decision = replay.Flows
	default:
		a.Decision = replay.Declines
	}
	a.Ranked = ranked(out.Understood.Found)
	if len(a.Ranked) > 0 {
		a.Confidence = a.Ranked[0].P
	}
	return a
}

func ranked(f faq.Found) []replay.Ranked {
	var out []replay.Ranked
	for _, t := range f.Topics[:min(maxRanked, len(f.Topics))] {
		out = append(out, replay.Ranked{Topic: t.Topic, P: math.Round(t.P*1e4) / 1e4})
	}
	slices.SortStableFunc(out, func(a, b replay.Ranked) int { return cmp.Compare(b.P, a.P) })
	return out
}
