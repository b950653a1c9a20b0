package replay_test

import (
	"strings"
	"testing"
	"time"

	"recourse/bot/replay"
	"recourse/bot/replay/suite"
	"recourse/cases"
	"recourse/dialog"
)

var noon = time.Date(2026, 11, 25, 4, 0, 0, 0, time.UTC) // 12:00 in Shanghai

// shown is a view with something in every field.
func shown() replay.View {
	return replay.View{
		Said: []replay.Said{
			{By: dialog.FromBot, Kind: dialog.Text, Key: "faq.answer", Text: "签收后\n  7 天内可以申请。", Topic: "elig-window", Code: "in_window"},
			{By: dialog.FromBot, Kind: dialog.Text, Key: "show.verdict", Card: &dialog.Card{
				Kind: dialog.CardVerdict, Title: "可以退款吗", Verdict: &dialog.VerdictView{
					Kind: "eligible", Code: "no_reason", Headline: "可以申请退款",
					Clauses: []dialog.ClauseView{{ID: "apply.no_reason", Text: "七天无理由退货"}},
				},
				Rows:    []dialog.Row{{Label: "金额", Value: "159.00 元"}},
				Buttons: []dialog.Button{{Action: dialog.ActClaim, Label: "继续申请"}},
			}},
		},
		Heard:   &replay.Heard{Intent: "ask_topic"},
		Holder:  dialog.HeldByBot,
		Step:    dialog.StepReason,
		Buttons: []replay.Button{{Action: dialog.ActClaim, Label: "继续申请"}, {Action: dialog.ActHuman, Label: "人工客服"}},
		Case: &replay.CaseSeen{
			State: "rejected", Verdict: "wait", Code: "late",
			Deadlines: map[cases.Timer]time.Time{cases.TimerEscalate: noon.Add(30 * time.Second)},
		},
		Moves: []string{"T7", "T9"},
		Slots: map[string]string{"order": "o1"},
	}
}

func texts(zh ...string) suite.Texts { return suite.Texts{ZH: zh} }

func ptr[T any](v T) *T { return &v }

