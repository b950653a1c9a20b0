package cases

import (
	"time"

	"recourse/cases/policy"
)

// ID names a case: "c_<shard>_<random>" (internal/ids).
type ID string

// EvidenceID names one piece of evidence: "e_<shard>_<random>".
type EvidenceID string

// State is a state of domain §3.2.
type State string

// The states of domain §3.2.
const (
	Draft              State = "draft"
	MerchantReview     State = "merchant_review"
	OfferPending       State = "offer_pending"
	AwaitingReturn     State = "awaiting_return"
	ReturnInTransit    State = "return_in_transit"
	ReturnInspection   State = "return_inspection"
	MerchantRejected   State = "merchant_rejected"
	PlatformQueued     State = "platform_queued"
	PlatformReview     State = "platform_review"
	EvidenceRequested  State = "evidence_requested"
	RulingExecution    State = "ruling_execution"
	RefundPending      State = "refund_pending"
	RefundFailed       State = "refund_failed"
	AppealReview       State = "appeal_review"
	AwaitingReship     State = "awaiting_reship"
	ReshipInTransit    State = "reship_in_transit"
	Refunded           State = "refunded"
	SettledNoRefund    State = "settled_no_refund"
	ClosedWithdrawn    State = "closed_withdrawn"
	ClosedExpired      State = "closed_expired"
	ClosedNotSupported State = "closed_not_supported"
	ClosedIneligible   State = "closed_ineligible"
)

// Actor is a kind of party that may act on a case.
type Actor string

// The actors of domain §3.1. The bot is not one: it relays what the buyer confirmed.
const (
	Buyer     Actor = "buyer"
	Merchant  Actor = "merchant"
	Agent     Actor = "agent"
	System    Actor = "system"
	Carrier   Actor = "logistics"
	PaymentCh Actor = "payment"
)

// Timer names a deadline of a case (domain §3.4).
type Timer string

// The timers of domain §3.4.
const (
	TimerDraft         Timer = "draft_ttl"
	TimerMerchantSoft  Timer = "merchant_soft"
	TimerMerchantHard  Timer = "merchant_hard"
	TimerOffer         Timer = "offer"
	TimerBuyerShip     Timer = "buyer_ship"
	TimerUnsigned      Timer = "unsigned_return"
	TimerInspect       Timer = "inspect"
	TimerEscalate      Timer = "escalate_window"
	TimerFirstResponse Timer = "platform_first_response"
	TimerDecision      Timer = "platform_decision"
	TimerEvidenceBuyer Timer = "evidence_buyer"
	TimerEvidenceShop  Timer = "evidence_merchant"
	TimerRulingExecute Timer = "ruling_execute"
	TimerAppeal        Timer = "appeal_window"
	TimerRefundChase   Timer = "refund_chase"
	TimerReship        Timer = "reship"
	TimerReceipt       Timer = "receipt"
	TimerGoodsBack     Timer = "goods_back"
	TimerArrival       Timer = "arrival_check" // ours: the money that was paid should have come by now (F0-28)
	TimerQuiet         Timer = "return_quiet"  // ours: the carrier says nothing of the return (T51)
)

// Phase tells which decision of the merchant was a rejection.
type Phase string

// The phases of a rejection.
const (
	PhaseApplication Phase = "application"
	PhaseReturn      Phase = "return"
)

// Evidence is one piece of evidence as the case sees it: what it is, not its bytes.
type Evidence struct {
	ID     EvidenceID          `json:"id"`
	Kind   policy.EvidenceKind `json:"kind"`
	Party  Actor               `json:"party"`
	Media  string              `json:"media,omitempty"` // sniffed, e.g. "image/jpeg"; empty for a statement
	Bytes  int64               `json:"bytes,omitempty"`
	SHA256 string              `json:"sha256,omitempty"`
	Name   string              `json:"name,omitempty"` // as given by the uploader: data, never trusted
	Text   string              `json:"text,omitempty"` // for statements and waybill numbers
	At     time.Time           `json:"at"`
	Locked bool                `json:"locked,omitempty"` // frozen by a ruling
	// What looking at the bytes told (package evidence): Hints are for the uploader, Flags for agents only, and the
	// waybill number was read from the picture by a machine; nobody has confirmed it.
	Hints   []EvidenceHint `json:"hints,omitempty"`
	Flags   []EvidenceFlag `json:"flags,omitempty"`
	Waybill string         `json:"waybill,omitempty"`
}

// EvidenceHint tells an uploader why a file may not do as evidence. It never refuses anything.
type EvidenceHint string

// The hints (domain §2.3).
const (
	HintBlurry     EvidenceHint = "blurry"
	HintDark       EvidenceHint = "dark"
	HintNoWaybill  EvidenceHint = "waybill_unreadable"  // the kind must show a legible waybill number (F1-10)
	HintNoPreview  EvidenceHint = "no_preview"          // it cannot be shown to the other party, who sees that it is there
	HintSeenBefore EvidenceHint = "already_in_the_case" // much like another of his own files in this case
)

