// Package timer fires the deadlines of cases.
//
// A deadline that has passed is an ordinary event with a key made of the case, the timer and its
// instant, so any number of runners on any number of nodes may fire it: it is applied once, and the
// case refuses it if it no longer applies. The package does not know what a deadline does.
package timer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"recourse/cases"
)

// Due is a deadline that has passed.
type Due struct {
	Case  cases.ID
	Timer cases.Timer
	At    time.Time
}

// Index finds due deadlines.
type Index interface {
	// Due lists deadlines at or before now, at most limit per shard.
	Due(ctx context.Context, now time.Time, limit int) ([]Due, error)
	// Drop forgets a deadline that no longer applies, unless it was set anew meanwhile.
	Drop(ctx context.Context, d Due) error
}

// Runner fires deadlines.
type Runner struct {
	Index Index
	// Fire applies a timer event; cases.ErrStale says that it no longer applies.
	Fire func(ctx context.Context, id cases.ID, ev cases.Event) error
	Now  func() time.Time
	Log  *slog.Logger
	// Every is how often the index is read.
	Every time.Duration
}

const batch = 128

// Key is the idempotency key of a deadline: firing it twice is firing it once.
func Key(d Due) string {
	return fmt.Sprintf("timer:%s:%d", d.Timer, d.At.UnixMilli())
}

// Run fires deadlines until ctx ends.
func (r *Runner) Run(ctx context.Context) error {
	tick := time.NewTicker(r.Every)
	defer tick.Stop()
	for {
		if _, err := r.RunOnce(ctx); err != nil && ctx.Err() == nil {
			r.Log.WarnContext(ctx, "deadlines left for the next pass", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// RunOnce fires everything that is due and returns how many deadlines took effect. A deadline that
// cannot be fired now stays due; the others are fired all the same.
func (r *Runner) RunOnce(ctx context.Context) (int, error) {
	fired := 0
	for {
		due, err := r.Index.Due(ctx, r.Now(), batch)
		if err != nil {
			return fired, err
		}
		moved := 0
		var failed error
		for _, d := range due {
			err := r.Fire(ctx, d.Case, cases.Event{Key: Key(d), Kind: cases.TimerEvent(d.Timer), Actor: cases.System})
			switch {
			case err == nil:
				moved++
				fired++
				continue
			case errors.Is(err, cases.ErrStale), errors.Is(err, cases.ErrNoCase), errors.As(err, new(*cases.Error)):
				// The case has moved on; the index is only behind.
				if err := r.Index.Drop(ctx, d); err != nil {
					failed = errors.Join(failed, err)
					continue
				}
				moved++
			default:
				failed = errors.Join(failed, fmt.Errorf("fire %s of case %s: %w", d.Timer, d.Case, err))
			}
		}
		if failed != nil || moved == 0 || len(due) < batch {
			return fired, failed
		}
	}
}
