// Package mutate asks whether a suite is any good: it spoils the bot in many small ways, each drawn by a seed, and looks
// whether any case notices. What nobody notices is what the suite does not guard.
//
// It spoils answers of the FAQ, steps of the guided flows, values of the policy and thresholds of the understanding. It
// does not know what a suite is for; a mutant that changes nothing anybody could see counts as unnoticed, and is listed.
package mutate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

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

// Run plays the cases on each mutant until one notices. The cases that do not pass on the bot as it is are left out.
func Run(ctx context.Context, cases []suite.Case, o Options) (Report, error) {
	rep := Report{Seed: o.Seed}
	if o.Stage.FAQ == nil {
		o.Stage.FAQ = faq.Builtin()
	}
	if o.Stage.Policy == nil {
		o.Stage.Policy = policy.Default()
	}
	sound, err := play(ctx, o.Stage, cases, o.Workers, false)
	if err != nil {
		return rep, err
	}
	was := map[string]string{}
	for _, r := range sound.Cases {
		if r.Status == replay.Passed && r.Tier == suite.Regression {
			was[r.ID] = texts(r)
		}
	}
	cases = slices.DeleteFunc(slices.Clone(cases), func(c suite.Case) bool { _, ok := was[c.ID]; return !ok })
	if rep.Cases = len(cases); rep.Cases == 0 {
		return rep, replay.ErrNoCases
	}
	mutants, err := draw(o)
	if err != nil {
		return rep, err
	}
	for _, m := range mutants {
		if rep.Count("", Caught)+rep.Count("", Changed)+rep.Count("", Missed) == o.N {
			break
		}
		f, err := try(ctx, m, cases, was, o)
		if errors.Is(err, errNoMutant) {
			continue
		}
		if err != nil {
			return rep, fmt.Errorf("mutant %s: %w", m.ID, err)
		}
		rep.Mutants = append(rep.Mutants, f)
		if o.Progress != nil {
			o.Progress(len(rep.Mutants), o.N, f)
		}
	}
	return rep, ctx.Err()
}

// draw draws mutants: of each family its share first, and more of all in case some would not run.
func draw(o Options) ([]Mutant, error) {
	rng := rand.New(rand.NewPCG(o.Seed, 1)) //nolint:gosec // nothing is guarded by it
	var first, rest []Mutant
	for _, s := range share {
		if len(o.Only) > 0 && !slices.Contains(o.Only, s.of) {
			continue
		}
		var list []Mutant
		var err error
		switch s.of {
		case FAQ:
			list, err = ofAnswers(o.Stage.FAQ)
		case Flow:
			list = ofFlows()
		case Policy:
			list, err = ofPolicy(o.Stage.Policy)
		case Threshold:
			list = ofThresholds(o.Stage.FAQ)
		}
		if err != nil {
			return nil, err
		}
		rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		n := min(len(list), (o.N*s.in+99)/100)
		first, rest = append(first, list[:n]...), append(rest, list[n:]...)
	}
	rng.Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
	return append(first, rest...), nil
}

// try plays a mutant.
func try(ctx context.Context, m Mutant, cases []suite.Case, was map[string]string, o Options) (Found, error) {
	f := Found{ID: m.ID, Family: m.Family, What: m.What, Fate: Missed}
	spoilt := o.Stage
	if err := m.spoil(&spoilt); err != nil {
		return f, err
	}
	run, err := play(ctx, spoilt, cases, o.Workers, true)
	if err != nil {
		return f, err
	}
	for _, r := range run.Cases {
		if r.Status != replay.Passed && r.Status != replay.Skipped {
			f.Fate, f.By = Caught, r.ID
			return f, nil
		}
	}
	for _, r := range run.Cases {
		if texts(r) != was[r.ID] {
			f.Fate, f.By = Changed, r.ID
			return f, nil
		}
	}
	return f, nil
}

// play plays cases on a stage; with early it stops at the first that does not pass.
func play(ctx context.Context, o stage.Options, cases []suite.Case, workers int, early bool) (replay.Run, error) {
	inner, stop := context.WithCancel(ctx)
	defer stop()
	opts := replay.Options{Seed: 1, Workers: workers}
	if early {
		opts.Progress = func(p replay.Progress) {
			if p.Failed > 0 {
				stop()
			}
		}
	}
	run, err := replay.Play(inner, stage.New(o), cases, opts)
	if err == nil {
		err = ctx.Err()
	}
	return run, err
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
