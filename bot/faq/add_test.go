package faq

import (
	"errors"
	"testing"

	"recourse/dialog"
)

func TestAnExampleIsAddedAndNothingElseChanges(t *testing.T) {
	const head = "id: a\nextends: true # ours\n"
	for _, tc := range []struct {
		name, before string
		id           dialog.Topic
		l            dialog.Locale
		text, after  string
	}{
		{"a new file", "", "a", dialog.ZH, "钱呢", "id: a\nextends: true\nexamples:\n  zh:\n  - 钱呢\n"},
		{"what asks something else", "", NoTopic, dialog.EN, "who won?", "examples:\n  en:\n  - who won?\n"},
		{
			"at the end of its language", head + "examples:\n  zh:\n  - 一\n  # why\n  - 二 # two\n  en:\n  - one\n", "a", dialog.ZH, "三",
			head + "examples:\n  zh:\n  - 一\n  # why\n  - 二 # two\n  - 三\n  en:\n  - one\n",
		},
		{
			"after one over several lines", head + "examples:\n  en:\n    - text: one\n      in: [refunded]\n", "a", dialog.EN, "two: really",
			head + "examples:\n  en:\n    - text: one\n      in: [refunded]\n    - 'two: really'\n",
		},
		{"another language", head + "examples:\n  zh:\n  - 一\n", "a", dialog.EN, "one", head + "examples:\n  en:\n  - one\n  zh:\n  - 一\n"},
		{"no examples yet", head, "a", dialog.ZH, "- 一", head + "examples:\n  zh:\n  - '- 一'\n"},
		{"one without an end of line, of a text with two", "id: a\nextends: true\nexamples:\n  zh:\n  - 一", "a", dialog.ZH, "一\n二", "id: a\nextends: true\nexamples:\n  zh:\n  - 一\n  - 一 二\n"},
	} {
		got, err := AddExample([]byte(tc.before), tc.id, tc.l, tc.text)
		if err != nil || string(got) != tc.after {
			t.Errorf("%s: %v\n%s\nwant\n%s", tc.name, err, got, tc.after)
		}
	}
	for _, flow := range []string{head + "examples: {zh: [一]}\n", head + "examples:\n  zh: [一, 二]\n", head + "examples:\n  zh: []\n"} {
		if got, err := AddExample([]byte(flow), "a", dialog.ZH, "三"); !errors.Is(err, ErrLayout) {
			t.Errorf("%q became %q, %v", flow, got, err)
		}
	}
}

func TestAKnownExampleIsFoundAgain(t *testing.T) {
	b := Builtin()
	for _, id := range b.Topics() {
		for _, l := range []dialog.Locale{dialog.ZH, dialog.EN} {
			list := b.Topic(id).examples(l)
			for _, e := range list[:min(len(list), 1)] {
				if got := b.Asks(" "+e.Text+"！", l); got == "" {
					t.Fatalf("%q of %s is not found", e.Text, id)
				}
			}
		}
	}
	if got := b.Asks("这句话还没有人问过呀呀呀", dialog.ZH); got != "" {
		t.Errorf("a new text is one of %s", got)
	}
}
