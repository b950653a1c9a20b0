package bot

import (
	"context"
	"fmt"
	"time"

	"recourse/bot/nlu"
	"recourse/bot/replies"
	"recourse/dialog"
)

// underHuman deals with what takes effect while a human has the floor or is waited for: presses on the case, whose
// clocks run on, the receipt of evidence, and help for somebody who may hurt himself. The bot says nothing of its own
// there: all of it is the system's word, marked as automatic, and what he writes is left to the human. more says that
// the bot has the floor again, and perhaps something to answer.
func (a *Assistant) underHuman(ctx context.Context, conv dialog.Conversation) (more bool, err error) {
	if conv.Pressed <= conv.Carried {
		return false, nil
	}
	entries, err := a.Dialogs.Entries(ctx, conv.ID, conv.Carried, int(conv.Pressed-conv.Carried))
	if err != nil {
		return false, err
	}
	next, all := conv, said{live: -1}
	for _, e := range entries {
		if e.Author.Kind != dialog.FromBuyer {
			continue
		}
		var s said
		switch {
		case e.Kind == dialog.Press && dialog.UnderHuman(e.Action):
			next, s, err = a.decide(ctx, next, e, foresight{})
		case e.Kind == dialog.Upload:
			s = a.receipt(next, e)
		case e.Kind == dialog.Text && nlu.Distressed(e.Text):
			next, s = a.comfort(next, e)
		case e.Kind == dialog.Text && nlu.Threatens(e.Text):
			next, s = a.warn(next, e)
		default:
			continue
		}
		if err != nil {
			return false, err
		}
		if s.live >= 0 {
			all.live = len(all.entries) + s.live
		}
		all.entries = append(all.entries, s.entries...)
	}
	for i := range all.entries {
		all.entries[i].Author = dialog.Author{Kind: dialog.FromSystem}
	}
	next.Carried = conv.Pressed
	change := dialog.Moved(conv, a.touch(next))
	change.Entries, change.LiveAt = all.entries, all.live
	_, err = a.Dialogs.Commit(ctx, conv.ID, change)
	return err == nil && next.Holder == dialog.HeldByBot, err
}

// receipt says that a piece of evidence has arrived, though nobody answers it now.
func (a *Assistant) receipt(conv dialog.Conversation, e dialog.Entry) said {
	words := replies.In(conv.Locale, a.Policy(""))
	r := words.System("auto.receipt", dialog.Slots{"what": e.Evidence.Label, "at": e.At}, fmt.Sprintf("re:%d:receipt", e.Seq), a.Now())
	r.Case, r.Complaint = e.Case, e.Complaint
	return said{entries: []dialog.Entry{r}, live: -1}
}

// warn tells the agents that somebody writes that he is going to hurt others, and why he is to be talked to if he waits.
func (a *Assistant) warn(conv dialog.Conversation, e dialog.Entry) (dialog.Conversation, said) {
	words := replies.In(conv.Locale, a.Policy(""))
	if conv.Holder == dialog.HeldWaiting && conv.Handoff != dialog.HandoffDistress {
		conv.Handoff = dialog.HandoffSafety
	}
	return conv, said{entries: []dialog.Entry{words.Note("note.threat", nil, fmt.Sprintf("re:%d:note:0", e.Seq), a.Now())}, live: -1}
}

// helpedFor is how long somebody who was told where help is is not told again.
const helpedFor = 10 * time.Minute

// comfort tells somebody who may hurt himself where help is, tells the agents, and puts him first if he waits.
func (a *Assistant) comfort(conv dialog.Conversation, e dialog.Entry) (dialog.Conversation, said) {
	now := a.Now().UTC()
	words := replies.In(conv.Locale, a.Policy(""))
	s := said{live: -1}
	waiting := conv.Holder == dialog.HeldWaiting
	if now.Sub(conv.Flow.Helped) >= helpedFor {
		slots := dialog.Help()
		slots["waiting"] = waiting
		s.entries = append(s.entries, words.System("auto.distress", slots, fmt.Sprintf("re:%d:help", e.Seq), now))
		conv.Flow.Helped = now
	}
	s.entries = append(s.entries, words.Note("note.distress", nil, fmt.Sprintf("re:%d:note:0", e.Seq), now))
	if waiting {
		conv.Handoff = dialog.HandoffDistress
	}
	return conv, s
}
