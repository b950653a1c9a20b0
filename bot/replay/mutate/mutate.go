// Package mutate asks whether a suite is any good: it spoils the bot in many small ways, each drawn by a seed, and looks
// whether any case notices. What nobody notices is what the suite does not guard.
//
// It spoils answers of the FAQ, steps of the guided flows, values of the policy and thresholds of the understanding. It
// does not know what a suite is for; a mutant that changes nothing anybody could see counts as unnoticed, and is listed.
package mutate

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"recourse/bot/faq"
	"recourse/bot/replay"
	"recourse/bot/replay/stage"
	"recourse/bot/replay/suite"
	"recourse/cases/policy"
)

// Family is what a mutant spoils.
type Family string

// The families.
const (
	FAQ       Family = "faq"       // a reviewed answer
	Flow      Family = "flow"      // a step of a guided flow
	Policy    Family = "policy"    // a value of the policy
	Threshold Family = "threshold" // from when on the bot is sure, asks back, or refuses
)

// Mutant is one way in which the bot is spoilt.
type Mutant struct {
	ID     string // of what it changes and how, the same in every draw
	Family Family
	What   string // in words
	near   near
	spoil  func(*stage.Options) error
}

// errNoMutant: the change makes something that the program refuses to run on.
var errNoMutant = errors.New("the program would not run on it")

// Fate is what became of a mutant.
type Fate string

// The fates.
const (
	Caught  Fate = "caught"  // a case that stops a release failed
	Changed Fate = "changed" // every case still passes, but something is said in other words: a comparison shows it
	Missed  Fate = "missed"  // nobody noticed
)

// Found is a mutant and what became of it.
type Found struct {
	ID     string `json:"id"`
	Family Family `json:"family"`
	What   string `json:"what"`
	Fate   Fate   `json:"fate"`
	By     string `json:"by,omitempty"` // a case that noticed
}

// Report is what a suite is worth.
type Report struct {
	Seed    uint64  `json:"seed"`
	Cases   int     `json:"cases"` // that pass on the bot as it is: only they can notice anything
	Mutants []Found `json:"mutants"`
}

// Count counts the mutants of a fate, of a family or of all ("").
func (r Report) Count(f Family, fate Fate) int {
	n := 0
	for _, m := range r.Mutants {
		if (f == "" || m.Family == f) && m.Fate == fate {
			n++
		}
	}
	return n
}

// Options say what is spoilt.
type Options struct {
	Stage stage.Options // the bot as it is; its FAQ must have learned
	Seed  uint64
	N     int // how many mutants; fewer if there are not so many
	// Only draws from these families; nil: from all.
	Only    []Family
	Workers int
	// Progress is told after each mutant.
	Progress func(done, of int, f Found)
}

// share of the mutants that each family has.
var share = []struct {
	of Family
	in int // a hundred
}{{FAQ, 30}, {Flow, 35}, {Policy, 30}, {Threshold, 5}}

// Run plays the cases on each mutant until one notices, those that look near it first; mutants are played side by side.
// The cases that do not pass on the bot as it is are left out.
func Run(ctx context.Context, cases []suite.Case, o Options) (Report, error) {
	rep := Report{Seed: o.Seed}
	if o.Stage.FAQ == nil {
		o.Stage.FAQ = faq.Builtin()
	}
	if o.Stage.Policy == nil {
		o.Stage.Policy = policy.Default()
	}
	o.Workers = cmp.Or(max(o.Workers, 0), runtime.GOMAXPROCS(0))
	sound, err := look(ctx, cases, o)
	if err != nil {
		return rep, err
	}
	if rep.Cases = len(sound); rep.Cases == 0 {
		return rep, replay.ErrNoCases
	}
	mutants, err := draw(o)
	if err != nil {
		return rep, err
	}
	rep.Mutants = make([]Found, len(mutants))
	errs := make([]error, len(mutants))
	var mu sync.Mutex // guards done
	done := 0
	each(ctx, o.Workers, len(mutants), func(i int) {
		m := mutants[i]
		var f Found
		if f, errs[i] = try(ctx, m, sound); errs[i] != nil {
			errs[i] = fmt.Errorf("mutant %s: %w", m.ID, errs[i])
			return
		}
		rep.Mutants[i] = f
		mu.Lock()
		defer mu.Unlock()
		if done++; o.Progress != nil {
			o.Progress(done, len(mutants), f)
		}
	})
	if err := errors.Join(errs...); err != nil {
		return rep, err
	}
	return rep, ctx.Err()
}

