package load

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestQuantilesAreThoseOfTheValues(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var h Histogram
	if h.Quantile(0.5) != 0 || h.Max() != 0 {
		t.Error("of nothing there is a quantile")
	}
	values := make([]time.Duration, 10_000)
	for i := range values {
		values[i] = time.Duration(1+r.ExpFloat64()*float64(20*time.Millisecond)).Truncate(time.Microsecond) + time.Microsecond
		h.Add(values[i])
	}
	slices.Sort(values)
	for _, q := range []float64{0.01, 0.5, 0.95, 0.99, 1} {
		want := values[max(0, int(q*float64(len(values)))-1)]
		if got := h.Quantile(q); got < want || float64(got) > float64(want)*(1+1.0/parts)+float64(2*time.Microsecond) {
			t.Errorf("p%g is %s, want %s", 100*q, got, want)
		}
	}
	if h.Max() != values[len(values)-1] || h.Count() != 10_000 {
		t.Errorf("max %s of %d", h.Max(), h.Count())
	}
}

func TestEveryValueHasItsBucket(t *testing.T) {
	last := -1
	for us := int64(0); us < 1<<20; us++ {
		b := bucket(us)
		if b < last || b > last+1 || upper(b) < us {
			t.Fatalf("%d µs is in bucket %d (to %d µs), the one before in %d", us, b, upper(b), last)
		}
		last = b
	}
	var h Histogram
	h.Add(48 * time.Hour)
	if h.Quantile(0.5) < time.Hour {
		t.Errorf("what is longer than all buckets: %s", h.Quantile(0.5))
	}
}
