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
	"recourse/cases/policy"
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
		"b.csv":   "\ufefftext,topic,accept,lang,says\n\"运费, 谁出\",ret-freight,pay-amount|asks,zh,由您承担| 由商家承担，不是您 |\n",
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
	if b.Pos.Line != 2 || !cmp.Equal(b.Question.Accept, []dialog.Topic{"pay-amount", "asks"}) || !cmp.Equal(b.Question.Says, []string{"由您承担", "由商家承担，不是您"}) || !strings.HasPrefix(b.ID, "q/") {
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
		`:3: a conversation has no field "step"; did you mean "steps"?`:                                                       {"a.yaml", conv("step: []\nsteps: [{say: x}]")},
		`:1: a conversation needs steps`:                                                                                      {"a.yaml", conv("")},
		`:1: the fixture needs a clock: when the conversation begins`:                                                         {"a.yaml", "conversation: x\nsteps: [{say: x}]"},
		`:4: a step must do one thing (say, press, upload, …); to look only, say look: true`:                                  {"a.yaml", steps("- expect: {key: x}")},
		`:4: a step does one thing, this one does 2: say, pass`:                                                               {"a.yaml", steps("- {say: x, pass: 1h}")},
		`:4: press: there is no action "sumbit"; did you mean "submit"?`:                                                      {"a.yaml", steps("- press: sumbit")},
		`:5: state: there is no state "merchant_reject"; did you mean "merchant_rejected"?`:                                   {"a.yaml", steps("- say: x\n  expect: {state: merchant_reject}")},
		`:4: pass must be a span like 49h, 7d or 1d2h, not "soon"`:                                                            {"a.yaml", steps("- pass: soon")},
		`:2: clock must be a time of Shanghai like "2006-01-02 15:04", not "today"`:                                           {"a.yaml", "conversation: x\nfixture: {clock: today}\nsteps: [{say: x}]"},
		`:4: there is no event "rejects"; did you mean "reject"?`:                                                             {"a.yaml", steps("- merchant: rejects")},
		`:4: upload 1: there is no evidence kind "parcel_foto"; did you mean "parcel_photo"?`:                                 {"a.yaml", steps("- upload: [parcel_foto]")},
		`:5: matches: "(" is no regular expression: missing closing ): ` + "`(`":                                              {"a.yaml", steps("- say: x\n  expect: {matches: \"(\"}")},
		`:5: buttons must be a list, not "submit"`:                                                                            {"a.yaml", steps("- say: x\n  expect: {buttons: submit}")},
		`:5: silent, and yet something is expected to be said`:                                                                {"a.yaml", steps("- say: x\n  expect: {silent: true, key: y}")},
		`:4: say has no text in en, a language that the conversation is in`:                                                   {"a.yaml", "conversation: x\nlangs: [zh, en]\nfixture: {clock: \"2026-11-25 14:00\"}\nsteps: [{say: {zh: x}}]"},
		`:1: a conversation is in zh or en, not in "fr"`:                                                                      {"a.yaml", conv("lang: fr\nsteps: [{say: x}]")},
		`:4: there is no model to script: the fixture must say model: true`:                                                   {"a.yaml", steps("- model: {says: x}")},
		`:4: an agent does one of join, leave, resolve, say, not "sing"`:                                                      {"a.yaml", steps("- agent: sing")},
		`:5: steps is given twice, first on line 3`:                                                                           {"a.yaml", conv("steps: [{say: x}]\nabout: y\nsteps: [{say: z}]")},
		`:2: this is no YAML: did not find expected ',' or ']'; within {} and [] a text with one of , ? : # stands in quotes`: {"a.yaml", "steps: [a\n: b"},
		`:3: this is no YAML: did not find expected ',' or '}'; within {} and [] a text with one of , ? : # stands in quotes`: {"a.yaml", "conversation: x\nsteps:\n  - say: {zh: 多久, en: How long?}\n"},
		`:4: this is no YAML: did not find expected '-' indicator`:                                                            {"a.yaml", "conversation: x\nabout: y\nsteps:\n  - a\n  b: 1\n"},
		`: the file holds no conversation`:                                                                                    {"a.yaml", "# nothing\n"},
		`:1: a question has no field "topics"; did you mean "topic"?`:                                                         {"a.jsonl", `{"text":"x","topics":"y"}`},
		`:1: a question needs the topic that must answer it, or none`:                                                         {"a.jsonl", `{"text":"x"}`},
		`:1: tier: there is no tier "softt"; did you mean "soft"?`:                                                            {"a.jsonl", `{"text":"x","topic":"y","tier":"softt"}`},
		`:1: a CSV needs a header with at least text and topic, not text,lang`:                                                {"a.csv", "text,lang\nx,zh\n"},
		`:2: the line has 1 columns, the header 2`:                                                                            {"a.csv", "text,topic\nx\n"},
		`:2: this question has two answers: here "b", at DIR/a.csv:3 "a"`:                                                     {"a.csv", "text,topic\nx,b\nx,a\n"},
		`:3: the id "x" is taken: DIR/a.jsonl:1 has it, too`:                                                                  {"a.jsonl", `{"id":"x","text":"a","topic":"y"}` + "\n\n" + `{"id":"x","text":"b","topic":"y"}`},
		`:4: press: there is no action "qqqqqqqqqq"; there are accept_offer, answer, appeal, ask_for, ask_topic, back_to_bot, cancel, case, claim, complain_only, complaint_answer, complaint_appeal, complaint_confirm, complaint_on, complaint_ready, complaint_send, …`: {"a.yaml", steps("- press: qqqqqqqqqq")},
		`:4: step 1 has no field "pres"; did you mean "press"?`:                                                                              {"a.yaml", steps("- pres: submit")},
		`:4: step 1 must be fields (name: value), not "say"`:                                                                                 {"a.yaml", steps("- say")},
		`:3: steps must be a list, not "say"`:                                                                                                {"a.yaml", conv("steps: say")},
		`:4: args, form, old_card and refused belong to a press`:                                                                             {"a.yaml", steps("- {say: x, args: {a: b}}")},
		`:4: event says more about merchant or other; this step has neither`:                                                                 {"a.yaml", steps("- {say: x, event: {text: y}}")},
		`:4: do and at belong to the past; a step says what happens by merchant or other, and it happens now`:                                {"a.yaml", steps("- {merchant: reject, event: {do: open}}")},
		`:4: text is what an agent says: agent: say needs it, and nothing else has it`:                                                       {"a.yaml", steps("- agent: say")},
		`:4: by: nobody is called "boss"; it is one of buyer, merchant, agent, other agent, supervisor, carrier, logistics, payment, system`: {"a.yaml", steps("- {other: escalate, event: {by: boss}}")},
		`:4: kinds: there is no evidence kind "item_foto"; did you mean "item_photo"?`:                                                       {"a.yaml", steps("- {merchant: reject, event: {kinds: [item_foto]}}")},
		`:4: reason: there is no reason "quality_defct"; did you mean "quality_defect"?`:                                                     {"a.yaml", steps("- {other: amend, event: {reason: quality_defct}}")},
		`:4: received: there is no answer "maybe"; there are yes, no`:                                                                        {"a.yaml", steps("- {other: amend, event: {answers: {received: maybe}}}")},
		`:5: deadline: there is no timer "escalate_windw"; did you mean "escalate_window"?`:                                                  {"a.yaml", steps("- look: true\n  expect: {deadline: {escalate_windw: \"2026-11-27 14:00\"}}")},
		`:5: holder: there is no holder "robot"; there are bot, human, waiting_human`:                                                        {"a.yaml", steps("- look: true\n  expect: {holder: robot}")},
		`:5: card: there is no card kind "verdit"; did you mean "verdict"?`:                                                                  {"a.yaml", steps("- look: true\n  expect: {card: verdit}")},
		`:5: step: there is no step "evidenc"; did you mean "evidence"?`:                                                                     {"a.yaml", steps("- look: true\n  expect: {step: evidenc}")},
		`:5: moves: there is no transition "T010"; did you mean "T01"?`:                                                                      {"a.yaml", steps("- look: true\n  expect: {moves: [T010]}")},
		`:5: lang is zh or en, not "de"`:                                                                                                     {"a.yaml", steps("- look: true\n  expect: {lang: de}")},
		`:5: the button submit is wanted and not wanted`:                                                                                     {"a.yaml", steps("- look: true\n  expect: {buttons: [submit], no_button: [submit]}")},
		`:5: entries must be a whole number that is not negative, not "-1"`:                                                                  {"a.yaml", steps("- look: true\n  expect: {entries: -1}")},
		`:5: silent must be true or false, not "yes"`:                                                                                        {"a.yaml", steps("- look: true\n  expect: {silent: yes}")},
		`:5: says must be texts, or a list per language {zh: […], en: […]}, not nothing`:                                                     {"a.yaml", steps("- look: true\n  expect: {says: }")},
		`:4: a model fails by one of 500, 429, stall, drop, rubbish, not by "late"`:                                                          {"a.yaml", "conversation: x\nfixture: {clock: \"2026-11-25 14:00\", model: true}\nsteps:\n- {model: {fails: late}}"},
		`:4: say: write it out; a suite takes no aliases`:                                                                                    {"a.yaml", conv("about: &x y\nsteps: [{say: *x}]")},
		`:1: a conversation needs an id: conversation: some-name`:                                                                            {"a.yaml", "fixture: {clock: \"2026-11-25 14:00\"}\nsteps: [{say: x}]"},
		`:1: an id has no blanks, not "x y"`:                                                                                                 {"a.yaml", "conversation: x y\nfixture: {clock: \"2026-11-25 14:00\"}\nsteps: [{say: x}]"},
		`:3: order 1 of the fixture needs order and status`:                                                                                  {"a.yaml", "conversation: x\nfixture:\n  orders: [{order: o1}]\n  clock: \"2026-11-25 14:00\"\nsteps: [{say: x}]"},
		`:4: an event needs do: what happened`:                                                                                               {"a.yaml", "conversation: x\nfixture:\n  past:\n  - {by: buyer}\n  clock: \"2026-11-25 14:00\"\nsteps: [{say: x}]"},
		`:5: the past is told oldest first: 2026-11-24 13:00 is before 2026-11-24 15:00`:                                                     {"a.yaml", "conversation: x\nfixture:\n  past:\n  - {do: open, at: \"2026-11-24 15:00\"}\n  - {do: submit, at: \"2026-11-24 13:00\"}\n  clock: \"2026-11-25 14:00\"\nsteps: [{say: x}]"},
		`:3: 2026-11-26 15:00 is not past: the clock says 2026-11-25 14:00`:                                                                  {"a.yaml", "conversation: x\nfixture:\n  past: [{do: open, at: \"2026-11-26 15:00\"}]\n  clock: \"2026-11-25 14:00\"\nsteps: [{say: x}]"},
		`:3: never: "(" is no regular expression: missing closing ): ` + "`(`":                                                               {"a.yaml", conv("never: [\"(\"]\nsteps: [{say: x}]")},
		`:2: policy: read the policy: open DIR/none.yaml: no such file or directory`:                                                         {"a.yaml", "conversation: x\nfixture: {clock: \"2026-11-25 14:00\", policy: none.yaml}\nsteps: [{say: x}]"},
		`:2: faq: there is no directory "none" beside the suite`:                                                                             {"a.yaml", "conversation: x\nfixture: {clock: \"2026-11-25 14:00\", faq: [none]}\nsteps: [{say: x}]"},
		`: a suite is text in UTF-8; this is in another encoding`:                                                                            {"a.csv", "text,topic\n\xc4\xe3\xba\xc3,x\n"},
		`:2: text is given twice, first on line 2`:                                                                                           {"a.jsonl", "\n" + `{"text":"x","text":"y","topic":"z"}`},
		`:1: this is no JSON object: something follows the object`:                                                                           {"a.jsonl", `{"text":"x","topic":"z"} {}`},
		`:1: a question must be fields (name: value), not a list`:                                                                            {"a.jsonl", `["x"]`},
		`:1: this is no JSON object: unexpected EOF`:                                                                                         {"a.jsonl", `{"text":"x"`},
		`:1: tags must be a list, not "x"`:                                                                                                   {"a.jsonl", `{"text":"x","topic":"z","tags":"x"}`},
		`:1: case_state: there is no state "refundd"; did you mean "refunded"?`:                                                              {"a.jsonl", `{"text":"x","topic":"z","case_state":"refundd"}`},
		`:1: review: there is no review "done"; there are pending, reviewed, rejected`:                                                       {"a.jsonl", `{"text":"x","topic":"z","review":"done"}`},
		`:1: lang is zh or en, not "fr"`:                                                                                                     {"a.jsonl", `{"text":"x","topic":"z","lang":"fr"}`},
		`:1: the column "text" is given twice`:                                                                                               {"a.csv", "text,topic,text\nx,y,z\n"},
		`:1: a question has no column "topics"; did you mean "topic"?`:                                                                       {"a.csv", "text,topic,topics\nx,y,z\n"},
		`:3: this question is asked twice: DIR/a.csv:2 asks it, too`:                                                                         {"a.csv", "text,topic\nx,y\n x,y\n"},
		`:5: the id "x" is taken: DIR/a.yaml:1 has it, too`:                                                                                  {"a.yaml", conv("steps: [{say: x}]") + "\n---\n" + conv("steps: [{say: x}]")},
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

func TestEverythingThatIsWrongIsSaidAtOnce(t *testing.T) {
	dir := put(t, map[string]string{
		"a.yaml":  "conversation: x\nlangs: [zh, en]\nfixture:\n  clock: soon\n  past:\n    - {do: opened}\nnever: [\")\"]\nsteps:\n  - pres: submit\n  - say: {zh: x}\n    expect:\n      card: verdit\n      matches: [a, \"(\"]\n",
		"b.jsonl": "{\"text\":\"x\"}\nx\n{\"text\":\"y\",\"topic\":\"z\",\"tier\":\"hard\"}\n",
	})
	_, err := suite.Load(dir)
	var all suite.Problems
	if !errors.As(err, &all) {
		t.Fatal(err)
	}
	want := []string{
		`a.yaml:4: clock must be a time of Shanghai like "2006-01-02 15:04", not "soon"`,
		`a.yaml:6: there is no event "opened"; did you mean "open"?`,
		`a.yaml:7: never: ")" is no regular expression: unexpected ): ` + "`)`",
		`a.yaml:9: step 1 has no field "pres"; did you mean "press"?`,
		`a.yaml:10: say has no text in en, a language that the conversation is in`,
		`a.yaml:12: card: there is no card kind "verdit"; did you mean "verdict"?`,
		`a.yaml:12: matches: "(" is no regular expression: missing closing ): ` + "`(`",
		`b.jsonl:1: a question needs the topic that must answer it, or none`,
		`b.jsonl:2: this is no JSON object: invalid character 'x' looking for beginning of value`,
		`b.jsonl:3: tier: there is no tier "hard"; there are regression, soft, unreliable`,
	}
	if got := strings.ReplaceAll(err.Error(), filepath.ToSlash(dir)+"/", ""); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

func TestNoCaseIsAnError(t *testing.T) {
	if _, err := suite.Load(put(t, nil)); !errors.Is(err, suite.ErrEmpty) {
		t.Errorf("got %v", err)
	}
}

func TestAFixturesOwnFilesAreNoSuites(t *testing.T) {
	dir := put(t, map[string]string{
		"a.yaml":              "conversation: x\nfixture: {clock: \"2026-11-25 14:00\", policy: mine.yaml, faq: [answers]}\nsteps: [{say: x}]",
		"mine.yaml":           policy.Default().Source().Text,
		"answers/deep/t.yaml": "id: t",
		"answers/q.csv":       "id\nx\n",
	})
	if list, err := suite.Load(dir); err != nil || len(list) != 1 {
		t.Errorf("got %v, %v", list, err)
	}
	if _, err := suite.Load(filepath.Join(dir, "mine.yaml")); err == nil {
		t.Error("a policy that is named as a suite is taken for one")
	}
}

// A directory holds more than suites: what cannot be meant is passed over, what can be is told of in a line.
func TestADirectoryHoldsMoreThanSuites(t *testing.T) {
	answer := "id: pay-arrival\naudience: buyer\ntitle: {zh: 钱, en: Money}\nanswers:\n- zh: 请等等\n  en: Please wait\nexamples: {zh: [多久], en: [how long]}\n"
	files := map[string]string{
		"q.csv": "text,topic\n运费谁出,ret-freight\n", "README.md": "# hi", "run.json": "{}", "notes.txt": "x",
		".git/config.yaml": "x: 1", "._q.csv": "\x00\x05", ".q.csv.swp.yaml": "b0", "answers/pay-arrival.yaml": answer, "answers/none.yaml": "examples: {zh: [x], en: []}\npieces: {zh: [], en: []}\n",
	}
	dir := put(t, files)
	in := func(names ...string) string {
		return filepath.ToSlash(filepath.Join(append([]string{dir}, names...)...))
	}
	if list, err := suite.LoadBeside([]string{"", in("answers")}, nil, dir); err != nil || len(list) != 1 {
		t.Errorf("beside answers that are known: %v, %v", list, err)
	}
	// Answers and tables of questions may lie in one directory.
	if list, err := suite.LoadBeside([]string{in("answers"), dir}, nil, dir); err != nil || len(list) != 1 {
		t.Errorf("among answers: %v, %v", list, err)
	}
	_, err := suite.Load(dir)
	if want := in("answers") + ": 2 files here hold answers and are no suites: give the directory with --faq, or name it in a fixture (faq: [directory])"; err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if _, err := suite.Load(in("answers", "pay-arrival.yaml")); err == nil || !strings.HasPrefix(err.Error(), in("answers", "pay-arrival.yaml")+":1: these are answers and no suite") {
		t.Errorf("a file that was named: %v", err)
	}
	for text, want := range map[string]string{
		"policy.yaml\nversion: x\nvalues: {}\nclauses: []\n": ":1: this is a policy and no suite",
		"compose.yml\nservices:\n  web: {image: x}\n":        ":1: this is no conversation: it has none of conversation, fixture and steps",
		"people.csv\nname,age\nx,1\ny,2\n":                   ":1: this is no table of questions",
		"log.jsonl\n{\"a\":1}\n{\"a\":2}\n":                  ":1: this is no list of questions",
		"typo.yaml\nconversaton: x\nsteps: [{say: 你好}]\n":    `:1: a conversation has no field "conversaton"; did you mean "conversation"?`,
		"typo.csv\ntext,topik\nx,y\n":                        `:1: a question has no column "topik"`,
		"typo.jsonl\n{\"text\":\"x\",\"topik\":\"y\"}\n":     `:1: a question has no field "topik"`,
	} {
		name, body, _ := strings.Cut(text, "\n")
		_, err := suite.Load(put(t, map[string]string{name: body, "q.csv": files["q.csv"]}))
		if err == nil || !strings.Contains(err.Error(), name+want) {
			t.Errorf("%s: %v", name, err)
		} else if strings.HasPrefix(want, ":1: this is") && strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: more than a line: %v", name, err)
		}
	}
}

func TestWhatIsWrittenIsReadAsTheSame(t *testing.T) {
	list, err := suite.Load(put(t, map[string]string{"a.yaml": sound, "b.jsonl": `{"text":"多久到账","topic":"pay-arrival","accept":["asks"],"says":["1-3 个工作日"],"tags":["x"],"tier":"soft"}`}))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		c.Review = suite.Pending
		same(t, c)
	}
}