// Each expectation holds of the view as it is, and fails in one way when the other is expected.
func TestEveryExpectationHoldsAndFails(t *testing.T) {
	late := map[cases.Timer]suite.Time{cases.TimerEscalate: {Time: noon.Add(time.Minute)}}
	for _, tt := range []struct {
		name  string
		holds suite.Expect
		fails suite.Expect
		what  string
		want  string // contained in Want
		got   string // contained in Got
	}{
		{"topic", suite.Expect{Topic: "elig-window"}, suite.Expect{Topic: "pay-arrival"}, "topic", "pay-arrival", "elig-window"},
		{"no topic", suite.Expect{}, suite.Expect{Topic: suite.None}, "topic", "none", "elig-window"},
		{"key", suite.Expect{Key: "show.verdict"}, suite.Expect{Key: "ask.order"}, "key", "ask.order", "faq.answer, show.verdict"},
		{"not_key", suite.Expect{NotKey: "ask.order"}, suite.Expect{NotKey: "faq.answer"}, "not_key", "not faq.answer", "faq.answer"},
		{"intent", suite.Expect{Intent: "ask_topic"}, suite.Expect{Intent: "status"}, "intent", "status", "ask_topic"},
		{"step", suite.Expect{Step: ptr(dialog.StepReason)}, suite.Expect{Step: ptr(dialog.StepIdle)}, "step", "nothing is asked", "reason"},
		{"state", suite.Expect{State: "rejected"}, suite.Expect{State: "refunded"}, "state", "refunded", "rejected"},
		{"card", suite.Expect{Card: dialog.CardVerdict}, suite.Expect{Card: dialog.CardOrders}, "card", "orders", "verdict"},
		{"buttons", suite.Expect{Buttons: []dialog.Action{dialog.ActHuman}}, suite.Expect{Buttons: []dialog.Action{dialog.ActHuman, dialog.ActAppeal}}, "buttons", "appeal", "claim, human"},
		{"no_button", suite.Expect{NoButton: []dialog.Action{dialog.ActAppeal}}, suite.Expect{NoButton: []dialog.Action{dialog.ActHuman}}, "no_button", "no human", "claim, human"},
		{"slots", suite.Expect{Slots: map[string]string{"order": "o1", "line": ""}}, suite.Expect{Slots: map[string]string{"line": "1", "order": "o1"}}, "slots", "line: 1", "line: not known"},
		{"a slot to be unknown", suite.Expect{}, suite.Expect{Slots: map[string]string{"order": ""}}, "slots", "order: not known", "order: o1"},
		{"says in a text", suite.Expect{Says: texts("7 天内", "签收后\n 7 天")}, suite.Expect{Says: texts("7 天内", "48 小时")}, "says", "48 小时", "[faq.answer] 签收后 7 天内可以申请。"},
		{"says in a card", suite.Expect{Says: texts("可以退款吗", "可以申请退款", "七天无理由", "金额 159.00 元", "继续申请")}, suite.Expect{Says: texts("不可以")}, "says", "不可以", "可以退款吗"},
		{"says_not", suite.Expect{SaysNot: texts("保证")}, suite.Expect{SaysNot: texts("无理由")}, "says_not", "not 无理由", "七天无理由退货"},
		{"matches", suite.Expect{Matches: texts(`^可以\S+退款$`, `\d+ 天`)}, suite.Expect{Matches: texts(`^退款$`)}, "matches", "^退款$", "签收后"},
		{"matches a bad pattern", suite.Expect{}, suite.Expect{Matches: texts(`(`)}, "matches", "(", "regular expression"},
		{"silent", suite.Expect{}, suite.Expect{Silent: true}, "silent", "nothing", "[faq.answer]"},
		{"holder", suite.Expect{Holder: dialog.HeldByBot}, suite.Expect{Holder: dialog.HeldByHuman}, "holder", "human", "bot"},
		{"deadline", suite.Expect{Deadline: map[cases.Timer]suite.Time{cases.TimerEscalate: {Time: noon.Add(59 * time.Second)}}}, suite.Expect{Deadline: late}, "deadline", "escalate_window 2026-11-25 12:01", "escalate_window 2026-11-25 12:00"},
		{"a deadline that is not set", suite.Expect{Deadline: map[cases.Timer]suite.Time{cases.TimerOffer: {}}}, suite.Expect{Deadline: map[cases.Timer]suite.Time{cases.TimerOffer: {Time: noon}}}, "deadline", "offer", "not set (set: escalate_window"},
		{"verdict of the card before that of the case", suite.Expect{Verdict: "eligible"}, suite.Expect{Verdict: "wait"}, "verdict", "wait", "eligible"},
		{"code", suite.Expect{Code: "no_reason"}, suite.Expect{Code: "late"}, "code", "late", "in_window, no_reason"},
		{"moves", suite.Expect{Moves: []string{"T7", "T9"}}, suite.Expect{Moves: []string{"T9", "T7"}}, "moves", "T9, T7", "T7, T9"},
		{"no moves", suite.Expect{}, suite.Expect{Moves: []string{}}, "moves", "no transition", "T7, T9"},
		{"once", suite.Expect{Once: true}, suite.Expect{}, "", "", ""},
		{"lang", suite.Expect{Lang: "zh"}, suite.Expect{Lang: "en"}, "lang", "en", "签收后"},
		{"entries", suite.Expect{Entries: ptr(2)}, suite.Expect{Entries: ptr(0)}, "entries", "0", "2: [faq.answer]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := replay.Score(conversation(tt.holds), []replay.View{shown()}, nil); len(got) > 0 {
				t.Errorf("holds, and fails: %+v", got)
			}
			if tt.what == "" {
				return
			}
			got := replay.Score(conversation(tt.fails), []replay.View{shown()}, nil)
			if len(got) != 1 {
				t.Fatalf("want one failure, got %+v", got)
			}
			f := got[0]
			if f.What != tt.what || f.Step != 1 || f.Pos.Line != 7 || !strings.Contains(f.Want, tt.want) || !strings.Contains(f.Got, tt.got) {
				t.Errorf("got %+v\nwant %q, want %q in Want and %q in Got, at step 1, line 7", f, tt.what, tt.want, tt.got)
			}
		})
	}
}

