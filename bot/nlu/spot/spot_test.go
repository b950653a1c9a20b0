package spot

import (
	"slices"
	"strings"
	"testing"
)

// What is found is what looking for each word by itself finds.
func FuzzFind(f *testing.F) {
	for _, text := range []string{"", "a", "不退", "商家不退货，也不退款", "no notice, nonsense", "aaaa", "\xe4\xb8", "退\xff退"} {
		f.Add(text, "不退,退,a,no,aa,aaa,aaaa,商家,商家不退货,货，,\xb8\xe4,notice,nonsense")
	}
	f.Fuzz(func(t *testing.T, text, list string) {
		type hit struct{ word, at int }
		words := strings.Split(list, ",")
		var got, want []hit
		New(words).Find(text, func(word, at int) { got = append(got, hit{word, at}) })
		for n, w := range words {
			for at := range len(text) {
				if w != "" && strings.HasPrefix(text[at:], w) {
					want = append(want, hit{n, at})
				}
			}
		}
		if !slices.IsSortedFunc(got, func(a, b hit) int { return a.at - b.at }) {
			t.Errorf("%q in %q: not in order: %v", words, text, got)
		}
		byWord := func(a, b hit) int { return (a.word-b.word)<<20 + a.at - b.at }
		slices.SortFunc(got, byWord)
		slices.SortFunc(want, byWord)
		if !slices.Equal(got, want) {
			t.Errorf("%q in %q: %v, want %v", words, text, got, want)
		}
	})
}