func TestAConversationIsWrittenAsAPersonWould(t *testing.T) {
	list, err := suite.Load(put(t, map[string]string{"a.yaml": sound}))
	if err != nil {
		t.Fatal(err)
	}
	c := list[1]
	c.Review = suite.Pending
	var b bytes.Buffer
	if err := suite.WriteConversation(&b, c); err != nil {
		t.Fatal(err)
	}
	const want = `# Nobody has read this yet: see whether what it expects is right, then write review: reviewed.
conversation: late-refusal/zh
about: The merchant refuses.
lang: zh
tags: [escalation]
tier: soft
review: pending
fixture:
  clock: "2026-11-25 14:00"
  orders:
    - {order: o1, title: 相机包, goods_fen: 15900, status: signed, signed: "2026-11-24 14:00"}
  past:
    - {at: "2026-11-24 15:00", do: open, order: o1}
never: [保证]
steps:
  - say: 有一道划痕
    expect: {key: ask.order, step: order, buttons: [pick_order]}
  - press: pick_order
    args: {order: o1}
    expect: {step: "", entries: 0}
  - upload: [parcel_photo]
  - merchant: reject
    event: {text: 不同意}
    expect: {state: merchant_rejected, says: [平台介入], deadline: {escalate_window: "2026-11-27 14:00"}}
  - pass: 2d1h
  - agent: join
`
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Error(d)
	}
}

