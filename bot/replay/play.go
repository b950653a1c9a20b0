package replay

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"recourse/bot/replay/suite"
)

// Options say what is played, and how.
type Options struct {
	Seed   uint64 // of everything that is drawn; a case's own seed also depends on its id and the trial
	Repeat int    // trials of each case; 0 is 1
	// Workers play at once; 0 is as many as processors. What comes out does not depend on it.
	Workers int
	Filter  Filter // which cases; the others are not in the run
	Shard   Shard  // which part of these
	// IncludePending plays cases that nobody has reviewed. They stay marked as such.
	IncludePending bool
	// Timeout of a trial; 0 is 30 s. It guards against a stage that hangs: a stage in this process takes milliseconds.
	Timeout time.Duration
	// Progress is told of each case that is done, one call at a time. It must be quick.
	Progress func(Progress)
	Now      func() time.Time // of Started and what is taken; nil is time.Now
}

// Progress is how far a run is.
type Progress struct {
	Done, Failed, Total int // Failed also counts flaky, broken and errored cases
	Elapsed             time.Duration
}

// What keeps a run from beginning.
var (
	ErrNoCases   = errors.New("no case to play")
	ErrDuplicate = errors.New("two cases have the same id")
)

const (
	defaultTimeout = 30 * time.Second
	notReviewed    = "nobody has reviewed it"
	nothingSeen    = "nothing of what it expects can be seen there"
	rejected       = "its review rejected it"
)

// Play plays the cases that Options choose and judges them. Cases are played side by side, the trials of a case one
// after the other. When ctx ends it returns what has been played by then, not Complete, and no error. Errors are
// ErrNoCases and ErrDuplicate only; what goes wrong with a case is its Status.
func Play(ctx context.Context, stage Stage, cases []suite.Case, o Options) (Run, error) {
	o.Repeat, o.Timeout = max(o.Repeat, 1), cmp.Or(max(o.Timeout, 0), defaultTimeout)
	if o.Now == nil {
		o.Now = time.Now
	}
	run := Run{
		Format: Format, About: stage.About(), Seed: o.Seed, Repeat: o.Repeat, Filter: o.Filter.String(), Shard: o.Shard.String(),
		Started: o.Now().UTC(), Cases: []Result{},
	}
	chosen, err := choose(cases, o)
	if err != nil {
		return run, err
	}
	p := player{stage: stage, o: o, cases: chosen, order: orderOf(stage, chosen), results: make([]*Result, len(chosen)), started: o.Now()}
	p.play(ctx)
	for _, r := range p.results {
		if r != nil {
			run.Cases = append(run.Cases, *r)
		}
	}
	run.Complete = len(run.Cases) == len(chosen)
	run.TookMS = o.Now().Sub(p.started).Milliseconds()
	return run, nil
}

// choose picks cases and orders them by id.
func choose(cases []suite.Case, o Options) ([]suite.Case, error) {
	sorted := slices.SortedStableFunc(slices.Values(cases), func(a, b suite.Case) int { return cmp.Compare(a.ID, b.ID) })
	for i := 1; i < len(sorted); i++ {
		if sorted[i].ID == sorted[i-1].ID {
			return nil, fmt.Errorf("%s and %s: %w: %s", sorted[i-1].Pos, sorted[i].Pos, ErrDuplicate, sorted[i].ID)
		}
	}
	chosen := slices.DeleteFunc(sorted, func(c suite.Case) bool { return !o.Filter.Picks(c) })
	if len(chosen) == 0 {
		if o.Filter.String() != "" && len(cases) > 0 {
			return nil, fmt.Errorf("%w: none of %d fits the filter %s", ErrNoCases, len(cases), o.Filter)
		}
		return nil, ErrNoCases
	}
	// A shard may be empty: it has no say in how many cases there are.
	return slices.DeleteFunc(chosen, func(c suite.Case) bool { return !o.Shard.Picks(c.ID) }), nil
}

// orderOf is the order in which cases are begun on a stage.
func orderOf(stage Stage, cases []suite.Case) []int {
	out := make([]int, len(cases))
	for i := range out {
		out[i] = i
	}
	if o, ok := stage.(Order); ok {
		slices.SortStableFunc(out, func(a, b int) int { return o.Compare(cases[a], cases[b]) })
	}
	return out
}

type player struct {
	stage   Stage
	o       Options
	cases   []suite.Case
	order   []int     // in which they are begun
	results []*Result // by the cases; each owned by the worker that plays it
	started time.Time

	next atomic.Int64
	mu   sync.Mutex // guards done
	done Progress
}

func (p *player) play(ctx context.Context) {
	workers := min(cmp.Or(max(p.o.Workers, 0), runtime.GOMAXPROCS(0)), len(p.cases))
	p.done.Total = len(p.cases)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for ctx.Err() == nil {
				n := int(p.next.Add(1)) - 1
				if n >= len(p.order) {
					return
				}
				i := p.order[n]
				if r, ok := p.replay(ctx, p.cases[i]); ok {
					p.results[i] = &r
					p.tell(r.Status)
				}
			}
		})
	}
	wg.Wait()
}

