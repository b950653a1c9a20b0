package stage_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"recourse/bot/faq"
	"recourse/bot/replay"
	"recourse/bot/replay/stage"
	"recourse/bot/replay/suite"
	"recourse/cases"
	"recourse/cases/policy"
	"recourse/dialog"
)

// ready is a stage whose answers have learned; once for all tests.
func ready(t testing.TB) *stage.Stage {
	t.Helper()
	if _, err := faq.Builtin().Learn(""); err != nil {
		t.Fatal(err)
	}
	return stage.New(stage.Options{})
}

func TestAQuestionIsAskedWhereverACaseCanStand(t *testing.T) {
	s := ready(t)
	for _, l := range []dialog.Locale{dialog.ZH, dialog.EN} {
		for _, st := range append(cases.States(), cases.StateInfo{}) {
			if a, err := s.Ask(t.Context(), l, suite.Question{Text: "转人工", State: st.State}); err != nil || a.Decision != replay.Human {
				t.Errorf("in %q: %s, %v", st.State, a.Decision, err)
			}
		}
	}
	if _, err := s.Ask(t.Context(), dialog.ZH, suite.Question{Text: "转人工", State: "nowhere"}); !errors.Is(err, replay.ErrSuite) {
		t.Errorf("in no state that there is: %v", err)
	}
}

func band() suite.Order {
	return suite.Order{
		Order: "o1", Title: suite.Said{ZH: "智能手环", EN: "Smart band"}, GoodsFen: 19900, FreightFen: 800, Status: policy.Signed,
		Signed: stage.At("2026-11-09 14:00"), Tags: []string{"no_reason_7d"},
	}
}

func talk(steps ...suite.Step) suite.Case {
	return suite.Case{ID: "talk", Locale: dialog.ZH, Conversation: &suite.Conversation{
		Fixture: suite.Fixture{Clock: stage.At("2026-11-10 09:00"), Orders: []suite.Order{band()}}, Steps: steps,
	}}
}

func say(text string) suite.Step { return suite.Step{Say: &suite.Said{ZH: text, EN: text}} }

// play plays a case and returns its views.
func play(t testing.TB, s *stage.Stage, c suite.Case) []replay.View {
	t.Helper()
	seat, err := s.Open(t.Context(), c, 1)
	if err != nil {
		t.Fatal(err)
	}
	var views []replay.View
	for i, step := range c.Conversation.Steps {
		v, err := seat.Play(t.Context(), step)
		if err != nil {
			t.Fatalf("step %d: %v", i+1, err)
		}
		views = append(views, v)
	}
	if err := seat.Close(); err != nil {
		t.Fatal(err)
	}
	return views
}

// whole is the first story: from a broken thing through the merchant's refusal to the ruling and the money.
func whole() suite.Case {
	return talk(
		say("手环充了一晚上电都开不了机，我要退款"),
		suite.Step{Press: dialog.ActPickOrder, Args: dialog.Args{"order": "o1"}},
		suite.Step{Press: dialog.ActPickReason},
		suite.Step{Upload: []policy.EvidenceKind{"item_photo", "fault_video"}},
		suite.Step{Press: dialog.ActSubmit},
		suite.Step{Pass: suite.Duration(3 * time.Hour)},
		suite.Step{Merchant: "reject", Event: &suite.Event{Code: "MR04", Text: "没有问题"}},
		suite.Step{Press: dialog.ActEscalate},
		suite.Step{Agent: "join"},
		suite.Step{Agent: "say", Text: &suite.Said{ZH: "您好，我在看您的凭证"}},
		suite.Step{Other: "rule_refund", Event: &suite.Event{Text: "故障属实，支持买家退款"}},
		suite.Step{Agent: "leave"},
		suite.Step{Pass: suite.Duration(10 * 24 * time.Hour)},
		say("钱到了吗"),
	)
}

func TestAWholeStoryIsPlayedToTheMoney(t *testing.T) {
	views := play(t, ready(t), whole())
	last := views[len(views)-1]
	if last.Case == nil || last.Case.State != cases.Refunded {
		t.Errorf("the story ends at %+v", last.Case)
	}
	var moves []string
	for _, v := range views {
		moves = append(moves, v.Moves...)
	}
	for _, want := range []string{"T01", "T06", "T35"} {
		if !slices.Contains(moves, want) {
			t.Errorf("%s is not among the moves %v", want, moves)
		}
	}
	if v := views[7]; v.Holder == dialog.HeldByBot {
		t.Errorf("after the escalation nobody was asked for: %s", v.Holder)
	}
	if v := views[8]; v.Holder != dialog.HeldByHuman || v.Agent == "" || len(v.Said) == 0 {
		t.Errorf("the agent has not joined: %+v", v)
	}
	if v := views[9]; len(v.Said) != 1 || v.Said[0].By != dialog.FromAgent {
		t.Errorf("the bot talks over the agent: %+v", v.Said)
	}
	if v := views[5]; !v.Now.Equal(stage.At("2026-11-10 12:00").Time) {
		t.Errorf("3 hours later it is %s", v.Now)
	}
}

