package dialog

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"recourse/cases"
	"recourse/cases/policy"
)

var flowNow = time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)

func bandLine() policy.Line {
	return policy.Line{
		OrderID: "o1", LineID: "1", BuyerID: "b1", ShopID: "s1", Title: "智能手环", PaidGoodsFen: 19900, Status: policy.Signed,
		SignedAt: flowNow.Add(-51 * time.Hour), ReturnAddress: "示例路 8 号售后部",
	}
}

// table is a chat with a ledger of one case, applied in memory.
type table struct {
	t     *testing.T
	conv  Conversation
	scene Scene
	plan  Plan
}

func newTable(t *testing.T) *table {
	line := bandLine()
	return &table{
		t:     t,
		conv:  Conversation{ID: "d_000_A", Buyer: "b1", Locale: ZH, Holder: HeldByBot, Epoch: 1},
		scene: Scene{Policy: policy.Default(), Now: flowNow, Lines: []LineScene{{Line: line}}},
	}
}

// hear and press play one turn, with the ledger's answer if there is a command.
func (tb *table) hear(h Heard) { tb.turn(h) }

func (tb *table) press(a Action, args Args) {
	tb.turn(Pressed{On: tb.conv.Flow.Live, Action: a, Args: args})
}

func (tb *table) turn(in Input) {
	tb.t.Helper()
	tb.plan = Next(tb.conv, tb.scene, in, flowNow)
	if tb.plan.Do != nil {
		if _, pressed := in.(Pressed); !pressed {
			tb.t.Fatalf("%T caused the command %+v", in, tb.plan.Do)
		}
		err := tb.apply(*tb.plan.Do)
		tb.plan = After(tb.conv, tb.scene, tb.plan, err)
	}
	live := tb.conv.Flow.Live
	tb.conv.Flow = tb.plan.Flow
	tb.conv.Last += int64(len(tb.plan.Replies))
	if at := tb.plan.LiveAt(); at >= 0 {
		live = tb.conv.Last - int64(len(tb.plan.Replies)) + int64(at) + 1
		tb.conv.Flow.Live = live
	} else if tb.plan.Flow.Live != 0 {
		tb.conv.Flow.Live = live
	}
}

func (tb *table) apply(c Command) error {
	env := cases.Env{Policy: tb.scene.Policy, Line: tb.scene.Line, Now: flowNow}
	var res cases.Result
	var err error
	if c.Open != nil {
		res, err = cases.NewDraft("c_000_A", "b1", string(tb.conv.ID), *c.Open, env)
	} else if c.Event.Kind == "" {
		return nil
	} else {
		ev := c.Event
		ev.Key = fmt.Sprint("k", tb.conv.Last)
		res, err = tb.scene.Case.Apply(env, ev)
	}
	if err != nil {
		return err
	}
	tb.scene.Case, tb.scene.Line = &res.Case, res.Line
	tb.scene.Lines[0].History = res.Line.LineHistory
	return nil
}

func (tb *table) said(key string) {
	tb.t.Helper()
	var keys []string
	for _, r := range tb.plan.Replies {
		if r.Key == key {
			return
		}
		keys = append(keys, r.Key)
	}
	tb.t.Fatalf("said %v, want %s", keys, key)
}

// evidence adds a piece to the case, as an upload does.
func (tb *table) evidence(kind policy.EvidenceKind) {
	tb.t.Helper()
	err := tb.apply(Command{Event: cases.Event{
		Kind: cases.EvSupplement, Actor: cases.Buyer, By: "b1",
		Evidence: []cases.Evidence{{ID: cases.EvidenceID("e_" + string(kind)), Kind: kind, Media: "image/jpeg", At: flowNow}},
	}})
	if err != nil {
		tb.t.Fatal(err)
	}
	tb.turn(Uploaded{Item: EvidenceItem{Kind: string(kind)}, Case: "c_000_A"})
}

// steps brings a fresh table to every step at which the bot waits for the buyer.
var steps = map[Step]func(tb *table){
	StepOrder: func(tb *table) {
		tb.hear(Heard{Text: "手环坏了", Intent: IntentRefund, Reason: policy.QualityDefect})
	},
	StepConfirm: func(tb *table) {
		tb.hear(Heard{Text: "手环坏了", Intent: IntentRefund, Reason: policy.QualityDefect})
		tb.press(ActPickOrder, Args{"order": "o1", "line": "1"})
	},
	StepReason: func(tb *table) {
		tb.hear(Heard{Text: "我要退款", Intent: IntentRefund})
		tb.press(ActPickOrder, Args{"order": "o1", "line": "1"})
	},
	StepAnswer: func(tb *table) {
		tb.hear(Heard{Text: "我要退款", Intent: IntentRefund})
		tb.press(ActPickOrder, Args{"order": "o1", "line": "1"})
		tb.press(ActPickReason, Args{"reason": "no_reason_7d"})
	},
	StepEvidence: func(tb *table) {
		tb.hear(Heard{Text: "手环坏了", Intent: IntentRefund, Reason: policy.QualityDefect})
		tb.press(ActPickOrder, Args{"order": "o1", "line": "1"})
		tb.press(ActPickReason, Args{"reason": "quality_defect"})
	},
	StepSummary: func(tb *table) {
		tb.hear(Heard{Text: "手环坏了", Intent: IntentRefund, Reason: policy.QualityDefect})
		tb.press(ActPickOrder, Args{"order": "o1", "line": "1"})
		tb.press(ActPickReason, Args{"reason": "quality_defect"})
		tb.evidence("item_photo")
		tb.evidence("fault_video")
	},
}

