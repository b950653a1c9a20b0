package webhooks

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// Counters count since the start of the process; a metrics exporter may read them at any time.
type Counters struct {
	Queued, Attempts, Delivered, Failed, Dead, Disabled atomic.Int64
}

// Publisher takes events in.
type Publisher struct {
	Endpoints Endpoints
	Queue     Queue
	Now       func() time.Time // wall clock
	Counters  *Counters
}

// Publish queues an event for every endpoint of its owner that wants its type. build makes the event; it is
// called only if somebody does. Publishing the same event again queues nothing more.
func (p *Publisher) Publish(ctx context.Context, owner string, t Type, build func() (Event, error)) error {
	eps, err := p.Endpoints.Of(ctx, owner)
	if err != nil {
		return err
	}
	var ev *Event
	for _, ep := range eps {
		if !ep.Wants(t) {
			continue
		}
		if ev == nil {
			made, err := build()
			if err != nil {
				return err
			}
			ev = &made
		}
		if err := p.queue(ctx, ep.ID, *ev); err != nil {
			return err
		}
	}
	return nil
}

// queue takes the states of an endpoint in which it is sent nothing as they are: what it misses shows in seq.
func (p *Publisher) queue(ctx context.Context, id EndpointID, ev Event) error {
	_, fresh, err := p.Queue.Enqueue(ctx, id, ev, p.Now())
	if errors.Is(err, ErrDisabled) || errors.Is(err, ErrNotFound) {
		return nil
	}
	if fresh {
		p.Counters.Queued.Add(1)
	}
	return err
}
