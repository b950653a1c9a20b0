package faq

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sync"

	"recourse/bot/nlu/intent"
	"recourse/cases"
	"recourse/dialog"
)

// Context is where a question is asked.
type Context struct {
	State cases.State // of the case at hand; NoCase or "" if there is none
}

// Decision says what is done about a text.
type Decision string

// The decisions.
const (
	Sure    Decision = "answer"  // it asks the first topic
	Clarify Decision = "clarify" // it asks one of the first two or three: he is asked which
	None    Decision = "none"    // it asks nothing that is answered here
)

// Ranked is a topic and how likely a text asks it.
type Ranked struct {
	Topic dialog.Topic
	P     float64 // where the case stands taken into account
	Text  float64 // by the text alone
}

// Found is what a text asks.
type Found struct {
	Decision Decision
	Topics   []Ranked // likeliest first; with Clarify the first Choices are offered
	Choices  int
	Known    float64 // how likely it asks what is answered here, and neither something else nor nothing
	Exact    bool    // it is an example, word for word
	Locale   dialog.Locale
}

// fitJSON is what was measured for the built-in topics (recourse faq eval --write).
//
//go:embed fit.json
var fitJSON []byte

// BuiltinFit are the weights and thresholds that were measured for the built-in topics.
var BuiltinFit = sync.OnceValue(func() Fit {
	var f Fit
	if err := json.Unmarshal(fitJSON, &f); err != nil {
		panic(fmt.Sprintf("faq: fit.json: %v", err)) // embedded; a test loads it
	}
	return f
})

// Learn makes the book ready to find topics. It takes seconds unless what was learned before is kept in dir ("" keeps
// nothing), is done once, and may be called from anywhere.
func (b *Book) Learn(dir string) (*Finder, error) {
	b.learning.Do(func() {
		m, err := b.learnOrRead(dir)
		if err != nil {
			b.failed = err
			return
		}
		b.learned.Store(b.finderOf(m, b.asked(), BuiltinFit()))
	})
	return b.learned.Load(), b.failed
}

// Find says which topic a text asks where the case stands; false until the book has learned (Learn).
func (b *Book) Find(text string, in Context) (Found, bool) {
	f := b.learned.Load()
	if f == nil {
		return Found{}, false
	}
	return f.Find(text, in), true
}

// Usual says that a topic is asked where the case stands.
func (b *Book) Usual(id dialog.Topic, state cases.State) bool {
	t := b.topics[id]
	return t == nil || t.askedIn(state)
}

// Means is the topic that a text which asks one means where the case stands; mostly the same.
func (b *Book) Means(id dialog.Topic, state cases.State) dialog.Topic {
	if t := b.topics[id]; t != nil {
		if other := t.Means[cmp.Or(state, dialog.NoCase)]; b.topics[other] != nil {
			return other
		}
	}
	return id
}

// Question is what was found, for the flow.
func (f Found) Question() dialog.Question {
	var q dialog.Question
	switch f.Decision {
	case Sure:
		q.Topics, q.Sure = []dialog.Topic{f.Topics[0].Topic}, true
	case Clarify:
		for _, t := range f.Topics[:f.Choices] {
			q.Topics = append(q.Topics, t.Topic)
		}
	}
	return q
}

// Finder finds topics. It is immutable.
type Finder struct {
	book  *Book
	model *intent.Model
	fit   Fit
	exact map[string][]Asked
}

// Fit is what is learned besides the words: how much the state of the case weighs, and from where on a topic is
// answered, offered or refused. It is measured on examples that the model of the measurement has not seen (Measure)
// and written to fit.json.
type Fit struct {
	Book string `json:"book"` // version it was measured on
	// Examples are digests by language of what it was measured on; see CheckFit.
	Examples map[dialog.Locale]string `json:"examples"`
	// State is what it costs a topic, in log-odds, that a filed case stands where the topic is not asked.
	State float64 `json:"state"`
	// NoCase is the same where no case is filed.
	NoCase float64 `json:"no_case"`
	// Asks says by language whether a text asks something that is answered here.
	Asks map[dialog.Locale]Asks `json:"asks"`
	// Sure is from where on the first topic is answered at once.
	Sure float64 `json:"sure"`
	// Share is how much of the likelihood the topics of a clarifying question must hold.
	Share float64 `json:"share"`
}

