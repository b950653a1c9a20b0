package bot

import (
	"context"
	"log/slog"
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

	once    sync.Once
	queue   chan dialog.ID
	mu      sync.Mutex
	pending map[dialog.ID]bool // queued or running; true: came in again meanwhile. Guarded by mu.
}

func (r *Runner) init() {
	r.once.Do(func() {
		r.queue = make(chan dialog.ID, 4096)
		r.pending = map[dialog.ID]bool{}
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
			if err := r.Turn(ctx, id); err != nil && ctx.Err() == nil {
				r.Log.ErrorContext(ctx, "turn left for a later try", "dialog", id, "err", err)
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

func (r *Runner) sweep(ctx context.Context) {
	tick := time.NewTicker(r.Sweep)
	defer tick.Stop()
	for {
		due, err := r.Unanswered(ctx, r.Now(), 256)
		if err != nil && ctx.Err() == nil {
			r.Log.WarnContext(ctx, "unanswered conversations not read", "err", err)
		}
		for _, id := range due {
			r.Kick(id)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
