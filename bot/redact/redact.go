// Package redact takes out of a text what tells a person: phone, identity and card numbers, order and waybill
// numbers, e-mail, addresses, names, codes and accounts. What is taken out is replaced by a pseudonym that is the
// same for the same value under the same key, so that a conversation without them still hangs together.
//
// It works on the text alone, by rules, and rather takes too much than too little. It knows no storage and no model,
// and does not decide who may read what.
package redact

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Kind is what was found.
type Kind string

// The kinds, in the order in which they win where they overlap.
const (
	Email    Kind = "email"
	Identity Kind = "id" // number of an identity card or passport
	Card     Kind = "card"
	Phone    Kind = "phone"
	Secret   Kind = "code"    // password or verification code
	Account  Kind = "account" // at a messenger
	Waybill  Kind = "waybill"
	Order    Kind = "order" // or any other long number
	Address  Kind = "address"
	Name     Kind = "name"
)

// Span is a find, in bytes of the text.
type Span struct {
	From, To int
	Kind     Kind
}

// Find returns what it finds, in order and without overlaps.
func Find(text string) []Span {
	f := fold(text)
	var found []Span
	for _, rule := range rules {
		for _, s := range rule(f.text) {
			s.From, s.To = f.at[s.From], f.at[s.To]
			if !slices.ContainsFunc(found, func(o Span) bool { return s.From < o.To && o.From < s.To }) {
				found = append(found, s)
			}
		}
	}
	slices.SortFunc(found, func(a, b Span) int { return cmp.Compare(a.From, b.From) })
	return found
}

// Masker masks the texts of one conversation. It is not safe for use by several goroutines.
type Masker struct {
	key   []byte
	said  map[string]string // pseudonym → value
	alike []Kind
	known map[string]Kind // canonical values of ID
}

// New makes a masker. The same key gives the same pseudonyms, and nobody without it can tell which value one stands for.
func New(key []byte) *Masker { return &Masker{key: key, said: map[string]string{}} }

// Mask replaces every find by its pseudonym, e.g. <phone:qkfzw>. Pseudonyms hold no digits, but those of Alike.
func (m *Masker) Mask(text string) string {
	var b strings.Builder
	last := 0
	for _, s := range Find(text) {
		b.WriteString(text[last:s.From])
		value := text[s.From:s.To]
		if kind, ok := m.known[canonical(value)]; ok {
			s.Kind = kind
		}
		b.WriteString(m.pseudonym(s.Kind, value))
		last = s.To
	}
	b.WriteString(text[last:])
	return b.String()
}

var pseudonyms = regexp.MustCompile(`<(?:email|id|card|phone|code|account|waybill|order|address|name):[a-z]+>`)

// Unmask puts back what this masker has masked; other pseudonyms stay as they are, and so do those of Alike.
func (m *Masker) Unmask(text string) string {
	return pseudonyms.ReplaceAllStringFunc(text, func(p string) string {
		if v, ok := m.said[p]; ok {
			return v
		}
		return p
	})
}

// pseudonym names a value. Ways of writing the same value have the same name; the first of them is put back.
func (m *Masker) pseudonym(kind Kind, value string) string {
	if p := m.lookAlike(kind, value); p != "" {
		return p
	}
	same := canonical(value)
	mac := hmac.New(sha256.New, m.key)
	mac.Write([]byte(string(kind) + " " + same))
	sum := mac.Sum(nil)
	tag := make([]byte, len(sum))
	for i, b := range sum {
		tag[i] = 'a' + b%26
	}
	for n := 5; ; n++ {
		p := "<" + string(kind) + ":" + string(tag[:n]) + ">"
		if was, taken := m.said[p]; taken && canonical(was) != same && n < len(tag) {
			continue // two values that begin alike
		} else if !taken {
			m.said[p] = value
		}
		return p
	}
}

// canonical is a value without the ways of writing it.
func canonical(value string) string {
	s := strings.ToLower(fold(value).text)
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' || r == '.' || r == '_' {
			return -1
		}
		return r
	}, s)
}

// folded is a text in which every way of writing a digit or a Latin letter has become the plain one. at leads from
// its bytes to the text's, and has one entry more for the end.
type folded struct {
	text string
	at   []int
}

func fold(text string) folded {
	var b strings.Builder
	var at []int
	spoken := spokenDigits(text)
	for i, r := range text {
		if r == '\u200b' || r == '\u200c' || r == '\u200d' || r == '\ufeff' {
			continue
		}
		switch {
		case r >= '！' && r <= '～': // full width
			r -= '！' - '!'
		case r == '\u3000' || r == '\u00a0':
			r = ' '
		case r == '—' || r == '–' || r == '－' || r == '‐' || r == '‑':
			r = '-'
		case unicode.Is(unicode.Nd, r) && r > 0x7f:
			r = '0' + digitOf(r)
		case r >= '①' && r <= '⑨':
			r = '1' + r - '①'
		case spoken(i):
			r = '0' + rune(strings.IndexRune(saidDigits, r)/len("零"))%10
		}
		n := b.Len()
		b.WriteRune(r)
		for range b.Len() - n {
			at = append(at, i)
		}
	}
	return folded{b.String(), append(at, len(text))}
}

// digitOf is the value of a decimal digit of any script: they come in rows of ten.
func digitOf(r rune) rune {
	n := rune(0)
	for unicode.Is(unicode.Nd, r-1-n) && n < 9 {
		n++
	}
	return n
}

// saidDigits are digits as they are said: the second ten are other ways.
const saidDigits = "零一二三四五六七八九〇幺两叁肆伍陆柒捌玖"

// spokenDigits says where in a text a digit is said as part of a long number: 幺三八… is one, 三天 is not.
func spokenDigits(text string) func(at int) bool {
	const long = 7
	var runs [][2]int
	from, n := 0, 0
	end := func(to int) {
		if n >= long {
			runs = append(runs, [2]int{from, to})
		}
		n = 0
	}
	for i, r := range text {
		if !strings.ContainsRune(saidDigits, r) {
			end(i)
			continue
		}
		if n == 0 {
			from = i
		}
		n++
	}
	end(len(text))
	return func(at int) bool {
		return slices.ContainsFunc(runs, func(r [2]int) bool { return at >= r[0] && at < r[1] })
	}
}
