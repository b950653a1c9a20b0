// Package fold brings the many ways of writing one text to one: width, case, traditional characters, space.
// Whatever reads a buyer's words reads them folded, so that the rules and the classifier see the same.
package fold

import (
	_ "embed"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

//go:embed simplified.txt
var table string

// simplified maps a traditional character of the basic plane to its simplified form, and all others to 0.
var simplified = func() *[1 << 16]uint16 {
	m := new([1 << 16]uint16)
	_, pairs, _ := strings.Cut(table, "\n")
	var from rune
	for _, r := range pairs {
		switch {
		case unicode.IsSpace(r):
		case from == 0:
			from = r
		default:
			m[from], from = uint16(r), 0
		}
	}
	return m
}()

// Simplified is the simplified form of a character, which is most often itself.
func Simplified(r rune) rune {
	if r >= 0 && r < rune(len(simplified)) && simplified[r] != 0 {
		return rune(simplified[r])
	}
	return r
}

// Text folds width and case, writes traditional characters as simplified ones, makes any run of space one space
// and drops what cannot be seen. It never fails: bytes that are no text become U+FFFD.
func Text(s string) string {
	s = strings.ToLower(norm.NFKC.String(strings.ToValidUTF8(s, "\uFFFD")))
	var b strings.Builder
	b.Grow(len(s))
	space := true
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			if !space {
				b.WriteByte(' ')
			}
			space = true
			continue
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			continue
		case r == '’' || r == '‘':
			r = '\''
		}
		b.WriteRune(Simplified(r))
		space = false
	}
	return strings.TrimRight(b.String(), " ")
}