// each does something for all numbers below n, workers at a time.
func each(ctx context.Context, workers, n int, do func(int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(workers, n) {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				do(i)
			}
		})
	}
	wg.Wait()
}

// spoilt is a mutant, ready to be played.
type spoilt struct {
	Mutant
	on stage.Options
}

// draw draws mutants that the program would run on: of each family its share, and more of all if there are not so many.
func draw(o Options) ([]spoilt, error) {
	rng := rand.New(rand.NewPCG(o.Seed, 1)) //nolint:gosec // nothing is guarded by it
	var out []spoilt
	var rest []Mutant
	take := func(list []Mutant, n int) ([]Mutant, error) {
		for i, m := range list {
			if n == 0 {
				return list[i:], nil
			}
			on := o.Stage
			switch err := m.spoil(&on); {
			case errors.Is(err, errNoMutant):
			case err != nil:
				return nil, fmt.Errorf("mutant %s: %w", m.ID, err)
			default:
				out = append(out, spoilt{m, on})
				n--
			}
		}
		return nil, nil
	}
	for _, s := range share {
		if len(o.Only) > 0 && !slices.Contains(o.Only, s.of) {
			continue
		}
		list, err := Population(s.of, o.Stage)
		if err != nil {
			return nil, err
		}
		rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		more, err := take(list, min(o.N*s.in/100, o.N-len(out)))
		if err != nil {
			return nil, err
		}
		rest = append(rest, more...)
	}
	rng.Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
	_, err := take(rest, o.N-len(out))
	return out, err
}

// Population are all mutants of a family, those that the program would not run on among them.
func Population(f Family, on stage.Options) ([]Mutant, error) {
	switch f {
	case FAQ:
		return ofAnswers(on.FAQ), nil
	case Flow:
		return ofFlows(), nil
	case Policy:
		return ofPolicy(on.Policy)
	case Threshold:
		return ofThresholds(on.FAQ), nil
	}
	return nil, fmt.Errorf("there are no mutants of a family %q: %w", f, os.ErrInvalid)
}

// try plays a mutant.
func try(ctx context.Context, m spoilt, sound []sighting) (Found, error) {
	f := Found{ID: m.ID, Family: m.Family, What: m.What, Fate: Missed}
	on := stage.New(m.on)
	for _, s := range m.near.order(sound) {
		r, err := play(ctx, on, s.of)
		if err != nil {
			return f, err
		}
		if r.Status != replay.Passed && r.Status != replay.Skipped {
			f.Fate, f.By = Caught, r.ID
			return f, nil
		}
		if f.Fate == Missed && texts(r) != s.texts {
			f.Fate, f.By = Changed, r.ID
		}
	}
	return f, nil
}

// play plays a case.
func play(ctx context.Context, on *stage.Stage, c suite.Case) (replay.Result, error) {
	run, err := replay.Play(ctx, on, []suite.Case{c}, replay.Options{Seed: 1, Workers: 1})
	if err := cmp.Or(err, ctx.Err()); err != nil {
		return replay.Result{}, err
	}
	return run.Cases[0], nil
}

// texts is everything that a case was told, in its first trial.
func texts(r replay.Result) string {
	var b strings.Builder
	said := func(list []replay.Said) {
		for _, e := range list {
			fmt.Fprintf(&b, "%s %s %s\n", e.Key, e.Text, e.Topic)
			if e.Card != nil {
				card := *e.Card
				if card.Verdict != nil {
					v := *card.Verdict
					v.Policy = "" // the version is another for every mutant
					card.Verdict = &v
				}
				raw, err := json.Marshal(card)
				fmt.Fprintf(&b, "%s %v\n", raw, err)
			}
		}
	}
	for _, t := range r.Trials[:min(1, len(r.Trials))] {
		if t.Answer != nil {
			said(t.Answer.Said)
		}
		for _, v := range t.Views {
			said(v.Said)
		}
	}
	return b.String()
}