func (p *player) tell(s Status) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done.Done++
	if s != Passed && s != Skipped {
		p.done.Failed++
	}
	if p.o.Progress != nil {
		p.done.Elapsed = p.o.Now().Sub(p.started)
		p.o.Progress(p.done)
	}
}

// replay plays all trials of a case; false if it was interrupted.
func (p *player) replay(ctx context.Context, c suite.Case) (Result, bool) {
	r := resultOf(c)
	switch {
	case c.Review == suite.Rejected:
		r.Status, r.Why = Skipped, rejected
		return r, true
	case c.Review == suite.Pending && !p.o.IncludePending:
		r.Status, r.Why = Skipped, notReviewed
		return r, true
	}
	kinds := map[string]int{} // of a trial's fingerprint, its place in r.Trials
	for n := range p.o.Repeat {
		t, err := p.trial(ctx, c, SeedOf(p.o.Seed, c.ID, n))
		if ctx.Err() != nil {
			return r, false // whatever it says: it may say so because it was interrupted
		}
		if err != nil {
			r.Status, r.Why, r.Trials = status(err), err.Error(), nil
			if n > 0 {
				r.Why = fmt.Sprintf("trial %d of %d: %s", n+1, p.o.Repeat, r.Why)
			}
			return r, true
		}
		keep(&r, t, kinds, p.o.Repeat)
	}
	r.Status = r.verdict()
	return r, true
}

// keep adds a trial, or counts it with the one that came out the same.
func keep(r *Result, t Trial, kinds map[string]int, repeat int) {
	if repeat > 1 {
		print := t.fingerprint()
		if i, ok := kinds[print]; ok {
			r.Trials[i].Times++
			r.Trials[i].TookUS = max(r.Trials[i].TookUS, t.TookUS)
			return
		}
		kinds[print] = len(r.Trials)
	}
	r.Trials = append(r.Trials, t)
}

func status(err error) Status {
	switch {
	case errors.Is(err, ErrCannot):
		return Skipped
	case errors.Is(err, ErrSuite):
		return Broken
	}
	return Errored
}

// trial plays a case once and judges it. What panics in a stage is its error.
func (p *player) trial(ctx context.Context, c suite.Case, seed uint64) (t Trial, err error) {
	ctx, cancel := context.WithTimeout(ctx, p.o.Timeout)
	defer cancel()
	start := p.o.Now()
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v%s", v, origin())
		}
		if err != nil && errors.Is(err, context.DeadlineExceeded) {
			err = fmt.Errorf("not done after %s: %w", p.o.Timeout, err)
		}
	}()
	t.Times = 1
	switch {
	case c.Question != nil:
		a, err := p.stage.Ask(ctx, c.Locale, *c.Question)
		if err != nil {
			return t, err
		}
		t.Answer, t.Outcome = &a, Judge(*c.Question, a)
	case c.Conversation != nil:
		if err := p.talk(ctx, c, seed, &t); err != nil {
			return t, err
		}
	default:
		return t, fmt.Errorf("%w: it has neither a question nor a conversation", ErrSuite)
	}
	t.TookUS = p.o.Now().Sub(start).Microseconds()
	t.Failures = t.Score(c)
	var judged bool
	if t.Unseen, judged = unjudged(c, t.Views, t.Answer); !judged && len(t.Unseen) > 0 && len(t.Failures) == 0 {
		return t, fmt.Errorf("%w: %s", ErrCannot, nothingSeen)
	}
	return t, nil
}

// origin is where a panic that is being recovered came from, without what differs between runs and machines.
func origin() string {
	pc := make([]uintptr, 32)
	frames := runtime.CallersFrames(pc[:runtime.Callers(3, pc)])
	for {
		f, more := frames.Next()
		if f.Function != "" && !strings.HasPrefix(f.Function, "runtime.") {
			return fmt.Sprintf(" at %s:%d", filepath.Base(f.File), f.Line)
		}
		if !more {
			return ""
		}
	}
}

func (p *player) talk(ctx context.Context, c suite.Case, seed uint64, t *Trial) (err error) {
	seat, err := p.stage.Open(ctx, c, seed)
	if errors.Is(err, ErrCannot) {
		return err
	}
	if err != nil {
		return fmt.Errorf("set up: %w", err)
	}
	defer func() {
		if e := seat.Close(); e != nil && err == nil {
			err = fmt.Errorf("close: %w", e)
		}
	}()
	t.Views = make([]View, 0, len(c.Conversation.Steps))
	for i, step := range c.Conversation.Steps {
		v, err := seat.Play(ctx, step)
		if errors.Is(err, ErrNotOffered) {
			t.Stopped = err.Error()
			return nil
		}
		if err != nil {
			return fmt.Errorf("step %d (%s) at %s: %w", i+1, step.Name(), cmp.Or(step.Pos, c.Pos), err)
		}
		t.Views = append(t.Views, v)
	}
	return nil
}

// SeedOf is the seed of a case's trial, counted from 0.
func SeedOf(seed uint64, id string, trial int) uint64 {
	h := fnv.New64a()
	var b [16]byte
	binary.LittleEndian.PutUint64(b[:8], seed)
	binary.LittleEndian.PutUint64(b[8:], uint64(trial))
	_, _ = h.Write(b[:]) // never fails, by the contract of hash.Hash
	_, _ = h.Write([]byte(id))
	return h.Sum64()
}
