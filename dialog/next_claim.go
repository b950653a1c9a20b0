package dialog

import (
	"slices"
	"strconv"

	"recourse/cases"
	"recourse/cases/policy"
)

// wantsClaim: the buyer must say what he asks for where a part or a replacement is as likely as all.
func (t *turn) wantsClaim(c *cases.Case) bool {
	if c.Answers.Want != "" || len(c.Verdict.Types) == 0 {
		return false
	}
	first := c.Verdict.Types[0]
	return first == policy.Reship || first == policy.Partial || t.part(c) > 0
}

// part is what his own figures come to, if he may ask for a part.
func (t *turn) part(c *cases.Case) Fen {
	if !slices.Contains(c.Verdict.Types, policy.Partial) {
		return 0
	}
	return t.flow.Share.Part(Fen(c.Verdict.MaxFen), c.Line.Quantity)
}

// allRefunded: all that was paid came back already, so nothing can be applied for, another piece neither: whatever is
// submitted has a sum.
func allRefunded(c *cases.Case) bool { return c.Verdict.MaxFen <= 0 }

// askClaim offers what the reason lets him ask for. A part is a proposal by his own figures, or his to fill in;
// money without a return needs the merchant or a ruling unless the reason begins with it (domain §1.4).
func (t *turn) askClaim(c *cases.Case, key string) {
	v := c.Verdict
	if allRefunded(c) {
		t.show("claim.none", nil, choices(button(ActHuman, nil, "primary"), button(ActEdit, nil, ""), button(ActCancel, nil, "")), StepClosed)
		return
	}
	card := CardSpec{Kind: CardClaim, Case: c, MaxFen: v.MaxFen}
	part := t.part(c)
	slots := Slots{"amount": Fen(v.MaxFen)}
	if part > 0 {
		of := t.flow.Share.Of
		if of == 0 {
			of = c.Line.Quantity
		}
		slots["part"], slots["n"], slots["total"] = part, t.flow.Share.N, of
		card.Buttons = append(card.Buttons, ButtonSpec{
			Action: ActAsk, Args: Args{"type": string(policy.Partial), "amount_fen": strconv.FormatInt(int64(part), 10)},
			Style: "primary", Label: "button.ask_for.part", Slots: Slots{"amount": part},
		})
	}
	for i, kind := range v.Types {
		switch {
		case kind == policy.Partial || kind == policy.RefundOnly && i > 0:
			continue
		case kind == policy.Reship || kind == policy.Exchange:
			card.Buttons = append(card.Buttons, ButtonSpec{Action: ActAsk, Args: Args{"type": string(kind)}, Label: "type." + string(kind)})
		default:
			card.Buttons = append(card.Buttons, ButtonSpec{
				Action: ActAsk, Args: Args{"type": string(kind)}, Label: "button.ask_for." + string(kind), Slots: Slots{"amount": Fen(v.MaxFen)},
			})
		}
	}
	if slices.Contains(v.Types, policy.Partial) {
		card.Buttons = append(card.Buttons, ButtonSpec{Action: ActAsk, Args: Args{"type": string(policy.Partial)}, Label: "button.ask_for.partial"})
	}
	for i := range card.Buttons {
		if t.wants != "" && card.Buttons[i].Args["type"] == string(t.wants) {
			card.Buttons[i].Style = "primary"
		}
	}
	t.show(key, slots, card, StepClaim)
}

func (t *turn) summary(c *cases.Case, key string) {
	card := CardSpec{Kind: CardSummary, Case: c, Buttons: []ButtonSpec{
		{Action: ActSubmit, Args: caseArgs(c, true), Style: "primary"}, button(ActEdit, nil, ""), button(ActCancel, nil, ""),
	}}
	if c.Verdict != nil && len(c.Verdict.Types) > 1 {
		card.Buttons = slices.Insert(card.Buttons, 1, button(ActClaim, nil, ""))
	}
	t.show(key, Slots{"amount": Fen(c.AmountFen)}, card, StepSummary)
	t.flow.Summed = c.Version
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