func TestTheSameIsTheSameAgain(t *testing.T) {
	s := ready(t)
	run := func(workers int) string {
		c := whole()
		c.Tier = suite.Regression
		run, err := replay.Play(t.Context(), s, []suite.Case{c}, replay.Options{Seed: 7, Repeat: 3, Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		if n := len(run.Cases[0].Trials); n != 1 {
			t.Errorf("three trials came out in %d ways", n)
		}
		var b strings.Builder
		if err := replay.Write(&b, replay.Strip(run)); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	if one, two := run(1), run(2); one != two {
		t.Error("the same run is another the second time")
	}
}

func TestWhatIsMissedWhileAwayIsReadOnReturnAndOnce(t *testing.T) {
	views := play(t, ready(t), talk(
		suite.Step{Disconnect: true}, say("多久能退款到账"), suite.Step{Reconnect: true}, suite.Step{Look: true},
	))
	if len(views[1].Said) != 0 || len(views[2].Said) == 0 || len(views[3].Said) != 0 {
		t.Errorf("while away %d, on return %d, then %d entries", len(views[1].Said), len(views[2].Said), len(views[3].Said))
	}
}

func TestWhatIsNotOfferedCannotBePressed(t *testing.T) {
	s := ready(t)
	for what, c := range map[string]suite.Case{
		"a press that no card offers":     talk(say("你好"), suite.Step{Press: dialog.ActSubmit}),
		"an event that the case refuses":  talk(say("手环坏了我要退款"), suite.Step{Press: dialog.ActPickOrder}, suite.Step{Merchant: "agree_refund"}),
		"an agent speaks without a floor": talk(suite.Step{Agent: "say", Text: &suite.Said{ZH: "在"}}),
	} {
		seat, err := s.Open(t.Context(), c, 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range c.Conversation.Steps {
			if _, err = seat.Play(t.Context(), step); err != nil {
				break
			}
		}
		if !errors.Is(err, replay.ErrNotOffered) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for what, step := range map[string]suite.Step{
		"an unknown kind of evidence": {Upload: []policy.EvidenceKind{"selfie"}},
		"an unknown doing of agents":  {Agent: "sing"},
		"a model that is not there":   {Model: &suite.Model{Says: "x"}},
		"nothing":                     {},
	} {
		seat, err := s.Open(t.Context(), talk(), 1)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := seat.Play(t.Context(), step); !errors.Is(err, replay.ErrSuite) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestAModelIsScripted(t *testing.T) {
	c := talk(
		suite.Step{Model: &suite.Model{Says: "亲，一般 15 个工作日内到账，100% 退给您。"}}, say("退款多久到账"),
		suite.Step{Model: &suite.Model{Fails: "500"}}, say("退款多久到账"),
	)
	c.Conversation.Fixture.Model = true
	views := play(t, ready(t), c)
	for _, i := range []int{1, 3} {
		if len(views[i].Said) == 0 || strings.Contains(views[i].Said[0].Text, "100%") {
			t.Errorf("step %d: %+v", i+1, views[i].Said)
		}
	}
}

// A single question is answered as in a conversation that stands there.
func TestASingleQuestionIsAnsweredAsInAConversation(t *testing.T) {
	s := ready(t)
	for _, text := range []string{"退款多久到账", "退货的运费谁出", "今天天气怎么样", "转人工", "我要退款", "那个", "七天无理由从哪天开始算", "How long does the refund take?"} {
		views := play(t, s, func() suite.Case {
			c := talk(say(text))
			c.Conversation.Fixture.Orders[0].Order = "6920251100030001"
			return c
		}())
		a, err := s.Ask(t.Context(), dialog.ZH, suite.Question{Text: text})
		if err != nil {
			t.Fatal(err)
		}
		if len(a.Said) != len(views[0].Said) {
			t.Errorf("%s: %d entries alone, %d in a conversation", text, len(a.Said), len(views[0].Said))
			continue
		}
		for i, e := range a.Said {
			if w := views[0].Said[i]; e.Text != w.Text || e.Key != w.Key || e.Topic != w.Topic {
				t.Errorf("%s: %+v, in a conversation %+v", text, e, w)
			}
		}
	}
}

func TestDecisionsAreToldApart(t *testing.T) {
	s := ready(t)
	for text, want := range map[string]replay.Decision{
		"退款多久到账": replay.Answers, "转人工": replay.Human, "手环坏了我要退款": replay.Flows, "啊啊啊啊": replay.Declines,
	} {
		a, err := s.Ask(t.Context(), dialog.ZH, suite.Question{Text: text})
		if err != nil || a.Decision != want {
			t.Errorf("%s: %s, want %s (%v): %+v", text, a.Decision, want, err, a)
		}
	}
	before, err := s.Ask(t.Context(), dialog.ZH, suite.Question{Text: "商家不处理", State: cases.MerchantReview})
	if err != nil {
		t.Fatal(err)
	}
	after, err := s.Ask(t.Context(), dialog.ZH, suite.Question{Text: "商家不处理", State: cases.ReturnInTransit})
	if err != nil {
		t.Fatal(err)
	}
	if before.Topic == "" || before.Topic == after.Topic {
		t.Errorf("before the waybill %q, after it %q", before.Topic, after.Topic)
	}
}

func BenchmarkAsk(b *testing.B) {
	s := ready(b)
	texts := []string{"退款多久到账", "退货的运费谁出", "商家一直不处理怎么办", "今天天气怎么样", "七天无理由从哪天开始算", "How long does the refund take?"}
	b.ResetTimer() // to learn takes seconds
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			if _, err := s.Ask(b.Context(), dialog.ZH, suite.Question{Text: texts[i%len(texts)]}); err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkSixTurns(b *testing.B) {
	s := ready(b)
	c := talk(
		say("你好"), say("手环充了一晚上电都开不了机，我要退款"), suite.Step{Press: dialog.ActPickOrder, Args: dialog.Args{"order": "o1"}},
		say("退货的邮费谁出？"), say("等一下，我找找照片"), say("现在到哪一步了"),
	)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			play(b, s, c)
		}
	})
}
