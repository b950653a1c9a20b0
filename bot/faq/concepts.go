package faq

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"

	"go.yaml.in/yaml/v3"

	"recourse/bot/nlu"
	"recourse/bot/nlu/spot"
)

//go:embed lexicon/concepts.yaml
var conceptsYAML []byte

// concept is a thing and the words for it in both languages.
type concept struct {
	name, token string
	han         [][]string // parts that stand in a text in order, near each other
	latin       []string   // with a space before, and one after unless any ending fits; " " stands for what is no letter
}

// concepts in the order of their names.
var concepts = sync.OnceValue(func() []concept {
	var raw map[string][]string
	if err := yaml.Unmarshal(conceptsYAML, &raw); err != nil {
		panic(fmt.Sprintf("faq: concepts: %v", err)) // embedded; a test loads it
	}
	var out []concept
	for name, words := range raw {
		c := concept{name: name}
		for _, w := range words {
			w = strings.ReplaceAll(nlu.Normalise(w), "...", "…") // as NFKC has it
			switch stem, open := strings.CutSuffix(w, "*"); {
			case strings.IndexFunc(w, func(r rune) bool { return r > unicode.MaxASCII }) >= 0:
				c.han = append(c.han, strings.Split(w, "…"))
			case open:
				c.latin = append(c.latin, strings.TrimRight(spaced(stem), " "))
			default:
				c.latin = append(c.latin, spaced(w))
			}
		}
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b concept) int { return strings.Compare(a.name, b.name) })
	for i := range out {
		// A word that nobody types and that shares no piece with another, for the model reads pieces of words.
		h := uint64(i+1) * 0x9e3779b97f4a7c15
		var b strings.Builder
		for range 7 {
			b.WriteByte("bcdfghjklmnpqrstvwxz"[h%20])
			h /= 20
		}
		out[i].token = b.String()
	}
	return out
})

// spaced is the letters and digits of a text with spaces in place of all else, and around it.
func spaced(s string) string {
	var b strings.Builder
	b.WriteByte(' ')
	for _, r := range s {
		if r > unicode.MaxASCII || r == '\'' || r == '-' || unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		} else {
			b.WriteByte(' ')
		}
		if r > unicode.MaxASCII { // Latin words stand alone beside Chinese ones
			b.WriteByte(' ')
		}
	}
	b.WriteByte(' ')
	return b.String()
}

// near is how far apart the parts of a word of two parts may stand, in bytes: six Chinese characters.
const near = 18

// goesOn says whether the second of a word's parts follows the first, which stands at the beginning of a text.
func goesOn(s string, parts []string) bool {
	if len(parts) == 1 {
		return true
	}
	rest := s[len(parts[0]):]
	return strings.Contains(rest[:min(len(rest), near+len(parts[1]))], parts[1])
}

// conceptWords finds the words of all concepts: Chinese ones by their first part, Latin ones in a spaced text.
type conceptWords struct {
	han, latin     *spot.Words
	ofHan, ofLatin []conceptWord // of each word that is found
}

type conceptWord struct {
	concept int
	parts   []string
}

var wordsOfConcepts = sync.OnceValue(func() *conceptWords {
	w := &conceptWords{}
	var han, latin []string
	for n, c := range concepts() {
		for _, parts := range c.han {
			han, w.ofHan = append(han, parts[0]), append(w.ofHan, conceptWord{n, parts})
		}
		for _, word := range c.latin {
			latin, w.ofLatin = append(latin, word), append(w.ofLatin, conceptWord{n, nil})
		}
	}
	w.han, w.latin = spot.New(han), spot.New(latin)
	return w
})

// conceptsOf are the concepts that a text has.
func conceptsOf(text string) []concept {
	all, words := concepts(), wordsOfConcepts()
	has := make([]bool, len(all))
	s := nlu.Normalise(text)
	words.han.Find(s, func(n, at int) {
		if w := words.ofHan[n]; !has[w.concept] {
			has[w.concept] = goesOn(s[at:], w.parts)
		}
	})
	words.latin.Find(spaced(withSpaces(s)), func(n, _ int) { has[words.ofLatin[n].concept] = true })
	var out []concept
	for n, c := range all {
		if has[n] {
			out = append(out, c)
		}
	}
	return out
}

// withSpaces puts a space between Chinese and Latin, which people write without one.
func withSpaces(s string) string {
	var b strings.Builder
	was := false
	for _, r := range s {
		han := r > unicode.MaxASCII
		if han != was {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		was = han
	}
	return b.String()
}

// view is a text as the model reads it: its words, and what they mean whatever the words.
func view(text string) string {
	var b strings.Builder
	b.WriteString(text)
	for _, c := range conceptsOf(text) {
		b.WriteByte(' ')
		b.WriteString(c.token)
	}
	return b.String()
}

// Original is a text as it was before it was made a view.
func (b *Book) Original(seen string) string {
	for _, c := range slices.Backward(concepts()) {
		seen = strings.TrimSuffix(seen, " "+c.token)
	}
	return seen
}
