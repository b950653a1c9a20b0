// Package desk decides which agent is offered which conversation.
//
// It is pure: a State is what the desk knows of the agents at work and of the conversations that a human has or is
// wanted for, and its methods change it by what has happened and by what time has done. Where it is kept is no matter
// of this package (dialog/redisdesk keeps it in Redis), nor is who sits at a socket. It is never the truth about a
// conversation: who has the floor stands there, and the desk follows (Follow).
//
// Two clocks are at work. Agents and offers live by the wall clock; how long a buyer has waited and when his case is
// due are the marketplace's, which may run faster in a demo. They are never compared with each other.
package desk

import (
	"slices"
	"time"

	"recourse/dialog"
)

// Now is the time by both clocks.
type Now struct {
	Wall   time.Time // agents and offers
	Market time.Time // conversations and cases
}

// Rules are how an operator wants his desk to work. Every value of Default is a choice; none is a rule of the
// marketplace.
type Rules struct {
	// Accept is how long an agent has to take what he is offered, before it goes on to the next.
	Accept time.Duration
	// Misses is after how many offers in a row that he let pass an agent is set away.
	Misses int
	// Again is how long it takes until a conversation that everybody let pass is offered to the same agents anew.
	Again time.Duration
	// Quiet is how long a conversation whose buyer is waited for still counts as work.
	Quiet time.Duration
	// Grace is how long an agent who has vanished keeps his conversations.
	Grace time.Duration
	// Capacity is how many conversations an agent has at a time, if his account does not say.
	Capacity int
	// Classes are bounds of the time that is left to a case's nearest deadline, ascending: of two conversations the one
	// in the nearer class goes first, and within a class the one that has waited longer.
	Classes []time.Duration
}

// Default are the rules if nothing else is configured.
func Default() Rules {
	return Rules{
		Accept: 25 * time.Second, Misses: 2, Again: time.Minute, Quiet: 10 * time.Minute, Grace: time.Minute, Capacity: 5,
		Classes: []time.Duration{time.Hour, 4 * time.Hour, 24 * time.Hour},
	}
}

// Status is whether an agent wants to be offered conversations.
type Status string

// The statuses an agent sets. That he is not there at all is not one of them (Agent.Gone).
const (
	Online Status = "online"
	Away   Status = "away"
)

// Agent is somebody who works at the desk.
type Agent struct {
	Login string `json:"login"`
	Name  string `json:"name"` // what buyers see
	Role  string `json:"role,omitempty"`
	// Languages he speaks; none: all. Skills he has.
	Languages []dialog.Locale `json:"languages,omitempty"`
	Skills    []string        `json:"skills,omitempty"`
	// Capacity is how many conversations he has at a time; 0: he is offered none.
	Capacity int    `json:"capacity"`
	Status   Status `json:"status"`
	// Misses counts the offers in a row that he let pass.
	Misses int `json:"misses,omitempty"`
	// Gone is since when no console of his is connected; zero: one is.
	Gone time.Time `json:"gone,omitzero"`
	// Assigned is when he was given something last.
	Assigned time.Time `json:"assigned,omitzero"`
	// Rev changes whenever what he has to do changes, so that of two changes at once one is made again.
	Rev int64 `json:"rev"`
}

// There says that a console of his is connected.
func (a Agent) There() bool { return a.Gone.IsZero() }

// Free says that he is there and wants to be offered conversations.
func (a Agent) Free() bool { return a.There() && a.Status == Online && a.Capacity > 0 }

// Offer is a conversation that an agent may take.
type Offer struct {
	To    string    `json:"to"`    // login
	Until time.Time `json:"until"` // by the wall clock
}

// Chat is a conversation that a human has or is wanted for.
type Chat struct {
	Conversation dialog.ID `json:"conversation"`
	// Version and Last are those of the conversation as it was seen: what is older is not followed.
	Version int64 `json:"version"`
	Last    int64 `json:"last"`

	Holder dialog.Holder `json:"holder"` // HeldWaiting or HeldByHuman
	Epoch  int64         `json:"epoch"`
	Agent  string        `json:"agent,omitempty"` // login of who has it

	Locale    dialog.Locale `json:"locale"`
	Skill     string        `json:"skill,omitempty"`
	Reason    dialog.Reason `json:"reason,omitempty"`
	For       string        `json:"for,omitempty"`        // login of whom it was passed on to
	LastAgent string        `json:"last_agent,omitempty"` // login
	// Since is how long somebody has waited, Due the nearest deadline of his case; by the marketplace's clock.
	Since time.Time `json:"since,omitzero"`
	Due   time.Time `json:"due,omitzero"`

	// Offer is who may take it now; nil: nobody in particular. Passed is who let it pass, and when.
	Offer  *Offer               `json:"offer,omitempty"`
	Passed map[string]time.Time `json:"passed,omitempty"`
	// Taken is when its agent took it, Quiet since when the buyer is waited for; zero: he is owed an answer.
	Taken time.Time `json:"taken,omitzero"`
	Quiet time.Time `json:"quiet,omitzero"`
}

// Waits says that it waits for an agent.
func (c Chat) Waits() bool { return c.Holder == dialog.HeldWaiting }

// counts says that a conversation is work for its agent: what waits for the buyer is none after a while.
func (c Chat) counts(now Now, r Rules) bool {
	return !c.Waits() && (c.Quiet.IsZero() || now.Wall.Before(c.Quiet.Add(r.Quiet)))
}

// State is what the desk knows. What a method changes is found by comparing; the maps are changed in place.
type State struct {
	Chats  map[dialog.ID]Chat
	Agents map[string]Agent // by login
	// Handled is how long agents had the conversations that they had last, the latest first.
	Handled []time.Duration
}

// New is a desk where nobody is.
func New() *State { return &State{Chats: map[dialog.ID]Chat{}, Agents: map[string]Agent{}} }

// Loads is how much every agent has to do: conversations that are work, and those that he is offered.
func (s *State) Loads(now Now, r Rules) map[string]int {
	loads := map[string]int{}
	for _, c := range s.Chats {
		switch {
		case c.counts(now, r):
			loads[c.Agent]++
		case c.Waits() && c.Offer != nil:
			loads[c.Offer.To]++
		}
	}
	return loads
}

// Queue is what waits, first who is next: by the class of the nearest deadline, then by age.
func (s *State) Queue(now Now, r Rules) []Chat {
	var out []Chat
	for _, c := range s.Chats {
		if c.Waits() {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b Chat) int { return before(a, b, now, r) })
	return out
}

func before(a, b Chat, now Now, r Rules) int {
	if d := class(a, now, r) - class(b, now, r); d != 0 {
		return d
	}
	if d := a.Since.Compare(b.Since); d != 0 {
		return d
	}
	if a.Conversation < b.Conversation {
		return -1
	}
	return 1
}

// class is the first bound that holds the time left to the deadline; past deadlines are in the first, none in the last.
func class(c Chat, now Now, r Rules) int {
	if c.Due.IsZero() {
		return len(r.Classes)
	}
	left := c.Due.Sub(now.Market)
	for i, bound := range r.Classes {
		if left <= bound {
			return i
		}
	}
	return len(r.Classes)
}

// Writer is who is writing an answer to a buyer.
type Writer struct {
	Login  string `json:"login"`
	Name   string `json:"name"`
	Socket string `json:"socket"` // at which of his consoles
}
