package wire

import (
	"time"

	"recourse/dialog"
)

// APIError is the body of every HTTP refusal (domain §3.7).
type APIError struct {
	Error APIErrorBody `json:"error"` // what went wrong
}

// APIErrorBody carries a public code, both languages, and what is possible now.
type APIErrorBody struct {
	// What went wrong, for programs. Codes are never renamed.
	Code string `json:"code" example:"STATE_CONFLICT"`
	// The same for people, in Chinese.
	MessageZH string `json:"message_zh" example:"申请的状态已变化，这个操作现在不能做。"`
	// The same for people, in English.
	MessageEN string `json:"message_en" example:"The case has moved on; this is not possible now."`
	// The state of the case now.
	State string `json:"state,omitempty" example:"merchant_rejected"`
	// What the asker may do to the case now.
	Allowed []string `json:"allowed_actions,omitempty" example:"[\"merchant_reverses\",\"supplement\"]"`
	// The deadlines of the case that run now, by timer, as RFC 3339 instants.
	Deadlines map[string]time.Time `json:"deadlines,omitempty"`
	// Kinds of evidence that are missing.
	Missing []string `json:"missing,omitempty"`
	// The same as groups: of each group one kind is enough.
	MissingAnyOf [][]string `json:"missing_any_of,omitempty"`
	// Pieces of evidence that were refused, each with its reason.
	Rejected []RejectedItem `json:"rejected,omitempty"`
	// The field that is missing or not valid.
	Field string `json:"field,omitempty" example:"waybill"`
	// Everything that is wrong with the request's shape.
	Problems []Problem `json:"problems,omitempty"`
	// Why it is not eligible, a code of the policy's verdicts.
	Verdict string `json:"verdict,omitempty" example:"NO_WINDOW_OVER"`
	// The deadline that closed this way, of DEADLINE_PASSED and ESCALATION_WINDOW_CLOSED.
	Passed *PassedDeadline `json:"passed,omitempty"`
	// The case that is open already.
	OpenCase string `json:"open_case_id,omitempty"`
	// Whether the very same request may succeed later.
	Retryable bool `json:"retryable"`
	// The version of the case now.
	CaseVersion int `json:"case_version,omitempty" example:"8"`
	// Names the request in the server's log; also in the header X-Request-Id.
	RequestID string `json:"request_id,omitempty" example:"K3J6QFZLBWKQ7PZX"`
}

// PassedDeadline is a deadline that has passed.
type PassedDeadline struct {
	// Its name, as in deadlines.
	Timer string `json:"timer" example:"merchant_hard"`
	// When it passed.
	At time.Time `json:"at"`
}

// RejectedItem is a piece of evidence that was refused.
type RejectedItem struct {
	// Its id, if it has one.
	ID string `json:"id,omitempty"`
	// Its kind.
	Kind string `json:"kind,omitempty"`
	// Why, for programs.
	Reason string `json:"reason" example:"wrong_type"`
}

// Problem is one thing that is wrong with the shape of a request.
type Problem struct {
	// Where: body.amount_fen, query.limit, header.Idempotency-Key.
	Field string `json:"field" example:"body.amount_fen"`
	// What, in English.
	Problem string `json:"problem" example:"expected number >= 1"`
}

// CaseList is a page of cases.
type CaseList struct {
	Cases []dialog.CaseView `json:"cases"`          // a page of them
	Next  string            `json:"next,omitempty"` // cursor of the next page; none: this is the last
}

// Changes is a part of the list of a shop's changed cases.
type Changes struct {
	Changes []Change `json:"changes"` // oldest change first
	Next    string   `json:"next"`    // the cursor to go on with, also when there is nothing yet
	More    bool     `json:"more"`    // ask again at once: there is more
}

// Change is a case that changed, as it is since its last change.
type Change struct {
	Case         string    `json:"case"`               // names the case
	Version      int       `json:"version"`            // since this change
	State        string    `json:"state"`              // where the case stands
	WaitingOnYou bool      `json:"waiting_on_you"`     // the shop must do something
	Terminal     bool      `json:"terminal,omitempty"` // it is over
	UpdatedAt    time.Time `json:"updated_at"`         // when it changed
}

// Login is an agent's login; its answer carries the session for hello and the API.
type Login struct {
	Login    string `json:"login"`    // name of the account
	Password string `json:"password"` // never kept, never logged
}

// LoginResult is the answer to Login.
type LoginResult struct {
	Session string    `json:"session"` // a bearer token
	Expires time.Time `json:"expires"` // when it ends
	Agent   AgentView `json:"agent"`   // who is logged in
	// MustChange: the password is temporary; choose another (agentChangePassword) before anything else.
	MustChange bool `json:"must_change,omitempty"`
}

// LoginWays say how agents come in, besides a login and a password.
type LoginWays struct {
	SSO bool `json:"sso"` // by single sign-on (agentBeginSSO)
}

// SSOBegun is where single sign-on goes on.
type SSOBegun struct {
	// Of the identity provider, for the browser to go to.
	URL string `json:"url"`
}

// SSOReturn is what a browser came back with from the identity provider: a code or an error.
type SSOReturn struct {
	State string `json:"state" maxLength:"128"`            // as it came back
	Code  string `json:"code,omitempty" maxLength:"4096"`  // as it came back
	Error string `json:"error,omitempty" maxLength:"1024"` // as it came back
}

// RejectCodes are the grounds on which a merchant may refuse.
type RejectCodes struct {
	Codes []RejectCode `json:"codes"` // by code
}

