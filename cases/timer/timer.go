// Package timer fires the deadlines of cases.
//
// A deadline that has passed is an ordinary event with a key made of the timer and its instant, so any
// number of runners on any number of nodes may fire it: it is applied once, and the case refuses it if it no
// longer applies. Reminders stand in the same index and are fired the same way. The package does not know
// what a deadline does.
package timer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"recourse/cases"
)

// Due is a deadline that has passed.
type Due struct {
	Case  cases.ID
	Timer cases.Timer
	At    time.Time
}

// Index finds due deadlines. It is cut into lanes; what belongs to one case is in one lane.
type Index interface {
	// Lanes lists the lanes in which something is due at or before now.
	Lanes(ctx context.Context, now time.Time) ([]int, error)
	// DueIn lists deadlines of a lane at or before now, earliest first, at most limit after the first skip.
	DueIn(ctx context.Context, lane int, now time.Time, skip, limit int) ([]Due, error)
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
	// Workers bounds how many lanes are worked on at once; 0 = 8.
	Workers int
}

const (
	batch   = 128
	workers = 8
	// maxWait bounds how many passes a deadline that cannot be fired is left alone.
	maxWait = 256
	// maxErrs bounds how many failures of a pass are told one by one.
	maxErrs = 8
)

// Key is the idempotency key of a deadline: firing it twice is firing it once.
func Key(d Due) string { return cases.TimerKey(d.Timer, d.At) }

// Run fires deadlines until ctx ends. What cannot be fired is tried again, after ever more passes.
func (r *Runner) Run(ctx context.Context) error {
	tick := time.NewTicker(r.Every)
	defer tick.Stop()
	p := patience{failed: map[Due]failure{}}
	for {
		if _, err := r.pass(ctx, &p); err != nil && ctx.Err() == nil {
			r.Log.WarnContext(ctx, "deadlines left for a later pass", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// RunOnce fires everything that is due and returns how many deadlines took effect. A deadline that cannot
// be fired now stays due, and with it what its case has due after it; all others are fired all the same.
func (r *Runner) RunOnce(ctx context.Context) (int, error) { return r.pass(ctx, nil) }

func (r *Runner) pass(ctx context.Context, p *patience) (int, error) {
	now := r.Now()
	p.next()
	lanes, err := r.Index.Lanes(ctx, now)
	if err != nil {
		return 0, err
	}
	var (
		g     errgroup.Group
		mu    sync.Mutex
		fired int      // guarded by mu
		errs  failures // guarded by mu
	)
	g.SetLimit(workers)
	if r.Workers > 0 {
		g.SetLimit(r.Workers)
	}
	for _, lane := range lanes {
		g.Go(func() error {
			n, failed := r.lane(ctx, lane, now, p)
			mu.Lock()
			defer mu.Unlock()
			fired += n
			errs.add(failed)
			return nil
		})
	}
	_ = g.Wait() // lanes report through errs, so that one's trouble does not stop the others
	return fired, errs.err()
}

// lane fires what is due in a lane, page by page. What stays due stays in front, and is passed over.
func (r *Runner) lane(ctx context.Context, lane int, now time.Time, p *patience) (fired int, errs failures) {
	held := map[cases.ID]bool{} // what comes later for a case waits for what comes first
	done := map[Due]bool{}      // the index should know these no longer
	for skip := 0; ctx.Err() == nil; {
		due, err := r.Index.DueIn(ctx, lane, now, skip, batch)
		if err != nil {
			errs.one(err)
			return fired, errs
		}
		for _, d := range due {
			if held[d.Case] || p.waits(d) {
				held[d.Case] = true
				skip++
				continue
			}
			if done[d] {
				if err := r.Index.Drop(ctx, d); err != nil {
					errs.one(err)
				}
				skip++
				continue
			}
			took, err := r.fire(ctx, d)
			done[d] = true
			p.tried(d, err)
			if err != nil {
				held[d.Case] = true
				errs.one(err)
				skip++
			}
			if took {
				fired++
			}
		}
		if len(due) < batch {
			break
		}
	}
	return fired, errs
}

// fire applies one deadline, or drops it if the case has moved on and the index is only behind.
func (r *Runner) fire(ctx context.Context, d Due) (took bool, err error) {
	err = r.Fire(ctx, d.Case, cases.Event{Key: Key(d), Kind: cases.TimerEvent(d.Timer), Actor: cases.System})
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, cases.ErrStale), errors.Is(err, cases.ErrNoCase), errors.As(err, new(*cases.Error)):
		return false, r.Index.Drop(ctx, d)
	default:
		return false, fmt.Errorf("fire %s of case %s: %w", d.Timer, d.Case, err)
	}
}

// patience remembers, from pass to pass, what could not be fired. A nil one tries everything.
type patience struct {
	mu     sync.Mutex
	now    int
	failed map[Due]failure // guarded by mu
}

type failure struct{ times, again int }

// next begins a pass, and forgets what was not seen for long: another node has fired it.
func (p *patience) next() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now++
	for d, f := range p.failed {
		if p.now > f.again+maxWait {
			delete(p.failed, d)
		}
	}
}

func (p *patience) waits(d Due) bool {
	if p == nil {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now < p.failed[d].again
}

func (p *patience) tried(d Due, err error) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err == nil {
		delete(p.failed, d)
		return
	}
	f := p.failed[d]
	f.again = p.now + min(1<<min(f.times, 10), maxWait)
	f.times++
	p.failed[d] = f
}

// failures are what went wrong in a pass: the first in full, of the others how many.
type failures struct {
	errs []error
	more int
}

func (f *failures) one(err error) {
	if len(f.errs) == maxErrs {
		f.more++
		return
	}
	f.errs = append(f.errs, err)
}

func (f *failures) add(other failures) {
	for _, err := range other.errs {
		f.one(err)
	}
	f.more += other.more
}

func (f *failures) err() error {
	err := errors.Join(f.errs...)
	if f.more > 0 {
		err = errors.Join(err, fmt.Errorf("and %d more", f.more))
	}
	return err
}
