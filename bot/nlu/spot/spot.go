// Package spot finds which of many words stand in a text, reading the text once however many words there are.
//
// It compares bytes. It does not know languages, normalises nothing, and leaves it to the caller whether a word may
// stand inside another.
package spot

import (
	"cmp"
	"slices"
	"strings"
)

// Words are the words that are looked for. They are immutable.
type Words struct {
	list []string
	// By the bytes they begin with: one byte, two, or three and more, which is a Chinese character.
	one   [1 << 8][]int32
	two   map[[2]byte][]int32
	three [1 << slots]span // by a hash; in order
	order []int32
}

type span struct{ from, to int32 }

const slots = 12

// New makes words ready to be found. The empty word never is.
func New(words []string) *Words {
	w := &Words{list: slices.Clone(words), two: map[[2]byte][]int32{}}
	for n, word := range w.list {
		switch len(word) {
		case 0:
		case 1:
			w.one[word[0]] = append(w.one[word[0]], int32(n))
		case 2:
			key := [2]byte{word[0], word[1]}
			w.two[key] = append(w.two[key], int32(n))
		default:
			w.order = append(w.order, int32(n))
		}
	}
	slot := func(n int32) uint32 { return slotOf(w.list[n]) }
	slices.SortStableFunc(w.order, func(a, b int32) int { return cmp.Compare(slot(a), slot(b)) })
	for at, n := range w.order {
		s := &w.three[slot(n)]
		if s.to == 0 {
			s.from = int32(at)
		}
		s.to = int32(at + 1)
	}
	return w
}

// slotOf the first three bytes of a text.
func slotOf(s string) uint32 {
	return (uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16) * 0x9e3779b1 >> (32 - slots)
}

// Find calls found with each word that stands in a text and where, from the beginning of the text to its end.
func (w *Words) Find(text string, found func(word, at int)) {
	for at := range len(text) {
		for _, n := range w.one[text[at]] {
			found(int(n), at)
		}
		rest := text[at:]
		if len(rest) >= 2 && len(w.two) > 0 {
			for _, n := range w.two[[2]byte{rest[0], rest[1]}] {
				found(int(n), at)
			}
		}
		if len(rest) < 3 {
			continue
		}
		s := w.three[slotOf(rest)]
		for _, n := range w.order[s.from:s.to] {
			if strings.HasPrefix(rest, w.list[n]) {
				found(int(n), at)
			}
		}
	}
}
