package redisdesk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"recourse/dialog"
	"recourse/dialog/desk"
)

// Router works at the desk: it lets it follow the conversations, makes offers, and puts back into the queue what a
// vanished agent has. Every node may run one; the store decides which of two that do the same has done it.
type Router struct {
	Desk    *Store
	Dialogs dialog.Store
	// Due is the nearest deadline of a conversation's case; zero: none.
	Due func(context.Context, dialog.Conversation) (time.Time, error)
	// Requeue puts a conversation whose agent is gone back into the queue and tells its buyer. That the floor has
	// changed meanwhile is ErrNotHolder.
	Requeue func(ctx context.Context, id dialog.ID, login string, epoch int64) error
	// Each visits every conversation; it is for building the desk anew.
	Each func(context.Context, func(dialog.ID) error) error
	// Missed is told of every offer that ran out though its agent was there; nil: nobody is.
	Missed func(ctx context.Context, c desk.Chat)
	Now    func() desk.Now
	Log    *slog.Logger
	// Every is how often it looks without being woken.
	Every time.Duration

	once sync.Once
	wake chan struct{} // capacity 1
}

// retry is how soon the desk is looked at again after a look that failed.
const retry = 200 * time.Millisecond

func (r *Router) hint() chan struct{} {
	r.once.Do(func() { r.wake = make(chan struct{}, 1) })
	return r.wake
}

// Wake says that the desk has changed. It never waits.
func (r *Router) Wake() {
	select {
	case r.hint() <- struct{}{}:
	default:
	}
}

// Run routes until ctx ends: whenever it is woken, when an offer or a grace ends, and from time to time besides.
func (r *Router) Run(ctx context.Context) error {
	if err := r.Rebuild(ctx, false); err != nil && ctx.Err() == nil {
		r.Log.WarnContext(ctx, "the desk is not whole", "err", err)
	}
	sweep := time.NewTicker(r.Every)
	defer sweep.Stop()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		swept := false
		select {
		case <-ctx.Done():
			return nil
		case <-r.hint():
		case <-timer.C:
		case <-sweep.C:
			swept = true
		}
		next, err := r.Once(ctx, swept)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			r.Log.WarnContext(ctx, "routing left for the next look", "err", err)
			timer.Reset(retry) // nobody wakes it for what it was woken for already
			continue
		}
		timer.Stop()
		if !next.IsZero() {
			timer.Reset(max(time.Millisecond, next.Sub(r.Now().Wall)))
		}
	}
}

// Once is one look at the desk, with a sweep for consoles that died. It says when something happens next by itself.
func (r *Router) Once(ctx context.Context, sweep bool) (time.Time, error) {
	if sweep {
		if err := r.Desk.Sweep(ctx, r.Now()); err != nil {
			return time.Time{}, err
		}
	}
	s, err := r.Desk.State(ctx)
	if err != nil {
		return time.Time{}, err
	}
	now := r.Now()
	for _, c := range s.Chats {
		// A node that died after a claim and before its record was relayed left the desk behind the conversation.
		if c.Offer != nil && !now.Wall.Before(c.Offer.Until) {
			if err := r.Follow(ctx, c.Conversation); err != nil {
				return time.Time{}, err
			}
		}
	}
	for _, c := range s.Lost(now, r.Desk.Rules) {
		err := r.Requeue(ctx, c.Conversation, c.Agent, c.Epoch)
		if err != nil && !errors.Is(err, dialog.ErrNotHolder) && !errors.Is(err, dialog.ErrConflict) {
			return time.Time{}, fmt.Errorf("put %s back into the queue: %w", c.Conversation, err)
		}
		if err := r.Follow(ctx, c.Conversation); err != nil {
			return time.Time{}, err
		}
	}
	next, missed, err := r.Desk.Route(ctx, r.Now())
	for _, c := range missed {
		if r.Missed != nil {
			r.Missed(ctx, c)
		}
	}
	return next, err
}

// Follow lets the desk follow a conversation as it is now.
func (r *Router) Follow(ctx context.Context, id dialog.ID) error {
	for {
		conv, err := r.Dialogs.Load(ctx, id)
		if err != nil {
			return err
		}
		due, err := r.Due(ctx, conv)
		if err != nil {
			return err
		}
		if err := r.Desk.Follow(ctx, conv, due, r.Now()); err != nil {
			return err
		}
		// The desk forgets what it no longer has. If another node took it off meanwhile, this put it back.
		after, err := r.Dialogs.Load(ctx, id)
		if err != nil {
			return err
		}
		if after.Version == conv.Version && after.Last == conv.Last {
			return nil
		}
	}
}

// Rebuild lets the desk follow every conversation that a human has or is wanted for. Without again, it does so only
// for a desk that was never built, or was lost.
func (r *Router) Rebuild(ctx context.Context, again bool) error {
	if built, err := r.Desk.built(ctx); err != nil || built && !again {
		return err
	}
	err := r.Each(ctx, func(id dialog.ID) error {
		conv, err := r.Dialogs.Load(ctx, id)
		if errors.Is(err, dialog.ErrNotFound) || err == nil && conv.Holder == dialog.HeldByBot {
			return nil
		}
		if err != nil {
			return err
		}
		return r.Follow(ctx, id)
	})
	if err != nil {
		return fmt.Errorf("build the desk: %w", err)
	}
	return r.Desk.noteBuilt(ctx, r.Now())
}
