package complaints

import (
	"strings"
	"time"

	"recourse/cases"
	"recourse/cases/policy"
)

// The events of the table. Timers are events too: cases.TimerEvent("reply") = "timer:reply".
const (
	EvOpen         cases.EventKind = "open" // the first mark: made by Open, not by Apply
	EvSupplement   cases.EventKind = "supplement"
	EvFile         cases.EventKind = "file"
	EvDiscard      cases.EventKind = "discard"
	EvForward      cases.EventKind = "forward" // the other party can see it now
	EvReply        cases.EventKind = "reply"
	EvAnswer       cases.EventKind = "answer"
	EvClaim        cases.EventKind = "claim"
	EvUphold       cases.EventKind = "uphold"
	EvNotUphold    cases.EventKind = "not_uphold"
	EvConfirm      cases.EventKind = "confirm"
	EvNotSatisfied cases.EventKind = "not_satisfied"
	EvWithdraw     cases.EventKind = "withdraw"
	EvAppeal       cases.EventKind = "appeal"
	EvAffirm       cases.EventKind = "affirm"
	EvOverturn     cases.EventKind = "overturn"
)

// Event is one thing that happened to a complaint. Only the fields of its kind are set.
type Event struct {
	// Key makes the event idempotent: the ledger applies one key once.
	Key   string          `json:"key"`
	Kind  cases.EventKind `json:"kind"`
	Actor cases.Actor     `json:"actor"`
	By    string          `json:"by,omitempty"`   // buyer id, shop id, agent login; empty for timers
	Role  string          `json:"role,omitempty"` // agents: agent, senior, supervisor, admin
	At    time.Time       `json:"at"`
	// Expect is the version the actor saw; 0 = not stated.
	Expect int `json:"expect,omitempty"`

	Line         *policy.Line           `json:"line,omitempty"`         // open
	Conversation string                 `json:"conversation,omitempty"` // open
	Complaint    policy.ComplaintKindID `json:"complaint_kind,omitempty"`
	Text         string                 `json:"text,omitempty"`     // what happened, the solution, written reasons
	Case         cases.ID               `json:"case,omitempty"`     // open, file: the case it has to do with
	Evidence     []cases.Evidence       `json:"evidence,omitempty"` // open, supplement, reply, answer, appeal
	Measure      Measure                `json:"measure,omitempty"`  // uphold, overturn
	Confirmed    bool                   `json:"confirmed,omitempty"`
}

func (ev Event) timer() (cases.Timer, bool) {
	name, ok := strings.CutPrefix(string(ev.Kind), string(cases.TimerEvent("")))
	return cases.Timer(name), ok
}
