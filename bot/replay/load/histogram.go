package load

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// Buckets of a histogram: each power of two of a microsecond is cut into parts, so that a value is known to 1/32 of
// itself, from 1 µs to more than an hour, in the same few kilobytes however long it counts.
const (
	parts   = 32
	partLog = 5
	powers  = 34
)

// Histogram counts how long things took. It may be added to by several goroutines.
type Histogram struct {
	counts [powers * parts]atomic.Int64
	n      atomic.Int64
	most   atomic.Int64 // µs
}

// Add counts one.
func (h *Histogram) Add(d time.Duration) {
	us := max(d.Microseconds(), 0)
	h.counts[bucket(us)].Add(1)
	h.n.Add(1)
	for {
		was := h.most.Load()
		if us <= was || h.most.CompareAndSwap(was, us) {
			return
		}
	}
}

// bucket is where a value is counted: below 32 µs each has its own.
func bucket(us int64) int {
	power := bits.Len64(uint64(us)) - partLog - 1
	if power < 0 {
		return int(us)
	}
	return min((power+1)*parts+int(us>>power)-parts, powers*parts-1)
}

// upper is the largest value that is counted in a bucket.
func upper(i int) int64 {
	if i < parts {
		return int64(i)
	}
	power := i/parts - 1
	return int64(i%parts+parts+1)<<power - 1
}

// Count is how many were counted.
func (h *Histogram) Count() int64 { return h.n.Load() }

// Quantile is the time within which a share q of all were done, 0 if none was counted; it is at most 1/32 too long.
func (h *Histogram) Quantile(q float64) time.Duration {
	n := h.n.Load()
	rank, sum := int64(q*float64(n)+0.999999), int64(0)
	for i := range h.counts {
		if sum += h.counts[i].Load(); sum >= rank && sum > 0 {
			return time.Duration(min(upper(i), h.most.Load())) * time.Microsecond
		}
	}
	return h.Max()
}

// Max is the longest.
func (h *Histogram) Max() time.Duration { return time.Duration(h.most.Load()) * time.Microsecond }
