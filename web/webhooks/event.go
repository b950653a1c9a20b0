package webhooks

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// DeliveryID is "wd_<shard>_<digest>": the same event for the same endpoint has the same id wherever it is made.
type DeliveryID string

// Event is something that happened, told to every endpoint alike.
type Event struct {
	// ID is the webhook-id: the same event has the same id in every attempt, for every endpoint, and when it
	// is sent again. Receivers drop repeats by it.
	ID   string          `json:"id"`
	Type string          `json:"type"`
	At   time.Time       `json:"at"`   // when it happened
	Lane string          `json:"lane"` // events of one lane stay in order
	Data json.RawMessage `json:"data"` // a JSON object
}

// State is where a delivery stands.
type State string

// The states of a delivery.
const (
	Waiting   State = "waiting"
	Delivered State = "delivered"
	Dead      State = "dead"
)

// DeadReason says why a delivery was set aside.
type DeadReason string

// The reasons for a dead letter.
const (
	DeadExpired  DeadReason = "expired"  // no 2xx within the schedule
	DeadGone     DeadReason = "gone"     // the endpoint answered 410
	DeadDisabled DeadReason = "disabled" // the endpoint was off when its turn came
)

// Delivery is one event on its way to one endpoint.
type Delivery struct {
	ID       DeliveryID
	Endpoint EndpointID
	Event    Event
	// Seq counts the events of the lane for this endpoint from 1 without a gap, so that a receiver sees what
	// it missed.
	Seq int64
	Progress
	// Tries is how often it was settled; the store compares it, so that an attempt counts once.
	Tries int
}

// Progress is what changes while a delivery is attempted.
type Progress struct {
	State    State      `json:"state"`
	Queued   time.Time  `json:"queued"`             // when it came in, or was asked for again
	First    time.Time  `json:"first,omitzero"`     // first attempt of this round; the schedule counts from it
	Round    int        `json:"round,omitempty"`    // attempts since then
	Next     time.Time  `json:"next,omitzero"`      // when it is attempted again
	Ended    time.Time  `json:"ended,omitzero"`     // when it was delivered or set aside
	Reason   DeadReason `json:"reason,omitempty"`   // of a dead letter
	Attempts []Attempt  `json:"attempts,omitempty"` // oldest first, the last KeepAttempts
}

// KeepAttempts is how many attempts of a delivery are remembered; one round has about 16.
const KeepAttempts = 40

// Attempt is one request and what came of it.
type Attempt struct {
	At     time.Time     `json:"at"`
	Took   time.Duration `json:"took"`
	Status int           `json:"status,omitempty"` // 0: there was no answer
	Class  Class         `json:"class,omitempty"`  // what went wrong; "" = delivered
	// RetryAfter is how long the endpoint asked to be left alone.
	RetryAfter time.Duration `json:"retry_after,omitempty"`
}

// Class is a kind of failure of an attempt, for lists and counters.
type Class string

// The classes of failures.
const (
	ClassDNS      Class = "dns"      // the name could not be resolved
	ClassBlocked  Class = "blocked"  // the address is one that may not be reached
	ClassConnect  Class = "connect"  // no connection, or it broke
	ClassTLS      Class = "tls"      // the certificate is not good for the name
	ClassTimeout  Class = "timeout"  // no complete answer in time
	ClassRedirect Class = "redirect" // 3xx; redirects are not followed
	ClassClient   Class = "http_4xx"
	ClassServer   Class = "http_5xx"
	ClassGone     Class = "gone"   // 410
	ClassSecret   Class = "secret" // nothing was sent: the server cannot read the endpoint's secret
	ClassOther    Class = "other"
)

// OK says whether the endpoint took it.
func (a Attempt) OK() bool { return a.Class == "" }

// Body is what is sent: type, timestamp and data, with the position in the lane put into data. It is the same
// bytes in every attempt.
func (d Delivery) Body() ([]byte, error) {
	data := d.Event.Data
	if len(data) < 2 || data[0] != '{' {
		return nil, fmt.Errorf("encode event %s: data is not a JSON object", d.Event.ID)
	}
	head := `{"seq":` + strconv.FormatInt(d.Seq, 10)
	if string(data) != "{}" {
		head += ","
	}
	return json.Marshal(struct {
		Type      string          `json:"type"`
		Timestamp time.Time       `json:"timestamp"`
		Data      json.RawMessage `json:"data"`
	}{d.Event.Type, d.Event.At.UTC(), append([]byte(head), data[1:]...)})
}
