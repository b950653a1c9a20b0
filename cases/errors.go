package cases

import (
	"errors"
	"fmt"
	"time"

	"recourse/cases/policy"
)

// Code is a public error code (domain §3.7). It may be shown to anybody.
type Code string

// The public codes of a case.
const (
	CodeNotFound            Code = "CASE_NOT_FOUND"
	CodeNotParty            Code = "NOT_PARTY"
	CodeStateConflict       Code = "STATE_CONFLICT"
	CodeVersionConflict     Code = "VERSION_CONFLICT"
	CodeIdempotencyMismatch Code = "IDEMPOTENCY_MISMATCH"
	CodeDeadlinePassed      Code = "DEADLINE_PASSED"
	CodeEligibilityFailed   Code = "ELIGIBILITY_FAILED"
	CodeEvidenceRequired    Code = "EVIDENCE_REQUIRED"
	CodeEvidenceRejected    Code = "EVIDENCE_REJECTED"
	CodeEvidenceLocked      Code = "EVIDENCE_LOCKED"
	CodeAmountInvalid       Code = "AMOUNT_INVALID"
	CodeRejectReason        Code = "REJECT_REASON_REQUIRED"
	CodeExtendTooEarly      Code = "EXTEND_TOO_EARLY"
	CodeExtendNotAllowed    Code = "EXTEND_NOT_ALLOWED"
	CodeEscalationNotOpen   Code = "ESCALATION_NOT_OPEN"
	CodeEscalationClosed    Code = "ESCALATION_WINDOW_CLOSED"
	CodeAttemptsExhausted   Code = "ATTEMPTS_EXHAUSTED"
	CodeAlreadyOpen         Code = "CASE_ALREADY_OPEN"
	CodeAppealEvidence      Code = "APPEAL_NEEDS_NEW_EVIDENCE"
	// Ours: the domain wants these things but gives them no code.
	CodeConfirmation  Code = "CONFIRMATION_REQUIRED" // an irreversible thing without its press (§3.6)
	CodeFieldRequired Code = "FIELD_REQUIRED"        // an address, a waybill, written reasons are missing
	CodeNotAssigned   Code = "NOT_ASSIGNED"          // another agent has the case
	CodeNothingNew    Code = "RESUBMIT_NEEDS_NEWS"   // neither another reason nor new evidence (T26)
)

// ErrDeadlineDue says that a deadline has passed whose event must be applied first; the Ledger does that.
var ErrDeadlineDue = errors.New("a deadline that has passed comes first")

// ErrStale says that a timer event no longer applies: the deadline was met, moved or has not come yet.
var ErrStale = errors.New("deadline no longer applies")

// Error is a refusal with all that the refused party may need to go on.
type Error struct {
	Code      Code
	Field     string // FIELD_REQUIRED: which
	State     State
	Version   int
	Allowed   []EventKind
	Deadlines map[Timer]time.Time
	Missing   []policy.Requirement
	Verdict   *policy.Verdict
	OpenCase  ID
	Passed    *Lapse         // DEADLINE_PASSED, ESCALATION_WINDOW_CLOSED: the deadline that closed this way
	Items     []RejectedItem // EVIDENCE_REJECTED: which, and why
}

// RejectedItem is one piece of evidence that the case does not take.
type RejectedItem struct {
	ID     EvidenceID
	Kind   policy.EvidenceKind
	Reason RejectReason
}

// RejectReason says why, in words for machines.
type RejectReason string

// The reasons.
const (
	RejectUnknownKind RejectReason = "unknown_kind"
	RejectNotYours    RejectReason = "not_yours_to_give" // the kind is another party's
	RejectWrongMedia  RejectReason = "wrong_type"
	RejectTwice       RejectReason = "duplicate" // this party's same bytes are in the case
	RejectTooMany     RejectReason = "too_many"
	RejectText        RejectReason = "text_length"
)

func (e *Error) Error() string {
	s := string(e.Code)
	if e.Field != "" {
		s += " " + e.Field
	}
	if e.State != "" {
		s += fmt.Sprintf(" (case is %s, version %d)", e.State, e.Version)
	}
	return s
}

// Is compares codes, so that errors.Is(err, &Error{Code: …}) asks for a code.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// CodeOf is the public code of an error, "" if it has none.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}

func refusal(code Code) *Error { return &Error{Code: code} }

func missing(field string) *Error { return &Error{Code: CodeFieldRequired, Field: field} }
