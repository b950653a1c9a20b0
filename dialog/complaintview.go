package dialog

import (
	"time"

	"recourse/cases"
	"recourse/cases/complaints"
)

// ComplaintView is a complaint as one reader may see it, in his language.
type ComplaintView struct {
	ID           string               `json:"id"`                        // names the complaint
	Version      int                  `json:"version"`                   // grows by one with everything that happens
	By           string               `json:"by"`                        // who complains: buyer or merchant
	State        string               `json:"state"`                     // for programs
	StateName    string               `json:"state_name"`                // in the reader's language
	Sentence     string               `json:"sentence"`                  // where things stand
	WaitsFor     string               `json:"waits_for,omitempty"`       // buyer, merchant, agent, system, or none
	WaitsForName string               `json:"waits_for_name,omitempty"`  // in the reader's language
	WaitingOnYou bool                 `json:"waiting_on_you"`            // it is the reader's turn
	Deadline     time.Time            `json:"deadline,omitzero"`         // of whose turn it is
	Then         string               `json:"then,omitempty"`            // what happens at the deadline by itself
	Terminal     bool                 `json:"terminal,omitempty"`        // it is over, but for an appeal
	Order        OrderItem            `json:"order"`                     // the order line it is about
	Buyer        string               `json:"buyer,omitempty"`           // for agents
	Shop         string               `json:"shop"`                      // the shop's name
	Kind         string               `json:"kind,omitempty"`            // kind of conduct, for programs
	KindName     string               `json:"kind_name,omitempty"`       // in the reader's language
	Text         string               `json:"text,omitempty"`            // what happened, in the complainant's words
	Case         string               `json:"case,omitempty"`            // the refund case it has to do with
	Evidence     []EvidenceView       `json:"evidence,omitempty"`        // of both parties
	Answer       *AnswerView          `json:"answer,omitempty"`          // of the party it is about
	Silent       bool                 `json:"silent,omitempty"`          // that party let its time pass
	Audit        *AuditView           `json:"audit,omitempty"`           // what the platform decided
	Agent        string               `json:"agent,omitempty"`           // who has it, for agents
	Late         bool                 `json:"late,omitempty"`            // the review takes longer than it should
	Confirmation string               `json:"confirmation,omitempty"`    // satisfied, not_satisfied, silence
	Appeal       string               `json:"appeal,omitempty"`          // why it was appealed
	Steps        []StepView           `json:"steps"`                     // the way it goes
	Allowed      []string             `json:"allowed_actions"`           // events the reader may cause now
	Buttons      []Button             `json:"buttons,omitempty"`         // what the buyer may press
	CanAdd       []KindView           `json:"can_add,omitempty"`         // evidence the reader may upload now
	Timeline     []TimelineView       `json:"timeline,omitempty"`        // what happened
	Deadlines    map[string]time.Time `json:"deadlines,omitempty"`       // all that run now
	CreatedAt    time.Time            `json:"created_at"`                // when it was begun
	FiledAt      time.Time            `json:"filed_at,omitzero"`         // when it was filed
	AppealUntil  time.Time            `json:"appealable_until,omitzero"` // until when whoever complained may appeal
	Policy       string               `json:"policy"`                    // version of the policy
}

// AnswerView is what the party that is complained of says: a solution, or its side of it.
type AnswerView struct {
	Text string    `json:"text"` // its words
	At   time.Time `json:"at"`   // when it said so
}

// AuditView is what the platform decided and why.
type AuditView struct {
	Outcome     string    `json:"outcome"`                // upheld, not_upheld
	Name        string    `json:"name"`                   // in the reader's language
	Measure     string    `json:"measure,omitempty"`      // none, warning, penalty
	MeasureName string    `json:"measure_name,omitempty"` // in the reader's language
	Reasons     string    `json:"reasons"`                // as the agent wrote them
	At          time.Time `json:"at"`                     // when
	Final       bool      `json:"final,omitempty"`        // no appeal is left
}

// ComplaintReader says for whom a complaint is put into words.
type ComplaintReader struct {
	Actor cases.Actor
	Env   complaints.Env
	Marks []complaints.Mark
	// Links makes short-lived links to a piece of evidence; nil: none.
	Links func(cases.Evidence) Links
}
