package dialog

import "time"

// End is what a buyer for whom a human is wanted was told: there is no other answer than these, and never none.
type End string

// The ends.
const (
	EndPlace End = "place" // agents are there, and he has a place in the queue
	EndAgent End = "agent" // an agent is here
	EndLater End = "later" // nobody is there, or it is not known: he leaves it here and is answered
)

// Ends says which end a desk has for somebody who waits.
func (d Desk) Ends() End {
	if d.Known && d.Agents > 0 {
		return EndPlace
	}
	return EndLater
}

// Closed says that nobody is at the desk and that it is known until when.
func (d Desk) Closed(now time.Time) bool { return d.Known && d.Agents == 0 && d.OpensAt.After(now) }

// Told is what a buyer was told last of when a human is there.
type Told struct {
	End End       `json:"end"`
	At  time.Time `json:"at"`
	// Closed is when he was told last, at length, that the desk is closed.
	Closed time.Time `json:"closed,omitzero"`
}

// afterWord is how long after an agent's word a buyer is not told at length that nobody is there.
const afterWord = 5 * time.Minute

// Knows says that the buyer need not be told at length that the desk is closed: he was on the same day of the zone, or
// an agent spoke to him just now.
func (c Conversation) Knows(now time.Time, zone *time.Location) bool {
	day := func(t time.Time) string { return t.In(zone).Format(time.DateOnly) }
	return !c.Told.Closed.IsZero() && day(c.Told.Closed) == day(now) || c.SpokenTo(now)
}

// SpokenTo says that an agent spoke just now.
func (c Conversation) SpokenTo(now time.Time) bool {
	return !c.SpokeAt.IsZero() && now.Sub(c.SpokeAt) < afterWord
}

// Tells notes what a buyer is told now.
func (c Conversation) Tells(d Desk, now time.Time, zone *time.Location) Conversation {
	if d.Closed(now) && !c.Knows(now, zone) {
		c.Told.Closed = now
	}
	c.Told.End, c.Told.At = d.Ends(), now
	return c
}

// Boundary is a change of who has the floor, as the log keeps it: what was said between two of them was said to
// whoever had it then. It says what its sentence says, for programs.
type Boundary struct {
	From  Holder `json:"from"`  // who had it
	To    Holder `json:"to"`    // who has it now
	Epoch int64  `json:"epoch"` // with it
	// By is whose doing it is: the buyer's, an agent's, the bot's or the system's.
	By AuthorKind `json:"by"`
	// Agent is the name, as the buyer may read it, of the agent who comes or goes.
	Agent string `json:"agent,omitempty"`
	// Why a human is wanted, or why the bot has it back (a Reason). It is for agents; a buyer is not shown it.
	Why Reason `json:"why,omitempty"`
	// End is what the buyer is promised, with his place (0: not said), how many wait, himself counted, about how many
	// seconds it takes (0: not known) and when the desk opens.
	End     End       `json:"end,omitempty"`
	Place   int       `json:"place,omitempty"`   // his place in the queue, from 1
	Of      int       `json:"of,omitempty"`      // how many wait
	About   int       `json:"about,omitempty"`   // how long it takes, seconds
	OpensAt time.Time `json:"opens_at,omitzero"` // when the desk opens
}

// Why the bot has the floor back.
const (
	BackReleased Reason = "released" // its agent gave it back
	BackResolved Reason = "resolved" // its agent says that his part is done
	BackLeft     Reason = "left"     // the buyer did not want to wait any more
	BackIdle     Reason = "idle"     // nobody wrote for long, and nothing was open
)

// Cross is the boundary between two states of a conversation.
func Cross(from, to Conversation, by AuthorKind, why Reason) *Boundary {
	b := Boundary{From: from.Holder, To: to.Holder, Epoch: to.Epoch, By: by, Why: why}
	switch {
	case to.Holder == HeldByHuman:
		b.Agent, b.End = to.AgentName, EndAgent
	case from.Holder == HeldByHuman:
		b.Agent = from.AgentName
	}
	return &b
}

// ForBuyer is an entry as a buyer may read it.
func (e Entry) ForBuyer() Entry {
	if e.Floor == nil || e.Floor.Why == "" {
		return e
	}
	b := *e.Floor
	b.Why = ""
	e.Floor = &b
	return e
}

// Soft says that a human is wanted for a reason of the bot's own: where none is there, the bot stays and offers one, for
// it can still do something.
func (r Reason) Soft() bool {
	return r == HandoffConfused || r == HandoffAnger || r == HandoffVerdict
}

// Returns says that the bot has the floor back from a human, or from the queue, with this entry: what stands before it
// was said to a human.
func (e Entry) Returns() bool {
	return e.Key == ReturnedKey || e.Floor != nil && e.Floor.To == HeldByBot
}
