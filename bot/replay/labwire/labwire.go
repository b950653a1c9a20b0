// Package labwire is what replay and a server with --demo say to each other at /demo/api/lab/: setting a buyer of a
// suite up, letting others act on his case, letting time pass, and asking whether all that follows has happened.
//
// Both ends are of one program: the shapes are those of suites, and a newer end must be met by a newer one (Format).
package labwire

import (
	"time"

	"recourse/bot/replay"
	"recourse/bot/replay/suite"
	"recourse/cases"
	"recourse/dialog"
)

// Format is raised when a shape changes its meaning.
const Format = 1

// Path is where a server with --demo has the lab; what is posted goes below it: open, settle, event, pass.
const Path = "/demo/api/lab"

// About answers GET.
type About struct {
	Format int          `json:"format"`
	On     replay.About `json:"on"` // but for the stage, which is the server's address
	Now    time.Time    `json:"now"`
	Speed  float64      `json:"speed"`
	// Ready says that the answers have learned; before that rules alone understand.
	Ready bool `json:"ready"`
	// Desk are the accounts: the one who works on cases, one who decides appeals, a supervisor.
	Desk []Account `json:"desk"`
}

// Account is a demo agent's.
type Account struct {
	Login    string `json:"login"`
	Password string `json:"password"`
	Name     string `json:"name"` // what buyers see
}

// Open sets up a buyer of its own: the world of Fixture, moved so that its clock is the server's now; without one that
// of a single question with the case in State.
type Open struct {
	Locale  dialog.Locale  `json:"locale"`
	State   cases.State    `json:"state,omitempty"`
	Fixture *suite.Fixture `json:"fixture,omitempty"`
}

// Opened is who he is.
type Opened struct {
	Buyer        string            `json:"buyer"`
	Token        string            `json:"token"`
	Conversation string            `json:"conversation"`
	Shops        map[string]string `json:"shops"` // API keys by the shops' ids
	Shop         string            `json:"shop"`  // of the first order
	Now          time.Time         `json:"now"`   // the server's, at which the fixture's clock stands
	Stands       Stands            `json:"stands"`
}

// Settle asks to answer when nothing follows any more from what has happened to a conversation: no turn is owed, and
// what had to be told has been told.
type Settle struct {
	Conversation string `json:"conversation"`
}

// Stands is where a conversation stands when all is settled: a client that has seen this much has seen it all.
type Stands struct {
	Last             int64     `json:"last"`    // seq of the last entry that the buyer is sent
	Version          int64     `json:"version"` // of the conversation
	Epoch            int64     `json:"epoch"`   // of who has the floor
	Case             string    `json:"case,omitempty"`
	CaseVersion      int       `json:"case_version,omitempty"`
	Hidden           bool      `json:"hidden,omitempty"` // there is a case at hand that buyers are not sent
	Complaint        string    `json:"complaint,omitempty"`
	ComplaintVersion int       `json:"complaint_version,omitempty"`
	Now              time.Time `json:"now"`
}

// Event is what somebody does who has no door of his own: a carrier, the payment channel, a clock, or a party with
// evidence that is not uploaded. N makes it once; it rises within a conversation.
type Event struct {
	Conversation string      `json:"conversation"`
	N            int         `json:"n"`
	Event        suite.Event `json:"event"`
}

// Pass lets time pass, for everybody; what comes due for the conversation on the way happens at its time.
type Pass struct {
	Conversation string        `json:"conversation"`
	By           time.Duration `json:"by"`
}

// The kinds of Problem.
const (
	BrokenCase = "broken"      // replay.ErrSuite
	NotOffered = "not_offered" // replay.ErrNotOffered
)

// Problem is the answer, with status 422, to what the suite asks for and does not work.
type Problem struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
}
