package webhooks

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"recourse/internal/ids"
)

// The prefixes of ids (internal/ids).
const (
	EndpointPrefix = "we"
	DeliveryPrefix = "wd"
	EventPrefix    = "msg"
)

const (
	// DefaultOverlap is how long the old secret signs beside the new one.
	DefaultOverlap = 24 * time.Hour
	// MaxOverlap bounds it.
	MaxOverlap = 7 * 24 * time.Hour
)

// The types of the package's own events.
var (
	TestType     = Type{Name: "webhook.test", Direct: true}
	DisabledType = Type{Name: "webhook.disabled"}
)

// TestData is the data of webhook.test.
type TestData struct {
	Endpoint EndpointID `json:"endpoint" doc:"the endpoint that was asked to be tested"`
}

// DisabledData is the data of webhook.disabled, which goes to the owner's other endpoints.
type DisabledData struct {
	Endpoint     EndpointID `json:"endpoint" doc:"the endpoint that was switched off"`
	URL          string     `json:"url"`
	Reason       Off        `json:"reason" enum:"failing,gone" doc:"gone: it answered 410; failing: nothing good for days"`
	FailingSince time.Time  `json:"failing_since,omitzero"`
}

// Registrar makes and changes endpoints for their owners. An endpoint of another owner does not exist.
type Registrar struct {
	Endpoints Endpoints
	Queue     Queue
	History   History
	Reach     Reach
	Types     []Type           // what endpoints may ask for
	Now       func() time.Time // wall clock
}

// Wish is what an owner may say about an endpoint; nil leaves it as it is.
type Wish struct {
	URL         *string
	Description *string
	Events      *[]string
	Enabled     *bool
}

// hashed names what was said without keeping it.
func hashed(said ...any) string {
	raw, err := json.Marshal(said)
	if err != nil {
		panic(fmt.Sprintf("webhooks: request cannot be encoded: %v", err)) // plain data, cannot happen
	}
	sum := sha256.Sum256(raw)
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16])
}

// Create makes an endpoint. Its secret is shown now and never again. A key that is not empty makes it once: the same
// wish with the same key gives the endpoint as it stands, as long as the secret of then signs; another wish is
// ErrOtherRequest.
func (r *Registrar) Create(ctx context.Context, owner, key string, w Wish) (Endpoint, error) {
	secret, err := NewSecret()
	if err != nil {
		return Endpoint{}, err
	}
	now := r.Now().UTC()
	ep := Endpoint{
		ID: EndpointID(ids.New(EndpointPrefix, ids.Of(owner))), Owner: owner, CreatedAt: now,
		Secrets: []Secret{{Key: secret, CreatedAt: now}},
	}
	if key != "" {
		made := &ep.Secrets[0]
		made.By, made.Of = hashed("create", owner, key), hashed(w)
		ep.ID = EndpointID(fmt.Sprintf("%s_%s_%s", EndpointPrefix, ids.Of(owner), made.By))
	}
	if w.URL == nil {
		return Endpoint{}, &Invalid{Field: "url", Why: "is required"}
	}
	if err := r.apply(&ep, w); err != nil {
		return Endpoint{}, err
	}
	err = r.Endpoints.Add(ctx, ep)
	if !errors.Is(err, ErrExists) {
		return ep, err
	}
	was, err := r.Get(ctx, owner, ep.ID)
	if err != nil {
		return Endpoint{}, err
	}
	same, err := was.made(ep.Secrets[0].By, ep.Secrets[0].Of)
	if err == nil && !same { // its secret was rotated away: what was made then is not there any more
		err = ErrOtherRequest
	}
	return was, err
}

func (r *Registrar) apply(ep *Endpoint, w Wish) error {
	if w.URL != nil {
		if err := r.Reach.CheckURL(*w.URL); err != nil {
			return err
		}
		ep.URL = *w.URL
	}
	if w.Description != nil {
		if utf8.RuneCountInString(*w.Description) > maxText {
			return &Invalid{Field: "description", Why: fmt.Sprintf("must have at most %d characters", maxText)}
		}
		ep.Description = *w.Description
	}
	if w.Events != nil {
		if err := r.checkFilter(*w.Events); err != nil {
			return err
		}
		ep.Events = slices.Clone(*w.Events)
	}
	if w.Enabled != nil && *w.Enabled {
		ep.Off, ep.OffAt = "", time.Time{}
	} else if w.Enabled != nil && ep.Off == "" {
		ep.Off, ep.OffAt = OffByOwner, r.Now().UTC()
	}
	return nil
}

// checkFilter wants every entry to mean something: a filter with a slip in it would be silence.
func (r *Registrar) checkFilter(filter []string) error {
	if len(filter) > maxFilter {
		return &Invalid{Field: "events", Why: fmt.Sprintf("must have at most %d entries", maxFilter)}
	}
	for _, f := range filter {
		one := Endpoint{Events: []string{f}}
		if !slices.ContainsFunc(r.Types, one.Wants) {
			return &Invalid{Field: "events", Why: fmt.Sprintf("names %q, which is no event type nor the beginning of one with a *", clip(f))}
		}
	}
	return nil
}

func clip(s string) string {
	if len(s) > 64 {
		return strings.ToValidUTF8(s[:64], "") + "…"
	}
	return s
}

