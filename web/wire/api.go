package wire

import (
	"time"

	"recourse/dialog"
)

// APIError is the body of every HTTP refusal (domain §3.7).
type APIError struct {
	Error APIErrorBody `json:"error"`
}

// APIErrorBody carries a public code, both languages, and what is possible now.
type APIErrorBody struct {
	Code        string               `json:"code"`
	MessageZH   string               `json:"message_zh"`
	MessageEN   string               `json:"message_en"`
	State       string               `json:"state,omitempty"`
	Allowed     []string             `json:"allowed_actions,omitempty"`
	Deadlines   map[string]time.Time `json:"deadlines,omitempty"`
	Missing     []string             `json:"missing,omitempty"`
	Retryable   bool                 `json:"retryable"`
	CaseVersion int                  `json:"case_version,omitempty"`
	RequestID   string               `json:"request_id,omitempty"`
}

// CaseAction is the body of every write on a case, by merchants and agents. The action is in the path,
// the idempotency key in the header Idempotency-Key.
type CaseAction struct {
	ExpectedVersion int      `json:"expected_version"`
	AmountFen       int64    `json:"amount_fen,omitempty"`
	Text            string   `json:"text,omitempty"` // explanation, written reasons
	Code            string   `json:"code,omitempty"` // reject code
	Kinds           []string `json:"kinds,omitempty"`
	Party           string   `json:"party,omitempty"`
	Address         string   `json:"address,omitempty"`
	Evidence        []string `json:"evidence,omitempty"` // ids of uploads
	Told            bool     `json:"told_appeal,omitempty"`
	Carrier         string   `json:"carrier,omitempty"`
	Waybill         string   `json:"waybill,omitempty"`
	Type            string   `json:"type,omitempty"`
	BuyerOK         bool     `json:"buyer_ok,omitempty"`
	ShopOK          bool     `json:"shop_ok,omitempty"`
}

// CaseList is a page of cases.
type CaseList struct {
	Cases []dialog.CaseView `json:"cases"`
	Next  string            `json:"next,omitempty"`
}

// Login is an agent's login; its answer carries the session for hello and the API.
type Login struct {
	Login    string `json:"login"`
	Password string `json:"password"`
}

// LoginResult is the answer to Login.
type LoginResult struct {
	Session string    `json:"session"`
	Expires time.Time `json:"expires"`
	Agent   AgentView `json:"agent"`
}

// RejectCodes are the grounds on which a merchant may refuse.
type RejectCodes struct {
	Codes []RejectCode `json:"codes"`
}

// RejectCode is one of them. Evidence lists the kinds of which it needs one.
type RejectCode struct {
	Code          string   `json:"code"`
	Phase         string   `json:"phase"` // application or return
	NameZH        string   `json:"name_zh"`
	NameEN        string   `json:"name_en"`
	NeedsEvidence bool     `json:"needs_evidence"`
	Evidence      []string `json:"evidence,omitempty"`
}

// Callback is news from the payment channel or a carrier. The same id is taken once.
type Callback struct {
	ID        string `json:"id"`
	Case      string `json:"case"`
	Event     string `json:"event"` // payment: succeeded, failed; logistics: signed, lost
	AmountFen int64  `json:"amount_fen,omitempty"`
	Method    string `json:"method,omitempty"`
	Waybill   string `json:"waybill,omitempty"`
	Text      string `json:"text,omitempty"`
}
