package web

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	defaultPace = 20   // requests a second
	burstOf     = 3    // seconds' worth that may come at once
	pacesKept   = 4096 // callers, before those who have rested are forgotten
)

// paces hold every caller of the API to a rate, on this node.
type paces struct {
	limit rate.Limit
	burst int

	mu sync.Mutex
	by map[string]*rate.Limiter // guarded by mu
}

func newPaces(perSecond float64) *paces {
	if perSecond <= 0 {
		perSecond = defaultPace
	}
	return &paces{limit: rate.Limit(perSecond), burst: max(1, int(perSecond*burstOf)), by: map[string]*rate.Limiter{}}
}

// take counts a request of a caller and refuses it with *tooFast if he sends more than his share.
func (p *paces) take(caller string, now time.Time) error {
	r := p.of(caller, now).ReserveN(now, 1)
	if wait := r.DelayFrom(now); wait > 0 {
		r.CancelAt(now) // what is refused does not count
		return &tooFast{wait}
	}
	return nil
}

func (p *paces) of(caller string, now time.Time) *rate.Limiter {
	p.mu.Lock()
	defer p.mu.Unlock()
	if l, ok := p.by[caller]; ok {
		return l
	}
	if len(p.by) >= pacesKept {
		for name, l := range p.by {
			if l.TokensAt(now) >= float64(p.burst) {
				delete(p.by, name) // as good as new
			}
		}
	}
	l := rate.NewLimiter(p.limit, p.burst)
	p.by[caller] = l
	return l
}

// tooFast refuses a request of a caller who sends more than his share.
type tooFast struct{ wait time.Duration }

func (*tooFast) Error() string { return "too many requests" }
