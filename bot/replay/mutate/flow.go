package mutate

import (
	"fmt"
	"slices"

	"recourse/bot/replay/stage"
	"recourse/dialog"
)

// revision is a way to spoil what the bot decided.
type revision = func(conv dialog.Conversation, plan dialog.Plan) dialog.Plan

// onNoCard are presses that answer a step and that no card of a flow has as a button, so that none can be missing: a
// piece of evidence is taken out where it stands on the checklist, a failed upload is told by the page itself, and there
// is no second list of orders.
var onNoCard = map[dialog.Step][]dialog.Action{
	dialog.StepEvidence: {dialog.ActUnstage}, dialog.StepIdle: {dialog.ActTrouble}, dialog.StepOrder: {dialog.ActMoreOrders},
}

// ofFlows spoils every step that a flow asks at.
func ofFlows() []Mutant {
	var out []Mutant
	add := func(at dialog.Step, id, what string, r revision) {
		out = append(out, Mutant{ID: "flow/" + id, Family: Flow, What: what, near: near{at: true, step: at}, spoil: func(o *stage.Options) error { o.Revise = r; return nil }})
	}
	seen := map[string]bool{}
	for _, a := range dialog.Askings() {
		at := a
		for _, action := range a.Answers {
			if slices.Contains(onNoCard[a.Step], action) {
				continue
			}
			id := fmt.Sprintf("%s/without/%s", a.Step, action)
			if !seen[id] {
				seen[id] = true
				add(a.Step, id, fmt.Sprintf("at %q the button %s is missing", a.Step, action), without(at.Step, action))
			}
		}
		if a.Step == dialog.StepIdle || seen[string(a.Step)] {
			continue
		}
		seen[string(a.Step)] = true
		arrives := func(conv dialog.Conversation, p dialog.Plan) bool {
			return p.Flow.Step == at.Step && conv.Flow.Step != at.Step
		}
		leaves := func(conv dialog.Conversation, p dialog.Plan) bool {
			return p.Flow.Step != at.Step && conv.Flow.Step == at.Step
		}
		for _, how := range []struct {
			id, what string
			when     func(dialog.Conversation, dialog.Plan) bool
			change   func(conv dialog.Conversation, p *dialog.Plan)
		}{
			{"never", "the flow never comes to %q", arrives, func(c dialog.Conversation, p *dialog.Plan) { p.Flow.Step = c.Flow.Step }},
			{"stuck", "the flow never leaves %q", leaves, func(c dialog.Conversation, p *dialog.Plan) { p.Flow.Step = at.Step }},
			{"silent", "nothing is said on the way to %q", arrives, func(_ dialog.Conversation, p *dialog.Plan) { p.Replies = nil }},
			{"idle", "at %q the flow forgets where it stands", arrives, func(_ dialog.Conversation, p *dialog.Plan) { p.Flow.Step = dialog.StepIdle }},
			{"bare", "at %q no card is shown", arrives, func(_ dialog.Conversation, p *dialog.Plan) {
				p.Replies = slices.Clone(p.Replies)
				for i := range p.Replies {
					p.Replies[i].Card = nil
				}
			}},
			{"undone", "what is pressed at %q is not carried out", func(c dialog.Conversation, p dialog.Plan) bool { return c.Flow.Step == at.Step && p.Do != nil }, func(_ dialog.Conversation, p *dialog.Plan) { p.Do = nil }},
			{"twice", "what is said on the way to %q is said twice", arrives, func(_ dialog.Conversation, p *dialog.Plan) {
				if len(p.Replies) > 0 {
					p.Replies = append(slices.Clone(p.Replies[:1]), p.Replies...)
				}
			}},
			{"alone", "at %q a wish for a person is not heard", func(c dialog.Conversation, p dialog.Plan) bool { return c.Flow.Step == at.Step && p.Handoff != "" }, func(_ dialog.Conversation, p *dialog.Plan) { p.Handoff = "" }},
			{"dumb", "what is said at %q is not answered", func(c dialog.Conversation, p dialog.Plan) bool {
				return c.Flow.Step == at.Step && p.Flow.Step == at.Step
			}, func(_ dialog.Conversation, p *dialog.Plan) { p.Replies = nil }},
		} {
			add(a.Step, fmt.Sprintf("%s/%s", a.Step, how.id), fmt.Sprintf(how.what, a.Step), func(conv dialog.Conversation, p dialog.Plan) dialog.Plan {
				if how.when(conv, p) {
					how.change(conv, &p)
				}
				return p
			})
		}
	}
	return out
}

// without takes a button off the cards with which the flow stands at a step.
func without(step dialog.Step, a dialog.Action) revision {
	return func(_ dialog.Conversation, p dialog.Plan) dialog.Plan {
		if p.Flow.Step != step {
			return p
		}
		p.Replies = slices.Clone(p.Replies)
		for i, r := range p.Replies {
			if r.Card == nil {
				continue
			}
			card := *r.Card
			card.Buttons = slices.DeleteFunc(slices.Clone(card.Buttons), func(b dialog.ButtonSpec) bool { return b.Action == a })
			if a == dialog.ActPickOrder {
				card.Lines = nil
			}
			p.Replies[i].Card = &card
		}
		return p
	}
}