// Get is an endpoint of an owner.
func (r *Registrar) Get(ctx context.Context, owner string, id EndpointID) (Endpoint, error) {
	ep, err := r.Endpoints.Endpoint(ctx, id)
	if err == nil && ep.Owner != owner {
		err = ErrNotFound
	}
	if err != nil {
		return Endpoint{}, err
	}
	return ep, nil
}

// change applies a change to an endpoint as it stands, again if it changed meanwhile.
func (r *Registrar) change(ctx context.Context, owner string, id EndpointID, f func(*Endpoint) error) (Endpoint, error) {
	const tries = 8
	for range tries {
		ep, err := r.Get(ctx, owner, id)
		if err != nil {
			return Endpoint{}, err
		}
		if err := f(&ep); err != nil {
			return Endpoint{}, err
		}
		err = r.Endpoints.Save(ctx, ep)
		if err == nil {
			return ep, nil
		}
		if !errors.Is(err, ErrConflict) {
			return Endpoint{}, err
		}
	}
	return Endpoint{}, fmt.Errorf("change webhook endpoint %s: %w", id, ErrConflict)
}

// Update changes an endpoint. Enabling it forgets how it failed; what still waits goes on by its schedule.
func (r *Registrar) Update(ctx context.Context, owner string, id EndpointID, w Wish) (Endpoint, error) {
	return r.change(ctx, owner, id, func(ep *Endpoint) error { return r.apply(ep, w) })
}

// Rotate makes a new secret. The one before it signs along for overlap; older ones end now. With a key that is not
// empty it does so once, as long as the secret it made is there.
func (r *Registrar) Rotate(ctx context.Context, owner string, id EndpointID, key string, overlap time.Duration) (Endpoint, error) {
	if overlap < 0 || overlap > MaxOverlap {
		return Endpoint{}, &Invalid{Field: "overlap", Why: fmt.Sprintf("must be between 0 and %d hours", int(MaxOverlap.Hours()))}
	}
	secret, err := NewSecret()
	if err != nil {
		return Endpoint{}, err
	}
	var by, of string
	if key != "" {
		by, of = hashed("rotate", owner, id, key), hashed(overlap)
	}
	return r.change(ctx, owner, id, func(ep *Endpoint) error {
		if done, err := ep.made(by, of); done || err != nil {
			return err
		}
		now := r.Now().UTC()
		secrets := []Secret{{Key: secret, CreatedAt: now, By: by, Of: of}}
		if live := ep.Live(now); overlap > 0 && len(live) > 0 {
			old := live[0]
			old.Until = now.Add(overlap)
			secrets = append(secrets, old)
		}
		ep.Secrets = secrets
		return nil
	})
}

// Delete removes an endpoint and what waits for it.
func (r *Registrar) Delete(ctx context.Context, owner string, id EndpointID) error {
	ep, err := r.Get(ctx, owner, id)
	if err != nil {
		return err
	}
	return r.Endpoints.Remove(ctx, ep)
}

// Test sends a test event, in a lane of its own.
func (r *Registrar) Test(ctx context.Context, owner string, id EndpointID) (DeliveryID, error) {
	ep, err := r.Get(ctx, owner, id)
	if err != nil {
		return "", err
	}
	now := r.Now().UTC()
	ev := Event{ID: ids.New(EventPrefix, ids.Of(owner)), Type: TestType.Name, At: now}
	ev.Lane = ev.ID
	if ev.Data, err = json.Marshal(TestData{Endpoint: ep.ID}); err != nil {
		return "", fmt.Errorf("encode a test event: %w", err)
	}
	sent, _, err := r.Queue.Enqueue(ctx, ep.ID, ev, now)
	return sent, err
}

// Resend sends a delivery that has ended again, under the same webhook-id.
func (r *Registrar) Resend(ctx context.Context, owner string, id EndpointID, d DeliveryID) (Delivery, error) {
	if _, err := r.Get(ctx, owner, id); err != nil {
		return Delivery{}, err
	}
	was, err := r.History.Delivery(ctx, id, d)
	if err != nil {
		return Delivery{}, err
	}
	now := r.Now().UTC()
	return was.Again(now), r.History.Requeue(ctx, was, now)
}

// ResendSince sends dead letters again that were set aside at or after since, in the order in which they were,
// at most so many. It says how many, and whether there are more.
func (r *Registrar) ResendSince(ctx context.Context, owner string, id EndpointID, since time.Time, most int) (sent int, more bool, err error) {
	if _, err := r.Get(ctx, owner, id); err != nil {
		return 0, false, err
	}
	for sent < most {
		// What is sent again leaves the list, so the first page is always the next one.
		page := min(100, most-sent)
		dead, next, err := r.History.DeadLetters(ctx, id, since, "", page)
		if err != nil {
			return sent, true, err
		}
		moved := 0
		for _, d := range dead {
			err := r.History.Requeue(ctx, d, r.Now().UTC())
			if errors.Is(err, ErrWaiting) || errors.Is(err, ErrNotFound) {
				continue // somebody else was quicker
			}
			if err != nil {
				return sent + moved, true, err
			}
			moved++
		}
		sent += moved
		if more = next != ""; !more || moved == 0 {
			return sent, more, nil
		}
	}
	return sent, more, nil
}
