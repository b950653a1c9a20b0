package faq

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"recourse/dialog"
)

// sound is a topic without faults; plant changes it.
const sound = `id: %s
audience: buyer
title: {zh: 商家不处理, en: Silent merchant}
label: {zh: 商家一直没处理, en: The merchant does not answer}
facts: [F0-16]
near: []
states: [merchant_review]
answers:
- when: {states: [merchant_review], may: escalate}
  facts: [F0-16]
  zh: "商家超时了，到 {hard} 系统自动同意。"
  en: "The merchant is late; the system agrees on {hard}."
  buttons: [escalate, human]
- zh: "商家一般 {merchant_review_typical} 个工作日内处理。"
  en: "The merchant usually answers within {merchant_review_typical} workdays."
  buttons: [human]
examples:
  zh: [卖家三天没动静]
  en: [shop is silent]
`

// topicFS is a source with topics and nothing that asks none.
func topicFS(files map[string]string) source {
	m := fstest.MapFS{}
	for id, text := range files {
		m[id+".yaml"] = &fstest.MapFile{Data: []byte(text)}
	}
	return source{files: m}
}

func TestEachPlantedFaultIsFound(t *testing.T) {
	base := fmt.Sprintf(sound, "a-topic")
	for _, tt := range []struct {
		name, old, new string
		fatal          bool   // it is not even loaded
		want           string // in the finding
	}{
		{"nothing planted", "", "", false, ""},
		{"unknown key", "audience: buyer", "audience: buyer\nshade: blue", true, "a-topic.yaml:3: field shade not found"},
		{"another id", "id: a-topic", "id: b-topic", true, `a-topic.yaml:1: the id is "b-topic"`},
		{"audience", "audience: buyer", "audience: all", true, `audience "all"`},
		{"a label in one language", "en: The merchant does not answer", `en: ""`, true, "the label is not given in both languages"},
		{"unknown slot", "{hard}", "{hardest}", true, "a-topic.yaml:9: slot: nothing fills {hardest}"},
		{"fact without a case", "{merchant_review_typical} 个", "{hard} 个", true, "a-topic.yaml:14: slot: {hard} is a fact of a case"},
		{"slot that may be empty", "到 {hard} 系统", "到 {validity_end} 系统", true, "write {validity_end?…}"},
		{"open brace", "到 {hard} 系统", "到 {hard 系统", true, "a brace is not closed"},
		{"no last answer", "- zh: \"商家一般", "- when: {flag: final}\n  zh: \"商家一般", true, "the last answer, and no other, is without when"},
		{"unknown state", "{states: [merchant_review], may: escalate}", "{states: [asleep]}", true, `there is no state "asleep"`},
		{"unknown flag", "may: escalate", "flag: late", true, `there is no flag "late"`},
		{"what no buyer does", "may: escalate", "may: rule_buyer", true, "nothing a buyer does"},
		{"unknown button", "[escalate, human]", "[escalate, pay]", true, `there is no button "pay"`},
		{"unknown code", "  facts: [F0-16]\n  zh", "  code: NO_SUCH\n  facts: [F0-16]\n  zh", true, "the policy has no code"},
		{"a digit", "商家超时了", "商家超过3天了", false, `number: "3" is typed in`},
		{"a figure in words", "商家超时了", "商家超过三个工作日了", false, `"三个工作日" is typed in`},
		{"an English figure", "The merchant is late", "The merchant is three days late", false, `"three days" is typed in`},
		{"a long answer", "商家超时了", strings.Repeat("商家超时了", 30), false, "length: "},
		{"a long label", "商家一直没处理", strings.Repeat("一直没处理", 5), false, "characters, at most 18"},
		{"four buttons", "[escalate, human]", "[escalate, status, withdraw, human]", false, "4 buttons"},
		{"an answer never said", "- zh: \"商家一般", "- when: {states: [merchant_review], may: escalate, flag: overdue}\n  zh: 再等等\n  en: wait\n- zh: \"商家一般", false, "it is never said"},
		{"a fact of another topic", "  facts: [F0-16]\n", "  facts: [F0-16, F0-17]\n", false, "F0-17, which the topic does not list"},
		{"no such fact", "facts: [F0-16]\nnear", "facts: [F0-16, F9-99]\nnear", false, "there is no fact F9-99"},
		{"an idle fact", "facts: [F0-16]\nnear", "facts: [F0-16, F0-17]\nnear", false, "no answer rests on F0-17"},
		{"no such neighbour", "near: []", "near: [c-topic]", false, "its neighbour c-topic is no topic"},
		{"slots of one language", "on {hard}.", "soon.", false, "only one language has {hard}"},
		{"a duplicate", "[卖家三天没动静]", "[卖家三天没动静, 卖家，三天没动静！]", false, "duplicate: "},
		{"a state of an example", "[卖家三天没动静]", "[{text: 卖家三天没动静, in: [nowhere]}]", true, `there is no state "nowhere"`},
		{"a key of an example", "[卖家三天没动静]", "[{text: 卖家三天没动静, at: [nowhere]}]", true, "field at not found"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.old != "" && !strings.Contains(base, tt.old) {
				t.Fatalf("%q is not there to be replaced", tt.old)
			}
			b, err := load(topicFS(map[string]string{"a-topic": strings.Replace(base, tt.old, tt.new, 1)}))
			if tt.fatal {
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Fatalf("loading says %v, want %q", err, tt.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var found []string
			for _, f := range b.Check() {
				if f.File != "all topics" && !strings.Contains(f.What, "are wanted") {
					found = append(found, f.String())
				}
			}
			if tt.want == "" {
				if len(found) > 0 {
					t.Errorf("found %v in a sound topic", found)
				}
				return
			}
			if !slices.ContainsFunc(found, func(s string) bool { return strings.Contains(s, tt.want) }) {
				t.Errorf("found %v, want %q", found, tt.want)
			}
		})
	}
}

// The same words may ask two topics only where the state of the case says which.
func TestContradictoryExamplesAreFoundUnlessTheStateTells(t *testing.T) {
	say := func(a, b string) []Finding {
		t.Helper()
		book, err := load(topicFS(map[string]string{
			"a-topic": strings.Replace(fmt.Sprintf(sound, "a-topic"), "卖家三天没动静", a, 1),
			"b-topic": strings.Replace(strings.Replace(fmt.Sprintf(sound, "b-topic"), "卖家三天没动静", b, 1), "shop is silent", "not a word", 1),
		}))
		if err != nil {
			t.Fatal(err)
		}
		return slices.DeleteFunc(book.Check(), func(f Finding) bool { return f.Kind != "contradiction" })
	}
	if f := say("不处理", "不处理！"); len(f) != 1 || f[0].Topic != "b-topic" || !strings.Contains(f[0].What, "asks a-topic in a-topic.yaml:18") {
		t.Errorf("found %v", f)
	}
	if f := say("{text: 不处理, in: [merchant_review]}", "{text: 不处理, in: [return_in_transit]}"); len(f) > 0 {
		t.Errorf("found %v", f)
	}
	if f := say("{text: 不处理, in: [merchant_review]}", "{text: 不处理, in: [merchant_review, draft]}"); len(f) != 1 {
		t.Errorf("found %v", f)
	}
}

func TestADirectoryReplacesExtendsAndAdds(t *testing.T) {
	under := topicFS(map[string]string{"a-topic": fmt.Sprintf(sound, "a-topic"), "b-topic": strings.NewReplacer("卖家三天没动静", "乙", "shop is silent", "b").Replace(fmt.Sprintf(sound, "b-topic"))})
	before, err := load(under)
	if err != nil {
		t.Fatal(err)
	}
	over := topicFS(map[string]string{
		"a-topic": "id: a-topic\nextends: true\nexamples: {zh: [店家装死], en: []}\n",
		"b-topic": strings.NewReplacer("卖家三天没动静", "丙", "shop is silent", "c", "商家超时了", "店铺超时了").Replace(fmt.Sprintf(sound, "b-topic")),
		"c-topic": strings.NewReplacer("卖家三天没动静", "丁", "shop is silent", "d").Replace(fmt.Sprintf(sound, "c-topic")),
	})
	b, err := load(under, over)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(b.Topic("a-topic").Examples.ZH); n != 2 || len(before.Topic("a-topic").Examples.ZH) != 1 {
		t.Errorf("the extended topic has %d examples, the old one %d", n, len(before.Topic("a-topic").Examples.ZH))
	}
	if zh := b.Answers("b-topic")[0].Words[dialog.ZH]; !strings.HasPrefix(zh, "店铺超时了") || b.Topic("b-topic").Examples.ZH[0].Text != "丙" {
		t.Errorf("the replaced topic says %s", zh)
	}
	if b.Topic("c-topic") == nil || before.Topic("c-topic") != nil || b.Version() == before.Version() {
		t.Errorf("topics %v of %s, before %s", b.Topics(), b.Version(), before.Version())
	}
	for name, text := range map[string]string{
		"extends a topic that is not there": "id: d-topic\nextends: true\nexamples: {zh: [戊], en: []}\n",
	} {
		if _, err := load(under, topicFS(map[string]string{"d-topic": text})); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := load(under, topicFS(map[string]string{"a-topic": "id: a-topic\nextends: true\nfacts: [F0-16]\nexamples: {zh: [戊], en: []}\n"})); err == nil {
		t.Error("extends takes facts")
	}
	if _, err := load(under, topicFS(nil)); err == nil {
		t.Error("an empty directory is no mistake")
	}
}

// What is built in can be served, and no rule of the format is broken.
func TestTheBuiltInTopicsAreSound(t *testing.T) {
	for _, f := range Builtin().Check() {
		if f.Level > Odd {
			t.Error(f)
		}
	}
}
