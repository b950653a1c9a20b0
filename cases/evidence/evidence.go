package evidence

import (
	"errors"
	"fmt"
	"time"

	"recourse/cases"
	"recourse/cases/policy"
)

// Party is who uploads: the buyer or the shop of a case.
type Party struct {
	Actor cases.Actor `json:"actor"`
	ID    string      `json:"id"` // buyer id or shop id
}

// Meta is what the uploader says about a file. All of it is untrusted: cleaned, never believed.
type Meta struct {
	Case     cases.ID            `json:"case"`
	Kind     policy.EvidenceKind `json:"kind"`
	Filename string              `json:"filename,omitempty"`
	Filetype string              `json:"filetype,omitempty"`
}

// Info describes a finished file.
type Info struct {
	ID      cases.EvidenceID
	Party   Party
	Meta    Meta
	Media   string // told from the bytes, one of the allowed types
	Bytes   int64
	SHA256  string
	Found   Finding
	Checked time.Time
}

// ErrNotFound says that there is no finished file of that id.
var ErrNotFound = errors.New("evidence not found")

// Public codes of this package's errors. Those of domain §3.7 mean what they mean there.
const (
	CodeRejected        = "EVIDENCE_REJECTED"
	CodeCaseNotFound    = "CASE_NOT_FOUND"
	CodeRateLimited     = "RATE_LIMITED"
	CodeTooLarge        = "TOO_LARGE"
	CodeBadUpload       = "BAD_UPLOAD"             // the request breaks the upload protocol
	CodeUploadNotFound  = "UPLOAD_NOT_FOUND"       // unknown, or not yours (same answer)
	CodeUploadExpired   = "UPLOAD_EXPIRED"         // begin anew
	CodeUploadBusy      = "UPLOAD_BUSY"            // another request is writing
	CodeUploadDone      = "UPLOAD_DONE"            // it is part of the case and cannot be taken back here
	CodeOffsetConflict  = "UPLOAD_OFFSET_CONFLICT" // ask for the offset, then go on from there
	CodeChecksum        = "CHECKSUM_MISMATCH"      // these bytes were thrown away; send them again
	CodeUnavailable     = "UNAVAILABLE"
	CodeLinkExpired     = "LINK_EXPIRED"
	CodeLinkInvalid     = "LINK_INVALID"
	CodeEvidenceMissing = "EVIDENCE_NOT_FOUND"
)

// Reason says why, in words for machines. Wordings hang on it; none is ever taken away.
type Reason string

// Reasons why a file is refused.
const (
	ReasonEmpty         Reason = "empty"
	ReasonTooLarge      Reason = "too_large"
	ReasonWrongType     Reason = "wrong_type" // not an allowed type, or not one that the kind takes
	ReasonUndecodable   Reason = "undecodable"
	ReasonTooSmall      Reason = "too_small"
	ReasonTooManyPixels Reason = "too_many_pixels"
	ReasonTooLong       Reason = "too_long"      // a video that lasts too long
	ReasonUnknownKind   Reason = "unknown_kind"  // no such evidence kind, or one that takes no file
	ReasonTooManyOpen   Reason = "too_many_open" // unfinished uploads of one party
)

// Reasons why a request is refused.
const (
	ReasonVersion      Reason = "tus_version"
	ReasonMethod       Reason = "method"
	ReasonLength       Reason = "upload_length"
	ReasonMetadata     Reason = "upload_metadata"
	ReasonContentType  Reason = "content_type"
	ReasonOffset       Reason = "upload_offset"
	ReasonChecksum     Reason = "checksum"
	ReasonInterrupted  Reason = "interrupted" // the connection broke; what arrived is kept
	ReasonTooSlow      Reason = "too_slow"
	ReasonTakenOver    Reason = "taken_over" // a later request goes on with this upload
	ReasonBusy         Reason = "busy"
	ReasonNotFound     Reason = "not_found"
	ReasonExpired      Reason = "expired"
	ReasonAccepted     Reason = "accepted"
	ReasonStorage      Reason = "storage"
	ReasonNotYetInCase Reason = "not_yet_in_case" // stored and checked; the case could not take it yet
	ReasonSignature    Reason = "signature"
)

// Error is a refusal: a public code, an HTTP status and a reason. Its text never names what
// lies behind; Unwrap does, for the log.
type Error struct {
	Code   string
	Status int
	Reason Reason
	Retry  bool // the same request may succeed later
	Cause  error
}

// Error is the code and the reason, nothing internal.
func (e *Error) Error() string { return fmt.Sprintf("evidence: %s (%s)", e.Code, e.Reason) }

// Unwrap is what lies behind. It is for logs and must not be shown.
func (e *Error) Unwrap() error { return e.Cause }

func rejected(r Reason, cause error) *Error {
	return &Error{Code: CodeRejected, Status: 422, Reason: r, Cause: cause}
}

func badUpload(status int, r Reason, cause error) *Error {
	return &Error{Code: CodeBadUpload, Status: status, Reason: r, Cause: cause}
}

func storageTrouble(cause error) *Error {
	return &Error{Code: CodeUnavailable, Status: 503, Reason: ReasonStorage, Retry: true, Cause: cause}
}

func uploadNotFound() *Error {
	return &Error{Code: CodeUploadNotFound, Status: 404, Reason: ReasonNotFound}
}
