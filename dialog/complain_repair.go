package dialog

import "recourse/cases/policy"

// correctComplaint leads to where he gave what he takes back. His words are only replaced by new ones.
func (t *turn) correctComplaint(h Heard) {
	f := &t.flow.Complaint
	what := h.Corrects
	switch {
	case what == "" && h.Complaint != "":
		what = DatumKind
	case what == "" && len(h.Lines) > 0:
		what = DatumOrder
	}
	switch {
	case t.flow.Step == StepComplaintSay:
		f.Say = ""
		t.askSay()
	case what == DatumOrder:
		if len(h.Lines) > 0 {
			t.flow.Likely = h.Lines
		}
		t.say("correct.order", nil)
		t.askComplaintOrder("complaint.order")
	case t.drafted() == nil:
		t.complainAgain()
	case what == DatumKind || what == DatumReason:
		if h.Complaint != "" {
			f.Kind = h.Complaint
		}
		f.Picked = false
		t.onComplaint()
	case what == DatumEvidence:
		f.Ready = false
		t.onComplaint()
	case t.flow.Step == StepComplaintSummary:
		t.say("correct.what", nil)
		t.complainAgain()
	default:
		t.complaintBack()
	}
}

// complaintBack puts the question before the one that is open.
func (t *turn) complaintBack() {
	f := &t.flow.Complaint
	switch t.flow.Step {
	case StepComplaintOrder:
		t.say("back.first", nil)
		t.complainAgain()
	case StepComplaintSay:
		t.leave()
	case StepComplaintKind:
		t.askComplaintOrder("complaint.order")
	case StepComplaintStory:
		f.Picked = false
		t.onComplaint()
	case StepComplaintMoney:
		t.retell()
	case StepComplaintEvidence:
		if f.Talked {
			f.Talked = false
			if f.Money == policy.No {
				f.Money = policy.Unknown
			}
			t.onComplaint()
			return
		}
		t.retell()
	default:
		f.Ready = false
		t.onComplaint()
	}
}

// retell lets him tell it anew. What he told stays until he does.
func (t *turn) retell() {
	if t.drafted() == nil {
		t.complainAgain()
		return
	}
	t.flow.Complaint.Retelling = true
	t.askStory()
}

func (t *turn) askStory() {
	card := choices(button(ActHuman, nil, ""))
	if f := t.flow.Complaint; f.Retelling && f.Text != "" {
		card.Buttons = append([]ButtonSpec{button(ActKeepStory, nil, "primary")}, card.Buttons...)
		t.show("complaint.retell", Slots{"story": f.Text}, card, StepComplaintStory)
		return
	}
	t.show("complaint.story", nil, card, StepComplaintStory)
}

// complaintSkip says what cannot be left out, and goes on where it can.
func (t *turn) complaintSkip() {
	switch t.flow.Step {
	case StepComplaintEvidence:
		t.flow.Complaint.Ready = true
		t.onComplaint()
	case StepComplaintSay:
		t.leave()
	default:
		t.say("skip."+string(t.flow.Step), nil)
		t.complainAgain()
	}
}
