package dialog

import (
	"strconv"

	"recourse/cases/policy"
)

// askFact asks what only the buyer knows.
func (t *turn) askFact(q policy.QuestionID) {
	t.flow.Asked = q
	answer := func(v policy.Tri) ButtonSpec {
		return ButtonSpec{Action: ActAnswer, Args: Args{"question": string(q), "value": string(v)}, Label: "answer." + string(q) + "." + string(v)}
	}
	t.show("question."+string(q), nil, choices(answer(policy.Yes), answer(policy.No)), StepAnswer)
}

// confirmAmount says back a sum that was typed where the claim is asked for: it counts when the buyer presses it.
func (t *turn) confirmAmount(fen int64) {
	t.show("amount.confirm", Slots{"claim": Fen(fen)}, choices(
		ButtonSpec{
			Action: ActAsk, Args: Args{"type": string(policy.Partial), "amount_fen": strconv.FormatInt(fen, 10)}, Style: "primary",
			Label: "amount.yes", Slots: Slots{"claim": Fen(fen)},
		},
		button(ActClaim, nil, ""),
	), StepClaim)
}
