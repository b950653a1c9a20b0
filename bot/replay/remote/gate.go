package remote

import (
	"context"
	"crypto/rand"
	"net/http"
	"sync"
	"time"
)

// newBuyer draws an id.
func newBuyer() string { return "replay-" + rand.Text() }

// week is by how much a fixture's clock may be moved without anything looking otherwise: the hour and the weekday stay,
// and with them what falls into the night and what is a workday.
const week = 7 * 24 * time.Hour

// late is how far behind its fixture's hour a conversation may begin.
const late = 30 * time.Second

func hourOfWeek(t time.Time) time.Duration {
	return time.Duration(t.Unix()%int64(week/time.Second)) * time.Second
}

// gate lets conversations begin when the server's one clock fits them, and those in which time passes alone.
type gate struct {
	mu      sync.Mutex
	ahead   time.Duration // of the server's clock; guarded by mu
	open    int           // conversations under way; guarded by mu
	alone   bool          // one that wants no other; guarded by mu
	changed chan struct{} // closed when one ends; guarded by mu
}

// set notes what the server's clock shows.
func (g *gate) set(now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ahead = time.Until(now)
}

func (g *gate) now() time.Time { return time.Now().Add(g.ahead) }

// enter waits for a conversation's turn; leave ends it. push moves the server's clock on.
func (g *gate) enter(ctx context.Context, clock time.Time, alone bool, push func(context.Context, time.Duration) (time.Time, error)) (leave func(), err error) {
	for {
		wait, err := g.try(ctx, clock, alone, push)
		if err != nil {
			return nil, err
		}
		if wait == nil {
			return sync.OnceFunc(func() { g.out(alone) }), nil
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// try enters, or says what to wait for. The clock is pushed under the lock: nobody may begin meanwhile.
func (g *gate) try(ctx context.Context, clock time.Time, alone bool, push func(context.Context, time.Duration) (time.Time, error)) (<-chan struct{}, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	behind := ((g.now().Sub(clock) % week) + week) % week
	fits := behind < late
	if g.alone || g.open > 0 && (alone || !fits) {
		if g.changed == nil {
			g.changed = make(chan struct{})
		}
		return g.changed, nil
	}
	if !fits {
		now, err := push(ctx, week-behind)
		if err != nil {
			return nil, err
		}
		g.ahead = time.Until(now)
	}
	g.open++
	g.alone = alone
	return nil, nil
}

func (g *gate) out(alone bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open--
	if alone {
		g.alone = false
	}
	if g.changed != nil {
		close(g.changed)
		g.changed = nil
	}
}

// push moves the clock of the demo on.
func (s *Stage) push(ctx context.Context, by time.Duration) (time.Time, error) {
	var out struct{ Now time.Time }
	_, err := s.call(ctx, http.MethodPost, "/demo/api/clock", nil, map[string]string{"advance": by.String()}, &out)
	return out.Now, err
}