// EvidenceFlag tells an agent what to look at twice. A flag is never a refusal: what only a person can judge stays
// his (domain §2.3).
type EvidenceFlag string

// The flags (domain §2.3).
const (
	FlagExactDuplicate EvidenceFlag = "exact_duplicate" // the same bytes in another buyer's case
	FlagNearDuplicate  EvidenceFlag = "near_duplicate"  // the same picture, scaled or saved anew, in another buyer's case
	FlagOwnDuplicate   EvidenceFlag = "own_duplicate"   // the party used it in another case of its own
	FlagSoftware       EvidenceFlag = "software_tag"    // the file names an editing program
	FlagAI             EvidenceFlag = "ai_mark"         // the file says that a machine made it
	FlagActive         EvidenceFlag = "active_content"  // a document with scripts or files inside
)

// EvidenceStage is how firmly a piece of evidence belongs to its case.
type EvidenceStage string

// The stages: a draft's may be taken out again, a ruling freezes what it rests on.
const (
	Staged    EvidenceStage = "staged"
	Submitted EvidenceStage = "submitted"
	Locked    EvidenceStage = "locked"
)

// StageOf is the stage of a piece of evidence of the case.
func (c Case) StageOf(e Evidence) EvidenceStage {
	switch {
	case e.Locked:
		return Locked
	case c.Attempt == 0:
		return Staged
	}
	return Submitted
}

// Offer is what the merchant proposed instead.
type Offer struct {
	Kind      policy.RefundType `json:"kind"` // partial or reship
	AmountFen int64             `json:"amount_fen,omitempty"`
	Text      string            `json:"text,omitempty"`
	From      State             `json:"from"` // where a decline or lapse goes back to
	At        time.Time         `json:"at"`
}

// Rejection is the merchant's refusal.
type Rejection struct {
	Code     string       `json:"code"` // MR01…MR14 (domain §2.6)
	Text     string       `json:"text"`
	Phase    Phase        `json:"phase"`
	Evidence []EvidenceID `json:"evidence,omitempty"`
	At       time.Time    `json:"at"`
}

// Return is what is known of the goods on their way back.
type Return struct {
	Address     string    `json:"address,omitempty"`
	Carrier     string    `json:"carrier,omitempty"`
	Waybill     string    `json:"waybill,omitempty"`
	WaybillAt   time.Time `json:"waybill_at,omitzero"`
	SignedAt    time.Time `json:"signed_at,omitzero"`
	TraceAt     time.Time `json:"trace_at,omitzero"`   // when the carrier last had news of it
	RefusedAt   time.Time `json:"refused_at,omitzero"` // when the carrier said that the merchant did not take it
	Corrections int       `json:"corrections,omitempty"`
	Extensions  int       `json:"extensions,omitempty"`
	Rest        []Parcel  `json:"rest,omitempty"` // what was left out and travels by itself (F1-48)
}

// Parcel is goods on their way, besides the return's own.
type Parcel struct {
	Carrier string    `json:"carrier"`
	Waybill string    `json:"waybill"`
	At      time.Time `json:"at"` // when the buyer named it
}

// Refund is the money, kept apart from the case state as Douyin does (domain §3.2).
type Refund struct {
	Status    string    `json:"status"` // none, pending, succeeded, failed
	AmountFen int64     `json:"amount_fen,omitempty"`
	Method    string    `json:"method,omitempty"`
	IssuedAt  time.Time `json:"issued_at,omitzero"`
	PaidAt    time.Time `json:"paid_at,omitzero"`
	FundedBy  string    `json:"funded_by,omitempty"` // merchant, or platform (from the deposit)
	Tries     int       `json:"tries,omitempty"`
	// Key is that of the order that sent it: what the payment channel knows it by. A case of before has none.
	Key string `json:"key,omitempty"`
	// BalanceAt is when the buyer agreed to have the money on his balance; without it only the original
	// route is used (C-07, refund.method).
	BalanceAt time.Time `json:"balance_agreed_at,omitzero"`
}

// Arbitration is the platform's side of the case, kept apart from the case state.
type Arbitration struct {
	Status      string            `json:"status"`           // none, queued, review, evidence, ruled, final
	Ground      string            `json:"ground,omitempty"` // merchant_silent, merchant_rejected, parcel_lost, no_address, reship_late, reship_missing, reopened
	Agent       string            `json:"agent,omitempty"`
	FirstAgent  string            `json:"first_agent,omitempty"` // whose ruling is appealed
	EscalatedAt time.Time         `json:"escalated_at,omitzero"`
	Rounds      int               `json:"rounds,omitempty"`
	Asked       []EvidenceRequest `json:"asked,omitempty"`
	Defaulted   []Actor           `json:"defaulted,omitempty"`
	Outcome     string            `json:"outcome,omitempty"` // support_buyer, support_merchant, dismissed, settled
	Reasons     string            `json:"reasons,omitempty"`
	RuledAt     time.Time         `json:"ruled_at,omitzero"`
	Appeals     int               `json:"appeals,omitempty"`
	Final       bool              `json:"final,omitempty"`
	SLABreached bool              `json:"sla_breached,omitempty"`
	Priority    int               `json:"priority,omitempty"`  // raised by every breach (T30, T38)
	AwardFen    int64             `json:"award_fen,omitempty"` // what a ruling or settlement with a return is worth; 0 = all asked for
}