// conversation is a case of one step with an expectation.
func conversation(e suite.Expect, more ...suite.Step) suite.Case {
	pos := suite.Pos{File: "s.yaml", Line: 7}
	e.Pos = pos
	steps := append([]suite.Step{{Pos: suite.Pos{File: "s.yaml", Line: 6}, Look: true, Expect: &e}}, more...)
	return suite.Case{ID: "c", Pos: suite.Pos{File: "s.yaml", Line: 1}, Locale: dialog.ZH, Conversation: &suite.Conversation{Steps: steps}}
}

func says(texts ...string) replay.View {
	var v replay.View
	for _, s := range texts {
		v.Said = append(v.Said, replay.Said{By: dialog.FromBot, Kind: dialog.Text, Text: s})
	}
	return v
}

func whats(fs []replay.Failure) string {
	var out []string
	for _, f := range fs {
		out = append(out, f.What)
	}
	return strings.Join(out, " ")
}

func TestWhatTheCaseSaysCountsWhereNoVerdictIsShown(t *testing.T) {
	v := shown()
	v.Said = nil
	if got := replay.Score(conversation(suite.Expect{Verdict: "wait", Code: "late", Silent: true}), []replay.View{v}, nil); got != nil {
		t.Error(got)
	}
	v.Case = nil
	got := replay.Score(conversation(suite.Expect{Verdict: "wait", State: "rejected", Says: texts("x"), Topic: "t"}), []replay.View{v}, nil)
	if whats(got) != "topic says state verdict" || got[2].Got != "there is no case" || got[1].Got != "nothing was said" {
		t.Errorf("%+v", got)
	}
}

func TestWhatAStageCannotSeeIsNotJudged(t *testing.T) {
	e := suite.Expect{Intent: "status", Step: ptr(dialog.StepOrder), Slots: map[string]string{"order": "o2"}, Moves: []string{"T1"}}
	v := shown()
	if got := whats(replay.Score(conversation(e), []replay.View{v}, nil)); got != "intent step slots moves" {
		t.Errorf("seen: %s", got)
	}
	v.Unseen = []string{"intent", "step", "slots", "moves"}
	if got := whats(replay.Score(conversation(e), []replay.View{v}, nil)); got != "" {
		t.Errorf("unseen: %s", got)
	}
}

func TestNothingIsSaidTwice(t *testing.T) {
	c := conversation(suite.Expect{Once: true}, suite.Step{Look: true})
	if got := replay.Score(c, []replay.View{says("a", "b"), says("a")}, nil); got != nil {
		t.Errorf("in two steps: %+v", got)
	}
	if got := replay.Score(c, []replay.View{says("a", "b", "a"), says()}, nil); whats(got) != "once" || !strings.Contains(got[0].Got, "a") {
		t.Errorf("in one step: %+v", got)
	}
	c = conversation(suite.Expect{}, suite.Step{Look: true})
	c.Conversation.Once = true
	if got := replay.Score(c, []replay.View{says("a", "b"), says("a")}, nil); whats(got) != "once" || got[0].Step != 0 {
		t.Errorf("in the whole conversation: %+v", got)
	}
}

