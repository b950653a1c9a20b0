package dialog

import (
	"slices"

	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/policy"
)

// Between two turns days may pass and others may act. What is so is read anew at each turn; a step that no longer
// fits it is dropped with a word on what changed, and never asked on.

// filling are the steps that fill in a draft.
var filling = []Step{StepReason, StepConfirm, StepAnswer, StepClaim, StepEvidence, StepSummary, StepClosed, StepCancel}

// decided are the presses whose outcome the ledger or the complaint knows best: this very press may have changed
// the case, in a run of this turn that was cut off.
var decided = []Action{
	ActSubmit, ActCancel, ActWithdrawYes, ActResubmitYes, ActAcceptYes, ActAppealYes, ActBalanceYes,
	ActFileComplaint, ActDropComplaint, ActComplaintSend, ActComplaintWithdrawYes,
}

// catchUp drops a step that has become stale, and says whether the input is answered with that.
func (t *turn) catchUp(in Input) bool {
	h, heard := in.(Heard)
	p, pressed := in.(Pressed)
	if heard && (h.Intent == IntentHuman || h.Past) || pressed && (!p.Action.FlowBound() || p.On != t.conv.Flow.Live || slices.Contains(decided, p.Action)) || !heard && !pressed {
		return false
	}
	switch {
	case slices.Contains(filling, t.flow.Step):
		if !t.draftMoved() {
			return t.judgedAnew(pressed)
		}
	case t.flow.Step == StepTwice:
		if !t.caseMoved() {
			return false
		}
	case t.flow.Step.Complaining():
		if !t.complaintMoved() {
			return false
		}
	default:
		return false
	}
	// What he wrote may have a matter of its own; a press, an answer and a courtesy have none any more.
	return pressed || slices.Contains(small, h.Intent) || slices.Contains([]Intent{
		IntentWait, IntentCorrect, IntentBack, IntentSkip, IntentRefuse, IntentEmpty, IntentNoun, IntentAccept, IntentDecline, IntentStatus,
	}, h.Intent) && h.Topic == ""
}

// draftMoved: the draft was filed, dropped or closed elsewhere meanwhile.
func (t *turn) draftMoved() bool {
	c := t.scene.Case
	if t.flow.Case == "" || c != nil && (c.ID != t.flow.Case || c.State == cases.Draft) {
		return false
	}
	t.flow = Flow{Case: t.flow.Case, Story: t.flow.Story, Reason: t.flow.Reason, Likely: t.flow.Likely, Answers: t.flow.Answers, Share: t.flow.Share, Trouble: t.flow.Trouble}
	if c == nil || c.State == cases.ClosedIneligible {
		t.show("moved.closed", nil, choices(button(ActStart, nil, "primary"), button(ActHuman, nil, "")), StepIdle)
		return true
	}
	t.say("moved.filed", nil)
	t.status()
	return true
}

// judgedAnew: time or the order has moved on, and the policy says something else of the draft than it did.
func (t *turn) judgedAnew(quietly bool) bool {
	c := t.draft()
	if c == nil || c.Verdict == nil || t.flow.Case != c.ID {
		return false
	}
	line := c.Line
	if i := slices.IndexFunc(t.scene.Lines, func(l LineScene) bool { return l.Line.OrderID == line.OrderID && l.Line.LineID == line.LineID }); i >= 0 {
		line = t.scene.Lines[i].Line
	}
	v := t.scene.Policy.Evaluate(c.Facts(line, t.scene.Line), t.now)
	if v.Kind == c.Verdict.Kind && v.Code == c.Verdict.Code && v.Question == c.Verdict.Question {
		return false
	}
	fresh := *c
	fresh.Verdict, fresh.Line = &v, line
	t.scene.Case = &fresh
	if quietly {
		return false // the press itself has the draft judged
	}
	t.say("moved.verdict", nil)
	if v.Kind == policy.Eligible || v.Kind == policy.EligibleIfEvidence {
		t.verdict(&fresh)
	}
	t.fromVerdict(&fresh)
	return true
}

// caseMoved: what was to be confirmed is not possible any more, or no longer what he was asked about.
func (t *turn) caseMoved() bool {
	c := t.scene.Case
	if c != nil && c.ID != t.flow.Case {
		return false
	}
	if c == nil || !t.canDo(c, t.flow.Pending) {
		t.flow.Step, t.flow.Pending, t.flow.Summed = StepIdle, "", 0
		t.say("moved.case", nil)
		t.status()
		return true
	}
	if t.flow.Summed != 0 && t.flow.Summed != c.Version {
		t.say("moved.again", nil)
		t.askTwice(c, t.flow.Pending)
		return true
	}
	return false
}

// canDo says whether a case offers an action now.
func (t *turn) canDo(c *cases.Case, a Action) bool {
	return slices.ContainsFunc(CaseButtons(*c, t.env()), func(b ButtonSpec) bool { return b.Action == a })
}

// complaintMoved: the complaint was filed, dropped or decided elsewhere meanwhile.
func (t *turn) complaintMoved() bool {
	c, f := t.scene.Complaints.At, t.flow.Complaint
	switch t.flow.Step {
	case StepComplaintOrder:
		return false
	case StepComplaintSay, StepComplaintTwice:
		act := f.Pending
		if t.flow.Step == StepComplaintTwice {
			act = ActComplaintWithdraw
		}
		if c == nil || c.ID != f.ID || slices.ContainsFunc(ComplaintButtons(*c, t.complaintEnv()), func(b ButtonSpec) bool { return b.Action == act }) {
			return false
		}
	default:
		if f.ID == "" || c != nil && (c.ID != f.ID || c.State == complaints.Draft) {
			return false
		}
	}
	t.flow = Flow{Case: t.flow.Case, Likely: t.flow.Likely, Complaint: ComplaintFlow{ID: f.ID}}
	if c == nil || c.FiledAt.IsZero() {
		t.show("moved.closed", nil, choices(button(ActComplain, nil, "primary"), button(ActHuman, nil, "")), StepIdle)
		return true
	}
	t.say("moved.complaint", nil)
	t.showComplaint(c, "complaint.status")
	return true
}