// Lapse is a deadline that ran out and took the case to where it is.
type Lapse struct {
	Timer Timer     `json:"timer"`
	At    time.Time `json:"at"`
	From  State     `json:"from"`
}

// Prior is what the application said that a new one replaces: the new one must say something else (T26).
type Prior struct {
	Reason policy.ReasonID `json:"reason"`
	Seen   []string        `json:"seen,omitempty"` // its evidence, by content
}

// EvidenceRequest is what the agent asked of one party and whether it came.
type EvidenceRequest struct {
	Party    Actor                 `json:"party"`
	Kinds    []policy.EvidenceKind `json:"kinds"`
	Text     string                `json:"text,omitempty"`
	At       time.Time             `json:"at"`
	Answered bool                  `json:"answered,omitempty"`
}

// Mark is one line of the append-only timeline. Replaying the marks' events reproduces the case.
type Mark struct {
	Seq    int       `json:"seq"` // = case version after the event
	At     time.Time `json:"at"`
	ID     string    `json:"transition"` // T01… of the table
	Event  Event     `json:"event"`
	From   State     `json:"from"`
	To     State     `json:"to"`
	Clause []string  `json:"clause,omitempty"` // policy keys that set a clock or an amount here
	// Deadlines are the clocks that this event started or moved.
	Deadlines map[Timer]time.Time `json:"deadlines,omitempty"`
	// History is the line's record as the event found it: an amount or a verdict may rest on it.
	History policy.LineHistory `json:"history,omitzero"`
	// Policy is the version that the event was judged by; "" in marks from before it was kept.
	Policy string `json:"policy,omitempty"`
}

// Case is the refund case. It is a value: Apply returns a changed copy.
type Case struct {
	ID           ID                      `json:"id"`
	Version      int                     `json:"version"` // +1 per applied event
	State        State                   `json:"state"`
	Buyer        string                  `json:"buyer"`
	Shop         string                  `json:"shop"`
	Conversation string                  `json:"conversation,omitempty"` // where its notices are told
	Line         policy.Line             `json:"line"`                   // snapshot taken when the draft was made
	Reason       policy.ReasonID         `json:"reason,omitempty"`
	Type         policy.RefundType       `json:"type,omitempty"`
	Answers      policy.Answers          `json:"answers"`
	Attempt      int                     `json:"attempt,omitempty"`       // the how-manieth application on the line; 0 = not filed
	Statement    string                  `json:"statement,omitempty"`     // what the buyer told the platform
	Story        string                  `json:"story,omitempty"`         // what the buyer wrote, at most evidence.description_max
	AmountFen    int64                   `json:"amount_fen"`              // asked for
	Freight      policy.Payer            `json:"freight_payer,omitempty"` // who pays the return postage, by verdict or ruling
	Verdict      *policy.Verdict         `json:"verdict,omitempty"`
	Evidence     []Evidence              `json:"evidence,omitempty"`
	Rejection    *Rejection              `json:"rejection,omitempty"`
	Rejections   int                     `json:"rejections,omitempty"`
	Offer        *Offer                  `json:"offer,omitempty"`
	Offers       int                     `json:"offers,omitempty"`
	Overdue      bool                    `json:"merchant_overdue,omitempty"`
	OverdueAt    time.Time               `json:"merchant_overdue_at,omitzero"` // since when he may be escalated over
	RulingBound  bool                    `json:"ruling_bound,omitempty"`
	Return       Return                  `json:"return"`
	Refund       Refund                  `json:"refund"`
	Arbitration  Arbitration             `json:"arbitration"`
	GoodsBack    bool                    `json:"goods_back_to_buyer,omitempty"` // obligation of T25
	GoodsBackOK  bool                    `json:"goods_back_agreed,omitempty"`   // the merchant will send them back if the buyer withdraws (T28)
	Reship       Return                  `json:"reship,omitzero"`               // what the merchant sent: a replacement, or the goods themselves
	Deadlines    map[Timer]time.Time     `json:"deadlines,omitempty"`
	Paused       map[Timer]time.Duration `json:"paused,omitempty"` // remaining time of stopped merchant clocks
	Lapsed       *Lapse                  `json:"lapsed,omitempty"` // the deadline that brought it here, if one did
	Previous     ID                      `json:"previous_case_id,omitempty"`
	Prior        *Prior                  `json:"prior,omitempty"`
	SupersededBy ID                      `json:"superseded_by,omitempty"`
	Policy       string                  `json:"policy_version"` // that judged it; a draft that is amended is judged by the newest
	CreatedAt    time.Time               `json:"created_at"`
	UpdatedAt    time.Time               `json:"updated_at"`
	AppealUntil  time.Time               `json:"appealable_until,omitzero"`
	ValidUntil   time.Time               `json:"validity_end,omitzero"` // last day of a new application on the line
}