func TestNeverLooksAtAllThatTheBotSays(t *testing.T) {
	c := conversation(suite.Expect{}, suite.Step{Look: true, Pos: suite.Pos{File: "s.yaml", Line: 9}})
	c.Conversation.Never = []string{"保证", "(?i)guarantee", "["}
	quiet := says("没有")
	agent := says()
	agent.Said = []replay.Said{{By: dialog.FromAgent, Kind: dialog.Text, Text: "我保证"}}
	if got := whats(replay.Score(c, []replay.View{agent, quiet}, nil)); got != "never" { // the bad pattern
		t.Errorf("an agent's words: %s", got)
	}
	c.Conversation.Never = c.Conversation.Never[:2]
	row, label := says(), says()
	row.Said = []replay.Said{{By: dialog.FromSystem, Kind: dialog.Notice, Card: &dialog.Card{Rows: []dialog.Row{{Label: "x", Value: "a GUARANTEE"}}}}}
	label.Buttons = []replay.Button{{Action: dialog.ActWait, Label: "保证退款"}}
	for name, v := range map[string]replay.View{"text": says("我们保证退款"), "row": row, "label": label} {
		got := replay.Score(c, []replay.View{quiet, v}, nil)
		if whats(got) != "never" || got[0].Step != 2 || got[0].Pos.Line != 9 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestTheLanguageOfWhatWasSaid(t *testing.T) {
	for _, tt := range []struct {
		lang, text string
		ok         bool
	}{
		{"zh", "请选择要退款的订单", true},
		{"zh", "请上传 SF Express 的面单照片", true},
		{"zh", "OK", true},
		{"zh", "¥159.00", true},
		{"zh", "Please choose an order", false},
		{"zh", "Please choose 订单 to go on", false},
		{"en", "Please choose an order", true},
		{"en", "Is it about 冬季加绒加厚男士羽绒服?", true}, // the name of the goods
		{"en", "The shop answered: 不同意退款，已拆封影响二次销售", true},
		{"en", "请选择订单", false},
		{"en", "Sorry, 请选择订单。", false},
		{"en", "159.00", true},
	} {
		c := conversation(suite.Expect{Lang: tt.lang})
		c.Conversation.Fixture = suite.Fixture{Orders: []suite.Order{{Title: suite.Said{ZH: "冬季加绒加厚男士羽绒服"}}}}
		c.Conversation.Steps = append(c.Conversation.Steps, suite.Step{Event: &suite.Event{Text: "不同意退款，已拆封影响二次销售"}})
		got := replay.Score(c, []replay.View{says(tt.text), says()}, nil)
		if (len(got) == 0) != tt.ok {
			t.Errorf("%s of %q: %+v", tt.lang, tt.text, got)
		}
	}
	agent := replay.View{Said: []replay.Said{{By: dialog.FromAgent, Kind: dialog.Text, Text: "Please wait a moment"}}}
	if got := replay.Score(conversation(suite.Expect{Lang: "zh"}), []replay.View{agent}, nil); got != nil {
		t.Errorf("an agent writes as he likes: %+v", got)
	}
}

func TestAConversationThatStopsFails(t *testing.T) {
	c := conversation(suite.Expect{}, suite.Step{Press: dialog.ActAppeal, Pos: suite.Pos{File: "s.yaml", Line: 9}}, suite.Step{Look: true})
	trial := replay.Trial{Views: []replay.View{says("a")}, Stopped: "not offered: appeal"}
	got := trial.Score(c)
	if len(got) != 1 || got[0] != (replay.Failure{Step: 2, Pos: suite.Pos{File: "s.yaml", Line: 9}, What: "played", Want: "press appeal", Got: "not offered: appeal"}) {
		t.Errorf("%+v", got)
	}
	if got := replay.Score(c, nil, nil); len(got) != 1 || got[0].Step != 1 {
		t.Errorf("none played: %+v", got)
	}
	if got := replay.Score(suite.Case{}, nil, nil); whats(got) != "played" {
		t.Errorf("nothing to judge must not pass: %+v", got)
	}
}

func TestJudgeAnswers(t *testing.T) {
	asked := func(topics ...string) replay.Answer {
		card := &dialog.Card{}
		for _, t := range topics {
			card.Buttons = append(card.Buttons, dialog.Button{Action: dialog.ActTopic, Args: dialog.Args{"topic": t}})
		}
		return replay.Answer{Decision: replay.AsksBack, Said: []replay.Said{{Card: card}}, Ranked: []replay.Ranked{{Topic: "unshown"}}}
	}
	a := func(d replay.Decision, t dialog.Topic) replay.Answer { return replay.Answer{Decision: d, Topic: t} }
	for _, tt := range []struct {
		wanted string // topic, then what else will do
		a      replay.Answer
		want   replay.Outcome
	}{
		{"t", a(replay.Answers, "t"), replay.Right},
		{"t u", a(replay.Answers, "u"), replay.Right},
		{"t", a(replay.Answers, "u"), replay.Wrong},
		{"t", a(replay.Answers, ""), replay.Wrong},
		{"t", asked("u", "t"), replay.Offered},
		{"t u", asked("u"), replay.Offered},
		{"t", asked("u"), replay.Astray},
		{"unshown", asked("u"), replay.Astray},
		{"t", replay.Answer{Decision: replay.AsksBack, Ranked: []replay.Ranked{{Topic: "t"}}}, replay.Offered},
		{"t", a(replay.AsksBack, "t"), replay.Astray}, // a topic of one that asks back answers nothing
		{"t asks", asked("u"), replay.Right},
		{"t", a(replay.Declines, ""), replay.Refused},
		{"t", a(replay.Human, ""), replay.Refused},
		{"t", a(replay.Flows, ""), replay.Refused},
		{"t", a(replay.Flows, "t"), replay.Right},
		{"t", a(replay.Flows, "u"), replay.Wrong},
		{"t flow", a(replay.Flows, ""), replay.Right},
		{"human", a(replay.Human, ""), replay.Right},
		{"oos-x", a(replay.Declines, "oos-x"), replay.Right},
		{"none", a(replay.Declines, ""), replay.Right},
		{"none", a(replay.Declines, "oos-x"), replay.Right},
		{"none", a(replay.Human, ""), replay.Right},
		{"none", asked("u"), replay.Right},
		{"none", a(replay.Answers, "u"), replay.Wrong},
		{"none", a(replay.Flows, ""), replay.Wrong},
		{"none u", a(replay.Answers, "u"), replay.Right},
	} {
		words := strings.Fields(tt.wanted)
		q := suite.Question{Topic: dialog.Topic(words[0])}
		for _, w := range words[1:] {
			q.Accept = append(q.Accept, dialog.Topic(w))
		}
		if got := replay.Judge(q, tt.a); got != tt.want {
			t.Errorf("%s: %s: %s, want %s", tt.wanted, tt.a, got, tt.want)
		}
		got := replay.Score(suite.Case{Question: &q}, nil, &tt.a)
		if (len(got) == 0) != (tt.want == replay.Right) {
			t.Errorf("%s: %s: %+v", tt.wanted, tt.a, got)
		}
	}
	wrong := replay.Answer{Decision: replay.Answers, Topic: "u", Ranked: []replay.Ranked{{Topic: "u", P: .83}, {Topic: "t", P: .12}}}
	got := replay.Score(suite.Case{Question: &suite.Question{Topic: "t", Accept: []dialog.Topic{"v"}}}, nil, &wrong)
	if got[0].Want != "t or v" || got[0].Got != "answered by u; likeliest u 0.83, t 0.12" {
		t.Errorf("%+v", got)
	}
}

func TestAnAnswerIsHeldToItsWords(t *testing.T) {
	q := suite.Question{Topic: "t", Says: []string{"48 小时内", "由商家承担"}}
	for text, want := range map[string]string{
		"48  小时内，由商家承担。": "", "48 小时内，由您承担。": "由商家承担", "": "48 小时内 由商家承担",
	} {
		a := replay.Answer{Decision: replay.Answers, Topic: "t", Said: []replay.Said{{By: dialog.FromBot, Kind: dialog.Text, Text: text, Topic: "t"}}}
		var missing []string
		for _, f := range replay.Score(suite.Case{Question: &q, Locale: dialog.ZH}, nil, &a) {
			missing = append(missing, f.Want)
			if f.What != "says" {
				t.Errorf("%q: %+v", text, f)
			}
		}
		if got := strings.Join(missing, " "); got != want {
			t.Errorf("%q lacks %q, want %q", text, got, want)
		}
	}
}
