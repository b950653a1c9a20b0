package cases

import (
	"time"

	"recourse/cases/policy"
)

// EventKind is what happened. The kinds are the events of the transition table (domain §3.3).
type EventKind string

// The events of the table. Timers are events too: TimerEvent("merchant_soft") = "timer:merchant_soft".
const (
	EvAmend            EventKind = "amend" // the buyer corrects the draft
	EvSubmit           EventKind = "submit"
	EvCloseIneligible  EventKind = "close_ineligible"
	EvAgreeRefund      EventKind = "agree_refund"
	EvAgreeReturn      EventKind = "agree_return"
	EvOffer            EventKind = "offer"
	EvReject           EventKind = "reject"
	EvEscalate         EventKind = "escalate"
	EvAcceptOffer      EventKind = "accept_offer"
	EvDeclineOffer     EventKind = "decline_offer"
	EvFillTracking     EventKind = "fill_tracking"
	EvFixTracking      EventKind = "fix_tracking"
	EvCarrierSigned    EventKind = "carrier_signed"
	EvExtendReceipt    EventKind = "extend_receipt"
	EvConfirmRefund    EventKind = "confirm_refund"
	EvRejectReturn     EventKind = "reject_return"
	EvRefuseParcel     EventKind = "refuse_parcel"
	EvResubmit         EventKind = "resubmit"
	EvMerchantReverses EventKind = "merchant_reverses"
	EvWithdraw         EventKind = "withdraw"
	EvClaim            EventKind = "claim"
	EvRequestEvidence  EventKind = "request_evidence"
	EvSupplement       EventKind = "supplement" // evidence or a statement is added
	EvSettle           EventKind = "settle"
	EvRuleRefund       EventKind = "rule_refund"
	EvRuleReturnRefund EventKind = "rule_return_refund"
	EvRuleMerchant     EventKind = "rule_merchant"
	EvDismiss          EventKind = "dismiss"
	EvMerchantPays     EventKind = "merchant_pays"
	EvPaymentSucceeded EventKind = "payment_succeeded"
	EvPaymentFailed    EventKind = "payment_failed"
	EvRetryPayment     EventKind = "retry"
	EvAppeal           EventKind = "appeal"
	EvUphold           EventKind = "uphold"
	EvOverturn         EventKind = "overturn"
	EvReopen           EventKind = "reopen"
	EvShip             EventKind = "ship"
	EvReportLost       EventKind = "report_lost"
	EvReceived         EventKind = "received"
	EvCarrierRefused   EventKind = "carrier_refused" // the carrier says that the merchant did not take the parcel
)

// TimerEvent is the event kind of an expired timer.
func TimerEvent(t Timer) EventKind { return EventKind("timer:" + string(t)) }

// Event is one thing that happened to a case. Only the fields of its kind are set.
type Event struct {
	// Key makes the event idempotent: the ledger applies one key once.
	Key   string    `json:"key"`
	Kind  EventKind `json:"kind"`
	Actor Actor     `json:"actor"`
	By    string    `json:"by,omitempty"`   // buyer id, shop id, agent login; empty for timers
	Role  string    `json:"role,omitempty"` // agents: agent, senior, supervisor, admin
	At    time.Time `json:"at"`
	// Expect is the case version the actor saw; 0 = not stated.
	Expect int `json:"expect,omitempty"`

	Reason    policy.ReasonID       `json:"reason,omitempty"`        // amend
	Type      policy.RefundType     `json:"type,omitempty"`          // amend, offer, settle, overturn
	Answers   *policy.Answers       `json:"answers,omitempty"`       // amend
	Line      *policy.Line          `json:"line,omitempty"`          // amend, submit: the line as the order system has it now
	AmountFen int64                 `json:"amount_fen,omitempty"`    // amend (partial refunds), offer, settle, rulings (0 = all asked for), payment
	Text      string                `json:"text,omitempty"`          // story, explanation, written reasons, statement
	Code      string                `json:"code,omitempty"`          // reject codes; ground
	Evidence  []Evidence            `json:"evidence,omitempty"`      // supplement; evidence that comes with a rejection
	Kinds     []policy.EvidenceKind `json:"kinds,omitempty"`         // request_evidence
	Party     Actor                 `json:"party,omitempty"`         // request_evidence: whom; BothParties
	Assignee  string                `json:"assignee,omitempty"`      // reassign: to which agent
	Freight   policy.Payer          `json:"freight_payer,omitempty"` // rulings with a return: who pays the postage; empty = as the verdict says
	Address   string                `json:"address,omitempty"`       // agree_return
	Carrier   string                `json:"carrier,omitempty"`       // tracking
	Waybill   string                `json:"waybill,omitempty"`
	Method    string                `json:"method,omitempty"`    // payment, retry: original_route, balance
	NewCase   ID                    `json:"new_case,omitempty"`  // resubmit
	Prior     *Prior                `json:"prior,omitempty"`     // open: what the replaced application said
	Cites     []EvidenceID          `json:"cites,omitempty"`     // reject: what it rests on of what is on the case
	Confirmed bool                  `json:"confirmed,omitempty"` // a press confirmed exactly this (domain §3.6)
	Told      bool                  `json:"told,omitempty"`      // reject: the buyer was told of the platform appeal (F4-25)
	BuyerOK   bool                  `json:"buyer_ok,omitempty"`  // settle: consents recorded
	ShopOK    bool                  `json:"shop_ok,omitempty"`
}

// BothParties asks buyer and merchant at once; each is asked for those of the kinds that are his to give.
const BothParties Actor = "both"

// EvOpen is the first mark of every case; it is made by NewDraft, not by Apply.
const EvOpen EventKind = "open"

// Events of ours that the table needs and the domain leaves to words.
const (
	EvAgreeReship     EventKind = "agree_reship"     // as T03, where a replacement was asked for
	EvConfirmExchange EventKind = "confirm_exchange" // as T18, where an exchange was asked for
	EvReassign        EventKind = "reassign"         // a supervisor gives the case to another agent
	EvCarrierTrace    EventKind = "carrier_trace"    // the carrier has news of the return
	EvConsentBalance  EventKind = "consent_balance"  // C-07: the buyer takes the money on his balance
	EvAgreeGoodsBack  EventKind = "agree_goods_back" // T28: the merchant will send the goods back
	EvGoodsSentBack   EventKind = "goods_sent_back"  // T25: the obligation is met
	EvSendRest        EventKind = "send_rest"        // F1-48: the buyer sends what he left out of the return
	EvUnstage         EventKind = "unstage"          // a draft's evidence is taken out again; Evidence carries the ids
)
