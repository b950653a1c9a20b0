package webhooks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"recourse/internal/ids"
)

const (
	// DefaultDisableAfter is how long an endpoint may answer nothing good before it is switched off.
	DefaultDisableAfter = 5 * 24 * time.Hour
	// leaseMargin is the time to store what came of an attempt. A node that dies in the middle of one holds
	// its lane for Timeout and this.
	leaseMargin = 5 * time.Second
	settleWait  = 5 * time.Second
	// stopGrace is how long attempts may go on when the process is asked to end; then they are broken off and
	// made again later.
	stopGrace = 2 * time.Second

	// perEndpoint bounds the attempts that run at one endpoint at once while it answers well. One that
	// failed last is asked one at a time, until it answers well again.
	perEndpoint = 8
	// A node runs so many attempts at once. Endpoints that failed last have slots of their own, so that
	// hanging ones, whose attempts last for the whole time-out, never take those of the others.
	goodSlots = 256
	badSlots  = 64
)

// Dispatcher attempts what is due, on any number of nodes at once.
type Dispatcher struct {
	Endpoints Endpoints
	Queue     Queue
	Publisher *Publisher
	// Send makes one attempt (Sender.Send).
	Send     func(ctx context.Context, ep Endpoint, d Delivery) Attempt
	Schedule Schedule
	Now      func() time.Time // wall clock
	Log      *slog.Logger
	Counters *Counters
	// Every is how often due deliveries are looked for without a hint: retries, and hints that were lost.
	Every time.Duration
	// DisableAfter switches an endpoint off that has been failing for so long.
	DisableAfter time.Duration
	// Settled, if set, is called after each attempt was stored; tests wait on it.
	Settled func(Delivery)

	// Owned by Run.
	known map[EndpointID]*pace
	ready []EndpointID // endpoints that may have something due, in turn; each at most once
	good  int          // slots in use
	bad   int
}

// pace is how fast an endpoint is asked.
type pace struct {
	running int
	limit   int
	bad     bool // its last attempt failed
	ready   bool // it is in Dispatcher.ready
}

// done tells Run that attempts of an endpoint have ended.
type done struct {
	id      EndpointID
	bad     bool // in which slots it ran
	ok      bool
	blocked bool // the attempt said nothing about the endpoint
}

// Run attempts deliveries until ctx ends, and returns when the last attempt has.
func (d *Dispatcher) Run(ctx context.Context) error {
	d.known = map[EndpointID]*pace{}
	wake, ended := make(chan EndpointID, 1024), make(chan done, goodSlots+badSlots)
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var attempts sync.WaitGroup
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		return d.Queue.Listen(gctx, func(id EndpointID) {
			select {
			case wake <- id:
			default: // the next look finds it
			}
		})
	})
	g.Go(func() error {
		d.loop(gctx, work, wake, ended, &attempts)
		return nil
	})
	err := g.Wait()
	grace := time.AfterFunc(stopGrace, stop)
	defer grace.Stop()
	attempts.Wait()
	return err
}

func (d *Dispatcher) loop(ctx, work context.Context, wake <-chan EndpointID, ended chan done, attempts *sync.WaitGroup) {
	tick := time.NewTicker(d.Every)
	defer tick.Stop()
	d.look(ctx)
	for {
		for d.turn(ctx, work, ended, attempts) {
			d.drain(wake, ended)
			if ctx.Err() != nil {
				return
			}
		}
		select {
		case <-ctx.Done():
			return
		case id := <-wake:
			d.enlist(id)
		case e := <-ended:
			d.finish(e)
		case <-tick.C:
			d.look(ctx)
		}
	}
}

// drain takes what has been told so far, so that the slots of attempts that ended are given away again.
func (d *Dispatcher) drain(wake <-chan EndpointID, ended <-chan done) {
	for {
		select {
		case id := <-wake:
			d.enlist(id)
		case e := <-ended:
			d.finish(e)
		default:
			return
		}
	}
}

func (d *Dispatcher) look(ctx context.Context) {
	due, err := d.Queue.Due(ctx, d.Now())
	if err != nil {
		if ctx.Err() == nil {
			d.Log.WarnContext(ctx, "webhooks left for a later look", "err", err)
		}
		return
	}
	for _, id := range due {
		d.enlist(id)
	}
}

func (d *Dispatcher) enlist(id EndpointID) {
	p := d.known[id]
	if p == nil {
		p = &pace{limit: perEndpoint}
		d.known[id] = p
	}
	if p.ready {
		return
	}
	p.ready = true
	d.ready = append(d.ready, id)
}

func (d *Dispatcher) finish(e done) {
	p := d.known[e.id]
	p.running--
	if e.bad {
		d.bad--
	} else {
		d.good--
	}
	switch {
	case e.blocked:
	case e.ok:
		p.bad, p.limit = false, min(2*p.limit, perEndpoint)
	default:
		p.bad, p.limit = true, 1
	}
	d.enlist(e.id)
}

// turn gives the first endpoint in line what it may have and says whether there is more to do now.
func (d *Dispatcher) turn(ctx, work context.Context, ended chan<- done, attempts *sync.WaitGroup) bool {
	for range len(d.ready) {
		id := d.ready[0]
		p := d.known[id]
		d.ready = d.ready[1:]
		p.ready = false
		free := min(p.limit-p.running, goodSlots-d.good)
		if p.bad {
			free = min(p.limit-p.running, badSlots-d.bad)
		}
		if free <= 0 {
			if p.running == 0 {
				d.enlist(id) // no slot in all the node; the next that ends gives one
			}
			continue // else its own attempts enlist it when they end
		}
		d.serve(ctx, work, id, p, free, ended, attempts)
		return true
	}
	return false
}

