package remote

import (
	"context"
	"strings"

	"recourse/bot/faq"
	"recourse/bot/replay"
	"recourse/bot/replay/labwire"
	"recourse/bot/replay/page"
	"recourse/bot/replay/suite"
	"recourse/dialog"
)

// Ask asks a question in a conversation of its own, whose case stands in the question's state.
func (s *Stage) Ask(ctx context.Context, l dialog.Locale, q suite.Question) (replay.Answer, error) {
	if err := s.Cannot(suite.Case{Question: &q}); err != nil {
		return replay.Answer{}, err
	}
	leave := func() {}
	if s.lab != nil && !s.o.Still && len(q.Says) > 0 { // they may have dates
		var err error
		if leave, err = s.gate.enter(ctx, clockOf(suite.Case{Question: &q}).Time, false, s.push); err != nil {
			return replay.Answer{}, err
		}
	}
	defer leave()
	st, err := s.sit(ctx, labwire.Open{Locale: l, State: q.State})
	if err != nil {
		return replay.Answer{}, err
	}
	defer st.buyer.Leave()
	b := st.buyer
	if b.State.Holder != dialog.HeldByBot {
		return replay.Answer{}, cannot("where the case stands a person has the floor, and the assistant is silent")
	}
	read := len(b.Entries)
	t, err := b.Say(ctx, q.Text)
	if err = st.turn(t, err); err != nil {
		return replay.Answer{}, s.note(err)
	}
	if s.lab == nil {
		if err := st.settle(ctx, true); err != nil {
			return replay.Answer{}, s.note(err)
		}
	}
	a := answer(st.told(page.News(b.Entries[read:])), b.State.Holder, asks(b.Entries, b.State.Live, t.Seq))
	if !st.aligned() {
		a.Unseen = []string{replay.UnseenDates}
	}
	return a, nil
}

// asks says that the current card came after a place in the log and is a step of a guided flow.
func asks(log []dialog.Entry, live, after int64) bool {
	if live <= after {
		return false
	}
	for _, o := range page.Offers(live, log) {
		if o.On == live && o.Action.FlowBound() {
			return true
		}
	}
	return false
}

// answer is what became of a question as far as the wire tells: how likely the topics were is not sent. step says that a
// card of the guided flow was put before him.
func answer(said []replay.Said, holder dialog.Holder, step bool) replay.Answer {
	a := replay.Answer{Said: said}
	var keys []string
	buttons := map[dialog.Action]bool{}
	for _, e := range said {
		keys = append(keys, e.Key)
		if a.Topic == "" {
			a.Topic = e.Topic
		}
		if e.Card != nil {
			for _, b := range e.Card.Buttons {
				buttons[b.Action] = true
			}
		}
	}
	has := func(prefix string) bool {
		for _, k := range keys {
			if k == prefix || strings.HasPrefix(k, prefix+".") {
				return true
			}
		}
		return false
	}
	switch {
	case holder != dialog.HeldByBot:
		a.Decision = replay.Human
	case has("clarify"):
		a.Decision, a.Topic = replay.AsksBack, ""
	case step:
		a.Decision = replay.Flows
	case faq.Outside(a.Topic):
		a.Decision = replay.Declines
	case a.Topic != "":
		a.Decision = replay.Answers
	case has("unknown"), has("outside"):
		a.Decision = replay.Declines
	case buttons[dialog.ActHuman] && len(buttons) == 1:
		a.Decision = replay.Human
	case len(said) > 0:
		a.Decision = replay.Flows
	default:
		a.Decision = replay.Declines
	}
	return a
}
