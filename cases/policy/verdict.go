package policy

import "time"

// Status is where an order line stands for the marketplace.
type Status string

// The order statuses of the engine (domain §2.2).
const (
	PaidUnshipped Status = "paid_unshipped"
	Shipped       Status = "shipped"
	Signed        Status = "signed"
	Completed     Status = "completed"
	Closed        Status = "closed"
)

// Logistics is what the carrier last said about the outbound parcel.
type Logistics string

// The logistics states of the engine (domain §2.2).
const (
	LogisticsNone    Logistics = ""
	LogisticsMoving  Logistics = "moving"
	LogisticsStalled Logistics = "stalled"
	LogisticsLost    Logistics = "lost"
	LogisticsSigned  Logistics = "signed"
	LogisticsRefused Logistics = "refused"
)

// Line is one line of an order with every fact the engine needs about it. It comes from the
// order system and is never edited here. Money is in fen.
type Line struct {
	OrderID        string    `json:"order_id"`
	LineID         string    `json:"line_id"`
	BuyerID        string    `json:"buyer_id"`
	ShopID         string    `json:"shop_id"`
	ShopName       string    `json:"shop_name"`
	Title          string    `json:"title"`
	Spec           string    `json:"spec"`
	Quantity       int       `json:"quantity"`
	ReturnAddress  string    `json:"return_address,omitempty"` // the shop's default
	ImageURL       string    `json:"image_url,omitempty"`
	PaidGoodsFen   int64     `json:"paid_goods_fen"`
	PaidFreightFen int64     `json:"paid_freight_fen"`
	CouponFen      int64     `json:"coupon_fen"`
	Status         Status    `json:"status"`
	PaidAt         time.Time `json:"paid_at"`
	PromisedShipAt time.Time `json:"promised_ship_at,omitzero"`
	ShippedAt      time.Time `json:"shipped_at,omitzero"`
	LastLogisticAt time.Time `json:"last_logistics_at,omitzero"`
	Logistics      Logistics `json:"logistics,omitempty"`
	Carrier        string    `json:"carrier,omitempty"`
	Waybill        string    `json:"waybill,omitempty"`
	SignedAt       time.Time `json:"signed_at,omitzero"`
	// Categories are flags of the category table, e.g. "custom_made", "fresh_perishable".
	Categories []string `json:"categories,omitempty"`
	// ExclusionConfirmed says that the buyer confirmed at purchase that no-reason return is excluded.
	ExclusionConfirmed bool `json:"exclusion_confirmed,omitempty"`
	// Tags are service tags: "freight_insurance", "price_protection", "no_reason_7d".
	Tags []string `json:"tags,omitempty"`
}

// ReasonID names one of the reasons of domain §2.4.
type ReasonID string

// The reasons this package knows rules for live in default.yaml; these are the ones code mentions.
const (
	NoReason7d      ReasonID = "no_reason_7d"
	NotAsDescribed  ReasonID = "not_as_described"
	QualityDefect   ReasonID = "quality_defect"
	WrongItem       ReasonID = "wrong_item"
	NotReceived     ReasonID = "not_received"
	UnshippedCancel ReasonID = "unshipped_cancel"
)

// RefundType is what the buyer asks for.
type RefundType string

// The refund types of the domain.
const (
	RefundOnly   RefundType = "refund_only"
	ReturnRefund RefundType = "return_refund"
	Exchange     RefundType = "exchange"
	Partial      RefundType = "partial"
	Reship       RefundType = "reship"
)

// EvidenceKind names one of the evidence kinds of domain §2.3.
type EvidenceKind string

// Tri is a fact only the buyer can give: unknown until he was asked.
type Tri string

// The values of Tri.
const (
	Unknown Tri = ""
	Yes     Tri = "yes"
	No      Tri = "no"
)

// Answers are the facts only the buyer can give. Unknown stays unknown: the engine asks, never guesses.
type Answers struct {
	Received Tri `json:"received,omitempty"` // got the goods?
	Intact   Tri `json:"intact,omitempty"`   // unused beyond inspection?
	SpecDiff Tri `json:"spec_diff,omitempty"`
	Pickup   Tri `json:"pickup,omitempty"` // looked for the parcel where couriers leave it?
	// Want is what the buyer asks for; empty = not asked yet.
	Want RefundType `json:"want,omitempty"`
	// AskFen is how much of what was paid he asks for with a partial refund; 0 = he has not said.
	AskFen int64 `json:"ask_fen,omitempty"`
}

// QuestionID is the one next question the engine wants asked; wordings are kept by key elsewhere.
type QuestionID string

// The questions of this version.
const (
	AskReason   QuestionID = "reason"
	AskReceived QuestionID = "received"
	AskIntact   QuestionID = "intact"
	AskSpecDiff QuestionID = "spec_diff"
	AskPickup   QuestionID = "pickup_checked" // looked at the pick-up point, the gate, with family?
)

// LineHistory is what earlier cases left on the line. It comes from the case ledger.
type LineHistory struct {
	OpenCase    string `json:"open_case,omitempty"`
	Attempts    int    `json:"attempts"`
	Rejections  int    `json:"rejections"`
	FinalRuling bool   `json:"final_ruling"`
	RefundedFen int64  `json:"refunded_fen"`
	LastCase    string `json:"last_case,omitempty"`
}