// train learns from examples.
func (b *Book) train(all []Asked) (*intent.Model, error) {
	var s intent.Set
	for _, a := range all {
		switch {
		case a.Topic == "" && !a.Piece && b.topics[other] != nil:
			s.Examples = append(s.Examples, intent.Example{Text: view(a.Text), Label: string(other)})
		case a.Topic == "":
			s.None = append(s.None, view(a.Text))
		default:
			s.Examples = append(s.Examples, intent.Example{Text: view(a.Text), Label: string(a.Topic)})
		}
	}
	s.Names = map[string][]string{}
	for _, id := range b.order {
		t := b.topics[id]
		s.Names[string(id)] = []string{view(t.Title.ZH), view(t.Title.EN), view(t.Label.ZH), view(t.Label.EN)}
	}
	m, err := intent.Train(s, intent.Options{Seed: Seed})
	if err != nil {
		return nil, fmt.Errorf("learn the topics: %w", err)
	}
	return m, nil
}

// finderOf is a model with the examples that it was trained on.
func (b *Book) finderOf(m *intent.Model, all []Asked, fit Fit) *Finder {
	f := &Finder{book: b, model: m, fit: fit, exact: map[string][]Asked{}}
	for _, a := range all {
		if key := plain(a.Text); key != "" {
			f.exact[key] = append(f.exact[key], a)
		}
	}
	return f
}

// Find says which topic a text asks where the case stands.
func (f *Finder) Find(text string, in Context) Found {
	r := f.model.Classify(view(text))
	locale := LanguageOf(text)
	asks := f.fit.Asks[locale]
	out := Found{Locale: locale, Known: asks.p(signalOf(text, r))}
	out.Topics = f.weigh(r, out.Known, in.State)
	f.mean(out.Topics, in.State)
	order(out.Topics, out.Known, asks.From)
	if id, ok := f.literally(text, in.State); ok {
		id = f.book.Means(id, in.State)
		out.Exact, out.Known = true, 1
		i := slices.IndexFunc(out.Topics, func(t Ranked) bool { return t.Topic == id })
		first := out.Topics[i]
		first.P = 1
		out.Topics = slices.Insert(slices.Delete(out.Topics, i, i+1), 0, first)
	}
	out.decide(f.fit, asks.From)
	return out
}

// literally: a text that is an example needs no guess, if only one topic has it here.
func (f *Finder) literally(text string, state cases.State) (dialog.Topic, bool) {
	var ids []dialog.Topic
	for _, a := range f.exact[plain(text)] {
		if a.Topic != "" && (a.State == "" || f.saidIn(a, state)) && !slices.Contains(ids, a.Topic) {
			ids = append(ids, a.Topic)
		}
	}
	if len(ids) != 1 {
		return "", false
	}
	return ids[0], true
}

func (f *Finder) saidIn(a Asked, state cases.State) bool {
	return slices.ContainsFunc(f.book.topics[a.Topic].examples(a.Locale), func(e Example) bool {
		return plain(e.Text) == plain(a.Text) && slices.Contains(e.In, state)
	})
}

// mean gives what is likely of a topic to the one that is meant where the case stands. What is measured is what a text
// asks by itself, so the measurement leaves it out.
func (f *Finder) mean(list []Ranked, state cases.State) {
	for i := range list {
		id := f.book.Means(list[i].Topic, state)
		if id == list[i].Topic {
			continue
		}
		if at := slices.IndexFunc(list, func(r Ranked) bool { return r.Topic == id }); at >= 0 {
			list[at].P += list[i].P
			list[i].P = 0
		}
	}
}

