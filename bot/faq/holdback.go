package faq

import (
	"slices"

	"recourse/dialog"
)

// Held is an example that a book was not taught, and where it stands.
type Held struct {
	Asked              // State is where it is asked; "" = he has no case
	Means dialog.Topic // what it means there, if that is another topic
	File  string
	Line  int
}

// HoldBack is the same book without the examples that are held back (HeldBack), and these, by topic: asked of that book,
// they tell how texts are answered that nobody has written down. What answers say, and the thresholds, stay.
func (b *Book) HoldBack(seed uint64) (*Book, []Held) {
	out := &Book{topics: map[dialog.Topic]*Topic{}, order: b.order, version: b.version + "-held-back"}
	var held []Held
	f := &Finder{book: b}
	part := func(id dialog.Topic, piece bool, l dialog.Locale, list []Example) []Example {
		return slices.DeleteFunc(slices.Clone(list), func(e Example) bool {
			if !HeldBack(e.Text, seed) {
				return false
			}
			h := Held{Asked: Asked{Text: e.Text, Topic: id, Piece: piece, Locale: l}, File: e.file, Line: e.line}
			if len(e.In) > 0 {
				h.State = e.In[0]
			}
			if h.State = f.places(h.Asked)[0].state; h.State == dialog.NoCase {
				h.State = ""
			}
			if other := b.Means(id, h.State); other != id {
				h.Means = other
			}
			held = append(held, h)
			return true
		})
	}
	both := func(id dialog.Topic, piece bool, zh, en []Example) texts {
		return texts{ZH: part(id, piece, dialog.ZH, zh), EN: part(id, piece, dialog.EN, en)}
	}
	for _, id := range b.order {
		less := *b.topics[id]
		less.Examples = both(id, false, less.Examples.ZH, less.Examples.EN)
		out.topics[id] = &less
	}
	none, pieces := both("", false, b.none[dialog.ZH], b.none[dialog.EN]), both("", true, b.pieces[dialog.ZH], b.pieces[dialog.EN])
	out.none = map[dialog.Locale][]Example{dialog.ZH: none.ZH, dialog.EN: none.EN}
	out.pieces = map[dialog.Locale][]Example{dialog.ZH: pieces.ZH, dialog.EN: pieces.EN}
	return out, held
}
