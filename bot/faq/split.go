package faq

import (
	"encoding/binary"
	"hash/fnv"
	"slices"

	"recourse/cases"
	"recourse/dialog"
)

// Seed is that of the held-back examples. Another one would be another fifth, and other figures.
const Seed = 20261126

// HeldBack says that an example is kept from training whenever the finding is evaluated: one in five of each
// topic's, chosen by text and seed alone, so that a new example moves no other.
func HeldBack(text string, seed uint64) bool { return fold(text, seed) == 0 }

// folds is how many parts the examples fall into; one of them is held back.
const folds = 5

func fold(text string, seed uint64) int { return int(draw(text, seed) % folds) }

// draw is a number that a text draws.
func draw(text string, seed uint64) uint64 {
	h := fnv.New64a()
	_ = binary.Write(h, binary.LittleEndian, seed) // a hash does not fail
	h.Write([]byte(plain(text)))
	return h.Sum64() >> 17
}

// Asked is a text with what it asks, where, in which language.
type Asked struct {
	Text   string
	Topic  dialog.Topic // "" = nothing that is answered
	Piece  bool         // it asks nothing at all
	State  cases.State  // of the case at hand; "" = not said
	Locale dialog.Locale
}

// asked are all examples of the book. One that needs a state is given in the first of its states.
func (b *Book) asked() []Asked {
	var out []Asked
	for _, l := range []dialog.Locale{dialog.ZH, dialog.EN} {
		add := func(id dialog.Topic, list []Example) {
			for _, e := range list {
				a := Asked{Text: e.Text, Topic: id, Locale: l}
				if len(e.In) > 0 {
					a.State = e.In[0]
				}
				out = append(out, a)
			}
		}
		for _, id := range b.order {
			add(id, b.topics[id].examples(l))
		}
		add("", b.none[l])
		n := len(out)
		add("", b.pieces[l])
		for i := range out[n:] {
			out[n+i].Piece = true
		}
	}
	return out
}

// without is a set without those that a test keeps back.
func without(all []Asked, held func(Asked) bool) []Asked {
	return slices.DeleteFunc(slices.Clone(all), held)
}
