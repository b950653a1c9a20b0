package dialog

import (
	"slices"

	"recourse/cases"
	"recourse/cases/policy"
)

func (t *turn) askOrder(key string) {
	if len(t.scene.Lines) == 0 {
		t.show("order.none", nil, choices(button(ActHuman, nil, "primary")), StepIdle)
		return
	}
	t.show(key, nil, CardSpec{Kind: CardOrders, Lines: t.scene.Lines, Likely: t.flow.Likely, Buttons: []ButtonSpec{button(ActHuman, nil, "")}}, StepOrder)
}

// askReason offers the reasons that fit where the order stands; the heard ones come first.
func (t *turn) askReason(key string) {
	c := t.draft()
	if c == nil {
		t.askOrder("refund.start")
		return
	}
	card := t.reasons(c)
	if len(card.Buttons) == 1 { // only the person: no reason is for an order that stands so
		t.show("verdict."+string(policy.NoOutOfScope), nil, choices(button(ActHuman, nil, "primary"), button(ActCancel, nil, "")), StepClosed)
		return
	}
	t.show(key, Slots{"title": c.Line.Title}, card, StepReason)
}

// reasons is the card with the reasons that fit where the order stands.
func (t *turn) reasons(c *cases.Case) CardSpec {
	fits := t.scene.Policy.In(c.Line.Status)
	var list []policy.ReasonID
	for _, r := range slices.Concat([]policy.ReasonID{t.flow.Reason}, t.flow.Doubts, fits) {
		if slices.Contains(fits, r) && !slices.Contains(list, r) {
			list = append(list, r)
		}
	}
	card := CardSpec{Kind: CardChoices}
	for _, r := range list {
		card.Buttons = append(card.Buttons, ButtonSpec{Action: ActPickReason, Args: Args{"reason": string(r)}, Label: "reason.name", Slots: Slots{"reason": r}})
	}
	card.Buttons = append(card.Buttons, button(ActHuman, nil, ""))
	return card
}

// confirmReason says back what was understood: a reason counts only when the buyer has pressed it.
func (t *turn) confirmReason() {
	c := t.draft()
	if c == nil || t.flow.Reason == "" {
		t.askReason("reason.ask")
		return
	}
	t.show("reason.confirm", Slots{"reason": t.flow.Reason, "title": c.Line.Title}, choices(
		ButtonSpec{Action: ActPickReason, Args: Args{"reason": string(t.flow.Reason)}, Style: "primary", Label: "button.reason_yes", Slots: Slots{"reason": t.flow.Reason}},
		button(ActOtherReason, nil, ""),
	), StepConfirm)
}
