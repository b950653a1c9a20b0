package dialog

import "time"

// Action names what a button does. A press is the only way to change a case from the chat.
type Action string

// The actions. Those marked "case" stay valid as long as the case allows them; all others
// belong to the card the conversation is at, and grow stale with it.
const (
	ActStart       Action = "start_refund"
	ActStatus      Action = "status"       // case: show where it stands
	ActPickOrder   Action = "pick_order"   // args: order, line
	ActMoreOrders  Action = "more_orders"  // "not in this list"
	ActPickReason  Action = "pick_reason"  // args: reason
	ActOtherReason Action = "other_reason" // show all reasons
	ActAnswer      Action = "answer"       // args: question, value
	ActReady       Action = "evidence_done"
	ActSubmit      Action = "submit" // args: case, version
	ActEdit        Action = "edit"
	ActCancel      Action = "cancel"
	ActEscalate    Action = "escalate"         // case; args: case
	ActResubmit    Action = "resubmit"         // case; args: case
	ActResubmitYes Action = "confirm_resubmit" // args: case
	ActWait        Action = "keep_waiting"     // case; args: case
	ActWithdraw    Action = "withdraw"         // case; args: case
	ActWithdrawYes Action = "confirm_withdraw" // args: case
	ActAccept      Action = "accept_offer"     // case; args: case
	ActAcceptYes   Action = "confirm_accept"   // args: case
	ActDecline     Action = "decline_offer"    // case; args: case
	ActAppeal      Action = "appeal"           // case; args: case
	ActAppealYes   Action = "confirm_appeal"   // args: case
	ActTracking    Action = "fill_tracking"    // case; args: case, carrier, waybill
	ActReceived    Action = "received"         // case: the replacement has come
	ActHuman       Action = "human"
	ActBot         Action = "back_to_bot" // leave the queue
)

// Args are the arguments of an action. They are checked by code like any other input.
type Args map[string]string

// Button is one thing the reader may press.
type Button struct {
	Action Action `json:"action"`
	Label  string `json:"label"`
	Args   Args   `json:"args,omitempty"`
	// Style: "primary", "danger" (asks for care), "" (plain).
	Style string `json:"style,omitempty"`
}

// CardKind says which of a Card's parts is filled.
type CardKind string

// The kinds of card.
const (
	CardChoices  CardKind = "choices"  // only buttons
	CardOrders   CardKind = "orders"   // Orders, each with its own press
	CardVerdict  CardKind = "verdict"  // Verdict
	CardEvidence CardKind = "evidence" // Checklist; uploads go over HTTP
	CardSummary  CardKind = "summary"  // Rows; confirmed by a button
	CardCase     CardKind = "case"     // where the case stands; the reader also gets it live
	CardTracking CardKind = "tracking" // a form: carrier and waybill number
)

// Card is the structured part of an entry. It is a snapshot: what is true now comes with the
// case frame, what is still pressable is checked when it is pressed.
type Card struct {
	Kind      CardKind       `json:"kind"`
	Title     string         `json:"title,omitempty"`
	Orders    []OrderItem    `json:"orders,omitempty"`
	Verdict   *VerdictView   `json:"verdict,omitempty"`
	Checklist []ChecklistRow `json:"checklist,omitempty"`
	Rows      []Row          `json:"rows,omitempty"`
	Case      string         `json:"case,omitempty"` // case id the card is about
	Deadline  time.Time      `json:"deadline,omitzero"`
	// DeadlineLabel says whose deadline it is and what happens then: never a bare "48 h".
	DeadlineLabel string   `json:"deadline_label,omitempty"`
	Buttons       []Button `json:"buttons,omitempty"`
}

// OrderItem is one order line to choose.
type OrderItem struct {
	Order    string    `json:"order"`
	Line     string    `json:"line"`
	Title    string    `json:"title"`
	Spec     string    `json:"spec,omitempty"`
	Image    string    `json:"image,omitempty"`
	Shop     string    `json:"shop"`
	PaidFen  int64     `json:"paid_fen"`
	Status   string    `json:"status"` // in the reader's language
	At       time.Time `json:"at,omitzero"`
	Likely   bool      `json:"likely,omitempty"` // fits what the buyer wrote
	OpenCase string    `json:"open_case,omitempty"`
}

// VerdictView is a policy verdict in the reader's language.
type VerdictView struct {
	Kind      string       `json:"kind"` // eligible, eligible_if_evidence, wait, not_eligible, human, …
	Code      string       `json:"code"`
	Headline  string       `json:"headline"`
	Reason    string       `json:"reason,omitempty"`
	AmountFen int64        `json:"amount_fen,omitempty"`
	Freight   string       `json:"freight,omitempty"`
	Deadline  time.Time    `json:"deadline,omitzero"`
	Clauses   []ClauseView `json:"clauses,omitempty"`
	StillOpen []string     `json:"still_open,omitempty"` // what else the buyer can do
	Policy    string       `json:"policy"`
}

// ClauseView is one rule that the verdict rests on.
type ClauseView struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// ChecklistRow is one piece of evidence to show: any one of Kinds does.
type ChecklistRow struct {
	Kinds    []KindView `json:"kinds"`
	Required bool       `json:"required"`
	Done     bool       `json:"done"`
}

// KindView is an evidence kind in the reader's language.
type KindView struct {
	Kind     string   `json:"kind"`
	Label    string   `json:"label"`
	Media    []string `json:"media"` // image, video, text
	MustShow []string `json:"must_show,omitempty"`
}

// Row is one line of a summary.
type Row struct {
	Label string `json:"label"`
	Value string `json:"value"`
}
