// Package load plays the conversations of suites as traffic: many at once, over and over, each with a buyer of its own, and
// tells how fast a server answers and what went wrong. It judges answers as replay does. What it keeps does not grow with
// how long it runs.
package load

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"recourse/bot/replay"
	"recourse/bot/replay/suite"
	"recourse/web/wsclient"
)

// Options say how much, and for how long.
type Options struct {
	Connections int // conversations at once
	// Duration is how long conversations are begun, Rounds how often each is played; the first to be reached ends it,
	// 0 is no bound.
	Duration time.Duration
	Rounds   int
	Seed     uint64        // of the order in which they are played
	Timeout  time.Duration // of a conversation
	// Progress is told every Every how it stands; nil: nobody is.
	Progress func(Report)
	Every    time.Duration
}

// Report is what came of it.
type Report struct {
	About       replay.About `json:"about"`
	Connections int          `json:"connections"`
	Seed        uint64       `json:"seed"`
	Seconds     float64      `json:"seconds"`
	Interrupted bool         `json:"interrupted,omitempty"`

	Conversations int64 `json:"conversations"` // that were played to their end
	Messages      int64 `json:"messages"`      // texts and presses of buyers that were dealt with
	Failed        int64 `json:"failed"`        // conversations in which an expectation that stops a release does not hold
	Soft          int64 `json:"soft"`          // the same of those that stop nothing
	Errored       int64 `json:"errored"`       // that could not be played to their end

	PerSecond         float64 `json:"conversations_per_second"`
	MessagesPerSecond float64 `json:"messages_per_second"`
	// Ack is from sending to the ack, First to the first answer, End until nothing is owed for it any more.
	Ack   Times `json:"ack"`
	First Times `json:"first_answer"`
	End   Times `json:"turn_end"`

	Refused  map[string]int64 `json:"refused"`  // answers that were errors, by code; also those that were tried again
	Failures []Count          `json:"failures"` // expectations that did not hold, the most frequent first
	Errors   []Count          `json:"errors"`   // why conversations could not be played, likewise
	Skipped  []Count          `json:"skipped"`  // what was not played, by reason: a case once, or each time if it shows on the way only
}

// Times are milliseconds.
type Times struct {
	N   int64   `json:"n"`
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
}

// Count is how often something came.
type Count struct {
	What string `json:"what"`
	N    int64  `json:"n"`
}

// Meter hears what happens on the wire (remote.Watch).
type Meter struct {
	ack, first, end Histogram

	mu      sync.Mutex
	refused map[string]int64 // guarded by mu
}

// Turn counts a say or press.
func (m *Meter) Turn(t wsclient.Turn) {
	m.ack.Add(t.Ack)
	m.end.Add(t.End)
	if t.First > 0 {
		m.first.Add(t.First)
	}
}

// Refused counts an error.
func (m *Meter) Refused(code string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.refused == nil {
		m.refused = map[string]int64{}
	}
	m.refused[code]++
}

// EndAt is the time within which a share q of all turns ended.
func (m *Meter) EndAt(q float64) time.Duration { return m.end.Quantile(q) }

func (h *Histogram) times() Times {
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	return Times{N: h.Count(), P50: ms(h.Quantile(0.5)), P95: ms(h.Quantile(0.95)), P99: ms(h.Quantile(0.99)), Max: ms(h.Max())}
}

// ErrNothing: no case can be played.
var ErrNothing = errors.New("no case can be played as load")

// Stage is what is loaded. Cannot is why a case is not played on it, nil if it is.
type Stage interface {
	replay.Stage
	Cannot(c suite.Case) error
}

// maxKinds bounds how many different failures and errors are told apart; the rest are counted together.
const (
	maxKinds = 200
	others   = "others"
)

// run is a load under way.
type run struct {
	o     Options
	stage Stage
	meter *Meter
	cases []suite.Case
	begun time.Time

	mu       sync.Mutex
	next     int              // conversations begun; guarded by mu
	order    []int            // of the round at hand; guarded by mu
	report   Report           // counts only; guarded by mu
	failures map[string]int64 // guarded by mu
	errs     map[string]int64 // guarded by mu
	skipped  map[string]int64 // guarded by mu
}

