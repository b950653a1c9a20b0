package suite_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"recourse/bot/replay/suite"
	"recourse/dialog"
)

func put(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const sound = `# a comment
conversation: late-refusal
about: The merchant refuses.
langs: [zh, en]
tags: [escalation]
tier: soft
fixture:
  clock: "2026-11-25 14:00"
  orders: [{order: o1, title: {zh: 相机包, en: Camera bag}, goods_fen: 15900, status: signed, signed: "2026-11-24 14:00"}]
  past:
    - {at: "2026-11-24 15:00", do: open, order: o1}
never: {zh: [保证], en: ["(?i)guarantee"]}
steps:
  - say: {zh: 有一道划痕, en: There is a scratch}
    expect: {key: ask.order, buttons: [pick_order], step: order}
  - press: pick_order
    args: {order: o1}
    expect: {step: "", entries: 0}
  - upload: [parcel_photo]
  - merchant: reject
    event: {text: 不同意}
    expect:
      state: merchant_rejected
      says: {zh: [平台介入], en: step in}
      deadline: {escalate_window: "2026-11-27 14:00"}
  - pass: 2d1h
  - agent: join
---
conversation: other
fixture: {clock: "2026-11-25 14:00"}
steps: [{say: 你好}]
`

func TestAConversationIsReadOncePerLanguage(t *testing.T) {
	dir := put(t, map[string]string{"a.yaml": sound})
	list, err := suite.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 3 || list[0].ID != "late-refusal/en" || list[1].ID != "late-refusal/zh" || list[2].ID != "other" {
		t.Fatalf("got %+v", list)
	}
	en := list[0]
	file := filepath.ToSlash(filepath.Join(dir, "a.yaml"))
	if en.Locale != dialog.EN || en.Tier != suite.Soft || en.Pos != (suite.Pos{File: file, Line: 2}) || list[2].Pos.Line != 29 || list[2].Tier != suite.Regression {
		t.Errorf("got %+v, %+v", en, list[2])
	}
	c := en.Conversation
	if c.Fixture.Orders[0].Title.In(dialog.EN) != "Camera bag" || !c.Fixture.Clock.Equal(time.Date(2026, 11, 25, 6, 0, 0, 0, time.UTC)) || !cmp.Equal(c.Never, []string{"(?i)guarantee"}) {
		t.Errorf("fixture %+v, never %v", c.Fixture, c.Never)
	}
	if s := c.Steps[0]; s.Pos.Line != 14 || s.Say.In(dialog.EN) != "There is a scratch" || s.Expect.Pos.Line != 15 || *s.Expect.Step != "order" {
		t.Errorf("step 1: %+v", s)
	}
	if x := c.Steps[1].Expect; x.Step == nil || *x.Step != "" || x.Entries == nil || *x.Entries != 0 {
		t.Errorf("an empty step and no entries are something else than nothing said: %+v", x)
	}
	if d := time.Duration(c.Steps[4].Pass); d != 49*time.Hour {
		t.Errorf("passes %s", d)
	}
	if got := c.Steps[3].Expect.Says.In(dialog.EN); !cmp.Equal(got, []string{"step in"}) {
		t.Errorf("says %v", got)
	}
}

func TestQuestionsAreReadFromJSONLAndCSV(t *testing.T) {
	dir := put(t, map[string]string{
		"a.jsonl": `{"text":"多久到账","topic":"pay-arrival","accept":["pay-not-arrived","asks"],"case_state":"refund_pending","tags":["money"]}` + "\n\n" + `{"id":"x","text":"weather?","topic":"none","tier":"soft"}`,
		"b.csv":   "\ufefftext,topic,accept,lang\n\"运费, 谁出\",ret-freight,pay-amount|asks,zh\n",
	})
	list, err := suite.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	byText := map[string]suite.Case{}
	for _, c := range list {
		byText[c.Question.Text] = c
	}
	a, b, x := byText["多久到账"], byText["运费, 谁出"], byText["weather?"]
	if a.Locale != dialog.ZH || a.Question.State != "refund_pending" || !cmp.Equal(a.Question.Accept, []dialog.Topic{"pay-not-arrived", "asks"}) || a.Pos.Line != 1 {
		t.Errorf("got %+v", a)
	}
	if b.Pos.Line != 2 || !cmp.Equal(b.Question.Accept, []dialog.Topic{"pay-amount", "asks"}) || !strings.HasPrefix(b.ID, "q/") {
		t.Errorf("got %+v", b)
	}
	if x.ID != "x" || x.Locale != dialog.EN || x.Tier != suite.Soft || x.Pos.Line != 3 {
		t.Errorf("got %+v", x)
	}
	moved := put(t, map[string]string{"c.jsonl": "\n\n" + `{"text":"多久 到账","topic":"pay-arrival","case_state":"refund_pending"}`})
	again, err := suite.Load(moved)
	if err != nil || again[0].ID != a.ID {
		t.Errorf("a question is another when it moves: %v, %v", again, err)
	}
}

func TestWhatIsWrongIsSaidWithItsPlaceAndWhatWasExpected(t *testing.T) {
	conv := func(rest string) string {
		return "conversation: x\nfixture: {clock: \"2026-11-25 14:00\"}\n" + rest
	}
	steps := func(s string) string { return conv("steps:\n" + s) }
	for want, file := range map[string]struct{ name, text string }{
		`:3: a conversation has no field "step"; did you mean "steps"?`:                       {"a.yaml", conv("step: []\nsteps: [{say: x}]")},
		`:1: a conversation needs steps`:                                                      {"a.yaml", conv("")},
		`:1: the fixture needs a clock: when the conversation begins`:                         {"a.yaml", "conversation: x\nsteps: [{say: x}]"},
		`:4: a step must do one thing (say, press, upload, …); to look only, say look: true`:  {"a.yaml", steps("- expect: {key: x}")},
		`:4: a step does one thing, this one does 2: say, pass`:                               {"a.yaml", steps("- {say: x, pass: 1h}")},
		`:4: press: there is no action "sumbit"; did you mean "submit"?`:                      {"a.yaml", steps("- press: sumbit")},
		`:5: state: there is no state "merchant_reject"; did you mean "merchant_rejected"?`:   {"a.yaml", steps("- say: x\n  expect: {state: merchant_reject}")},
		`:4: pass must be a span like 49h, 7d or 1d2h, not "soon"`:                            {"a.yaml", steps("- pass: soon")},
		`:2: clock must be a time of Shanghai like "2006-01-02 15:04", not "today"`:           {"a.yaml", "conversation: x\nfixture: {clock: today}\nsteps: [{say: x}]"},
		`:4: there is no event "rejects"; did you mean "reject"?`:                             {"a.yaml", steps("- merchant: rejects")},
		`:4: upload 1: there is no evidence kind "parcel_foto"; did you mean "parcel_photo"?`: {"a.yaml", steps("- upload: [parcel_foto]")},
		`:5: matches: "(" is no regular expression: missing closing ): ` + "`(`":              {"a.yaml", steps("- say: x\n  expect: {matches: \"(\"}")},
		`:5: buttons must be a list, not "submit"`:                                            {"a.yaml", steps("- say: x\n  expect: {buttons: submit}")},
		`:5: silent, and yet something is expected to be said`:                                {"a.yaml", steps("- say: x\n  expect: {silent: true, key: y}")},
		`:4: say has no text in en, a language that the conversation is in`:                   {"a.yaml", "conversation: x\nlangs: [zh, en]\nfixture: {clock: \"2026-11-25 14:00\"}\nsteps: [{say: {zh: x}}]"},
		`:1: a conversation is in zh or en, not in "fr"`:                                      {"a.yaml", conv("lang: fr\nsteps: [{say: x}]")},
		`:4: there is no model to script: the fixture must say model: true`:                   {"a.yaml", steps("- model: {says: x}")},
		`:4: an agent does one of join, leave, say, not "sing"`:                               {"a.yaml", steps("- agent: sing")},
		`:5: steps is given twice, first on line 3`:                                           {"a.yaml", conv("steps: [{say: x}]\nabout: y\nsteps: [{say: z}]")},
		`:1: this is no YAML: did not find expected ',' or ']'`:                               {"a.yaml", "steps: [a\n: b"},
		`: the file holds no conversation`:                                                    {"a.yaml", "# nothing\n"},
		`:1: a question has no field "topics"; did you mean "topic"?`:                         {"a.jsonl", `{"text":"x","topics":"y"}`},
		`:1: a question needs the topic that must answer it, or none`:                         {"a.jsonl", `{"text":"x"}`},
		`:1: tier: there is no tier "softt"; did you mean "soft"?`:                            {"a.jsonl", `{"text":"x","topic":"y","tier":"softt"}`},
		`:1: a CSV needs a header with at least text and topic, not text,lang`:                {"a.csv", "text,lang\nx,zh\n"},
		`:2: the line has 1 columns, the header 2`:                                            {"a.csv", "text,topic\nx\n"},
		`:2: this question has two answers: here "b", at DIR/a.csv:3 "a"`:                     {"a.csv", "text,topic\nx,b\nx,a\n"},
		`:3: the id "x" is taken: DIR/a.jsonl:1 has it, too`:                                  {"a.jsonl", `{"id":"x","text":"a","topic":"y"}` + "\n\n" + `{"id":"x","text":"b","topic":"y"}`},
	} {
		dir := put(t, map[string]string{file.name: file.text})
		_, err := suite.Load(dir)
		got := ""
		if err != nil {
			got = strings.ReplaceAll(err.Error(), filepath.ToSlash(dir), "DIR")
		}
		// Of two that stand for one either may be blamed.
		swapped := strings.NewReplacer(":2: this question has two answers: here \"b\", at DIR/a.csv:3 \"a\"", ":3: this question has two answers: here \"a\", at DIR/a.csv:2 \"b\"").Replace(want)
		if got != "DIR/"+file.name+want && got != "DIR/"+file.name+swapped {
			t.Errorf("got  %s\nwant DIR/%s%s", got, file.name, want)
		}
	}
	topics := []dialog.Topic{"pay-arrival"}
	dir := put(t, map[string]string{"a.yaml": steps("- say: x\n  expect: {topic: pay-arival}"), "b.jsonl": `{"text":"x","topic":"pay-arrivals","accept":["asks"]}`})
	_, err := suite.LoadFor(topics, dir)
	var all suite.Problems
	if !errors.As(err, &all) || len(all) != 2 || !strings.Contains(all[0].Msg, `"pay-arrival"`) || !strings.Contains(all[1].Msg, `"pay-arrival"`) {
		t.Errorf("got %v", err)
	}
}

func TestNoCaseIsAnError(t *testing.T) {
	if _, err := suite.Load(put(t, nil)); !errors.Is(err, suite.ErrEmpty) {
		t.Errorf("got %v", err)
	}
}

func TestAFixturesOwnFilesAreNoSuites(t *testing.T) {
	dir := put(t, map[string]string{
		"a.yaml":         "conversation: x\nfixture: {clock: \"2026-11-25 14:00\", policy: mine.yaml, faq: [answers]}\nsteps: [{say: x}]",
		"mine.yaml":      "version: x",
		"answers/t.yaml": "id: t",
	})
	if list, err := suite.Load(dir); err != nil || len(list) != 1 {
		t.Errorf("got %v, %v", list, err)
	}
	if _, err := suite.Load(filepath.Join(dir, "mine.yaml")); err == nil {
		t.Error("a policy that is named as a suite is taken for one")
	}
}

func TestWhatIsWrittenIsReadAsTheSame(t *testing.T) {
	list, err := suite.Load(put(t, map[string]string{"a.yaml": sound, "b.jsonl": `{"text":"多久到账","topic":"pay-arrival","accept":["asks"],"tags":["x"],"tier":"soft"}`}))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		c.Review = suite.Pending
		var b bytes.Buffer
		name := "again.yaml"
		if c.Question != nil {
			name = "again.jsonl"
			err = suite.WriteQuestion(&b, c)
		} else {
			err = suite.WriteConversation(&b, c)
		}
		if err != nil {
			t.Fatal(err)
		}
		again, err := suite.Load(put(t, map[string]string{name: b.String()}))
		if err != nil {
			t.Fatalf("%v\n%s", err, b.String())
		}
		if diff := cmp.Diff(c, again[0], cmpopts.IgnoreTypes(suite.Pos{}), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-was +is):\n%s\n%s", c.ID, diff, b.String())
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(uint8(0), sound)
	f.Add(uint8(0), "a: &x [*x]")
	f.Add(uint8(0), "conversation: [1]\nsteps: {a: b}\n---\n- x")
	f.Add(uint8(1), `{"text":"x","topic":"y"}`)
	f.Add(uint8(2), "text,topic\n\"x\n")
	f.Fuzz(func(t *testing.T, kind uint8, text string) {
		name := []string{"a.yaml", "a.jsonl", "a.csv"}[kind%3]
		list, err := suite.Load(put(t, map[string]string{name: text}))
		if err == nil && len(list) == 0 {
			t.Error("nothing, and no error")
		}
	})
}
