package wire

import (
	"time"

	"recourse/dialog"
)

// Frames of the desk that an agent sends. He takes what he is offered, or anything else that waits, with claim.
const (
	TStatus   Type = "status"
	TDecline  Type = "decline"
	TAssign   Type = "assign"
	TTakeover Type = "takeover"
	TTransfer Type = "transfer"
	TLease    Type = "lease" // both ways
)

// Status says whether the agent wants to be offered conversations. What he has stays his.
type Status struct {
	T      Type   `json:"t"`
	ID     string `json:"id"`
	Status string `json:"status"` // online or away
}

// Decline lets an offer pass: the conversation is offered to the next agent, with the age that it has.
type Decline struct {
	T            Type   `json:"t"`
	ID           string `json:"id"`
	Conversation string `json:"conversation"`
}

// Assign gives a conversation to an agent who is there, whoever has it. Epoch is the one the sender saw.
type Assign struct {
	T            Type   `json:"t"`
	ID           string `json:"id"`
	Conversation string `json:"conversation"`
	Epoch        int64  `json:"epoch"`
	Agent        string `json:"agent"` // login
}

// Takeover takes a conversation from whoever has it. Reason is kept for colleagues to read.
type Takeover struct {
	T            Type   `json:"t"`
	ID           string `json:"id"`
	Conversation string `json:"conversation"`
	Epoch        int64  `json:"epoch"`
	Reason       string `json:"reason"`
}

// Transfer passes a conversation that the sender has on to a colleague or to a skill, one of the two. It waits again,
// with the age that it has, and the colleague is offered it first.
type Transfer struct {
	T            Type   `json:"t"`
	ID           string `json:"id"`
	Conversation string `json:"conversation"`
	Epoch        int64  `json:"epoch"`
	Agent        string `json:"agent,omitempty"` // login
	Skill        string `json:"skill,omitempty"`
	Note         string `json:"note,omitempty"` // for who takes it
}

// Lease says that an agent is writing an answer. It is over after eight seconds unless it is sent again, and when the
// answer is sent. From the server, Login and Name tell who it is; it is shown to agents only.
type Lease struct {
	T            Type   `json:"t"`
	Conversation string `json:"conversation"`
	On           bool   `json:"on"`
	Login        string `json:"login,omitempty"`
	Name         string `json:"name,omitempty"`
}

// DeskView is the desk as an agent sees it: himself, his colleagues, and how much waits.
type DeskView struct {
	Status   string      `json:"status"`   // online or away
	Capacity int         `json:"capacity"` // conversations at a time; 0: he is offered none
	Open     int         `json:"open"`     // that are work now, and those he is offered
	Waiting  int         `json:"waiting"`
	Agents   []DeskAgent `json:"agents"` // who is there, himself too
	// Skills are those that somebody else has who takes conversations now.
	Skills []string `json:"skills,omitempty"`
}

// DeskAgent is an agent who is there.
type DeskAgent struct {
	Login    string   `json:"login"`
	Name     string   `json:"name"`
	Role     string   `json:"role,omitempty"`
	Status   string   `json:"status"`
	Open     int      `json:"open"`
	Capacity int      `json:"capacity"`
	Skills   []string `json:"skills,omitempty"`
}

// Offered is to whom a conversation is offered, and until when by the wall clock.
type Offered struct {
	To   string    `json:"to"`   // login
	Name string    `json:"name"` // of him
	At   time.Time `json:"at"`   // the wall clock of the server when this was sent
	End  time.Time `json:"end"`
}

// Winner is the detail of ALREADY_CLAIMED: who has it.
type Winner struct {
	Login  string        `json:"login,omitempty"`
	Name   string        `json:"name,omitempty"`
	Holder dialog.Holder `json:"holder"`
	Epoch  int64         `json:"epoch"`
}
