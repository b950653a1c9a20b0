package dialog

import "time"

// Holder is who has the floor (domain §3.9). It is stored, and checked in one place: the commit
// of a bot turn is refused unless the holder is Bot at that very moment.
type Holder string

// The holders.
const (
	HeldByBot   Holder = "bot"
	HeldWaiting Holder = "waiting_human"
	HeldByHuman Holder = "human"
)

// Conversation is what is kept beside the log. It is a value; changes are committed by compare-and-set
// on Version.
type Conversation struct {
	ID      ID     `json:"id"`
	Buyer   string `json:"buyer"`
	Locale  Locale `json:"locale"`
	Version int64  `json:"version"`
	// Log tells one history from another: it changes when the store lost entries.
	Log string `json:"log"`

	Holder Holder `json:"holder"`
	// Epoch counts the changes of holder; an action that names an old one is refused.
	Epoch        int64     `json:"epoch"`
	Agent        string    `json:"agent,omitempty"`      // login of the holder, for agents' eyes
	AgentName    string    `json:"agent_name,omitempty"` // alias, for the buyer's
	Handoff      Reason    `json:"handoff,omitempty"`    // why a human was asked for
	WaitingSince time.Time `json:"waiting_since,omitzero"`
	// Told is what the buyer was told last of when a human is there.
	Told Told `json:"told,omitzero"`
	// HeldSince is when its human took it, SlowTold when the buyer was told last that he is slow to answer.
	HeldSince time.Time `json:"held_since,omitzero"`
	SlowTold  time.Time `json:"slow_told,omitzero"`

	Last     int64 `json:"last"`     // length of the log
	Inbound  int64 `json:"inbound"`  // last entry that wants an answer from whoever holds the floor
	Answered int64 `json:"answered"` // entries up to here are dealt with

	// AskedAt is when the first entry after Answered that wants an answer came, SpokeAt when an agent spoke last.
	// What is asked may be answered meanwhile: Inbound and Answered say so.
	AskedAt time.Time `json:"asked_at,omitzero"`
	SpokeAt time.Time `json:"spoke_at,omitzero"`

	// What takes effect whoever has the floor (a press on the case, a piece of evidence, a cry for help) has marks of
	// its own: a human's word answers what was written, it does not carry a press out.
	Pressed int64 `json:"pressed,omitempty"` // the last of them
	Carried int64 `json:"carried,omitempty"` // those up to here are carried out

	SeenBuyer int64 `json:"seen_buyer"`
	SeenAgent int64 `json:"seen_agent"`

	Flow      Flow      `json:"flow"`
	Work      Work      `json:"work,omitzero"`
	Survey    Survey    `json:"survey,omitzero"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// Settled is how far the assistant has come: it owes nothing for the entries up to here. While a person has the floor
// what is written is his to answer, and the assistant owes only presses that take effect all the same.
func (c Conversation) Settled() int64 {
	presses := c.Pressed > c.Carried
	texts := c.Holder == HeldByBot && c.Inbound > c.Answered
	switch {
	case presses && texts:
		return min(c.Carried, c.Answered)
	case presses:
		return c.Carried
	case texts:
		return c.Answered
	}
	return max(c.Inbound, c.Pressed, c.Answered)
}

// Desk is what the desk can promise to somebody who is about to wait for an agent. Not Known, nothing is said of it.
type Desk struct {
	Known   bool
	Place   int           // his place if he waited now, from 1; 0: it is not known
	Waiting int           // conversations that wait, he himself not counted
	Agents  int           // at work now who may have him
	About   time.Duration // until an agent is there, roughly; 0: there is too little to tell it from
	OpensAt time.Time     // nobody is there before; zero: the desk is open, or it is not known when it opens
	Hours   string        // when agents are there, as the operator words it; "": not said
}

// Reason says why a conversation was handed off. It is a type, so that it can be counted.
type Reason string

// The reasons for a handoff.
const (
	HandoffAsked      Reason = "asked"
	HandoffEscalation Reason = "escalation"
	HandoffConfused   Reason = "not_understood"
	HandoffVerdict    Reason = "verdict"
	HandoffFault      Reason = "fault"
	HandoffPayment    Reason = "payment_failed"
	HandoffDistress   Reason = "distress" // the buyer may hurt himself
	HandoffSafety     Reason = "safety"   // the buyer may hurt somebody else
	HandoffAnger      Reason = "anger"    // again and again
	HandoffSupervisor Reason = "supervisor"
	HandoffReopened   Reason = "reopened" // asked for again soon after an agent resolved it
)

// HandoffReasons lists them.
func HandoffReasons() []Reason {
	return []Reason{
		HandoffAsked, HandoffEscalation, HandoffConfused, HandoffVerdict, HandoffFault, HandoffPayment, HandoffDistress, HandoffSafety, HandoffAnger,
		HandoffSupervisor, HandoffReopened,
	}
}
