package nlu

import (
	"slices"
	"strings"
	"sync"
	"unicode"

	"recourse/cases/policy"
	"recourse/dialog"
)

// linesOf ranks order lines by how much of their title, shop and number the text names.
func linesOf(s string, lines []policy.Line) []string {
	type scored struct {
		key   string
		score int
	}
	var found []scored
	for _, l := range lines {
		score := 0
		if l.OrderID != "" && strings.Contains(s, strings.ToLower(l.OrderID)) {
			score += 100
		}
		score += titles.of(l.Title).namedIn(s)
		if score > 0 {
			found = append(found, scored{dialog.LineKey(l.OrderID, l.LineID), score})
		}
	}
	slices.SortStableFunc(found, func(a, b scored) int { return b.score - a.score }) // equal scores keep the order system's order
	var out []string
	for _, f := range found {
		if f.score*2 < found[0].score {
			break
		}
		out = append(out, f.key)
	}
	return out
}

// title is what of an order line's title a text may name: its Han bigrams and its Latin words.
type title struct{ pairs, words []string }

// namedIn counts what a text names of a title.
func (t title) namedIn(s string) int {
	n := 0
	for _, p := range t.pairs {
		if strings.Contains(s, p) {
			n += 2
		}
	}
	for _, w := range t.words {
		if contains(s, w) {
			n += 2
		}
	}
	return n
}

// titles keeps what was cut from titles: a buyer's are the same in each of his messages.
var titles = &titleCache{cut: map[string]title{}}

type titleCache struct {
	mu  sync.RWMutex
	cut map[string]title
}

// keptTitles bounds what is kept, at a few hundred bytes each.
const keptTitles = 4096

func (c *titleCache) of(text string) title {
	c.mu.RLock()
	t, ok := c.cut[text]
	c.mu.RUnlock()
	if ok {
		return t
	}
	t = cutTitle(text)
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.cut) >= keptTitles {
		clear(c.cut)
	}
	c.cut[text] = t
	return t
}

func cutTitle(text string) title {
	var t title
	text = Normalise(text)
	runes := []rune(text)
	for i := 0; i+1 < len(runes); i++ {
		if unicode.Is(unicode.Han, runes[i]) && unicode.Is(unicode.Han, runes[i+1]) {
			t.pairs = append(t.pairs, string(runes[i:i+2]))
		}
	}
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) || unicode.Is(unicode.Han, r) }) {
		if len(w) >= 3 {
			t.words = append(t.words, w)
		}
	}
	return t
}
