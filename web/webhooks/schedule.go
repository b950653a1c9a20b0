package webhooks

import (
	"hash/fnv"
	"strconv"
	"time"
)

// Schedule says when a delivery is attempted again. The first attempt is made at once.
type Schedule struct {
	// Steps are the waits after the first, second, … failed attempt; the last repeats.
	Steps []time.Duration
	// For is how long after its first attempt a delivery is given up. The last attempt falls on that moment.
	For time.Duration
	// Jitter spreads each wait by up to this share of it, either way.
	Jitter float64
}

// Day is the schedule of Recourse: quick at first for a receiver that restarts, then every three hours until a
// day has passed, some fifteen attempts.
var Day = Schedule{
	Steps: []time.Duration{
		5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 3 * time.Hour,
	},
	For:    24 * time.Hour,
	Jitter: 0.1,
}

// Next is when a delivery is attempted again that was attempted round times since first, the last time at now,
// and false when its time is over. A longer wait that the endpoint asked for is kept.
func (s Schedule) Next(id DeliveryID, first time.Time, round int, now time.Time, asked time.Duration) (time.Time, bool) {
	end := first.Add(s.For)
	if !now.Before(end) {
		return time.Time{}, false
	}
	step := s.Steps[min(round, len(s.Steps))-1]
	step += time.Duration(float64(step) * s.Jitter * spread(id, round))
	at := now.Add(max(step, asked))
	if at.After(end) {
		at = end
	}
	return at, true
}

// spread is a number from -1 to 1 that every node computes alike.
func spread(id DeliveryID, round int) float64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(string(id) + "#" + strconv.Itoa(round))) // a hash never fails to be written to
	const parts = 2001
	return float64(h.Sum64()%parts)/1000 - 1
}

// maxPause bounds what an endpoint may ask for by Retry-After: the longest wait of the schedule.
func (s Schedule) maxPause() time.Duration { return s.Steps[len(s.Steps)-1] }

// After is what becomes of a delivery by an attempt.
func (s Schedule) After(d Delivery, a Attempt) Delivery {
	a.RetryAfter = min(a.RetryAfter, s.maxPause())
	ended := a.At.Add(a.Took)
	d.Attempts = append(d.Attempts[:len(d.Attempts):len(d.Attempts)], a)
	if over := len(d.Attempts) - KeepAttempts; over > 0 {
		d.Attempts = d.Attempts[over:]
	}
	if d.First.IsZero() {
		d.First = a.At
	}
	d.Round++
	switch {
	case a.OK():
		return d.end(Delivered, "", ended)
	case a.Class == ClassGone:
		return d.end(Dead, DeadGone, ended)
	}
	next, more := s.Next(d.ID, d.First, d.Round, ended, a.RetryAfter)
	if !more {
		return d.end(Dead, DeadExpired, ended)
	}
	d.Next = next
	return d
}

func (d Delivery) end(state State, why DeadReason, at time.Time) Delivery {
	d.State, d.Reason, d.Ended, d.Next = state, why, at, time.Time{}
	return d
}

// Again makes a delivery wait anew, with a schedule of its own; what was attempted before stays on record.
func (d Delivery) Again(now time.Time) Delivery {
	d.Progress = Progress{State: Waiting, Queued: now, Next: now, Attempts: d.Attempts}
	return d
}
