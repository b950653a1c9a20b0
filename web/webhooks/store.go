package webhooks

import (
	"context"
	"time"
)

// Endpoints keeps endpoints.
type Endpoints interface {
	// Add stores a new endpoint; ErrTooMany, ErrExists.
	Add(ctx context.Context, ep Endpoint) error
	// Save stores a changed endpoint if it still has the version that was read; ErrConflict, ErrNotFound.
	Save(ctx context.Context, ep Endpoint) error
	// Endpoint answers ErrNotFound for one that does not exist.
	Endpoint(ctx context.Context, id EndpointID) (Endpoint, error)
	// Of lists the endpoints of an owner, oldest first.
	Of(ctx context.Context, owner string) ([]Endpoint, error)
	// Remove forgets an endpoint and what waits for it. Removing it again is no error.
	Remove(ctx context.Context, ep Endpoint) error
}

// Queue keeps deliveries in their lanes.
type Queue interface {
	// Enqueue makes an event wait for an endpoint, once per event; fresh says that this call did it. It
	// answers ErrDisabled for an endpoint that is off and ErrNotFound for one that is gone.
	Enqueue(ctx context.Context, ep EndpointID, ev Event, now time.Time) (id DeliveryID, fresh bool, err error)
	// Due lists endpoints for which something may be due at now.
	Due(ctx context.Context, now time.Time) ([]EndpointID, error)
	// Claim takes up to n deliveries of an endpoint that are due, each the first of its lane. Nobody else is
	// given them before lease; then they are due again.
	Claim(ctx context.Context, id EndpointID, now, lease time.Time, n int) (Claim, error)
	// Settle stores what became of a claimed delivery and lets its lane go on. It answers ErrConflict if
	// another node settled it meanwhile, and since when the endpoint has been failing.
	Settle(ctx context.Context, s Settlement) (failing time.Time, err error)
	// Release gives a claimed delivery back as it was.
	Release(ctx context.Context, d Delivery, lease, now time.Time) error
	// Listen calls wake for endpoints that something was queued for until ctx ends; calls may be lost.
	Listen(ctx context.Context, wake func(EndpointID)) error
}

// Claim is an endpoint and what of it was claimed.
type Claim struct {
	Endpoint   Endpoint
	Deliveries []Delivery
}

// Settlement is what became of a delivery.
type Settlement struct {
	Delivery Delivery // as it is now; Tries as it was claimed
	// Attempted says that the endpoint was asked; OK that it took it.
	Attempted, OK bool
	// Hold makes the whole endpoint wait until then, if not zero.
	Hold time.Time
	Now  time.Time
}

// History reads deliveries and sends them again.
type History interface {
	// Delivery answers ErrNotFound.
	Delivery(ctx context.Context, ep EndpointID, id DeliveryID) (Delivery, error)
	// Recent lists deliveries, newest first, from a position that an earlier page answered.
	Recent(ctx context.Context, ep EndpointID, cursor string, limit int) (page []Delivery, next string, err error)
	// DeadLetters lists those set aside at or after since, oldest first.
	DeadLetters(ctx context.Context, ep EndpointID, since time.Time, cursor string, limit int) (page []Delivery, next string, err error)
	// Requeue puts a delivery that has ended behind the others of its lane again. It answers ErrWaiting,
	// ErrDisabled, ErrNotFound.
	Requeue(ctx context.Context, d Delivery, now time.Time) error
}