// Run plays cases until Options end it or ctx does, and says what came of it. The only error is ErrNothing, with what was
// skipped in the report.
func Run(ctx context.Context, stage Stage, meter *Meter, cases []suite.Case, o Options) (Report, error) {
	r := &run{o: o, stage: stage, meter: meter, begun: time.Now(), failures: map[string]int64{}, errs: map[string]int64{}, skipped: map[string]int64{}}
	for _, c := range cases {
		if err := stage.Cannot(c); err != nil {
			r.skipped[err.Error()]++
			continue
		}
		r.cases = append(r.cases, c)
	}
	r.report = Report{About: stage.About(), Connections: o.Connections, Seed: o.Seed}
	if len(r.cases) == 0 {
		return r.snapshot(), ErrNothing
	}
	var wg sync.WaitGroup
	for range o.Connections {
		wg.Go(func() { r.work(ctx) })
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	r.watch(done)
	out := r.snapshot()
	out.Interrupted = ctx.Err() != nil
	return out, nil
}

// watch tells of the progress until all is done.
func (r *run) watch(done <-chan struct{}) {
	if r.o.Progress == nil {
		<-done
		return
	}
	tick := time.NewTicker(r.o.Every)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case <-tick.C:
			r.o.Progress(r.snapshot())
		}
	}
}

func (r *run) work(ctx context.Context) {
	for ctx.Err() == nil {
		c, ok := r.take()
		if !ok {
			return
		}
		r.play(ctx, c)
	}
}

// take is the next conversation to play. Each round has all of them in an order of its own, by the seed.
func (r *run) take() (suite.Case, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := len(r.cases)
	if r.o.Duration > 0 && time.Since(r.begun) >= r.o.Duration || r.o.Rounds > 0 && r.next >= r.o.Rounds*n {
		return suite.Case{}, false
	}
	round, i := r.next/n, r.next%n
	if i == 0 {
		r.order = rand.New(rand.NewPCG(r.o.Seed, uint64(round))).Perm(n)
	}
	r.next++
	return r.cases[r.order[i]], true
}

func (r *run) play(ctx context.Context, c suite.Case) {
	played, err := replay.Play(ctx, r.stage, []suite.Case{c}, replay.Options{Seed: r.o.Seed, Workers: 1, Timeout: r.o.Timeout, IncludePending: true})
	if ctx.Err() != nil && len(played.Cases) == 0 {
		return // interrupted: it says nothing
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil || len(played.Cases) != 1 {
		r.report.Errored++
		add(r.errs, c.ID+": not played")
		return
	}
	result := played.Cases[0]
	switch result.Status {
	case replay.Passed:
		r.report.Conversations++
	case replay.Failed, replay.Flaky:
		r.report.Conversations++
		if c.Tier == suite.Soft || c.Tier == suite.Unreliable || c.Review == suite.Pending {
			r.report.Soft++
		} else {
			r.report.Failed++
		}
		for _, t := range result.Trials {
			for _, f := range t.Failures {
				add(r.failures, c.ID+" "+f.Pos.String()+" "+f.What+": want "+f.Want)
			}
		}
	case replay.Skipped: // what shows on the way only
		add(r.skipped, result.Why)
	default:
		r.report.Errored++
		add(r.errs, c.ID+": "+result.Why)
	}
}

func add(m map[string]int64, what string) {
	if _, known := m[what]; !known && len(m) >= maxKinds {
		what = others
	}
	m[what]++
}

// counts lists what was counted, the most frequent first.
func counts(m map[string]int64) []Count {
	out := []Count{}
	for what, n := range m {
		out = append(out, Count{what, n})
	}
	slices.SortFunc(out, func(a, b Count) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.What, b.What)) })
	return out
}

// snapshot is the report as it stands.
func (r *run) snapshot() Report {
	r.mu.Lock()
	out := r.report
	out.Failures, out.Errors, out.Skipped = counts(r.failures), counts(r.errs), counts(r.skipped)
	r.mu.Unlock()
	out.Ack, out.First, out.End = r.meter.ack.times(), r.meter.first.times(), r.meter.end.times()
	out.Messages = out.End.N
	out.Seconds = time.Since(r.begun).Seconds()
	if out.Seconds > 0 {
		out.PerSecond, out.MessagesPerSecond = float64(out.Conversations)/out.Seconds, float64(out.Messages)/out.Seconds
	}
	out.Refused = map[string]int64{}
	r.meter.mu.Lock()
	for code, n := range r.meter.refused {
		out.Refused[code] = n
	}
	r.meter.mu.Unlock()
	return out
}
