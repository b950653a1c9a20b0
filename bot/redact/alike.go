package redact

import (
	"crypto/hmac"
	"crypto/sha256"
	"slices"
	"strings"
	"unicode"
)

// Alike makes the pseudonyms of some kinds look like what they stand for: the same letters, as many digits, others of
// them. A number that somebody must still recognise as an order's is one then. It must be called before anything is
// masked.
func (m *Masker) Alike(kinds ...Kind) { m.alike = append(m.alike, kinds...) }

// ID is the pseudonym of a value whose kind is known without looking at it; in texts it is then known by that kind, too.
// A value with fewer than six digits tells nobody anything and stays.
func (m *Masker) ID(kind Kind, value string) string {
	same := canonical(value)
	if strings.IndexFunc(same, unicode.IsDigit) < 0 || digits(same) < 6 {
		return value
	}
	if m.known == nil {
		m.known = map[string]Kind{}
	}
	m.known[same] = kind
	return m.pseudonym(kind, value)
}

func digits(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// lookAlike replaces the digits of a value by others, which depend on all of it and on the key. The first two and all
// letters stay: they say what kind of number it is.
func (m *Masker) lookAlike(kind Kind, value string) string {
	if !slices.Contains(m.alike, kind) {
		return ""
	}
	mac := hmac.New(sha256.New, m.key)
	mac.Write([]byte("alike " + string(kind) + " " + canonical(value)))
	sum := mac.Sum(nil)
	n := 0
	return strings.Map(func(r rune) rune {
		if !unicode.IsDigit(r) {
			return r
		}
		n++
		if n <= 2 {
			return r
		}
		return '0' + rune(sum[n%len(sum)]%10)
	}, fold(value).text)
}
