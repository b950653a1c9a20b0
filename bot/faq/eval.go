package faq

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"recourse/bot/nlu/intent"
	"recourse/cases"
	"recourse/dialog"
)

// Score is how well topics are found in texts that were not learned from.
type Score struct {
	N          int     // texts that ask a topic
	Top1, Top3 float64 // the right topic is first, or among the first three
	MacroF1    float64 // over the topics
	// Answered at once, of these right; asked back, of these with the right topic offered; not understood.
	Answered, Right, Asked, Offered, Refused float64
	// Strange is how many of the texts that ask what is answered here are taken for others: those falseRefusals is about.
	Strange float64
	// Nothing is what is done with texts that ask no topic, Outside with those of topics that are not answered here.
	Nothing, Outside Turned
}

// Turned is what is done with texts that should get no answer of ours, as shares: not understood, told that we do not
// answer this, asked back, and, which does harm, answered at once as if they had asked something else.
type Turned struct {
	N                              int
	Refused, Told, Asked, Answered float64
}

func (t *Turned) count(f Found) {
	t.N++
	switch {
	case f.Decision == None:
		t.Refused++
	case f.Decision == Clarify:
		t.Asked++
	case Outside(f.Topics[0].Topic):
		t.Told++
	default:
		t.Answered++
	}
}

func (t *Turned) share() {
	for _, x := range []*float64{&t.Refused, &t.Told, &t.Asked, &t.Answered} {
		*x /= max(float64(t.N), 1)
	}
}

// Evaluation is what Evaluate measures.
type Evaluation struct {
	Fit      Fit
	By       map[dialog.Locale]Score
	Contrast map[dialog.Locale]Score // the pairs of domain §4 that must be told apart
	Misses   []Miss
	Tested   []Asked
	Trained  []Asked
}

// Miss is a text whose topic was not first.
type Miss struct {
	Asked
	Got Found
}

// Evaluate learns from four fifths of the examples, measures the weights and thresholds among those, and looks at the
// fifth that is held back (HeldBack) and at texts that are never learned from.
func (b *Book) Evaluate(contrast []Asked) (Evaluation, error) {
	var e Evaluation
	for _, a := range b.asked() {
		if HeldBack(a.Text, Seed) {
			e.Tested = append(e.Tested, a)
		} else {
			e.Trained = append(e.Trained, a)
		}
	}
	seen, err := b.crossValidate(e.Trained)
	if err != nil {
		return e, err
	}
	e.Fit = b.fit(seen)
	m, err := b.train(e.Trained)
	if err != nil {
		return e, err
	}
	f := b.finderOf(m, e.Trained, e.Fit)
	e.By, e.Contrast = map[dialog.Locale]Score{}, map[dialog.Locale]Score{}
	for _, l := range []dialog.Locale{dialog.ZH, dialog.EN} {
		in := func(a Asked) bool { return a.Locale != l }
		var misses []Miss
		e.By[l], misses = f.score(slices.DeleteFunc(slices.Clone(e.Tested), in))
		e.Misses = append(e.Misses, misses...)
		e.Contrast[l], misses = f.score(slices.DeleteFunc(slices.Clone(contrast), in))
		e.Misses = append(e.Misses, misses...)
	}
	return e, nil
}

// Measure measures the weights and thresholds with all examples, each looked at by a model that has not seen it.
func (b *Book) Measure() (Fit, error) {
	seen, err := b.crossValidate(b.asked())
	if err != nil {
		return Fit{}, err
	}
	f := b.fit(seen)
	f.Examples = b.digests()
	return f, nil
}

func (f *Finder) score(list []Asked) (Score, []Miss) {
	var s Score
	var misses []Miss
	type count struct{ right, said, is float64 }
	by := map[dialog.Topic]*count{}
	of := func(id dialog.Topic) *count {
		if by[id] == nil {
			by[id] = &count{}
		}
		return by[id]
	}
	for _, a := range list {
		found := f.Find(a.Text, Context{State: f.places(a)[0].state})
		switch {
		case a.Topic == "":
			s.Nothing.count(found)
			continue
		case Outside(a.Topic):
			s.Outside.count(found)
		case found.Known < f.fit.Asks[found.Locale].From:
			s.Strange++
		}
		s.N++
		at := slices.IndexFunc(found.Topics, func(r Ranked) bool { return r.Topic == a.Topic })
		of(a.Topic).is++
		of(found.Topics[0].Topic).said++
		if at == 0 {
			s.Top1++
			of(a.Topic).right++
		} else {
			misses = append(misses, Miss{a, found})
		}
		if at >= 0 && at < 3 {
			s.Top3++
		}
		switch found.Decision {
		case Sure:
			s.Answered++
			if at == 0 {
				s.Right++
			}
		case Clarify:
			s.Asked++
			if at >= 0 && at < found.Choices {
				s.Offered++
			}
		case None:
			s.Refused++
		}
	}
	topics := 0.0
	for _, c := range by {
		if c.is > 0 {
			topics++
			if c.right > 0 {
				s.MacroF1 += 2 * c.right / (c.said + c.is)
			}
		}
	}
	share := func(x *float64, of float64) {
		if of > 0 {
			*x /= of
		}
	}
	share(&s.Right, s.Answered)
	share(&s.Offered, s.Asked)
	for _, x := range []*float64{&s.Top1, &s.Top3, &s.Answered, &s.Asked, &s.Refused} {
		share(x, float64(s.N))
	}
	share(&s.Strange, float64(s.N-s.Outside.N))
	share(&s.MacroF1, topics)
	s.Nothing.share()
	s.Outside.share()
	return s, misses
}

// contrastYAML are texts of the pairs that must be told apart; they are never learned from.
//
//go:embed testdata/contrast.yaml
var contrastYAML []byte

// Contrast are the texts of the pairs that must be told apart.
func Contrast() ([]Asked, error) {
	var raw []struct {
		Topic dialog.Topic `yaml:"topic"`
		In    cases.State  `yaml:"in"`
		ZH    []string     `yaml:"zh"`
		EN    []string     `yaml:"en"`
	}
	if err := yaml.Unmarshal(contrastYAML, &raw); err != nil {
		return nil, fmt.Errorf("read the contrast set: %w", err)
	}
	var out []Asked
	for _, r := range raw {
		for _, t := range r.ZH {
			out = append(out, Asked{Text: t, Topic: r.Topic, State: r.In, Locale: dialog.ZH})
		}
		for _, t := range r.EN {
			out = append(out, Asked{Text: t, Topic: r.Topic, State: r.In, Locale: dialog.EN})
		}
	}
	return out, nil
}

// Why are the pieces of a text that speak for a topic and against it, concepts by their names.
func (f *Finder) Why(text string, id dialog.Topic, n int) []intent.Feature {
	names := map[string]string{}
	for _, c := range concepts() {
		names[c.token] = c.name
	}
	var out []intent.Feature
	for _, x := range f.Features(text, id) {
		if len(out) == n {
			break
		}
		found := false
		for token, name := range names {
			if strings.TrimSpace(x.Name) == token {
				x.Name, found = "meaning "+name, true
			} else if piece := strings.TrimSpace(x.Name); len(piece) >= 3 && strings.Contains(token, piece) {
				x.Name = "" // a piece of the word that stands for a concept
			}
		}
		if found || x.Name != "" {
			out = append(out, x)
		}
	}
	return out
}
