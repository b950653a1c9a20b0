package dialog

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestTermsAreWordsAndPairsOfCharacters(t *testing.T) {
	for text, want := range map[string][]string{
		"":                        nil,
		"退":                       nil,
		"退款":                      {"退款"},
		"我要退款，订单6920251100010001": {"6920251100010001", "我要", "要退", "订单", "退款"},
		"Where is ＭＹ refund?":     {"is", "my", "refund", "where"},
		"iPhone手机壳":               {"iphone", "手机", "机壳"},
		"!!! ……":                  nil,
	} {
		if got := FindTerms(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// Whoever looks for a part of a text by whole words finds the text: the index is asked with the terms of the phrase.
func TestATextHasTheTermsOfItsPhrases(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.SampledFrom([]string{"退款", "人工客服", "6920", "where", "手机壳坏了", "ok", "订单"}), 1, 8).Draw(t, "words")
		from := rapid.IntRange(0, len(words)-1).Draw(t, "from")
		to := rapid.IntRange(from+1, len(words)).Draw(t, "to")
		text, phrase := strings.Join(words, " "), strings.Join(words[from:to], " ")
		all := FindTerms(text)
		for _, term := range FindTerms(phrase) {
			if !slices.Contains(all, term) {
				t.Fatalf("%q has no %q of %q", text, term, phrase)
			}
		}
		if !strings.Contains(FindText(text), FindText(phrase)) {
			t.Fatalf("%q does not contain %q", FindText(text), FindText(phrase))
		}
	})
}
