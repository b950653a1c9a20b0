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
	ActClaim       Action = "claim"        // show what may be asked for
	ActAsk         Action = "ask_for"      // args: type; amount_fen with a part
	ActStatement   Action = "statement"    // his own words become a piece of evidence
	ActReady       Action = "evidence_done"
	ActSubmit      Action = "submit" // args: case, version
	ActEdit        Action = "edit"
	ActCancel      Action = "cancel"
	ActGoOn        Action = "go_on"            // do not give the draft up
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
	ActSendRest    Action = "send_rest"        // case: what was left out of a return; args: case, and carrier and waybill once it is sent
	ActBalance     Action = "consent_balance"  // case; args: case
	ActBalanceYes  Action = "confirm_balance"  // args: case
	ActUnstage     Action = "unstage"          // case: take evidence out of the draft; args: case, evidence
	ActTopic       Action = "ask_topic"        // answer a topic; args: topic
	ActHuman       Action = "human"
	ActBot         Action = "back_to_bot" // leave the queue
	ActRate        Action = "rate"        // how he was helped; args: segment, value (1 to 5, no, comment)
	// ActTrouble tells that an upload failed: the page by itself, or the buyer when he was asked.
	ActTrouble Action = "upload_trouble" // args: code (a Trouble); from the page also case, kind, type, bytes
)

// Args are the arguments of an action. They are checked by code like any other input.
type Args map[string]string

// Button is one thing the reader may press.
type Button struct {
	Action Action `json:"action"`         // what pressing does
	Label  string `json:"label"`          // in the reader's language
	Args   Args   `json:"args,omitempty"` // sent along with the press
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
	CardClaim    CardKind = "claim"    // what to ask for; the button without an amount is a form of at most MaxFen
)

// Card is the structured part of an entry. It is a snapshot: what is true now comes with the
// case frame, what is still pressable is checked when it is pressed.
type Card struct {
	Kind      CardKind       `json:"kind"`                // what it shows
	Title     string         `json:"title,omitempty"`     // above it
	Orders    []OrderItem    `json:"orders,omitempty"`    // to choose from
	Verdict   *VerdictView   `json:"verdict,omitempty"`   // what the policy says
	Checklist []ChecklistRow `json:"checklist,omitempty"` // evidence that is wanted, and what is there
	Rows      []Row          `json:"rows,omitempty"`      // facts, each with its name
	Case      string         `json:"case,omitempty"`      // case id the card is about
	Complaint string         `json:"complaint,omitempty"` // complaint id the card is about
	Deadline  time.Time      `json:"deadline,omitzero"`   // the clock that matters
	// DeadlineLabel says whose deadline it is and what happens then: never a bare "48 h".
	DeadlineLabel string   `json:"deadline_label,omitempty"`
	MaxFen        int64    `json:"max_fen,omitempty"` // the most that can be asked for, fen
	Buttons       []Button `json:"buttons,omitempty"` // what the buyer may press
}

// OrderItem is one order line to choose.
type OrderItem struct {
	Order    string    `json:"order"`               // order number
	Line     string    `json:"line"`                // line of the order
	Title    string    `json:"title"`               // what was bought
	Spec     string    `json:"spec,omitempty"`      // its variant
	Image    string    `json:"image,omitempty"`     // address of a picture
	Shop     string    `json:"shop"`                // the shop's name
	PaidFen  int64     `json:"paid_fen"`            // paid for the line with freight, fen
	Status   string    `json:"status"`              // in the reader's language
	At       time.Time `json:"at,omitzero"`         // of the last step: paid, shipped or signed for
	Likely   bool      `json:"likely,omitempty"`    // fits what the buyer wrote
	OpenCase string    `json:"open_case,omitempty"` // a case that is open on it
}

// VerdictView is a policy verdict in the reader's language.
type VerdictView struct {
	Kind      string       `json:"kind"`                 // eligible, eligible_if_evidence, wait, not_eligible, human, …
	Code      string       `json:"code"`                 // the rule that decided, for programs
	Headline  string       `json:"headline"`             // the verdict in one sentence
	Reason    string       `json:"reason,omitempty"`     // the reason that was judged, in words
	AmountFen int64        `json:"amount_fen,omitempty"` // what would be refunded, fen
	Freight   string       `json:"freight,omitempty"`    // who pays the way back, in words
	Deadline  time.Time    `json:"deadline,omitzero"`    // until when it can be applied for
	Clauses   []ClauseView `json:"clauses,omitempty"`    // the rules it rests on
	StillOpen []string     `json:"still_open,omitempty"` // what else the buyer can do
	Policy    string       `json:"policy"`               // version of the policy
}

// ClauseView is one rule that the verdict rests on.
type ClauseView struct {
	ID   string `json:"id"`   // policy key
	Text string `json:"text"` // the rule in the reader's language
}

// ChecklistRow is one piece of evidence to show: any one of Kinds does.
type ChecklistRow struct {
	Kinds    []KindView `json:"kinds"`    // any one of them does
	Required bool       `json:"required"` // the claim cannot go on without it
	Done     bool       `json:"done"`     // it is there
}

// KindView is an evidence kind in the reader's language.
type KindView struct {
	Kind     string   `json:"kind"`                // for programs
	Label    string   `json:"label"`               // in the reader's language
	Media    []string `json:"media"`               // image, video, text
	MustShow []string `json:"must_show,omitempty"` // what must be seen in it
	Avoid    []string `json:"avoid,omitempty"`     // what makes it of no use (domain §2.3, refused if)
	By       []string `json:"by,omitempty"`        // whose it is to give: buyer, merchant; only in the list of all kinds
}

// Row is one line of a summary.
type Row struct {
	Label string `json:"label"` // what it is, in the reader's language
	Value string `json:"value"` // the same of its value
}
