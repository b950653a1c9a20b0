// Package intent says which of a set of labels a short text is about, how sure that is, and how likely it is about
// any of them at all. It learns from a few examples per label, Chinese or English, in seconds and without any
// model made elsewhere, and is deterministic: the same set and options make the same model.
//
// It knows nothing of refunds and keeps no state; a Model is immutable and safe for many goroutines.
package intent

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"sync"
)

// Example is a text that somebody labelled.
type Example struct{ Text, Label string }

// Set is what a model learns from.
type Set struct {
	Examples []Example
	// Names a label goes by, in any language; each is one more example. Labels without one are read themselves:
	// late_shipment is "late shipment".
	Names map[string][]string
	// None are texts that belong to no label.
	None []string
}

// Options of training. The zero value is good.
type Options struct {
	Seed uint64
	// Outside is the share of messages that will be about no label; Known is calibrated to it. 0 is one in five.
	Outside float64
}

// Guess is a label and how likely it is that the text is about it, given that it is about any.
type Guess struct {
	Label string
	P     float64
	// Margin is how far on the label's side the text lies: about 1 for its examples, about -1 for others'.
	Margin float64
	// Near is the cosine to the label's nearest example or name, from 0 to 1.
	Near float64
}

// Result of reading one text.
type Result struct {
	Guesses []Guess // all labels, likeliest first
	Known   float64 // how likely the text is about any of the labels
}

// ErrNoExamples is why an empty set cannot be learned from.
var ErrNoExamples = errors.New("no examples")

// Model is what was learned.
type Model struct {
	labels    []string
	words     *vocabulary
	width     [fields]float32
	w         []float32 // by n-gram, then by label; the last row is the bias
	nothing   []float32 // by n-gram, then the bias: texts about no label against all others; empty if there are few
	near      *memory
	known     known
	sharpness float64 // of margins, into log-odds

	examples []Example // the first rows of near
	pool     sync.Pool
}

// work is what classifying one text needs besides the model.
type work struct {
	scratch
	margins, near, sims []float32
	odds, p             []float64
}

func (m *Model) get() *work {
	if s, ok := m.pool.Get().(*work); ok {
		return s
	}
	n := len(m.labels)
	return &work{
		margins: make([]float32, n), near: make([]float32, n), sims: make([]float32, len(m.near.class)),
		odds: make([]float64, n), p: make([]float64, n),
	}
}

// Labels are all labels, in order.
func (m *Model) Labels() []string { return slices.Clone(m.labels) }

// Classify reads a text.
func (m *Model) Classify(text string) Result {
	s := m.get()
	defer m.pool.Put(s)
	x := m.words.vector(&s.scratch, &m.width, text)
	m.margins(s.margins, x)
	m.near.alike(s.sims, x)
	m.near.best(s.near, s.sims, nil)
	m.odds(s.odds, s.margins)
	l := look{odds: s.odds, margins: s.margins, near: s.near, grams: int32(len(s.grams)), strange: m.words.strangeness(&s.scratch), nothing: m.side(x)}
	out := Result{Guesses: make([]Guess, len(m.labels)), Known: m.known.p(l.signal(s.p))}
	for c, p := range s.p {
		out.Guesses[c] = Guess{Label: m.labels[c], P: p, Margin: float64(s.margins[c]), Near: float64(s.near[c])}
	}
	slices.SortFunc(out.Guesses, func(a, b Guess) int {
		if a.P != b.P {
			return cmp.Compare(b.P, a.P)
		}
		return strings.Compare(a.Label, b.Label)
	})
	return out
}

// side is how far a text is on the side of those about no label.
func (m *Model) side(x sparse) float32 {
	if len(m.nothing) == 0 {
		return 0
	}
	return dot(&x, m.nothing) + m.nothing[len(m.nothing)-1]
}

func (m *Model) margins(scores []float32, x sparse) {
	n := len(m.labels)
	scores = scores[:n]
	copy(scores, m.w[len(m.w)-n:])
	row := func(k int) ([]float32, float32) { return m.w[int(x.at[k])*n:][:n], x.val[k] }
	k := 0
	for ; k+3 < len(x.at); k += 4 { // four at a time read and write the scores once; they are added in the same order
		a, av := row(k)
		b, bv := row(k + 1)
		c, cv := row(k + 2)
		d, dv := row(k + 3)
		for i, s := range scores {
			scores[i] = s + av*a[i] + bv*b[i] + cv*c[i] + dv*d[i]
		}
	}
	for ; k < len(x.at); k++ {
		a, av := row(k)
		for i := range scores {
			scores[i] += av * a[i]
		}
	}
}

func (m *Model) odds(odds []float64, margins []float32) {
	for c, x := range margins {
		odds[c] = m.sharpness * float64(x)
	}
}

// Feature is a piece of a text and what it says for a label against the average of all labels, in log-odds.
type Feature struct {
	Name  string
	Worth float64
}

// Explain says what in the text speaks for a label and against it, the weightiest first. A label that the model
// does not know has no features.
func (m *Model) Explain(text, label string) []Feature {
	c, ok := slices.BinarySearch(m.labels, label)
	if !ok {
		return nil
	}
	s := m.get()
	defer m.pool.Put(s)
	x := m.words.vector(&s.scratch, &m.width, text)
	n := len(m.labels)
	var out []Feature
	for k, at := range x.at {
		row := m.w[int(at)*n:][:n]
		mean := float32(0)
		for _, w := range row {
			mean += w / float32(n)
		}
		out = append(out, Feature{m.words.name(at), m.sharpness * float64(x.val[k]*(row[c]-mean))})
	}
	slices.SortStableFunc(out, func(a, b Feature) int { return cmp.Compare(max(b.Worth, -b.Worth), max(a.Worth, -a.Worth)) })
	return out
}

// Neighbour is an example and how like a text it is, from 0 to 1.
type Neighbour struct {
	Example
	Cosine float64
}

// Nearest finds the n examples most like a text.
func (m *Model) Nearest(text string, n int) []Neighbour {
	s := m.get()
	defer m.pool.Put(s)
	m.near.alike(s.sims, m.words.vector(&s.scratch, &m.width, text))
	var out []Neighbour
	for i, e := range m.examples {
		if s.sims[i] > 0 {
			out = append(out, Neighbour{e, float64(s.sims[i])})
		}
	}
	slices.SortStableFunc(out, func(a, b Neighbour) int { return cmp.Compare(b.Cosine, a.Cosine) })
	return out[:min(max(n, 0), len(out))]
}