func at(t *testing.T, step Step) *table {
	t.Helper()
	tb := newTable(t)
	steps[step](tb)
	if tb.conv.Flow.Step != step {
		t.Fatalf("at step %q, want %q", tb.conv.Flow.Step, step)
	}
	return tb
}

func TestTheBandIsSubmittedOnlyByAConfirmingPress(t *testing.T) {
	tb := at(t, StepSummary)
	tb.hear(Heard{Text: "提交吧", Intent: IntentYes})
	if tb.scene.Case.State != cases.Draft {
		t.Fatal("a word submitted the case")
	}
	tb.press(ActSubmit, caseArgs(tb.scene.Case, true))
	if tb.scene.Case.State != cases.MerchantReview {
		t.Fatalf("state %s after the confirming press; said %+v", tb.scene.Case.State, tb.plan.Replies)
	}
}

func TestAConfirmationOfWhatHasChangedIsAskedAgain(t *testing.T) {
	tb := at(t, StepSummary)
	args := caseArgs(tb.scene.Case, true)
	if err := tb.apply(Command{Event: cases.Event{Kind: cases.EvAmend, Actor: cases.Buyer, By: "b1", Text: "换个说法"}}); err != nil {
		t.Fatal(err)
	}
	tb.press(ActSubmit, args)
	tb.said("summary.changed")
	if tb.scene.Case.State != cases.Draft {
		t.Fatal("the old summary was submitted")
	}
}

func TestADigressionLeadsBackToTheOpenQuestion(t *testing.T) {
	for step := range steps {
		for _, intent := range []Intent{IntentWhy, IntentThanks, IntentGreet, IntentOutside, IntentRepeat, IntentStatus, IntentYes} {
			tb := at(t, step)
			tb.hear(Heard{Text: "…", Intent: intent})
			if tb.conv.Flow.Step != step {
				t.Errorf("%s at %s leads to %q", intent, step, tb.conv.Flow.Step)
			}
			if tb.plan.LiveAt() < 0 {
				t.Errorf("%s at %s does not put the question again", intent, step)
			}
		}
	}
}

func TestAHumanIsAskedForInOneTurnFromEveryStep(t *testing.T) {
	for step := range steps {
		tb := at(t, step)
		tb.hear(Heard{Text: "转人工", Intent: IntentHuman, Angry: true})
		if tb.plan.Handoff != HandoffAsked {
			t.Errorf("at %s the wish for a human gives %+v", step, tb.plan)
		}
		tb = at(t, step)
		tb.turn(Pressed{Action: ActHuman})
		if tb.plan.Handoff != HandoffAsked {
			t.Errorf("at %s the button for a human gives %+v", step, tb.plan)
		}
	}
}

// Whoever may hurt himself is told where help is and gets a person in the same turn; nothing is asked of him in it, no
// button leads on, and where he was is kept.
func TestWhoMayHurtHimselfIsAskedNothing(t *testing.T) {
	for step := range steps {
		tb := at(t, step)
		tb.hear(Heard{Text: "不想活了", Intent: IntentDistress, Angry: true, Question: Question{Topics: []Topic{"elig-no-reason"}, Sure: true}})
		p := tb.plan
		if p.Handoff != HandoffDistress || len(p.Replies) != 1 || p.Replies[0].Key != "distress" || p.Replies[0].Card != nil || p.Replies[0].Slots["helpline"] == "" {
			t.Errorf("at %s he gets %+v", step, p)
		}
		if len(p.Notes) != 1 || p.Notes[0].Key != "note.distress" {
			t.Errorf("at %s agents are told %+v", step, p.Notes)
		}
		if tb.conv.Flow.Step != step {
			t.Errorf("%s became %q", step, tb.conv.Flow.Step)
		}
	}
	// What moved meanwhile is not told before it.
	tb := at(t, StepSummary)
	tb.scene.Case = nil
	if tb.hear(Heard{Text: "不想活了", Intent: IntentDistress}); len(tb.plan.Replies) != 1 {
		t.Errorf("said %+v", tb.plan.Replies)
	}
}

func TestAnotherReasonSaidLaterCorrectsTheFirst(t *testing.T) {
	tb := at(t, StepEvidence)
	tb.hear(Heard{Text: "不对，是发错货了", Intent: IntentRefund, Reason: policy.WrongItem})
	tb.said("reason.confirm")
	tb.press(ActPickReason, Args{"reason": "wrong_item"})
	tb.said("question.spec_diff")
	tb.press(ActAnswer, Args{"question": "spec_diff", "value": "yes"})
	tb.said("evidence.ask")
	if tb.scene.Case.Reason != policy.WrongItem {
		t.Errorf("reason %s", tb.scene.Case.Reason)
	}
}

