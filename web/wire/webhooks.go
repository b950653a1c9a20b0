package wire

import (
	"encoding/json"
	"time"
)

// WebhookEndpoint is where a shop wants to be told of what happens.
type WebhookEndpoint struct {
	ID          string `json:"id" example:"we_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"` // names the endpoint
	URL         string `json:"url" example:"https://shop.example/recourse"`    // where events are posted
	Description string `json:"description,omitempty"`                          // the shop's own words
	// The types that are sent: names, or case.* for all that begin so; empty: all but those that are opt-in.
	Events []string `json:"events"`
	// Whether anything is sent.
	Enabled bool `json:"enabled"`
	// Why nothing is sent. owner: the shop switched it off; failing: it answered nothing good for days; gone: it answered 410.
	DisabledReason string    `json:"disabled_reason,omitempty" enum:"owner,failing,gone"`
	DisabledAt     time.Time `json:"disabled_at,omitzero"` // since when
	// The secrets that sign now, newest first: two during a rotation. The keys themselves are never shown again.
	Secrets      []WebhookSecret `json:"secrets"`
	CreatedAt    time.Time       `json:"created_at"`             // when it was made
	Waiting      int             `json:"waiting"`                // deliveries that are still being attempted
	DeadLetters  int             `json:"dead_letters"`           // deliveries that were given up
	FailingSince time.Time       `json:"failing_since,omitzero"` // since when attempts were made and none went well
	PausedUntil  time.Time       `json:"paused_until,omitzero"`  // it asked for a pause by Retry-After
}

// WebhookSecret is a secret without its key.
type WebhookSecret struct {
	CreatedAt time.Time `json:"created_at"`          // when it was made
	ExpiresAt time.Time `json:"expires_at,omitzero"` // when it stops to sign, after a rotation
}

// WebhookEndpointWithSecret is an endpoint whose newest secret is shown, this once.
type WebhookEndpointWithSecret struct {
	WebhookEndpoint
	// The secret that signs: whsec_ and 32 bytes in base64. It is shown now and never again.
	Secret string `json:"secret" example:"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="`
}

// WebhookEndpointList are a shop's endpoints.
type WebhookEndpointList struct {
	Endpoints []WebhookEndpoint `json:"endpoints"` // oldest first, at most 16
}

// NewWebhookEndpoint is a wish for an endpoint.
type NewWebhookEndpoint struct {
	// Where to post to: https, a name or address on the public internet.
	URL         string   `json:"url" minLength:"1" maxLength:"2048" example:"https://shop.example/recourse"`
	Description string   `json:"description,omitempty" maxLength:"500"`                                  // the shop's own words
	Events      []string `json:"events,omitempty" maxItems:"64" example:"[\"case.*\",\"case.changed\"]"` // as in WebhookEndpoint
}

// ChangedWebhookEndpoint changes what it names and leaves the rest.
type ChangedWebhookEndpoint struct {
	URL         *string   `json:"url,omitempty" minLength:"1" maxLength:"2048"` // where to post to from now on
	Description *string   `json:"description,omitempty" maxLength:"500"`        // the shop's own words
	Events      *[]string `json:"events,omitempty" maxItems:"64"`               // as in WebhookEndpoint
	Enabled     *bool     `json:"enabled,omitempty"`                            // off: nothing is sent; on: it goes on, and how it failed is forgotten
}

// WebhookRotation asks for a new secret.
type WebhookRotation struct {
	// How long the old secret signs beside the new one. 0: it ends at once.
	OverlapHours int `json:"overlap_hours,omitempty" minimum:"0" maximum:"168" default:"24"`
}

// WebhookDelivery is one event on its way to one endpoint.
type WebhookDelivery struct {
	ID      string `json:"id" example:"wd_017_ABCDEFGHJKLMNPQRSTUVWXYZ23"`          // names the delivery
	EventID string `json:"webhook_id" example:"msg_017_ABCDEFGHJKLMNPQRSTUVWXYZ23"` // the header webhook-id: the same in every attempt
	Type    string `json:"type" example:"case.submitted"`                           // type of the event
	About   string `json:"about" example:"c_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`        // what it is about; deliveries about the same thing stay in order
	Seq     int64  `json:"seq"`                                                     // as in the event's data
	// waiting: it is attempted again at next_attempt_at; delivered; dead: it was given up and can be sent again.
	State         string           `json:"state" enum:"waiting,delivered,dead"`
	QueuedAt      time.Time        `json:"queued_at"`                                     // when it came in, or was asked for again
	NextAttemptAt time.Time        `json:"next_attempt_at,omitzero"`                      // when it is attempted again, at the earliest
	EndedAt       time.Time        `json:"ended_at,omitzero"`                             // when it was delivered or given up
	Reason        string           `json:"reason,omitempty" enum:"expired,gone,disabled"` // why it was given up. expired: no 2xx in a day; gone: 410; disabled: the endpoint was off
	Attempts      []WebhookAttempt `json:"attempts"`                                      // oldest first, the last 40
	Payload       json.RawMessage  `json:"payload,omitempty"`                             // the body that is posted; only where one delivery is read
}