// serve claims and attempts deliveries of one endpoint.
func (d *Dispatcher) serve(ctx, work context.Context, id EndpointID, p *pace, free int, ended chan<- done, attempts *sync.WaitGroup) {
	now := d.Now()
	lease := now.Add(Timeout + leaseMargin)
	claim, err := d.Queue.Claim(ctx, id, now, lease, free)
	gone := errors.Is(err, ErrNotFound)
	if err != nil && !gone {
		if ctx.Err() == nil {
			d.Log.WarnContext(ctx, "webhooks left for a later look", "endpoint", id, "err", err)
		}
		return
	}
	if len(claim.Deliveries) == 0 && p.running == 0 && (gone || !p.bad) {
		delete(d.known, id) // all that is remembered of an endpoint is that it failed
		return
	}
	for _, del := range claim.Deliveries {
		p.running++
		bad := p.bad
		if bad {
			d.bad++
		} else {
			d.good++
		}
		attempts.Go(func() {
			e := done{id: id, bad: bad}
			e.ok, e.blocked = d.attempt(work, claim.Endpoint, del, lease)
			ended <- e
		})
	}
	if len(claim.Deliveries) == free {
		d.enlist(id) // there may be more
	}
}

// attempt makes one attempt and stores what came of it.
func (d *Dispatcher) attempt(ctx context.Context, ep Endpoint, del Delivery, lease time.Time) (ok, blocked bool) {
	s := Settlement{Delivery: del}
	if ep.Off != "" {
		blocked = true
		s.Delivery = del.end(Dead, DeadDisabled, d.Now().UTC())
	} else {
		a := d.Send(ctx, ep, del)
		if ctx.Err() != nil && !a.OK() {
			d.settling(ctx, func(ctx context.Context) error { return d.Queue.Release(ctx, del, lease, d.Now()) })
			return false, true
		}
		d.Counters.Attempts.Add(1)
		s.Delivery, s.Attempted, s.OK = d.Schedule.After(del, a), true, a.OK()
		if a.RetryAfter > 0 && s.Delivery.State == Waiting {
			s.Hold = d.Now().Add(min(a.RetryAfter, d.Schedule.maxPause()))
		}
	}
	s.Now = d.Now()
	d.settling(ctx, func(ctx context.Context) error {
		failing, err := d.Queue.Settle(ctx, s)
		if errors.Is(err, ErrConflict) || errors.Is(err, ErrNotFound) {
			return nil // another node was quicker, or the endpoint is gone
		}
		if err != nil {
			return err
		}
		d.count(ctx, ep, s)
		return d.judge(ctx, ep, s, failing)
	})
	if d.Settled != nil {
		d.Settled(s.Delivery)
	}
	return s.OK, blocked
}

// settling stores something that must be stored although the process is asked to end. If it cannot be, the
// lease runs out and the delivery is attempted again.
func (d *Dispatcher) settling(ctx context.Context, f func(context.Context) error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleWait)
	defer cancel()
	if err := f(ctx); err != nil {
		d.Log.WarnContext(ctx, "outcome of a webhook not stored", "err", err)
	}
}

func (d *Dispatcher) count(ctx context.Context, ep Endpoint, s Settlement) {
	switch {
	case s.OK:
		d.Counters.Delivered.Add(1)
	case s.Attempted:
		d.Counters.Failed.Add(1)
	}
	if s.Delivery.State == Dead {
		d.Counters.Dead.Add(1)
		d.Log.WarnContext(ctx, "webhook set aside as a dead letter", "endpoint", ep.ID, "owner", ep.Owner,
			"delivery", s.Delivery.ID, "type", s.Delivery.Event.Type, "reason", s.Delivery.Reason)
	}
}

// judge switches an endpoint off that is gone or has been failing for too long, and tells its owner's others.
func (d *Dispatcher) judge(ctx context.Context, ep Endpoint, s Settlement, failing time.Time) error {
	var why Off
	switch {
	case s.Delivery.Reason == DeadGone:
		why = OffGone
	case s.Attempted && !s.OK && !failing.IsZero() && s.Now.Sub(failing) >= d.DisableAfter:
		why = OffFailing
	default:
		return nil
	}
	ep.Off, ep.OffAt = why, s.Now.UTC()
	err := d.Endpoints.Save(ctx, ep)
	if errors.Is(err, ErrConflict) || errors.Is(err, ErrNotFound) {
		return nil // its owner has just changed it; the next attempt judges again
	}
	if err != nil {
		return err
	}
	d.Counters.Disabled.Add(1)
	d.Log.WarnContext(ctx, "webhook endpoint switched off", "endpoint", ep.ID, "owner", ep.Owner, "why", why)
	return d.Publisher.Publish(ctx, ep.Owner, DisabledType, func() (Event, error) {
		data, err := json.Marshal(DisabledData{Endpoint: ep.ID, URL: ep.URL, Reason: why, FailingSince: failing})
		if err != nil {
			return Event{}, fmt.Errorf("encode an event: %w", err)
		}
		return Event{
			ID:   ids.Derive(EventPrefix, ids.Of(ep.Owner), "off", string(ep.ID), strconv.Itoa(ep.Version)),
			Type: DisabledType.Name, At: ep.OffAt, Lane: string(ep.ID), Data: data,
		}, nil
	})
}
