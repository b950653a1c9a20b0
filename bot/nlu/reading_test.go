package nlu

import (
	"slices"
	"strings"
	"testing"
)

// A text is read once for all lists; each list has a word in it if and only if looking for its words one by one finds
// one.
func TestListsAreFoundAsTheirWordsAre(t *testing.T) {
	lists := map[string][]string{
		"angry": angry, "came": cameWords, "asking": asking, "goods": goods, "no harm": noHarmWords, "the shop": theShop, "used": usedFor, "anywhere": askingAnywhere,
	}
	for _, r := range slices.Concat(intents, moves) {
		lists["intent "+string(r.intent)+strings.Join(r.words, "")] = r.words
	}
	for _, r := range reasons {
		lists["strong "+string(r.id)], lists["weak "+string(r.id)], lists["not "+string(r.id)] = r.strong, r.weak, r.not
	}
	for _, r := range topics {
		lists["any "+string(r.topic)+strings.Join(r.any, "")] = r.any
		for _, g := range r.all {
			lists["all "+strings.Join(g, "")] = g
		}
	}
	texts := []string{"", "no", "notice", "the shop's", "shop", "workshop", "他说no", "用过2次", "a", strings.Repeat("没", 40)}
	for _, list := range lists {
		for i, w := range list {
			texts = append(texts, w, "x"+w, w+"x", "他"+w+"了", list[len(list)-1-i]+" "+w)
		}
	}
	for name, list := range lists {
		if len(list) > 0 {
			if _, ok := lexicon().lists[&list[0]]; !ok {
				t.Errorf("the list %.40s is looked through word by word", name)
			}
		}
	}
	for _, text := range texts {
		s := read(text)
		for name, list := range lists {
			want := slices.ContainsFunc(list, func(w string) bool { return contains(s.text, w) })
			if got := matchAny(s, list); got != want {
				t.Fatalf("%q, list %.40s: %v, want %v", s.text, name, got, want)
			}
		}
	}
}

func BenchmarkUnderstand(b *testing.B) {
	texts := []string{"你好", "手环充了一晚上还是开不了机", "商家三天了一直不处理，我要平台介入", "the box was crushed and two of the six eggs are broken", "昨天签收的，单号SF1234567890123"}
	for i := 0; b.Loop(); i++ {
		Understand(texts[i%len(texts)], shelf)
	}
}

func BenchmarkTwoThousandCharacters(b *testing.B) {
	for name, text := range map[string]string{
		"story":    strings.Repeat("手环充了一晚上还是开不了机，包装也压坏了。", 95),
		"english":  strings.Repeat("the bracelet won't turn on and the box was crushed. ", 39),
		"figures":  strings.Repeat("12个碎了，3天前收到；", 150),
		"one word": strings.Repeat("不", 2000),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Understand(text, shelf)
			}
		})
	}
}
