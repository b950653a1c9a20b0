package dialog

import (
	"strings"
	"unicode/utf8"
)

// Sentences cuts a text after each end of a sentence; left is what has not ended. Between opens and closes nothing is
// cut; what ends there ends behind it ("he said: “no.” …").
func Sentences(text string, opens, closes rune) (out []string, left string) {
	from, open, inside := 0, false, false
	for i, r := range text {
		to := i + utf8.RuneLen(r)
		ends := strings.ContainsRune("。！？；!?", r) || r == '.' && (to < len(text) && text[to] == ' ')
		switch r {
		case opens:
			open = true
		case closes:
			open, ends = false, inside
		}
		inside = ends && open
		if ends && !open {
			out = append(out, text[from:to])
			from = to
		}
	}
	return out, text[from:]
}
