package dialog

import (
	"testing"
	"time"

	"recourse/cases/policy"
)

// A sum that only the buyer knows is typed, said back, and counts when he presses it.
func TestASumIsTypedSaidBackAndPressed(t *testing.T) {
	tb := newTable(t)
	tb.scene.Line.ReturnReason, tb.scene.Line.ReturnAt = policy.QualityDefect, flowNow.Add(-24*time.Hour)
	tb.hear(Heard{Intent: IntentRefund, Text: "退货的运费能退吗"})
	tb.press(ActPickOrder, Args{"order": "o1", "line": "1"})
	tb.press(ActPickReason, Args{"reason": string(policy.FreightOnly)})
	tb.said("question.paid_postage")
	tb.press(ActAnswer, Args{"question": string(policy.AskPaidPostage), "value": "yes"})
	tb.said("claim.ask")
	tb.hear(Heard{Text: "大概十几块吧"})
	tb.said("claim.ask") // it is asked again, nothing is guessed
	tb.hear(Heard{Text: "12块5", AmountFen: 1250})
	tb.said("amount.confirm")
	if tb.scene.Case.Answers.AskFen != 0 {
		t.Errorf("what was typed counts before it is pressed: %d", tb.scene.Case.Answers.AskFen)
	}
	tb.press(ActAsk, Args{"type": "partial", "amount_fen": "9999999"})
	tb.said("error.AMOUNT_INVALID")
	tb.said("claim.ask")
	tb.hear(Heard{Text: "12块5", AmountFen: 1250})
	tb.press(ActAsk, Args{"type": "partial", "amount_fen": "1250"})
	tb.said("evidence.ask")
	if c := tb.scene.Case; c.AmountFen != 1250 || c.Type != policy.Partial {
		t.Errorf("asks for %d as %s", c.AmountFen, c.Type)
	}
}

// A reason that was looked at and does not hold leads back to the list, and is said not to hold.
func TestAReasonThatDoesNotHoldLeadsBackToTheList(t *testing.T) {
	tb := newTable(t)
	tb.hear(Heard{Intent: IntentRefund, Text: "赠品没有"})
	tb.press(ActPickOrder, Args{"order": "o1", "line": "1"})
	tb.press(ActPickReason, Args{"reason": string(policy.MissingParts)})
	tb.said("question.promised")
	tb.press(ActAnswer, Args{"question": string(policy.AskPromised), "value": "no"})
	tb.said("reason.again")
	tb.press(ActPickReason, Args{"reason": string(policy.QualityDefect)})
	tb.said("evidence.ask")
}

// Every question that the policy asks can be answered with a press, and the answer is the fact it asks for.
func TestEveryAnswerReachesItsFact(t *testing.T) {
	for _, q := range policy.YesNo() {
		tb := newTable(t)
		tb.press(ActStart, nil)
		tb.press(ActPickOrder, Args{"order": "o1", "line": "1"})
		tb.press(ActPickReason, Args{"reason": string(policy.QualityDefect)})
		tb.press(ActAnswer, Args{"question": string(q), "value": "no"})
		if got := tb.scene.Case.Answers; got != (policy.Answers{}).With(q, policy.No) {
			t.Errorf("%s: %+v", q, got)
		}
	}
}