// rank is the topics as weigh has them, in order.
func (f *Finder) rank(r intent.Result, known, from float64, state cases.State) []Ranked {
	out := f.weigh(r, known, state)
	order(out, known, from)
	return out
}

// order puts the likeliest first. Where known is enough, other comes last: to be asked whether he means something else
// helps nobody.
func order(list []Ranked, known, from float64) {
	slices.SortStableFunc(list, func(a, b Ranked) int {
		if known >= from && a.Topic != b.Topic {
			switch other {
			case a.Topic:
				return 1
			case b.Topic:
				return -1
			}
		}
		return cmp.Compare(b.P, a.P)
	})
}

// weigh weighs the topics by where the case stands. How likely other is follows from known, which weighs both kinds of
// text the same, and from how many of the texts that come ask no topic.
func (f *Finder) weigh(r intent.Result, known float64, state cases.State) []Ranked {
	out := make([]Ranked, len(r.Guesses))
	total, at := 0.0, -1
	elsewhere := math.Exp(-f.fit.costOf(state))
	for i, g := range r.Guesses {
		id := dialog.Topic(g.Label)
		out[i] = Ranked{Topic: id, Text: g.P}
		if id == other {
			at = i
			continue
		}
		if out[i].P = g.P; !f.book.topics[id].askedIn(state) {
			out[i].P *= elsewhere
		}
		total += out[i].P
	}
	rest := 1.0
	if at >= 0 {
		no := asksNothing * (1 - known)
		out[at].P = no / (no + (1-asksNothing)*known)
		rest -= out[at].P
	}
	for i := range out {
		if i != at && total > 0 {
			out[i].P *= rest / total
		}
	}
	return out
}

// askedIn says whether a topic is asked where the case stands: its file names the state, or none at all.
func (t *Topic) askedIn(state cases.State) bool {
	return len(t.States) == 0 || slices.Contains(t.States, cmp.Or(state, dialog.NoCase))
}

// costOf is what a state speaks against a topic that is not asked there.
func (fit Fit) costOf(state cases.State) float64 {
	state = cmp.Or(state, dialog.NoCase)
	if state == dialog.NoCase || slices.Contains(dialog.Unfiled(), state) {
		return fit.NoCase
	}
	return fit.State
}

// decide says what is done with what was found.
func (f *Found) decide(fit Fit, from float64) {
	f.Decision, f.Choices = None, 0
	switch {
	case len(f.Topics) == 0:
	case f.Topics[0].P >= fit.Sure && (f.Known >= from || Outside(f.Topics[0].Topic)):
		f.Decision = Sure
	case f.Known < from:
	default:
		share := 0.0
		for i, t := range f.Topics[:min(3, len(f.Topics))] {
			if i > 0 && t.P < likely*f.Topics[0].P {
				break // it would only be in the way
			}
			share += t.P
			f.Choices = i + 1
			if share >= fit.Share && i > 0 {
				break
			}
		}
		if share < fit.Share && f.Topics[0].P < alone {
			f.Choices = 0
			return
		}
		f.Decision = Clarify
	}
}

const (
	// likely is how likely, beside the first, a topic must be to be offered with it.
	likely = 0.15
	// alone is from where on the first topic is offered even if it is the only one: "who pays the postage" is so short
	// that it may as well be asked of another parcel, but of our topics it can only be one.
	alone = 0.3
)

// Features says what in a text speaks for a topic and against it, the weightiest first.
func (f *Finder) Features(text string, id dialog.Topic) []intent.Feature {
	return f.model.Explain(view(text), string(id))
}

// Nearest are the examples most like a text.
func (f *Finder) Nearest(text string, n int) []intent.Neighbour {
	return f.model.Nearest(view(text), n)
}