func TestAPressOnAnEarlierCardDoesNothing(t *testing.T) {
	tb := at(t, StepEvidence)
	version := tb.scene.Case.Version
	tb.turn(Pressed{On: 1, Action: ActPickReason, Args: Args{"reason": "no_reason_7d"}})
	tb.said("card.stale")
	if tb.scene.Case.Version != version || tb.conv.Flow.Step != StepEvidence {
		t.Errorf("version %d, step %s", tb.scene.Case.Version, tb.conv.Flow.Step)
	}
}

func TestWithdrawingIsConfirmedTwice(t *testing.T) {
	tb := at(t, StepSummary)
	tb.press(ActSubmit, caseArgs(tb.scene.Case, true))
	tb.hear(Heard{Text: "我要撤销申请", Intent: IntentWithdraw})
	tb.said("twice.withdraw")
	if tb.scene.Case.State != cases.MerchantReview {
		t.Fatal("words withdrew the case")
	}
	tb.press(ActWithdrawYes, caseArgs(tb.scene.Case, true))
	if tb.scene.Case.State != cases.ClosedWithdrawn {
		t.Errorf("state %s", tb.scene.Case.State)
	}
}

func TestWhoIsNotUnderstoodAgainIsGivenToAHuman(t *testing.T) {
	for _, step := range []Step{StepIdle, StepOrder, StepReason, StepEvidence} {
		tb := newTable(t)
		if step != StepIdle {
			tb = at(t, step)
		}
		for range policy.Default().Values.Handoff.AfterFailedTurns.V {
			tb.hear(Heard{Text: "嗯嗯啊啊"})
		}
		if tb.plan.Handoff != HandoffConfused || !tb.plan.Instead || len(tb.plan.Replies) == 0 {
			t.Errorf("at %q: handoff %q, instead %v, %d replies for when nobody is there", step, tb.plan.Handoff, tb.plan.Instead, len(tb.plan.Replies))
		}
		if tb.conv.Flow.Step != step {
			t.Errorf("at %q it leads to %q", step, tb.conv.Flow.Step)
		}
	}
}

func TestTheColourAfterSevenDaysIsRefusedKindlyWithWhatIsStillOpen(t *testing.T) {
	tb := newTable(t)
	tb.scene.Lines[0].Line.SignedAt = flowNow.Add(-9 * 24 * time.Hour)
	tb.hear(Heard{Text: "颜色不喜欢", Intent: IntentRefund, Reason: policy.NoReason7d})
	tb.press(ActPickOrder, Args{"order": "o1", "line": "1"})
	tb.press(ActPickReason, Args{"reason": "no_reason_7d"})
	tb.said("verdict.NO_WINDOW_PASSED")
	card := tb.plan.Replies[len(tb.plan.Replies)-1].Card
	if card == nil || len(card.Verdict.Alternatives) < 2 || len(card.Buttons) < 3 {
		t.Errorf("what is still open: %+v", card)
	}
}

// The one property that everything rests on: whatever is said, only a press can ask the ledger for anything.
func TestOnlyAPressCausesACommand(t *testing.T) {
	intents := []Intent{
		IntentUnknown, IntentGreet, IntentRefund, IntentStatus, IntentEscalate, IntentWithdraw, IntentEvidence, IntentHuman, IntentBot,
		IntentYes, IntentNo, IntentThanks, IntentCancel, IntentRepeat, IntentWhy, IntentOutside,
	}
	kinds := append([]Step{StepIdle}, StepOrder, StepConfirm, StepReason, StepAnswer, StepEvidence, StepSummary)
	rapid.Check(t, func(rt *rapid.T) {
		step := rapid.SampledFrom(kinds).Draw(rt, "step")
		tb := newTable(t)
		if step != StepIdle {
			steps[step](tb)
		}
		before := 0
		if tb.scene.Case != nil {
			before = tb.scene.Case.Version
		}
		for range rapid.IntRange(1, 6).Draw(rt, "turns") {
			h := Heard{
				Text: rapid.String().Draw(rt, "text"), Intent: rapid.SampledFrom(intents).Draw(rt, "intent"),
				Reason: rapid.SampledFrom([]policy.ReasonID{"", policy.QualityDefect, policy.WrongItem, policy.NoReason7d}).Draw(rt, "reason"),
				Angry:  rapid.Bool().Draw(rt, "angry"),
			}
			tb.hear(h) // fails by itself if it causes a command
			for _, r := range tb.plan.Replies {
				if r.Key == "" || strings.Contains(r.Key, " ") {
					rt.Fatalf("reply without a key: %+v", r)
				}
			}
			if len(tb.plan.Replies) == 0 && tb.plan.Handoff == "" {
				rt.Fatalf("%+v at %s is left without an answer", h, step)
			}
		}
		if tb.scene.Case != nil && tb.scene.Case.Version != before {
			rt.Fatalf("words moved the case from version %d to %d", before, tb.scene.Case.Version)
		}
	})
}
