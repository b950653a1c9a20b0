package bot

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"recourse/bot/guard"
	"recourse/bot/replies"
	"recourse/cases/policy"
	"recourse/dialog"
)

// thinking is what one turn asks of models: all of it within one budget of time. A nil one asks nothing.
type thinking struct {
	*Assistant
	ctx context.Context
}

// think is the budget of a turn, which goes on when the turn is decided again.
func (a *Assistant) think(ctx context.Context, begun time.Time) (*thinking, context.CancelFunc) {
	if a.Understander == nil && a.Phraser == nil || a.Think <= 0 {
		return nil, func() {}
	}
	ctx, cancel := context.WithDeadline(ctx, begun.Add(a.Think))
	return &thinking{a, ctx}, cancel
}

// proposed are the intents that a model may propose. None of them acts: what follows is a question, a card or a
// person. A yes, a no and a cancelling are the buyer's own to say in words that the rules know.
var proposed = []dialog.Intent{
	dialog.IntentRefund, dialog.IntentStatus, dialog.IntentEscalate, dialog.IntentWithdraw, dialog.IntentEvidence, dialog.IntentHuman, dialog.IntentComplaint,
	dialog.IntentGreet, dialog.IntentThanks, dialog.IntentWhy, dialog.IntentTrouble, dialog.IntentOutside,
}

// unsure says that the rules made nothing of a text, or could not choose between reasons.
func unsure(h dialog.Heard) bool {
	if h.Text == "" || h.Topic != "" || h.Question.Sure || h.Reason != "" || h.Complaint != "" || h.AmountFen > 0 {
		return false
	}
	return h.Intent == dialog.IntentUnknown || h.Intent == dialog.IntentRefund && len(h.Doubts) > 1
}

// hear asks what a text may mean that the rules were unsure of. A text that belongs to a step of its own, a complaint
// in the buyer's words, is left as it is.
func (t *thinking) hear(conv dialog.Conversation, scene dialog.Scene, e dialog.Entry, h dialog.Heard) dialog.Heard {
	if t == nil || t.Understander == nil || h.Past || !unsure(h) || conv.Flow.Step.Complaining() {
		return h
	}
	q := Question{Conversation: conv.ID, Entry: e.Seq, Locale: conv.Locale, Text: e.Text, Step: conv.Flow.Step, Intents: proposed}
	if scene.Case != nil {
		q.State = scene.Case.State
	}
	q.Topics = t.topics(h, conv.Locale)
	for _, id := range scene.Policy.Order {
		q.Reasons = append(q.Reasons, Choice{string(id), scene.Policy.ReasonName(id, string(conv.Locale))})
	}
	for _, l := range scene.Lines {
		q.Lines = append(q.Lines, Choice{dialog.LineKey(l.Line.OrderID, l.Line.LineID), l.Line.Title})
	}
	p, err := t.Understander.Understand(t.ctx, q)
	if err != nil {
		t.Log.DebugContext(t.ctx, "text not understood by a model", "dialog", conv.ID, "entry", e.Seq, "err", err)
		return h
	}
	h = q.heard(h, p)
	h.Topic = t.book().Means(h.Topic, scene.Where())
	return h
}

// topics are the questions that a text may ask: those that it is like, or all that buyers ask.
func (t *thinking) topics(h dialog.Heard, locale dialog.Locale) []Choice {
	book := t.book()
	list := h.Question.Topics
	if len(list) == 0 {
		list = book.Topics()
	}
	var out []Choice
	for _, id := range list {
		if label := book.Label(id)[locale]; label != "" && !book.ForMerchants(id) {
			out = append(out, Choice{string(id), label})
		}
	}
	return out
}

// heard puts a proposal into what was heard, as far as it is one of the choices.
func (q Question) heard(h dialog.Heard, p Proposal) dialog.Heard {
	among := func(list []Choice, id string) bool {
		return id != "" && slices.ContainsFunc(list, func(c Choice) bool { return c.ID == id })
	}
	if h.Intent == dialog.IntentUnknown && slices.Contains(q.Intents, p.Intent) {
		h.Intent = p.Intent
	}
	if h.Intent == dialog.IntentHuman {
		return h // a person is all he wants
	}
	if among(q.Topics, string(p.Topic)) {
		h.Topic = p.Topic
	}
	if among(q.Reasons, string(p.Reason)) {
		h.Reason = p.Reason
		h.Doubts = slices.DeleteFunc(slices.Clone(h.Doubts), func(r policy.ReasonID) bool { return r == p.Reason })
		if h.Intent == dialog.IntentUnknown {
			h.Intent = dialog.IntentRefund
		}
	}
	if len(h.Lines) == 0 && among(q.Lines, p.Line) {
		h.Lines = []string{p.Line}
	}
	return h
}

// exact are wordings that are said as they were reviewed: what a press will confirm, what cannot be undone, what went
// wrong. A key that begins with one of them is meant.
var exact = []string{"twice.", "summary", "error.", "alert.", "amount.", "card.", "not_allowed", "resubmit.", "trouble.", "complaint.summary", "complaint.twice"}

// short is how many characters a reply must have to be worth wording again.
const short = 12

func reworded(key, text string) bool {
	return utf8.RuneCountInString(text) >= short && !slices.ContainsFunc(exact, func(p string) bool { return strings.HasPrefix(key, p) })
}

// phrase words again what a turn says to a text, each reply for itself. A reply whose new text is late, or in any
// doubt, stays as it was reviewed. While texts grow, what has passed the guard is shown to the buyer.
func (t *thinking) phrase(conv dialog.Conversation, scene dialog.Scene, plan dialog.Plan, heard dialog.Heard, s *said) {
	if t == nil || t.Phraser == nil || plan.Handoff != "" || t.ctx.Err() != nil {
		return
	}
	words := replies.In(conv.Locale, scene.Policy)
	var asked sync.WaitGroup
	for i, r := range plan.Replies {
		e := &s.entries[i]
		if !reworded(r.Key, e.Text) {
			continue
		}
		var show func(string)
		if t.Show != nil {
			client := e.Client
			s.shown = append(s.shown, client)
			show = func(text string) { t.Show(t.ctx, conv.ID, client, text) }
		}
		w := guard.Open(e.Text, words.Filled(r)...)
		d := NewDraft(w, show)
		asked.Go(func() {
			err := t.Phraser.Phrase(t.ctx, Phrasing{Conversation: conv.ID, Client: e.Client, Locale: conv.Locale, Said: heard.Text, Angry: heard.Angry, Wording: w}, d)
			if err != nil || d.Text() == "" {
				if show != nil {
					show("") // at once: other replies may still be under way
				}
				t.Log.DebugContext(t.ctx, "reply not worded again", "dialog", conv.ID, "reply", e.Client, "err", err)
				return
			}
			e.Text = d.Text()
		})
	}
	asked.Wait()
}

// hide takes back what was shown of texts that were not said.
func (a *Assistant) hide(ctx context.Context, id dialog.ID, s said) {
	if a.Show == nil {
		return
	}
	for _, client := range s.shown {
		a.Show(ctx, id, client, "")
	}
}