// WebhookAttempt is one request to an endpoint and what came of it.
type WebhookAttempt struct {
	At         time.Time `json:"at"`               // when it was sent; the header webhook-timestamp
	DurationMS int64     `json:"duration_ms"`      // until its answer, or until it was given up
	Status     int       `json:"status,omitempty"` // HTTP status; none: there was no answer
	// What went wrong; none: it was taken.
	Error string `json:"error,omitempty" enum:"dns,blocked,connect,tls,timeout,redirect,http_4xx,http_5xx,gone,secret,other"`
	// How long the endpoint asked to be left alone, by Retry-After.
	RetryAfterMS int64 `json:"retry_after_ms,omitempty"`
}

// WebhookDeliveryList is a page of deliveries.
type WebhookDeliveryList struct {
	Deliveries []WebhookDelivery `json:"deliveries"`     // a page of them
	Next       string            `json:"next,omitempty"` // cursor of the next page; none: this is the last
}

// WebhookSent names the delivery of a test event.
type WebhookSent struct {
	Delivery string `json:"delivery"` // names the delivery
}

// WebhookResend asks for dead letters again.
type WebhookResend struct {
	Since time.Time `json:"since,omitzero"` // only those given up at or after this instant; none: all
}

// WebhookResent says how many dead letters are on their way again.
type WebhookResent struct {
	Resent int  `json:"resent"` // how many
	More   bool `json:"more"`   // there are more; ask again
}

// WebhookTypeList is the catalogue of events.
type WebhookTypeList struct {
	Types []WebhookType `json:"types"` // all of them
}

// WebhookType is a type of event.
type WebhookType struct {
	Name  string `json:"name" example:"case.submitted"` // for the filter of an endpoint
	ZH    string `json:"description_zh"`                // what it says, in Chinese
	EN    string `json:"description_en"`                // the same in English
	OptIn bool   `json:"opt_in"`                        // sent only where a filter names it in full
}

// CaseWebhook is what is posted when something happened to a case.
type CaseWebhook struct {
	Type      string    `json:"type" example:"case.submitted"` // type of the event
	Timestamp time.Time `json:"timestamp"`                     // when it happened, by the marketplace's clock
	Data      CaseEvent `json:"data"`                          // what happened
}

// CaseEvent is what happened to a case, and how the case stood when the event was put on its way. It carries no
// more of the buyer than the API shows to the merchant.
type CaseEvent struct {
	Seq     int64     `json:"seq,omitempty" required:"true" example:"3"`                  // counts the events of this case for this endpoint from 1; a gap means that you missed one
	Case    string    `json:"case" example:"c_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`            // names the case
	Version int       `json:"version" example:"4"`                                        // of the case after what happened
	Key     string    `json:"key,omitempty" example:"submitted"`                          // what the merchant is told; none with case.changed
	Event   string    `json:"event" example:"submit"`                                     // what happened, an event of the table of cases
	Actor   string    `json:"actor" enum:"buyer,merchant,agent,system,logistics,payment"` // who caused it
	Rule    string    `json:"transition,omitempty" example:"T01"`                         // the row of the table that was applied
	From    string    `json:"from" example:"draft"`                                       // state before
	State   string    `json:"state" example:"merchant_review"`                            // state after
	Timer   string    `json:"timer,omitempty" example:"merchant_hard"`                    // of a reminder: which deadline is near
	Until   time.Time `json:"until,omitzero"`                                             // of a reminder: when it is
	// Keys of the policy that set a clock or an amount here.
	Clauses []string `json:"clauses,omitempty" example:"[\"merchant.review_hard_days\"]"`
	Now     CaseNow  `json:"now"`   // how the case stood when the event was put on its way
	Links   Links    `json:"links"` // where to go on
}

