package dialog

import (
	"slices"
	"strings"

	"recourse/cases"
)

// small is what needs no answer once a human has dealt with it.
var small = []Intent{IntentUnknown, IntentThanks, IntentGreet, IntentYes, IntentNo, IntentRepeat, IntentWhy, IntentCancel, IntentBot, IntentWait, IntentBack, IntentSkip, IntentRefuse, IntentEmpty, IntentNoun, IntentOutside}

// left is what of a text, which was said to a human who has gone since and did not answer it, is still for the bot: a
// matter of his own is, and so is a question, whatever courtesy stands around it, and a number that a step waits for.
// Words among people are not. more says that it is to be heard like any other.
func (t *turn) left(h Heard) (_ Heard, more bool) {
	t.clarified = false // what he was asked before was asked before the human came
	if !slices.Contains(small, h.Intent) {
		return h, true
	}
	asked := h
	if h.Tail.asks() != "" {
		asked.Text, asked.Topic, asked.Question = h.Tail.Text, h.Tail.asks(), h.Tail.Question
		asked.Question.Form = true
	}
	asked.Intent, asked.Tail = IntentUnknown, Tail{} // whom the yes or the thanks was said to has gone
	number := t.number(h) && !h.Question.Form && (h.Intent == IntentUnknown || h.Intent == IntentNoun)
	switch {
	case number && t.flow.Step != StepOrder: // somebody asked him for it, and has it
	case number:
		t.flow.Likely = h.Lines
		t.askAgain()
	case asked.Topic == "" && asked.Question.Sure && asked.Question.Topics[0] == TopicOther: // talk among people
	case asked.Topic != "", t.asks(asked):
		return asked, true
	case h.Waybill != "" && t.flow.Step == StepIdle && (t.may(cases.EvFillTracking) || t.may(cases.EvFixTracking)):
		return h, true
	case h.Intent == IntentUnknown && h.Question.Form:
		t.leftUnclear(asked)
	}
	return h, false
}

// number says that he gives the number of one of his orders.
func (t *turn) number(h Heard) bool {
	return slices.ContainsFunc(t.scene.Lines, func(l LineScene) bool {
		return strings.Contains(strings.ToLower(h.Text), strings.ToLower(l.Line.OrderID))
	})
}

// leftUnclear says that a question is open that the bot does not understand. It counts for no failure of his: that would
// send the buyer back to the people who have just sent him here.
func (t *turn) leftUnclear(h Heard) {
	misses := t.flow.Misses
	if !t.unsure(h.Question) {
		card := choices(button(ActHuman, nil, ""))
		t.plan.Replies = append(t.plan.Replies, Reply{Key: "left.unclear", Card: &card})
		if t.flow.Step != StepIdle {
			t.askAgain()
		}
	}
	t.flow.Misses = misses
}
