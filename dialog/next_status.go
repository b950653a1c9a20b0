package dialog

import "recourse/cases"

func (t *turn) status() {
	c := t.scene.Case
	if c == nil || c.State == cases.ClosedIneligible {
		if k := t.scene.Complaints.Filed; k != nil {
			t.showComplaint(k, "complaint.status")
			return
		}
		if t.flow.Step != StepIdle {
			t.say("status.none", nil) // and back to what was asked
			return
		}
		t.show("status.none", nil, choices(button(ActStart, nil, "primary"), button(ActHuman, nil, "")), StepIdle)
		return
	}
	if c.State == cases.Draft {
		if t.flow.Step == StepIdle && c.Verdict != nil {
			t.fromVerdict(c)
			return
		}
		t.say("status.draft", Slots{"title": c.Line.Title})
		return
	}
	step := t.flow.Step
	t.show("status", Slots{"case": c}, CardSpec{Kind: CardCase, Case: c, Buttons: t.caseButtons(c)}, step)
}

func (t *turn) caseButtons(c *cases.Case) []ButtonSpec {
	out := CaseButtons(*c, t.env())
	if c.State.Terminal() {
		out = append(out, button(ActStart, nil, ""))
	}
	return append(out, button(ActHuman, nil, ""))
}
