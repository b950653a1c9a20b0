package redisweb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

const clockKey = "recourse:clock"

// Clock is the marketplace's clock. At speed 1 it is the wall clock. A demo or a test may let it run faster
// or push it forward; where it stands is kept in the store, so that it does not jump back at a restart.
type Clock struct {
	rdb  redis.UniversalClient
	wall func() time.Time

	mu     sync.Mutex
	anchor anchor // guarded by mu
}

// anchor says that the clock showed Shown when the wall clock showed Wall, and how fast it runs since.
type anchor struct {
	Wall  time.Time `json:"wall"`
	Shown time.Time `json:"shown"`
	Speed float64   `json:"speed"`
}

func (a anchor) at(wall time.Time) time.Time {
	return a.Shown.Add(time.Duration(float64(wall.Sub(a.Wall)) * a.Speed))
}

// OpenClock reads where the clock stood and lets it run at a speed. A clock that was never pushed and runs
// at speed 1 is not stored at all.
func OpenClock(ctx context.Context, rdb redis.UniversalClient, wall func() time.Time, speed float64) (*Clock, error) {
	now := wall()
	c := &Clock{rdb: rdb, wall: wall, anchor: anchor{Wall: now, Shown: now, Speed: speed}}
	raw, err := rdb.Get(ctx, clockKey).Bytes()
	switch {
	case errors.Is(err, redis.Nil):
		if speed == 1 {
			return c, nil
		}
	case err != nil:
		return nil, fmt.Errorf("read the clock: %w", err)
	default:
		var was anchor
		if err := json.Unmarshal(raw, &was); err != nil {
			return nil, fmt.Errorf("read the clock: %w", err)
		}
		// While nobody ran it, it went on at the speed of the wall clock at least.
		shown := was.at(now)
		if shown.Before(now) {
			shown = now
		}
		c.anchor.Shown = shown
	}
	return c, c.store(ctx, c.anchor)
}

func (c *Clock) store(ctx context.Context, a anchor) error {
	raw, err := json.Marshal(a)
	if err == nil {
		err = c.rdb.Set(ctx, clockKey, raw, 0).Err()
	}
	if err != nil {
		return fmt.Errorf("store the clock: %w", err)
	}
	return nil
}

// Now is what the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.anchor.at(c.wall())
}

// Speed is how fast it runs.
func (c *Clock) Speed() float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.anchor.Speed
}

// Advance pushes the clock forward.
func (c *Clock) Advance(ctx context.Context, d time.Duration) (time.Time, error) {
	if d < 0 {
		return time.Time{}, errors.New("a clock is never turned back")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	wall := c.wall()
	next := anchor{Wall: wall, Shown: c.anchor.at(wall).Add(d), Speed: c.anchor.Speed}
	if err := c.store(ctx, next); err != nil {
		return time.Time{}, err
	}
	c.anchor = next
	return next.Shown, nil
}
