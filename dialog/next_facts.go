package dialog

import "recourse/cases/policy"

// askFact asks what only the buyer knows.
func (t *turn) askFact(q policy.QuestionID) {
	t.flow.Asked = q
	answer := func(v policy.Tri) ButtonSpec {
		style := ""
		if v == t.told {
			style = "primary"
		}
		return ButtonSpec{Action: ActAnswer, Args: Args{"question": string(q), "value": string(v)}, Style: style, Label: "answer." + string(q) + "." + string(v)}
	}
	t.show("question."+string(q), nil, choices(answer(policy.Yes), answer(policy.No)), StepAnswer)
}
