package nlu

import (
	"slices"
	"strings"
	"unicode"

	"recourse/dialog"
)

// functionWords tell an English sentence from a few Latin words in another language: a brand, a model, "ok".
var functionWords = []string{
	"i", "i'm", "i've", "i'd", "i'll", "my", "me", "the", "a", "an", "it", "it's", "is", "isn't", "are", "was", "were", "to", "of", "for", "and", "but", "not", "don't", "didn't", "doesn't", "can't", "won't", "how", "what",
	"where", "when", "why", "who", "which", "can", "could", "would", "please", "want", "need", "have", "has", "do", "does", "did", "this", "that", "you", "your", "they", "we", "with", "from", "in", "on", "at", "be", "let", "still",
}

// Language is the language that a text is clearly written in, false if it is not clear: a short "ok", a number, the
// name of a thing. A conversation goes on in the language it has then.
func Language(text string) (dialog.Locale, bool) {
	han, other := 0, false
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Han, r):
			han++
		case unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r):
			other = true
		}
	}
	words := latinWords(text)
	switch {
	case other:
		return "", false
	case han >= 2 && han >= len(words):
		return dialog.ZH, true
	case han > 0 || len(words) < 3:
		return "", false
	}
	if slices.ContainsFunc(words, func(w string) bool { return slices.Contains(functionWords, w) }) {
		return dialog.EN, true
	}
	return "", false
}

// latinWords are the words of a text in Latin letters, up to as many as tell its language.
func latinWords(text string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(strings.ToLower(strings.ReplaceAll(text, "’", "'")), func(r rune) bool {
		return !unicode.Is(unicode.Latin, r) && r != '\''
	}) {
		if w = strings.Trim(w, "'"); w != "" {
			out = append(out, w)
		}
		if len(out) == 40 {
			break
		}
	}
	return out
}

// Scant says that a text has too little in it to tell what it is about: signs and faces alone, one word, two Chinese
// characters.
func Scant(text string) bool {
	letters := 0
	for _, r := range text {
		if unicode.Is(unicode.Han, r) {
			letters++
		}
	}
	if letters > 0 {
		return letters <= 2
	}
	return len(strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' })) <= 1
}

func countWords(s string) int { return len(strings.Fields(s)) }
