package webhooks

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// What the parts of this package answer.
var (
	ErrNotFound = errors.New("no such webhook endpoint or delivery")
	// ErrConflict: the endpoint or the delivery changed meanwhile; read it again.
	ErrConflict = errors.New("webhook endpoint or delivery changed meanwhile")
	// ErrExists: there is an endpoint of this id.
	ErrExists = errors.New("webhook endpoint exists already")
	// ErrOtherRequest: the key was used for another request.
	ErrOtherRequest = errors.New("key was used for another request")
	// ErrTooMany: an owner has MaxEndpoints already.
	ErrTooMany = fmt.Errorf("an owner may have %d webhook endpoints", MaxEndpoints)
	// ErrDisabled: nothing is sent to the endpoint now.
	ErrDisabled = errors.New("webhook endpoint is disabled")
	// ErrWaiting: the delivery is still being attempted, so there is nothing to send again.
	ErrWaiting = errors.New("delivery is still being attempted")
)

// Invalid says which field of an endpoint cannot be taken, and why.
type Invalid struct{ Field, Why string }

func (e *Invalid) Error() string { return e.Field + " " + e.Why }

const (
	// MaxEndpoints of one owner.
	MaxEndpoints = 16
	maxURL       = 2048
	maxText      = 500 // runes of a description
	maxFilter    = 64
)

// EndpointID is "we_<shard>_<random>" (internal/ids); the shard is the owner's.
type EndpointID string

// Off says why nothing is sent to an endpoint.
type Off string

// The reasons for which an endpoint is off.
const (
	OffByOwner Off = "owner"   // its owner switched it off
	OffFailing Off = "failing" // it answered nothing good for Dispatcher.DisableAfter
	OffGone    Off = "gone"    // it answered 410
)

// Endpoint is where an owner wants to be told.
type Endpoint struct {
	ID          EndpointID `json:"id"`
	Owner       string     `json:"owner"`
	URL         string     `json:"url"`
	Description string     `json:"description,omitempty"`
	// Events are the types it wants: names, or "case.*" for all that begin so. Empty means all. Types that are
	// opt-in are sent only where they are named in full.
	Events    []string  `json:"events,omitempty"`
	Secrets   []Secret  `json:"secrets"` // newest first
	Off       Off       `json:"off,omitempty"`
	OffAt     time.Time `json:"off_at,omitzero"`
	CreatedAt time.Time `json:"created_at"`
	Version   int       `json:"-"` // kept beside it, for compare-and-set
	Health    Health    `json:"-"`
}

// Health is how the deliveries of an endpoint go.
type Health struct {
	Waiting      int       // deliveries that are still being attempted
	Dead         int       // dead letters
	FailingSince time.Time // since when nothing was delivered though attempted; zero if the last attempt went well
	HeldUntil    time.Time // the endpoint asked for a pause (Retry-After)
}

// Secret signs what is sent to an endpoint.
type Secret struct {
	Key       string    `json:"key"` // "whsec_" and base64
	CreatedAt time.Time `json:"created_at"`
	Until     time.Time `json:"until,omitzero"` // after a rotation: when it ends
	// By is the idempotency key of the request that made it, Of what was requested; both hashed, "" without a key.
	By string `json:"by,omitempty"`
	Of string `json:"of,omitempty"`
}

// made finds the request of a key among those that made the secrets: whether it was carried out, and whether it is
// the same one.
func (e Endpoint) made(by, of string) (bool, error) {
	i := slices.IndexFunc(e.Secrets, func(s Secret) bool { return by != "" && s.By == by })
	switch {
	case i < 0:
		return false, nil
	case e.Secrets[i].Of != of:
		return false, ErrOtherRequest
	}
	return true, nil
}

// Live are the secrets that sign now, newest first.
func (e Endpoint) Live(now time.Time) []Secret {
	return slices.DeleteFunc(slices.Clone(e.Secrets), func(s Secret) bool { return !s.Until.IsZero() && !now.Before(s.Until) })
}

// Wants says whether an event of a type is for this endpoint.
func (e Endpoint) Wants(t Type) bool {
	if t.Direct { // sent to one endpoint on purpose, not published
		return false
	}
	if len(e.Events) == 0 {
		return !t.OptIn
	}
	return slices.ContainsFunc(e.Events, func(f string) bool {
		prefix, wild := strings.CutSuffix(f, "*")
		if wild {
			return !t.OptIn && strings.HasPrefix(t.Name, prefix)
		}
		return f == t.Name
	})
}

// Type is a kind of event, by which endpoints choose.
type Type struct {
	Name   string // full-stop delimited, e.g. "case.submitted"
	OptIn  bool   // only where it is named in full
	Direct bool   // never published, only sent to an endpoint that was asked for
}