// same writes a case, reads it again and looks for differences.
func same(t *testing.T, c suite.Case) {
	t.Helper()
	var b bytes.Buffer
	name, write := "again.yaml", suite.WriteConversation
	if c.Question != nil {
		name, write = "again.jsonl", suite.WriteQuestion
	}
	if err := write(&b, c); err != nil {
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

func FuzzLoad(f *testing.F) {
	f.Add(uint8(0), sound)
	f.Add(uint8(0), "a: &x [*x]")
	f.Add(uint8(0), "conversation: [1]\nsteps: {a: b}\n---\n- x")
	f.Add(uint8(1), `{"text":"x","topic":"y"}`)
	f.Add(uint8(2), "text,topic\n\"x\n")
	f.Add(uint8(2), "text,topic,accept,tags,tier\n\"x,\ny\",none,asks|human,a b,soft\n")
	f.Add(uint8(0), "conversation: '12'\nlangs: [en]\nfixture: {clock: \"2026-11-25 14:00\", model: true, unpaid: true, reports: [{code: network}], desk: {agents: 2, hours: x}}\nsteps:\n- {say: \"a\\n b\\t\", expect: {step: '', silent: true, moves: [T01], slots: {order: '1'}}}\n- {report: {code: x}}\n- {disconnect: true}\n- {agent: say, text: 'null'}\n- {model: {understands: {intent: refund}, fails: '500'}}\n- {press: submit, form: {waybill: '~'}, old_card: true}\n- {pass: 1d2h3m4s5ms}\n- {other: 'timer:draft_ttl', event: {by: system, answers: {received: 'yes', ask_fen: 5}}}\n")
	f.Fuzz(func(t *testing.T, kind uint8, text string) {
		name := []string{"a.yaml", "a.jsonl", "a.csv"}[kind%3]
		list, err := suite.Load(put(t, map[string]string{name: text}))
		if err == nil && len(list) == 0 {
			t.Error("nothing, and no error")
		}
		if err != nil && err.Error() == "" {
			t.Error("an error that says nothing")
		}
		if err != nil {
			return
		}
		for _, c := range list {
			same(t, c)
		}
	})
}