// CaseNow is how a case stands. Its version may be later than the event's.
type CaseNow struct {
	Version      int       `json:"version" example:"4"`              // of the case
	State        string    `json:"state" example:"merchant_review"`  // of the case
	WaitsFor     string    `json:"waits_for,omitempty"`              // buyer, merchant, agent, logistics, payment; none: nobody
	WaitingOnYou bool      `json:"waiting_on_you"`                   // the merchant must do something
	Deadline     time.Time `json:"deadline,omitzero"`                // until when, if there is a time
	Terminal     bool      `json:"terminal,omitempty"`               // it is over
	AmountFen    int64     `json:"amount_fen"`                       // what the buyer asks for, in fen
	Order        string    `json:"order" example:"6920251100010001"` // the order
	Line         string    `json:"line"`                             // its line
	// What the merchant may do, by names of actions.
	Allowed   []string             `json:"allowed_actions"`
	Deadlines map[string]time.Time `json:"deadlines,omitempty"` // all that run, by timer
}

// Links are paths of the API.
type Links struct {
	Case    string `json:"case" example:"/api/merchant/cases/c_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`             // the case
	Actions string `json:"actions" example:"/api/merchant/cases/c_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA/{action}"` // what is done to it
}

// TestWebhook is what is posted when the shop asks for a test.
type TestWebhook struct {
	Type      string    `json:"type" enum:"webhook.test"` // type of the event
	Timestamp time.Time `json:"timestamp"`                // when it was asked for, by the wall clock
	Data      TestEvent `json:"data"`                     // what is tested
}

// TestEvent is the data of webhook.test.
type TestEvent struct {
	Seq      int64  `json:"seq"`      // always 1
	Endpoint string `json:"endpoint"` // the endpoint that is tested
}

// DisabledWebhook is what is posted to a shop's other endpoints when one was switched off because it failed.
type DisabledWebhook struct {
	Type      string        `json:"type" enum:"webhook.disabled"` // type of the event
	Timestamp time.Time     `json:"timestamp"`                    // when it was switched off, by the wall clock
	Data      DisabledEvent `json:"data"`                         // which, and why
}

// DisabledEvent is the data of webhook.disabled.
type DisabledEvent struct {
	Seq          int64     `json:"seq"`                        // counts such events of the endpoint that was switched off
	Endpoint     string    `json:"endpoint"`                   // the endpoint that was switched off
	URL          string    `json:"url"`                        // its URL
	Reason       string    `json:"reason" enum:"failing,gone"` // as in WebhookEndpoint
	FailingSince time.Time `json:"failing_since,omitzero"`     // since when it answered nothing good
}

// ComplaintWebhook is what is posted when something happened to a complaint that the shop is a party to.
type ComplaintWebhook struct {
	Type      string         `json:"type" example:"complaint.received"` // type of the event
	Timestamp time.Time      `json:"timestamp"`                         // when it happened, by the marketplace's clock
	Data      ComplaintEvent `json:"data"`                              // what happened
}

// ComplaintEvent is what happened to a complaint, and how it stood when the event was put on its way.
type ComplaintEvent struct {
	Seq       int64  `json:"seq,omitempty" required:"true" example:"1"`                  // counts the events of this complaint for this endpoint from 1
	Complaint string `json:"complaint" example:"k_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`       // names the complaint
	Version   int    `json:"version" example:"4"`                                        // of the complaint after what happened
	Key       string `json:"key" example:"received"`                                     // what the merchant is told
	Event     string `json:"event" example:"forward"`                                    // what happened, an event of the table of complaints
	Actor     string `json:"actor" enum:"buyer,merchant,agent,system,logistics,payment"` // who caused it
	Rule      string `json:"transition"`                                                 // the row of the table that was applied
	From      string `json:"from"`                                                       // state before
	State     string `json:"state"`                                                      // state after
	// Keys of the policy that set a clock here.
	Clauses []string     `json:"clauses,omitempty"`
	Now     ComplaintNow `json:"now"`                                                                      // how the complaint stood when the event was put on its way
	Link    string       `json:"link" example:"/api/merchant/complaints/k_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"` // the complaint, a path of the API
}

// ComplaintNow is how a complaint stands. Its version may be later than the event's.
type ComplaintNow struct {
	Version      int       `json:"version"`             // of the complaint
	State        string    `json:"state"`               // of the complaint
	WaitsFor     string    `json:"waits_for,omitempty"` // buyer, merchant, agent; none: nobody
	WaitingOnYou bool      `json:"waiting_on_you"`      // the merchant must do something
	Deadline     time.Time `json:"deadline,omitzero"`   // until when, if there is a time
	Terminal     bool      `json:"terminal,omitempty"`  // it is over
	By           string    `json:"by"`                  // who complains: buyer or merchant
	Kind         string    `json:"kind,omitempty"`      // kind of the complaint
	Order        string    `json:"order"`               // the order
	Line         string    `json:"line"`                // its line
	// What the merchant may do, by names of events.
	Allowed []string `json:"allowed_actions"`
}
