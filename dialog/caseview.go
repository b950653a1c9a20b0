package dialog

import (
	"time"

	"recourse/cases"
)

// CaseView is a case as one reader may see it, in his language.
type CaseView struct {
	ID        string `json:"id"`         // names the case
	Version   int    `json:"version"`    // rises by one with every event; send it back as expected_version
	State     string `json:"state"`      // where the case stands
	StateName string `json:"state_name"` // the state in the reader's language
	// Sentence is the one sentence on where things stand (domain §6.4).
	Sentence string `json:"sentence"`
	// WaitsFor: buyer, merchant, agent, logistics, payment or "" when nobody.
	WaitsFor     string    `json:"waits_for,omitempty"`
	WaitsForName string    `json:"waits_for_name,omitempty"` // the same in words
	Deadline     time.Time `json:"deadline,omitzero"`        // the deadline that matters now
	// Then says what happens at the deadline by itself.
	Then       string               `json:"then,omitempty"`
	Terminal   bool                 `json:"terminal,omitempty"`    // it is over
	Outcome    string               `json:"outcome,omitempty"`     // how it ended: refunded_full, refunded_partial, settled, withdrawn, expired, ineligible, or the platform's outcome
	Order      OrderItem            `json:"order"`                 // the order line
	Buyer      string               `json:"buyer,omitempty"`       // agents
	Shop       string               `json:"shop"`                  // the shop's name
	Reason     string               `json:"reason,omitempty"`      // why the buyer claims
	ReasonName string               `json:"reason_name,omitempty"` // the same in words
	Type       string               `json:"type,omitempty"`        // refund_only, return_refund, exchange, …
	TypeName   string               `json:"type_name,omitempty"`   // the same in words
	Story      string               `json:"story,omitempty"`       // what the buyer wrote
	AmountFen  int64                `json:"amount_fen"`            // asked for, fen
	Verdict    *VerdictView         `json:"verdict,omitempty"`     // what the policy says of the claim
	Freight    string               `json:"freight,omitempty"`     // who pays the return postage, in words
	Checklist  []ChecklistRow       `json:"checklist,omitempty"`   // what the claim needs and what is there
	Evidence   []EvidenceView       `json:"evidence,omitempty"`    // of both sides
	Rejection  *RejectionView       `json:"rejection,omitempty"`   // the merchant's refusal
	Ruling     *RulingView          `json:"ruling,omitempty"`      // what the platform decided
	Amounts    []Row                `json:"amounts,omitempty"`     // the money row by row, in words
	Refund     *RefundView          `json:"refund,omitempty"`      // the money, once it is on its way
	Steps      []StepView           `json:"steps"`                 // the way of the case, done and to come
	Allowed    []string             `json:"allowed_actions"`       // events the reader may cause now
	Buttons    []Button             `json:"buttons,omitempty"`     // what the buyer may press
	Timeline   []TimelineView       `json:"timeline,omitempty"`    // what happened, oldest first
	AskedKinds []KindView           `json:"asked_kinds,omitempty"` // what the platform asked the reader to add
	CanAdd     []KindView           `json:"can_add,omitempty"`     // kinds the reader may upload now
	Deadlines  map[string]time.Time `json:"deadlines,omitempty"`   // all that run, by timer
	CreatedAt  time.Time            `json:"created_at"`            // when the draft was begun
	// Complaints are the ids of the complaints that have to do with it.
	Complaints []string `json:"complaints,omitempty"`
	Policy     string   `json:"policy"` // version of the policy that judges it

	// WaitingOnYou says that the reader must do something: it is his turn, he was asked for evidence, or he owes
	// the goods.
	WaitingOnYou bool `json:"waiting_on_you"`
	// Actions are the allowed actions with what each takes (REST API).
	Actions       []ActionView     `json:"actions,omitempty"`
	DeadlineTimer string           `json:"deadline_timer,omitempty"`      // which of the deadlines matters now
	BuyerAlias    string           `json:"buyer_alias,omitempty"`         // merchants: the same for all cases of a buyer at the shop, and nothing else
	Attempt       int              `json:"attempt,omitempty"`             // the how-manieth application on the order line
	Overdue       bool             `json:"merchant_overdue,omitempty"`    // the merchant did not answer in time; the buyer may ask the platform
	Offer         *OfferView       `json:"offer,omitempty"`               // what the merchant offers instead
	Return        *ParcelView      `json:"return,omitempty"`              // the goods on their way back
	Reship        *ParcelView      `json:"reship,omitempty"`              // what the merchant sent: a replacement, or the goods themselves
	GoodsOwed     bool             `json:"goods_back_to_buyer,omitempty"` // the merchant must send the goods back to the buyer
	Arbitration   *ArbitrationView `json:"arbitration,omitempty"`         // the platform's side, once it was asked
	Previous      string           `json:"previous_case_id,omitempty"`    // the application that this one replaced
	SupersededBy  string           `json:"superseded_by,omitempty"`       // the application that replaced this one; not to be seen before it is filed
	UpdatedAt     time.Time        `json:"updated_at"`                    // when the version was made
}

