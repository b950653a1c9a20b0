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

func inOrder(s string, parts []string) bool {
	at := strings.Index(s, parts[0])
	for at >= 0 && len(parts) > 1 {
		rest := s[at+len(parts[0]):]
		if i := strings.Index(rest, parts[1]); i >= 0 && i <= near {
			return true
		}
		next := strings.Index(rest, parts[0])
		if next < 0 {
			return false
		}
		at += len(parts[0]) + next
	}
	return at >= 0
}

// conceptsOf are the concepts that a text has.
func conceptsOf(text string) []concept {
	s := nlu.Normalise(text)
	latin := spaced(withSpaces(s))
	var out []concept
	for _, c := range concepts() {
		if slices.ContainsFunc(c.han, func(parts []string) bool { return inOrder(s, parts) }) ||
			slices.ContainsFunc(c.latin, func(w string) bool { return strings.Contains(latin, w) }) {
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
