package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"recourse/dialog"
)

// Runner runs turns: at once when it is told that something came in, and for whatever a crash or a
// failure left unanswered. At most one turn of a conversation runs in this process at a time; that two
// nodes run the same one is harmless.
type Runner struct {
	Turn       func(ctx context.Context, id dialog.ID) error
	Unanswered func(ctx context.Context, before time.Time, limit int) ([]dialog.ID, error)
	Now        func() time.Time
	Log        *slog.Logger
	Workers    int
	// Sweep is how often unanswered conversations are looked for.
	Sweep time.Duration
	// Limit is how long a turn may take, by the wall clock; 0: as long as it likes.
	Limit time.Duration
	// GiveUp is told of a conversation on which turns fail again and again, so that its buyer is not left in silence;
	// nil: nobody is.
	GiveUp func(ctx context.Context, id dialog.ID) error

	once    sync.Once
	queue   chan dialog.ID
	mu      sync.Mutex
	pending map[dialog.ID]bool   // queued or running; true: came in again meanwhile. Guarded by mu.
	failed  map[dialog.ID]failed // those whose last turn failed. Guarded by mu.
}

// failed is how often turns of a conversation have failed in a row, and how many sweeps it is left alone for it.
type failed struct{ times, wait int }

const (
	// patience is after how many failures in a row a conversation is given up. A store that is away for a moment has
	// failed once or twice by then.
	patience = 3
	// longest is how many sweeps a conversation that fails is left alone at most.
	longest = 32
)

func (r *Runner) init() {
	r.once.Do(func() {
		r.queue = make(chan dialog.ID, 4096)
		r.pending, r.failed = map[dialog.ID]bool{}, map[dialog.ID]failed{}
	})
}

// Kick asks for a turn. It never blocks: what does not fit is found by the sweep.
func (r *Runner) Kick(id dialog.ID) {
	r.init()
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, known := r.pending[id]; known {
		r.pending[id] = true
		return
	}
	select {
	case r.queue <- id:
		r.pending[id] = false
	default:
	}
}

// Run works until ctx ends and returns when every turn under way has ended.
func (r *Runner) Run(ctx context.Context) error {
	r.init()
	g, ctx := errgroup.WithContext(ctx)
	for range r.Workers {
		g.Go(func() error { r.work(ctx); return nil })
	}
	g.Go(func() error { r.sweep(ctx); return nil })
	return g.Wait()
}

func (r *Runner) work(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case id := <-r.queue:
			// Repeated failures are the sweep's to retry, so one broken conversation blocks nobody.
			err := r.one(ctx, id)
			if ctx.Err() == nil {
				r.tried(ctx, id, err)
			}
			r.mu.Lock()
			again := r.pending[id]
			delete(r.pending, id)
			r.mu.Unlock()
			if again {
				r.Kick(id)
			}
		}
	}
}

// one runs a turn. Whatever is wrong with it, it is an error.
func (r *Runner) one(ctx context.Context, id dialog.ID) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("turn of %s panics: %v\n%s", id, p, debug.Stack())
		}
	}()
	if r.Limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, r.Limit)
		defer cancel()
	}
	return r.Turn(ctx, id)
}

// tried takes in how a turn ended, and gives up on a conversation that fails for the third time.
func (r *Runner) tried(ctx context.Context, id dialog.ID, err error) {
	r.mu.Lock()
	f := r.failed[id]
	if err == nil || errors.Is(err, dialog.ErrNotFound) {
		delete(r.failed, id)
	} else {
		f = failed{times: f.times + 1, wait: min(1<<max(0, min(f.times+1-patience, 8)), longest)}
		r.failed[id] = f
	}
	r.mu.Unlock()
	if err == nil {
		return
	}
	r.Log.ErrorContext(ctx, "turn left for a later try", "dialog", id, "times", f.times, "err", err)
	if f.times < patience || r.GiveUp == nil {
		return
	}
	if err := r.GiveUp(ctx, id); err != nil && ctx.Err() == nil {
		r.Log.ErrorContext(ctx, "a buyer was left without an answer and could not be told", "dialog", id, "err", err)
	}
}

// rests says that a conversation that fails is left alone by this sweep.
func (r *Runner) rests(id dialog.ID) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	f, ok := r.failed[id]
	if !ok || f.wait <= 1 {
		return false
	}
	f.wait--
	r.failed[id] = f
	return true
}

func (r *Runner) sweep(ctx context.Context) {
	tick := time.NewTicker(r.Sweep)
	defer tick.Stop()
	for {
		due, err := r.Unanswered(ctx, r.Now(), 256)
		if err != nil && ctx.Err() == nil {
			r.Log.WarnContext(ctx, "unanswered conversations not read", "err", err)
		}
		for _, id := range due {
			if !r.rests(id) {
				r.Kick(id)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
