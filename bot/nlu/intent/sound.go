package intent

import (
	"strings"
	"sync"

	"github.com/mozillazg/go-pinyin"
	"golang.org/x/text/unicode/norm"
)

type syllabary struct {
	of    [lastHan - firstHan + 1]uint16 // in names; 0 is none
	names []string
}

// The common Chinese characters.
const firstHan, lastHan = '一', '鿿'

// syllables holds the toneless syllable of each common character.
var syllables = sync.OnceValue(func() *syllabary {
	t := &syllabary{names: []string{""}}
	number := map[string]uint16{}
	for c := firstHan; c <= lastHan; c++ {
		first, _, _ := strings.Cut(pinyin.PinyinDict[int(c)], ",")
		s := toneless(first)
		if s == "" {
			continue
		}
		n, ok := number[s]
		if !ok {
			n = uint16(len(t.names))
			number[s] = n
			t.names = append(t.names, s)
		}
		t.of[c-firstHan] = n
	}
	return t
})

// toneless drops the marks of tone and of ü: buyers type neither.
func toneless(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		if r >= 'a' && r <= 'z' {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// syllable is how a Chinese character is most often read, "" if it is none.
func syllable(c rune) string {
	if c < firstHan || c > lastHan {
		return ""
	}
	t := syllables()
	return t.names[t.of[c-firstHan]]
}
