package dialog

import (
	"time"

	"recourse/cases"
)

// CaseView is a case as one reader may see it, in his language.
type CaseView struct {
	ID        string `json:"id"`
	Version   int    `json:"version"`
	State     string `json:"state"`
	StateName string `json:"state_name"`
	// Sentence is the one sentence on where things stand (domain §6.4).
	Sentence string `json:"sentence"`
	// WaitsFor: buyer, merchant, agent, logistics, payment or "" when nobody.
	WaitsFor     string    `json:"waits_for,omitempty"`
	WaitsForName string    `json:"waits_for_name,omitempty"`
	Deadline     time.Time `json:"deadline,omitzero"`
	// Then says what happens at the deadline by itself.
	Then       string               `json:"then,omitempty"`
	Terminal   bool                 `json:"terminal,omitempty"`
	Outcome    string               `json:"outcome,omitempty"`
	Order      OrderItem            `json:"order"`
	Buyer      string               `json:"buyer,omitempty"` // agents
	Shop       string               `json:"shop"`
	Reason     string               `json:"reason,omitempty"`
	ReasonName string               `json:"reason_name,omitempty"`
	Type       string               `json:"type,omitempty"`
	TypeName   string               `json:"type_name,omitempty"`
	Story      string               `json:"story,omitempty"`
	AmountFen  int64                `json:"amount_fen"`
	Verdict    *VerdictView         `json:"verdict,omitempty"`
	Checklist  []ChecklistRow       `json:"checklist,omitempty"`
	Evidence   []EvidenceView       `json:"evidence,omitempty"`
	Rejection  *RejectionView       `json:"rejection,omitempty"`
	Ruling     *RulingView          `json:"ruling,omitempty"`
	Refund     *RefundView          `json:"refund,omitempty"`
	Steps      []StepView           `json:"steps"`
	Allowed    []string             `json:"allowed_actions"` // events the reader may cause now
	Buttons    []Button             `json:"buttons,omitempty"`
	Timeline   []TimelineView       `json:"timeline,omitempty"`
	AskedKinds []KindView           `json:"asked_kinds,omitempty"` // what the platform asked the reader to add
	CanAdd     []KindView           `json:"can_add,omitempty"`     // kinds the reader may upload now
	Deadlines  map[string]time.Time `json:"deadlines,omitempty"`
	CreatedAt  time.Time            `json:"created_at"`
	Policy     string               `json:"policy"`
}

// EvidenceView is one piece of evidence with a short-lived link to look at it.
type EvidenceView struct {
	EvidenceItem
	URL    string    `json:"url,omitempty"`
	SHA256 string    `json:"sha256,omitempty"`
	At     time.Time `json:"at"`
	Locked bool      `json:"locked,omitempty"`
}

// RejectionView is the merchant's refusal.
type RejectionView struct {
	Code string    `json:"code"`
	Name string    `json:"name"`
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

// RulingView is what the platform decided and why.
type RulingView struct {
	Outcome string    `json:"outcome"`
	Name    string    `json:"name"`
	Reasons string    `json:"reasons"`
	At      time.Time `json:"at"`
}

// RefundView is where the money is.
type RefundView struct {
	Status    string    `json:"status"`
	AmountFen int64     `json:"amount_fen"`
	Method    string    `json:"method,omitempty"`
	IssuedAt  time.Time `json:"issued_at,omitzero"`
	PaidAt    time.Time `json:"paid_at,omitzero"`
}

// StepView is one milestone of the timeline.
type StepView struct {
	Key     string    `json:"key"`
	Label   string    `json:"label"`
	At      time.Time `json:"at,omitzero"`
	Due     time.Time `json:"due,omitzero"`
	Done    bool      `json:"done,omitempty"`
	Current bool      `json:"current,omitempty"`
	Who     string    `json:"who,omitempty"` // whose turn it is, in words
}

// TimelineView is one line of what happened.
type TimelineView struct {
	At   time.Time `json:"at"`
	Who  string    `json:"who"`
	What string    `json:"what"`
	Text string    `json:"text,omitempty"`
	Rule string    `json:"rule,omitempty"` // transition and clauses
}

// Reader says for whom a case is put into words.
type Reader struct {
	Actor cases.Actor
	Env   cases.Env
	Marks []cases.Mark
	// Link makes a short-lived link to a piece of evidence; nil: none.
	Link func(cases.EvidenceID) string
}
