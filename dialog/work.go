package dialog

import (
	"slices"
	"time"
)

// Work is what agents keep about a conversation for their own work. It is changed by a commit like the rest of the
// conversation, and buyers are never shown any of it.
type Work struct {
	// Skill is what an agent must know to be offered the conversation; "": nothing in particular.
	Skill string `json:"skill,omitempty"`
	// For is the login of the agent a colleague passed it on to. It is his first; if he does not take it, it is
	// anybody's.
	For string `json:"for,omitempty"`
	// PassedBy is the login of the agent who passed it on; "": nobody did, or somebody has taken it since. He is offered
	// it again only after everybody else.
	PassedBy string `json:"passed_by,omitempty"`
	// LastAgent is the login of who had the floor last. If he is free, the conversation goes to him again.
	LastAgent string `json:"last_agent,omitempty"`
	// Insiders are the logins of agents who may see the conversation whoever has it: who had the floor, and whom a
	// colleague named.
	Insiders []string `json:"insiders,omitempty"`
	// Tags are in the order in which they were set, each once.
	Tags []string `json:"tags,omitempty"`
	// SnoozedUntil is when its agent wants to see it again, by the marketplace's clock; zero: it is not put off.
	SnoozedUntil time.Time `json:"snoozed_until,omitzero"`
	// SnoozedAt is Inbound when it was put off: what the buyer wrote since ends it (Conversation.Snoozed).
	SnoozedAt int64 `json:"snoozed_at,omitempty"`
	// Mentions are the agents whom notes name and who have not looked since, by login, with where the last of these
	// notes stands. Who is named may see the conversation.
	Mentions map[string]int64 `json:"mentions,omitempty"`
	// ResolvedAt is when the agent who had it last said that it is done; zero: he did not, or somebody has it again.
	ResolvedAt time.Time `json:"resolved_at,omitzero"`
}

// Let makes an agent one of the insiders.
func (w Work) Let(login string) Work {
	if login != "" && !slices.Contains(w.Insiders, login) {
		w.Insiders = append(slices.Clone(w.Insiders), login)
	}
	return w
}

// Target is whom a conversation is passed on to: an agent or a skill, one of the two.
type Target struct {
	Agent string // login
	Skill string
}

// Transfer puts a conversation from the agent who has it back into the queue, for a colleague or a skill. How long
// it has waited is kept, so that being passed on costs the buyer no place. Errors: ErrNotHolder.
func Transfer(c Conversation, login string, to Target, epoch int64, now time.Time) (Conversation, error) {
	if c.Holder != HeldByHuman || c.Agent != login || c.Epoch != epoch {
		return c, ErrNotHolder
	}
	c = queue(c, now)
	c.Work.For, c.Work.PassedBy = to.Agent, login
	c.Work = c.Work.Let(to.Agent)
	if to.Skill != "" {
		c.Work.Skill = to.Skill
	}
	return c, nil
}

// Requeue puts a conversation whose agent is gone back into the queue, with the age that it has. Epoch is the one
// of his time with it: if the floor has changed since, there is nothing to do. Errors: ErrNotHolder.
func Requeue(c Conversation, login string, epoch int64, now time.Time) (Conversation, error) {
	c, err := Transfer(c, login, Target{}, epoch, now)
	c.Work.PassedBy = "" // he did not want to
	return c, err
}

func queue(c Conversation, now time.Time) Conversation {
	c.Holder, c.Epoch, c.UpdatedAt = HeldWaiting, c.Epoch+1, now
	c.Work.LastAgent, c.Work.SnoozedUntil = c.Agent, time.Time{}
	c.Agent, c.AgentName = "", ""
	if c.WaitingSince.IsZero() {
		c.WaitingSince = now
	}
	return c
}

// TakeOver gives the floor to an agent whoever has it: another agent, the queue or the bot. Who may do so, and that
// he says why, is for the caller to see to. Epoch is the one he saw; if the floor has changed since, it is refused.
// Errors: ErrConflict.
func TakeOver(c Conversation, login, name string, epoch int64, now time.Time) (Conversation, error) {
	if c.Epoch != epoch {
		return c, ErrConflict
	}
	if c.WaitingSince.IsZero() {
		c.WaitingSince = now
	}
	if c.Holder == HeldByHuman {
		c = queue(c, now)
		c.Epoch = epoch
	}
	return Claim(c, login, name, epoch, now)
}
