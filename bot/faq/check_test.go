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
		{"four buttons", "[escalate, human]", "[escalate, status, withdraw, appeal, human]", false, "4 buttons"},
		{"an answer never said", "- zh: \"商家一般", "- when: {states: [merchant_review], may: escalate, flag: overdue}\n  zh: 再等等\n  en: wait\n- zh: \"商家一般", false, "it is never said"},
		{"a name that nobody says", "- when: {states: [merchant_review], may", "- name: stale\n  when: {states: [merchant_review], may", false, `nobody says the answer "stale"`},
		{"a fact of another topic", "  facts: [F0-16]\n", "  facts: [F0-16, F0-17]\n", false, "F0-17, which the topic does not list"},
		{"no such fact", "facts: [F0-16]\nnear", "facts: [F0-16, F9-99]\nnear", false, "there is no fact F9-99"},
		{"an idle fact", "facts: [F0-16]\nnear", "facts: [F0-16, F0-17]\nnear", false, "no answer rests on F0-17"},
		{"no such neighbour", "near: []", "near: [c-topic]", false, "its neighbour c-topic is no topic"},
		{"what it means in no state", "[merchant_review]\nanswers", "[merchant_review]\nmeans: {nowhere: a-topic}\nanswers", true, `there is no state "nowhere"`},
		{"what is no topic is meant", "[merchant_review]\nanswers", "[merchant_review]\nmeans: {draft: c-topic}\nanswers", true, "in draft it means c-topic, which is no topic"},
		{"another is meant where it is asked", "[merchant_review]\nanswers", "[merchant_review]\nmeans: {merchant_review: a-topic}\nanswers", false, "and is asked there itself"},
		{"it means itself", "[merchant_review]\nanswers", "[merchant_review]\nmeans: {draft: a-topic}\nanswers", false, "which means something else there"},
		{"an answer where another is meant", "[merchant_review]\nanswers", "[draft]\nmeans: {merchant_review: a-topic}\nanswers", false, "it is never said: in merchant_review the topic means another one"},
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

// A topic has the answers that code says by name, under these names, where code says them, before the others.
func TestNamedAnswersAreThoseThatCodeSays(t *testing.T) {
	raw, err := builtin.ReadFile("pay-not-arrived.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	cut := func(from, to string) string {
		t.Helper()
		a, b := strings.Index(text, from), strings.Index(text, to)
		if a < 0 || b < a {
			t.Fatalf("no part from %q to %q", from, to)
		}
		return text[a:b]
	}
	arrived, trouble := cut("- name: arrived", "- name: trouble"), cut("- name: trouble", "- name: late")
	for _, tt := range []struct{ name, text, want string }{
		{"as built in", text, ""},
		{"one is missing", strings.Replace(text, arrived, "", 1), `the program says the answer "arrived" of this topic when {states: [refunded, refund_pending], flag: money_arrived}, and there is none`},
		{"another name", strings.Replace(text, "name: arrived", "name: arrived_at", 1), `there is none`},
		{"another when", strings.Replace(text, "flag: money_arrived", "flag: late_money", 1), `pay-not-arrived.yaml:9: answer: the program says "arrived" when`},
		{"another order", strings.Replace(text, arrived+trouble, trouble+arrived, 1), `"arrived" stands twice, or after`},
		{"after the others", strings.Replace(strings.Replace(text, arrived, "", 1), "- when: {states: [refund_failed]}", "- when: {states: [refund_failed], flag: final}\n  zh: 请稍候\n  en: Please wait\n"+arrived+"- when: {states: [refund_failed]}", 1), `"arrived" goes before the answers without a name`},
	} {
		_, err := load(topicFS(map[string]string{"pay-not-arrived": tt.text}))
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

// An owner puts single answers in the place of ours by their name or their when; what he does not give stays.
func TestASingleAnswerIsReplaced(t *testing.T) {
	over := func(text string) (*Book, error) {
		return load(source{files: builtin}, topicFS(map[string]string{"pay-not-arrived": "id: pay-not-arrived\nextends: true\n" + text}))
	}
	b, err := over("answers:\n- name: late\n  zh: 钱晚了，{chase} 就该到了。\n  en: The money is late; it was due on {chase}.\n  buttons: [status]\n" +
		"- when: {states: [refund_failed]}\n  zh: 渠道没有走通。\n  en: The channel refused.\n- zh: 先看订单。\n  en: Look at the order first.\n")
	if err != nil {
		t.Fatal(err)
	}
	ours, his := Builtin().Answers("pay-not-arrived"), b.Answers("pay-not-arrived")
	changed := 0
	for i, a := range his {
		if a.Name != ours[i].Name || !When(a.When).equal(When(ours[i].When)) || !slices.Equal(a.Facts, ours[i].Facts) {
			t.Errorf("answer %d is %+v, ours %+v", i, a, ours[i])
		}
		if a.Words[dialog.ZH] != ours[i].Words[dialog.ZH] {
			changed++
		}
		if a.Name == dialog.NameLate && (!strings.HasPrefix(a.Words[dialog.ZH], "钱晚了") || !slices.Equal(a.Buttons, []dialog.Action{dialog.ActStatus})) {
			t.Errorf("late is %+v", a)
		}
	}
	if changed != 3 || len(his) != len(ours) {
		t.Errorf("%d of %d answers changed, want 3 of %d", changed, len(his), len(ours))
	}
	for want, text := range map[string]string{
		`pay-not-arrived.yaml:4: the topic has no answer "tardy"`:                  "answers:\n- name: tardy\n  zh: 晚\n  en: late\n",
		"the topic has no answer {states: [draft]}":                                "answers:\n- when: {states: [draft]}\n  zh: 晚\n  en: late\n",
		`the program says "late" when`:                                             "answers:\n- name: late\n  when: {states: [refunded]}\n  zh: 晚\n  en: late\n",
		"pay-not-arrived.yaml:4: slot: nothing fills {chased}":                     "answers:\n- name: late\n  zh: 晚 {chased}\n  en: late {chased}\n",
		"pay-not-arrived.yaml:4: answer: there is no answer in en":                 "answers:\n- name: late\n  zh: 晚\n",
		"extends changes single answers and adds examples, nothing else; leave it": "facts: [F0-27]\nexamples: {zh: [戊], en: []}\n",
	} {
		if _, err := over(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", want, err)
		}
	}
	// A whole topic without them is a remark for each: his other answers hold there.
	whole, err := load(source{files: builtin}, topicFS(map[string]string{"pay-not-arrived": "id: pay-not-arrived\naudience: buyer\ntitle: {zh: 钱, en: Money}\nlabel: {zh: 钱, en: Money}\nanswers:\n- zh: 请等等。\n  en: Please wait.\n"}))
	if err != nil {
		t.Fatal(err)
	}
	remarks := 0
	for _, f := range whole.Check() {
		if f.Topic == "pay-not-arrived" && strings.Contains(f.What, "which the program would say when") {
			remarks++
		}
		if f.Topic == "pay-not-arrived" && f.Level > Odd {
			t.Error(f)
		}
	}
	if remarks != 4 || len(whole.Replaced("pay-not-arrived")) != len(ours) || whole.Replaced("pay-arrival") != nil {
		t.Errorf("%d remarks, %d answers replaced", remarks, len(whole.Replaced("pay-not-arrived")))
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