// Facts is all that Evaluate may look at.
type Facts struct {
	Buyer    string // who asks; compared with Line.BuyerID
	Line     Line
	Reason   ReasonID // empty: not known yet
	Answers  Answers
	Evidence []EvidenceKind // kinds already accepted for this draft
	History  LineHistory
	// OwnCase is the case being evaluated, so that it does not block itself as "open".
	OwnCase string
}

// Kind is the tri-state of a verdict and its routes (domain §2.2).
type Kind string

// The verdict kinds.
const (
	Eligible           Kind = "eligible"
	EligibleIfEvidence Kind = "eligible_if_evidence"
	Ask                Kind = "ask"
	Wait               Kind = "wait"
	NotEligible        Kind = "not_eligible"
	OutOfScope         Kind = "out_of_scope"
	Human              Kind = "human"
)

// Code is one of the 21 verdict codes of domain §2.2.
type Code string

// The verdict codes.
const (
	OKUnshipped         Code = "OK_UNSHIPPED"
	OKNoReason          Code = "OK_NO_REASON"
	OKAgreed            Code = "OK_AGREED"
	OKLogistics         Code = "OK_LOGISTICS"
	NeedEvidence        Code = "NEED_EVIDENCE"
	NeedInfo            Code = "NEED_INFO"
	NotYet              Code = "NOT_YET"
	NoWindowPassed      Code = "NO_WINDOW_PASSED"
	NoCategoryStatutory Code = "NO_CATEGORY_STATUTORY"
	NoCategoryConfirmed Code = "NO_CATEGORY_CONFIRMED"
	NoNotIntact         Code = "NO_NOT_INTACT"
	NoStatus            Code = "NO_STATUS"
	NoOpenCase          Code = "NO_OPEN_CASE"
	NoAttempts          Code = "NO_ATTEMPTS"
	NoNotOwner          Code = "NO_NOT_OWNER"
	NoFinalRuling       Code = "NO_FINAL_RULING"
	NoOutOfScope        Code = "NO_OUT_OF_SCOPE"
	HumanAfterValidity  Code = "HUMAN_AFTER_VALIDITY"
	HumanHighValue      Code = "HUMAN_HIGH_VALUE"
	HumanSafety         Code = "HUMAN_SAFETY"
	HumanCounterfeit    Code = "HUMAN_COUNTERFEIT"
)

// Requirement is one thing the reason needs shown: any one of the kinds satisfies it.
type Requirement struct {
	AnyOf    []EvidenceKind `json:"any_of"`
	Auto     bool           `json:"auto,omitempty"` // taken from the order system, never asked
	Optional bool           `json:"optional,omitempty"`
}

// Alternative is a road still open to the buyer when the asked one is closed. Wordings by key.
type Alternative string

// The alternatives of this version.
const (
	AltFaultReason Alternative = "fault_reason" // a true fault reason is still inside its window
	AltNegotiate   Alternative = "negotiate"    // talk to the merchant
	AltHuman       Alternative = "human"        // a person may look
	AltOpenCase    Alternative = "open_case"    // go to the case that is open
	AltEscalate    Alternative = "escalate"
	AltWait        Alternative = "wait"
	AltCancel      Alternative = "unshipped_cancel"
	AltComplaint   Alternative = "complaint"
	AltOutside     Alternative = "outside" // consumer association, 12315, court
)

// Payer is who bears the return postage.
type Payer string

// The payers.
const (
	PayerNone      Payer = ""
	PayerBuyer     Payer = "buyer"
	PayerMerchant  Payer = "merchant"
	PayerInsurance Payer = "insurance_first" // the buyer advances, the insurer reimburses
)

// Clause is one rule a verdict rests on: a value key or rule id of the policy, and the facts behind it.
type Clause struct {
	ID     string   `json:"id"` // e.g. "apply.fault_days", "reason.quality_defect"
	TextZH string   `json:"text_zh"`
	TextEN string   `json:"text_en"`
	Value  string   `json:"value,omitempty"` // rendered value, e.g. "15"
	Facts  []string `json:"facts,omitempty"` // e.g. "F2-14"
}

// Verdict is the answer of Evaluate. It is data; wordings are made elsewhere.
type Verdict struct {
	Kind         Kind           `json:"kind"`
	Code         Code           `json:"code"`
	Reason       ReasonID       `json:"reason"`
	Type         RefundType     `json:"type,omitempty"`  // the refund type the application would have
	Types        []RefundType   `json:"types,omitempty"` // those the reason allows to ask for
	AmountFen    int64          `json:"amount_fen"`      // what would be asked for
	MaxFen       int64          `json:"max_fen"`         // the most that may be asked for (F4-08, less what came back)
	Required     []Requirement  `json:"required,omitempty"`
	Optional     []EvidenceKind `json:"optional,omitempty"`
	Missing      []Requirement  `json:"missing,omitempty"` // of Required, not yet shown
	Question     QuestionID     `json:"question,omitempty"`
	Deadline     time.Time      `json:"deadline,omitzero"`   // last instant to apply for this reason
	NotBefore    time.Time      `json:"not_before,omitzero"` // Wait: when it may be asked again
	Alternatives []Alternative  `json:"alternatives,omitempty"`
	FaultUntil   time.Time      `json:"fault_until,omitzero"` // AltFaultReason: until when
	Freight      Payer          `json:"freight,omitempty"`
	Clauses      []Clause       `json:"clauses"`
	Alerts       []Code         `json:"alerts,omitempty"` // HUMAN_* codes that offer a person without blocking
	Policy       string         `json:"policy"`           // version that judged
	OpenCase     string         `json:"open_case,omitempty"`
}
