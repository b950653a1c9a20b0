package dialog

import (
	"slices"

	"recourse/cases"
	"recourse/cases/policy"
)

func (t *turn) askEvidence(c *cases.Case, key string) {
	card := CardSpec{Kind: CardEvidence, Case: c, Buttons: []ButtonSpec{button(ActReady, nil, "primary")}}
	slots := Slots{"missing": c.Verdict.Missing}
	if lacks(c, "statement") {
		if story := t.story(c); story != "" {
			slots["story"] = story
			card.Buttons = append([]ButtonSpec{button(ActStatement, nil, "primary")}, card.Buttons...)
			card.Buttons[1].Style = ""
		}
		if key == "evidence.ask" {
			key = "evidence.statement"
		}
	}
	card.Buttons = append(card.Buttons, button(ActEdit, nil, ""))
	t.show(key, slots, card, StepEvidence)
}

// lacks says that a kind would still fill a gap of the draft.
func lacks(c *cases.Case, kind policy.EvidenceKind) bool {
	return c.Verdict != nil && slices.ContainsFunc(c.Verdict.Missing, func(r policy.Requirement) bool { return slices.Contains(r.AnyOf, kind) })
}

// story is what he told, for his statement.
func (t *turn) story(c *cases.Case) string {
	if t.flow.Story != "" {
		return t.flow.Story
	}
	return c.Story
}

func (t *turn) wantsStatement() bool {
	c := t.draft()
	return t.flow.Step == StepEvidence && c != nil && lacks(c, "statement")
}