// RejectCode is one of them. Evidence lists the kinds of which it needs one.
type RejectCode struct {
	Code          string   `json:"code"`               // for programs
	Phase         string   `json:"phase"`              // application or return
	NameZH        string   `json:"name_zh"`            // in Chinese
	NameEN        string   `json:"name_en"`            // in English
	NeedsEvidence bool     `json:"needs_evidence"`     // one of the kinds must be there
	Evidence      []string `json:"evidence,omitempty"` // kinds of evidence
}

// Done says that it is done.
type Done struct {
	OK bool `json:"ok" example:"true"` // always true
}

// PaymentNews is what the payment channel says of a refund.
type PaymentNews struct {
	// Names the event at the sender; a repeat has the same.
	ID string `json:"id" minLength:"1" maxLength:"128" example:"pay-20251123-0001"`
	// The refund, by the key under which it was ordered. Either this or case.
	Refund string `json:"refund,omitempty" maxLength:"128" example:"c_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA/refund/12"`
	// The case, for senders that know it.
	Case string `json:"case,omitempty" maxLength:"64" example:"c_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`
	// What happened.
	Event string `json:"event" enum:"succeeded,failed" example:"succeeded"`
	// What was paid, in fen: exactly what was ordered.
	AmountFen int64 `json:"amount_fen,omitempty" minimum:"0" example:"19900"`
	// Where the money went, as the buyer is told.
	Method string `json:"method,omitempty" maxLength:"64" example:"原路退回（微信支付）"`
	// Why it failed.
	Text string `json:"text,omitempty" maxLength:"1000" example:"账户已注销"`
}

// LogisticsNews is what a carrier says of a parcel.
type LogisticsNews struct {
	// Names the event at the sender; a repeat has the same.
	ID string `json:"id" minLength:"1" maxLength:"128" example:"sf-20251123-0001"`
	// signed: the merchant's side has it. lost: it will not come. refused: it was not taken at the door. trace: it moved.
	Event string `json:"event" enum:"signed,lost,refused,trace" example:"signed"`
	// The parcel; blanks, hyphens and letter case do not matter.
	Waybill string `json:"waybill" minLength:"1" maxLength:"64" example:"SF1234567890123"`
	// The case, for senders that know it. Without it every case whose return travels in the parcel is meant.
	Case string `json:"case,omitempty" maxLength:"64" example:"c_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`
	// What the carrier said.
	Text string `json:"text,omitempty" maxLength:"1000" example:"前台代收"`
}

// Taken says what became of news from outside.
type Taken struct {
	OK    bool      `json:"ok" example:"true"` // always true: do not send it again
	Cases []TakenBy `json:"cases"`             // by the cases that it concerns
}

// TakenBy is what became of news at one case.
type TakenBy struct {
	// The case.
	Case string `json:"case" example:"c_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`
	// taken: it counts now. repeated: this id was taken before. known: the case knew it already. late: the case is past it.
	Status string `json:"status" enum:"taken,repeated,known,late" example:"taken"`
	// Where the case stands now.
	State string `json:"state" example:"return_inspection"`
	// Its version now.
	Version int `json:"version" example:"9"`
}

// EvidenceList is the evidence of a case with fresh links.
type EvidenceList struct {
	// The pieces, oldest first.
	Evidence []dialog.EvidenceView `json:"evidence"`
}

// Receipt says what was received and when. The signature is the server's; POST /api/receipts/verify checks it.
type Receipt struct {
	ID         string    `json:"id"`          // the piece of evidence
	Case       string    `json:"case"`        // its case
	Party      string    `json:"party"`       // who gave it: buyer or merchant
	Kind       string    `json:"kind"`        // evidence kind
	Media      string    `json:"media"`       // media type told from the bytes
	Bytes      int64     `json:"bytes"`       // size of the file
	SHA256     string    `json:"sha256"`      // of the file as it came, hex
	ReceivedAt time.Time `json:"received_at"` // when the case took it
	Stage      string    `json:"stage"`       // when the receipt was made out: staged, submitted or locked
	IssuedAt   time.Time `json:"issued_at"`   // when the receipt was made out
	Signature  string    `json:"signature"`   // HMAC-SHA256 of all the above, hex
}

// ReceiptCheck is the answer to a receipt.
type ReceiptCheck struct {
	Valid bool `json:"valid"` // this server made it out, and nothing was changed
}

// EvidenceDetail is what was found in a file, for agents. None of it proves anything.
type EvidenceDetail struct {
	ID       string   `json:"id"`                  // the piece of evidence
	SHA256   string   `json:"sha256,omitempty"`    // of the file as it came
	Width    int      `json:"width,omitempty"`     // pixels
	Height   int      `json:"height,omitempty"`    // pixels
	Seconds  float64  `json:"seconds,omitempty"`   // how long a film lasts
	Camera   string   `json:"camera,omitempty"`    // as the file says
	Software []string `json:"software,omitempty"`  // programs that the file names
	Taken    string   `json:"taken,omitempty"`     // when, as the camera wrote it
	HasPlace bool     `json:"has_place,omitempty"` // the original says where it was taken
	Codes    []string `json:"codes,omitempty"`     // what its bar codes say
	Waybill  string   `json:"waybill,omitempty"`   // the waybill number among them
	NoView   string   `json:"no_view,omitempty"`   // why the other party cannot see it
	Alike    []Alike  `json:"alike"`               // files that it is like, the most alike first, at most 20
}

// Alike is a file that another one is like.
type Alike struct {
	Case      string    `json:"case"`                 // where it is
	ID        string    `json:"id"`                   // which
	Exact     bool      `json:"exact,omitempty"`      // the same bytes
	Bits      int       `json:"bits"`                 // of 64 bits of the perceptual hash that differ
	SameParty bool      `json:"same_party,omitempty"` // the same buyer or shop gave it
	SameCase  bool      `json:"same_case,omitempty"`  // it is in this very case
	At        time.Time `json:"at"`                   // when it came
}
