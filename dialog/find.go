package dialog

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// FindText is a text as it is looked for: full-width as half-width, capitals as small letters, no marks between words.
func FindText(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(norm.NFKC.String(text)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), " ")
}

// longestTerm is where words are cut: nobody looks for more of one.
const longestTerm = 32

// FindTerms are the terms under which a text is found, sorted and each once: words of letters and digits as they are,
// Chinese by every two characters that stand together. A text that has a phrase has all terms of the phrase; the
// reverse does not hold, so what is found is looked at again with FindText.
func FindTerms(text string) []string {
	var out []string
	for _, field := range strings.Fields(FindText(text)) {
		out = append(out, termsOf(field)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// termsOf cuts a run of letters and digits where Chinese begins or ends.
func termsOf(field string) []string {
	var out []string
	var word, han []rune
	end := func() {
		if len(word) > 0 {
			out = append(out, string(word[:min(len(word), longestTerm)]))
		}
		for i := 1; i < len(han); i++ {
			out = append(out, string(han[i-1:i+1]))
		}
		word, han = word[:0], han[:0]
	}
	for _, r := range field {
		isHan := unicode.Is(unicode.Han, r)
		if isHan && len(word) > 0 || !isHan && len(han) > 0 {
			end()
		}
		if isHan {
			han = append(han, r)
		} else {
			word = append(word, r)
		}
	}
	end()
	return out
}

// Findable says whether agents find a conversation by the text of an entry: what people wrote, not what the bot and the
// system say to everybody.
func Findable(e Entry) bool {
	return e.Text != "" && (e.Kind == Text || e.Kind == Note) && (e.Author.Kind == FromBuyer || e.Author.Kind == FromAgent)
}
