package dialog

import (
	"slices"

	"recourse/cases"
	"recourse/cases/policy"
)

// fromVerdict goes on from what the policy says about the draft.
func (t *turn) fromVerdict(c *cases.Case) {
	v := c.Verdict
	switch v.Kind {
	case policy.Ask:
		if v.Question == policy.AskReason {
			if _, known := t.scene.Policy.Reasons[v.Reason]; known {
				t.flow.Reason = "" // it was looked at and does not hold
				t.show("reason.again", Slots{"reason": v.Reason}, t.reasons(c), StepReason)
				return
			}
			t.askReason("reason.ask")
			return
		}
		if v.Question == policy.AskAmount {
			t.askClaim(c, "claim.ask")
			return
		}
		t.askFact(v.Question)
	case policy.Eligible, policy.EligibleIfEvidence:
		switch {
		case allRefunded(c), t.wantsClaim(c):
			t.askClaim(c, "claim.ask")
		case len(v.Missing) > 0:
			t.askEvidence(c, "evidence.ask")
		default:
			t.summary(c, "summary")
		}
	default:
		t.closedRoad(c)
	}
}

func (t *turn) verdict(c *cases.Case) {
	if allRefunded(c) {
		return // fromVerdict says that nothing is left
	}
	t.verdictReply(c, CardSpec{Kind: CardVerdict, Verdict: c.Verdict, Case: c})
	for _, code := range c.Verdict.Alerts {
		// A person is offered; filing stays open, for a clock may be running (domain §2.2).
		card := choices(button(ActHuman, Args{"why": string(HandoffVerdict)}, ""))
		t.plan.Replies = append(t.plan.Replies, Reply{Key: "alert." + string(code), Code: code, Topic: verdictTopic(c.Verdict), Card: &card})
	}
}

func (t *turn) verdictReply(c *cases.Case, card CardSpec) {
	r := Reply{
		Key: "verdict." + string(c.Verdict.Code), Slots: verdictSlots(c.Verdict), Card: &card,
		Topic: verdictTopic(c.Verdict), Code: c.Verdict.Code, Facts: citedFacts(c.Verdict),
	}
	t.plan.Replies = append(t.plan.Replies, r)
}

// citedFacts are the facts of the domain behind a verdict's clauses, each once.
func citedFacts(v *policy.Verdict) []string {
	var out []string
	for _, clause := range v.Clauses {
		for _, f := range clause.Facts {
			if !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	return out
}

func verdictSlots(v *policy.Verdict) Slots {
	s := Slots{"reason": v.Reason, "amount": Fen(v.AmountFen), "advice": Key("advice." + string(v.Reason))}
	if !v.Deadline.IsZero() {
		s["deadline"] = v.Deadline
	}
	if !v.FaultUntil.IsZero() {
		s["fault_until"] = v.FaultUntil
	}
	if !v.NotBefore.IsZero() {
		s["not_before"] = v.NotBefore
	}
	return s
}

// closedRoad shows a verdict that does not let the buyer apply, and what is still open to him.
func (t *turn) closedRoad(c *cases.Case) {
	card := CardSpec{Kind: CardVerdict, Verdict: c.Verdict, Case: c}
	v := c.Verdict
	ask := Key("")
	if slices.Contains(v.Alternatives, policy.AltFaultReason) {
		// Whether something is wrong is asked, never assumed (F1-05).
		category, reasons := faultsOf(c.Line.Categories)
		ask = Key("ask." + category)
		for _, r := range reasons {
			card.Buttons = append(card.Buttons, ButtonSpec{Action: ActPickReason, Args: Args{"reason": string(r)}, Label: "button.if_reason", Slots: Slots{"reason": r}})
		}
	}
	if slices.Contains(v.Alternatives, policy.AltFaultReason) || v.Code == policy.NoStatus {
		card.Buttons = append(card.Buttons, button(ActOtherReason, nil, ""))
	}
	if v.Code == policy.NotYet || slices.Contains(v.Alternatives, policy.AltCancel) {
		card.Buttons = append(card.Buttons, button(ActEdit, nil, ""))
	}
	var why Args
	if v.Kind == policy.Human { // the rules want a person, and the agents are told so
		why = Args{"why": string(HandoffVerdict)}
	}
	card.Buttons = append(card.Buttons, button(ActHuman, why, ""), button(ActCancel, nil, ""))
	t.verdictReply(c, card)
	t.plan.Replies[len(t.plan.Replies)-1].Slots["ask"] = ask
	t.flow.Step, t.flow.Misses = StepClosed, 0
}

// faultsOf are the faults worth asking after where taste alone does not count, by what the goods are.
func faultsOf(categories []string) (string, []policy.ReasonID) {
	for _, row := range []struct {
		category string
		reasons  []policy.ReasonID
	}{
		{"custom_made", []policy.ReasonID{policy.NotAsDescribed, policy.QualityDefect}},
		{"fresh_perishable", []policy.ReasonID{"spoiled_or_expired", "damaged_in_transit"}},
		{"hygiene_seal", []policy.ReasonID{"allergy_or_injury", policy.QualityDefect}},
	} {
		if slices.Contains(categories, row.category) {
			return row.category, row.reasons
		}
	}
	return "other", nil
}
