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
	list   []string
	first  [1 << 8]bool // the bytes that words begin with
	groups [len(looks)]group
}

// looks are how many bytes of their beginning words are looked up by, the most that they have: two Chinese characters,
// one, or fewer Latin letters.
var looks = [...]int{6, 3, 2, 1}

// group are words that are looked up by as many bytes, in the order of a hash of these.
type group struct {
	slots [1 << slotBits]span
	words []int32
}

type span struct{ from, to int32 }

const slotBits = 12

// New makes words ready to be found. The empty word never is.
func New(words []string) *Words {
	w := &Words{list: slices.Clone(words)}
	for n, word := range w.list {
		for k, look := range looks {
			if len(word) >= look {
				w.first[word[0]] = true
				w.groups[k].words = append(w.groups[k].words, int32(n))
				break
			}
		}
	}
	for k, look := range looks {
		g := &w.groups[k]
		slot := func(n int32) uint64 { return slotOf(w.list[n][:look]) }
		slices.SortStableFunc(g.words, func(a, b int32) int { return cmp.Compare(slot(a), slot(b)) })
		for at, n := range g.words {
			s := &g.slots[slot(n)]
			if s.to == 0 {
				s.from = int32(at)
			}
			s.to = int32(at + 1)
		}
	}
	return w
}

// Word is one of the words by its number, which is its place among those that New was given.
func (w *Words) Word(n int) string { return w.list[n] }

func slotOf(beginning string) uint64 {
	var h uint64
	for i := range len(beginning) {
		h = h<<8 | uint64(beginning[i])
	}
	return h * 0x9e3779b97f4a7c15 >> (64 - slotBits)
}

// Find calls found with each word that stands in a text and where, from the beginning of the text to its end.
func (w *Words) Find(text string, found func(word, at int)) {
	for at := range len(text) {
		if !w.first[text[at]] {
			continue
		}
		rest := text[at:]
		for k, look := range looks {
			g := &w.groups[k]
			if len(rest) < look || len(g.words) == 0 {
				continue
			}
			s := g.slots[slotOf(rest[:look])]
			for _, n := range g.words[s.from:s.to] {
				if strings.HasPrefix(rest, w.list[n]) {
					found(int(n), at)
				}
			}
		}
	}
}