// EvidenceView is one piece of evidence with a short-lived link to look at it.
type EvidenceView struct {
	EvidenceItem
	URL       string    `json:"url,omitempty"`      // a link, good for minutes, to the copy to look at; none when the file cannot be shown to the reader
	Thumb     string    `json:"thumb,omitempty"`    // a link to a small picture of it
	Original  string    `json:"original,omitempty"` // a link to the file as it came, for its uploader and for agents
	At        time.Time `json:"at"`                 // when it was added
	Locked    bool      `json:"locked,omitempty"`   // a ruling rests on it
	Stage     string    `json:"stage"`              // staged (in a draft, may be taken out again), submitted, locked
	StageName string    `json:"stage_name"`         // the same in words
	// Remove takes it out of the draft, for the buyer while that is possible.
	Remove *Button `json:"remove,omitempty"`
	// Flags are for agents: what to look at twice. They prove nothing.
	Flags []Remark `json:"flags,omitempty"`
	// WaybillIs compares the number read from the picture with the parcel that was sent, for agents: outbound (the
	// same), other, unread. Empty for kinds that do not show it.
	WaybillIs string `json:"waybill_is,omitempty"`
}

// RejectionView is the merchant's refusal.
type RejectionView struct {
	Evidence []string  `json:"evidence,omitempty"` // ids of the pieces that it rests on
	Code     string    `json:"code"`               // reject code
	Name     string    `json:"name"`               // the same in words
	Text     string    `json:"text"`               // the merchant's explanation
	At       time.Time `json:"at"`                 // when
	// Bare says that the explanation is nothing but a phrase that is no ground by itself ("signed for, so it is fine").
	Bare bool   `json:"bare,omitempty"`
	Note string `json:"note,omitempty"` // the same in words
}

// RulingView is what the platform decided and why.
type RulingView struct {
	Outcome string    `json:"outcome"` // for programs
	Name    string    `json:"name"`    // the same in words
	Reasons string    `json:"reasons"` // as the agent wrote them
	At      time.Time `json:"at"`      // when
}

// RefundView is where the money is.
type RefundView struct {
	Status    string    `json:"status"`             // pending, succeeded or failed
	AmountFen int64     `json:"amount_fen"`         // fen
	Method    string    `json:"method,omitempty"`   // where it goes
	IssuedAt  time.Time `json:"issued_at,omitzero"` // when it was ordered
	PaidAt    time.Time `json:"paid_at,omitzero"`   // when the channel accepted it
}

// StepView is one milestone of the timeline.
type StepView struct {
	Key     string    `json:"key"`               // for programs
	Label   string    `json:"label"`             // the same in words
	At      time.Time `json:"at,omitzero"`       // when it was done
	Due     time.Time `json:"due,omitzero"`      // by when it must be done
	Done    bool      `json:"done,omitempty"`    // it is behind
	Current bool      `json:"current,omitempty"` // the case stands here
	Who     string    `json:"who,omitempty"`     // whose turn it is, in words
}

// TimelineView is one line of what happened, as its reader may see it.
type TimelineView struct {
	At      time.Time    `json:"at"`                // when
	Kind    string       `json:"kind,omitempty"`    // of a case: what sort of thing it is: evidence, decision, money, deadline or step
	Who     string       `json:"who"`               // whose act, in words
	By      string       `json:"by,omitempty"`      // the login of an agent who did it; agents only
	What    string       `json:"what"`              // what happened, in words
	Text    string       `json:"text,omitempty"`    // what was said with it, if it is for this reader
	Until   time.Time    `json:"until,omitzero"`    // the clock that it started, if any
	Then    string       `json:"then,omitempty"`    // what happens at its end by itself
	Rule    string       `json:"rule,omitempty"`    // the transition (cases/STATES.md), e.g. "T06"
	Clauses []ClauseView `json:"clauses,omitempty"` // policy keys behind a clock or an amount, in words
}

// Reader says for whom a case is put into words.
type Reader struct {
	Actor cases.Actor
	By    string // what an agent may do depends on who he is
	Role  string
	Env   cases.Env
	Marks []cases.Mark
	// Links makes short-lived links to a piece of evidence; nil: none.
	Links func(cases.Evidence) Links
}

// Links are where the copies of a file lie that one reader may have.
type Links struct {
	URL      string // to look at
	Thumb    string
	Original string // as it came; its uploader and agents only
}
