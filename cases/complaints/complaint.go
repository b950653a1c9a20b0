package complaints

import (
	"time"

	"recourse/cases"
	"recourse/cases/policy"
)

// ID names a complaint: "k_<shard>_<random>" (internal/ids). The shard is the buyer's, whoever complains.
type ID string

// Prefix is the id prefix of complaints.
const Prefix = "k"

// Outcome is what the platform found.
type Outcome string

// The outcomes of an audit.
const (
	Upheld    Outcome = "upheld"
	NotUpheld Outcome = "not_upheld"
)

// Measure is what follows for the party that was complained of (F3-15). Carrying it out is another
// system's.
type Measure string

// The measures. None says that the complaint is right and nothing more is called for.
const (
	NoMeasure Measure = "none"
	Warning   Measure = "warning"
	Penalty   Measure = "penalty"
)

// Answer is what the party that was complained of says: a shop's solution, or a buyer's side of it.
type Answer struct {
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

// Confirmation is what the buyer said of the result.
type Confirmation string

// The confirmations (F3-40). Silence is one: the result stands.
const (
	Satisfied    Confirmation = "satisfied"
	NotSatisfied Confirmation = "not_satisfied"
	Silence      Confirmation = "silence"
)

// Audit is the platform's side of a complaint.
type Audit struct {
	Agent      string    `json:"agent,omitempty"` // who has it now
	FirstAgent string    `json:"first_agent,omitempty"`
	Outcome    Outcome   `json:"outcome,omitempty"`
	Measure    Measure   `json:"measure,omitempty"`
	Reasons    string    `json:"reasons,omitempty"`
	At         time.Time `json:"at,omitzero"`
	Late       bool      `json:"late,omitempty"` // the review took longer than complaint.review_workdays
	Appeals    int       `json:"appeals,omitempty"`
	Final      bool      `json:"final,omitempty"`
}

// Mark is one line of the append-only timeline. Replaying the marks' events reproduces the complaint.
type Mark struct {
	Seq    int       `json:"seq"` // = version after the event
	At     time.Time `json:"at"`
	ID     string    `json:"transition"`
	Event  Event     `json:"event"`
	From   State     `json:"from,omitempty"`
	To     State     `json:"to"`
	Clause []string  `json:"clause,omitempty"` // policy keys that set a clock here
}

// Complaint is the complaint. It is a value: Apply returns a changed copy.
type Complaint struct {
	ID           ID                        `json:"id"`
	Version      int                       `json:"version"` // +1 per applied event
	State        State                     `json:"state"`
	By           cases.Actor               `json:"by"` // who complains: Buyer or Merchant
	Buyer        string                    `json:"buyer"`
	Shop         string                    `json:"shop"`
	Conversation string                    `json:"conversation,omitempty"` // where the buyer is told
	Line         policy.Line               `json:"line"`
	Kind         policy.ComplaintKindID    `json:"kind,omitempty"`
	Text         string                    `json:"text,omitempty"` // what happened, in the words of who complains
	Case         cases.ID                  `json:"case,omitempty"` // the refund case it has to do with
	Evidence     []cases.Evidence          `json:"evidence,omitempty"`
	Answer       *Answer                   `json:"answer,omitempty"`
	Silent       bool                      `json:"silent,omitempty"` // the other party let its time pass
	Audit        Audit                     `json:"audit"`
	Confirmation Confirmation              `json:"confirmation,omitempty"`
	Unhappy      string                    `json:"unhappy,omitempty"` // what he said he is not satisfied with
	Appeal       string                    `json:"appeal,omitempty"`  // why he appealed
	Deadlines    map[cases.Timer]time.Time `json:"deadlines,omitempty"`
	Policy       string                    `json:"policy_version"`
	CreatedAt    time.Time                 `json:"created_at"`
	FiledAt      time.Time                 `json:"filed_at,omitzero"`
	UpdatedAt    time.Time                 `json:"updated_at"`
	AppealUntil  time.Time                 `json:"appealable_until,omitzero"`
}

// Other is the party that the complaint is about.
func (c Complaint) Other() cases.Actor {
	if c.By == cases.Merchant {
		return cases.Buyer
	}
	return cases.Merchant
}

// LineRecord is what is kept per order line over all complaints on it: the same grievance is not filed
// twice while it is open, and the order can show its complaints (F3-10).
type LineRecord struct {
	// Open names the complaint that is open, by party and kind.
	Open map[string]ID `json:"open,omitempty"`
	// All are the complaints that were filed on the line, oldest first.
	All     []ID `json:"all,omitempty"`
	Version int  `json:"version"`
}
