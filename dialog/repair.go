package dialog

import (
	"slices"
	"strings"
	"time"

	"recourse/cases"
	"recourse/cases/policy"
)

// A buyer corrects himself, goes back, has nothing to give, does not want to give it, or needs time. None of it
// changes anything: it leads to the question that it is about, and what was given elsewhere stays.

// mend deals with what is said about the conversation itself; false if the text is something else.
func (t *turn) mend(h Heard) bool {
	switch h.Intent {
	case IntentWait:
		t.waits()
	case IntentCorrect:
		t.correct(h)
	case IntentBack:
		t.stepBack("back.first")
	case IntentSkip:
		t.skip()
	case IntentRefuse:
		t.say("refuse.ok", nil)
		t.skip()
	case IntentEmpty:
		t.say("empty", nil)
		t.askAgain()
	default:
		return false
	}
	return true
}

// waits: he needs time. What is asked stays as it is; if a clock runs, he is told until when.
func (t *turn) waits() {
	s := Slots{}
	switch c := t.openCase(); {
	case c != nil:
		s["until"] = buyersTime(c)
	case t.draft() != nil && t.draft().Verdict != nil && t.draft().Verdict.Deadline.After(t.now):
		s["apply_until"] = t.draft().Verdict.Deadline
	}
	t.say("wait.ack", s)
	t.flow.Misses = 0
}

// correct leads to where he gave what he takes back.
func (t *turn) correct(h Heard) {
	step := t.flow.Step
	if t.leaves(step) {
		t.leave()
		return
	}
	if step.Complaining() {
		t.correctComplaint(h)
		return
	}
	what := h.Corrects
	if what == "" && h.Reason != "" {
		what = DatumReason
	}
	if what == "" && len(h.Lines) > 0 && (t.scene.Case == nil || t.namesAnother(h, t.scene.Case)) {
		what = DatumOrder
	}
	c := t.draft()
	switch {
	case what == DatumOrder:
		if len(h.Lines) > 0 {
			t.flow.Likely = h.Lines
		}
		t.say("correct.order", nil)
		t.askOrder("order.again")
	case c == nil:
		t.correctFiled(what)
	case what == DatumReason && h.Reason != "":
		t.flow.Reason = h.Reason
		t.confirmReason()
	case what == DatumReason:
		t.flow.Reason = ""
		t.askReason("correct.reason")
	case what == DatumClaim && c.Verdict != nil && len(c.Verdict.Types) > 0:
		t.askClaim(c, "claim.ask")
	case what == DatumEvidence && t.takesEvidence(c):
		t.say("correct.evidence", nil)
		t.askEvidence(c, "evidence.ask")
	case step == StepSummary:
		t.say("correct.what", nil)
		t.askAgain()
	default:
		t.stepBack("correct.what")
	}
}

// correctFiled: what is filed cannot be changed by a word; what can be done instead is on the case's card.
func (t *turn) correctFiled(what Datum) {
	if t.openCase() == nil || what == "" && t.flow.Step == StepOrder {
		t.askAgain()
		return
	}
	if what == DatumWaybill && t.may(cases.EvFixTracking) {
		t.say("correct.waybill", nil)
	} else {
		t.say("correct.filed", nil)
	}
	t.askAgain()
}

// stepBack puts the question before the one that is open, with what he gave since kept. key is what is said when
// there is none before.
func (t *turn) stepBack(key string) {
	step := t.flow.Step
	switch c := t.draft(); {
	case t.leaves(step):
		t.leave()
	case step.Complaining():
		t.complaintBack()
	case c == nil || step == StepOrder || step == StepIdle:
		t.say(key, nil)
		t.askAgain()
	case step == StepReason:
		t.askOrder("order.again")
	case step == StepConfirm:
		t.askReason("reason.ask")
	case step == StepSummary && t.takesEvidence(c) && asksEvidence(c):
		t.askEvidence(c, "evidence.ask")
	case (step == StepSummary || step == StepEvidence) && c.Answers.Want != "" && len(c.Verdict.Types) > 0:
		t.askClaim(c, "claim.ask")
	case len(t.flow.Answered) > 0:
		last := len(t.flow.Answered) - 1
		q := t.flow.Answered[last]
		t.flow.Answered = slices.Clone(t.flow.Answered[:last])
		t.askFact(q)
	default:
		t.askReason("reason.ask")
	}
}

// asksEvidence says whether the reason of a draft asks for anything that the buyer has to give.
func asksEvidence(c *cases.Case) bool {
	return slices.ContainsFunc(c.Verdict.Required, func(r policy.Requirement) bool { return !r.Auto })
}

// takesEvidence says whether evidence can be added to a draft as it is judged now.
func (t *turn) takesEvidence(c *cases.Case) bool {
	return c.Verdict != nil && (c.Verdict.Kind == policy.Eligible || c.Verdict.Kind == policy.EligibleIfEvidence)
}

// skip says what it costs to leave out what is asked, and goes on where it may be left out.
func (t *turn) skip() {
	step := t.flow.Step
	switch c := t.draft(); {
	case t.leaves(step):
		t.leave()
	case step.Complaining():
		t.complaintSkip()
	case step == StepEvidence && c != nil && t.takesEvidence(c) && len(c.Verdict.Missing) == 0:
		t.ready()
	case step == StepEvidence && c != nil && t.takesEvidence(c):
		t.say("skip.evidence", Slots{"missing": c.Verdict.Missing, "statement": lacks(c, "statement")})
		t.askAgain()
	case step == StepIdle && t.openCase() == nil:
		t.say("skip.nothing", nil)
		t.askAgain()
	case step == StepIdle:
		t.say("skip.filed", nil)
		t.askAgain()
	default:
		t.say("skip."+string(step), nil)
		t.askAgain()
	}
}

// leaves are the steps that a no, a cancel and a way back lead out of: they only ask whether he means it.
func (t *turn) leaves(s Step) bool {
	return slices.Contains([]Step{StepTwice, StepCancel, StepTrouble, StepComplaintDrop, StepComplaintTwice}, s)
}

// leave goes out of such a step with nothing done.
func (t *turn) leave() {
	switch t.flow.Step {
	case StepTwice:
		t.flow.Step, t.flow.Pending, t.flow.Summed = StepIdle, "", 0
		t.say("twice.kept", nil)
		t.status()
	case StepCancel, StepTrouble:
		t.resume()
		t.say("cancel.not", nil)
		t.askAgain()
	case StepComplaintDrop:
		t.flow.Step = t.flow.Complaint.Resume
		t.say("cancel.not", nil)
		t.complainAgain()
	case StepComplaintTwice, StepComplaintSay:
		t.flow.Step, t.flow.Complaint.Pending, t.flow.Complaint.Say = StepIdle, "", ""
		t.say("twice.kept", nil)
		if c := t.scene.Complaints.At; c != nil {
			t.showComplaint(c, "complaint.status")
			return
		}
		t.menu()
	}
}

// resume returns to the step that a question in between came from.
func (t *turn) resume() { t.flow.Step, t.flow.From = t.flow.From, StepIdle }

// askCancel asks before a draft is given up.
func (t *turn) askCancel() {
	if t.flow.Step != StepCancel {
		t.flow.From = t.flow.Step
	}
	t.show("cancel.ask", nil, choices(button(ActCancel, nil, "danger"), button(ActGoOn, nil, "primary")), StepCancel)
}

// cancels: he wants to stop what he is doing. What is filed stays filed; that is withdrawn otherwise.
func (t *turn) cancels() {
	switch step := t.flow.Step; {
	case step == StepCancel:
		t.askCancel()
	case t.leaves(step):
		t.leave()
	case step == StepIdle:
		t.say("cancel.nothing", nil)
		t.askAgain()
	case t.draft() != nil:
		t.askCancel()
	default:
		t.cancelled(t.flow.Case)
	}
}

// agrees: a typed yes. Where it would answer, the press does; where something is to be confirmed, only the press does.
func (t *turn) agrees(yes bool) {
	step := t.flow.Step
	switch {
	case step == StepIdle:
		t.menu()
	case !yes && step == StepConfirm:
		t.flow.Reason = ""
		t.askReason("reason.ask")
	case !yes && t.leaves(step):
		t.leave()
	case step == StepAnswer && t.draft() != nil:
		t.said(tri(yes))
	case yes && slices.Contains([]Step{StepConfirm, StepSummary, StepTwice, StepCancel, StepComplaintSummary, StepComplaintDrop, StepComplaintTwice}, step):
		t.say("yes.press", nil)
		t.askAgain()
	default:
		t.askAgain()
	}
}

func tri(yes bool) policy.Tri {
	if yes {
		return policy.Yes
	}
	return policy.No
}

// said marks the answer that he wrote to the question that is open; it counts when he presses it.
func (t *turn) said(v policy.Tri) {
	t.say("fact.heard", Slots{"answer": Key("answer." + string(t.flow.Asked) + "." + string(v))})
	t.told = v
	t.askAgain()
}

// answerIn is the answer that a text gives to a question, Unknown if it gives none.
func answerIn(a policy.Answers, q policy.QuestionID) policy.Tri {
	for _, v := range []policy.Tri{policy.Yes, policy.No} {
		if a.With(q, v) == a {
			return v
		}
	}
	return policy.Unknown
}

// take keeps what a text gives besides what it asks, so that the question after the answer has it. What counts is
// still his press.
func (t *turn) take(h Heard) {
	if h.Topic == TopicForgery {
		return
	}
	switch t.flow.Step {
	case StepIdle:
		if t.openCase() != nil {
			return
		}
	case StepOrder, StepReason, StepConfirm:
	case StepComplaintOrder:
		if len(h.Lines) > 0 {
			t.flow.Likely = h.Lines
		}
		return
	case StepClaim:
		t.wants, t.fen = h.Want, h.AmountFen
		return
	case StepAnswer:
		t.told = answerIn(h.Answers, t.flow.Asked)
		return
	case StepTrouble:
		t.fails = h.Trouble
		return
	case StepComplaintKind:
		if h.Complaint != "" {
			t.flow.Complaint.Kind = h.Complaint
		}
		return
	case StepComplaintMoney:
		t.only = h.Tail.Said != nil && h.Intent == IntentComplaint && !asksMoney(h)
		return
	default:
		return
	}
	if h.Reason != "" && (h.Topic != TopicNotArrived || h.Reason != policy.NotReceived) { // it is the money that has not come
		t.flow.Reason, t.flow.Doubts, t.took = h.Reason, h.Doubts, true
		if t.flow.Story == "" {
			t.tell(h.Text)
		}
	}
	if len(h.Lines) > 0 {
		t.flow.Likely = h.Lines
	}
	t.flow.Answers = t.flow.Answers.Merge(h.Answers)
}

// tell keeps his words as his story, within evidence.description_max. What is cut off he is told.
func (t *turn) tell(text string) {
	text = strings.TrimSpace(text)
	limit := t.scene.Policy.Values.Evidence.DescriptionMax.V
	if r := []rune(text); len(r) > limit {
		text = string(r[:limit])
		t.say("text.clipped", Slots{"max": limit})
	}
	t.flow.Story = text
}

// On is the date that a day means when it is said at an instant, at its start.
func (d Day) On(now time.Time) time.Time {
	now = now.In(policy.Zone())
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, policy.Zone())
	switch {
	case d.Nth > 0:
		return today.AddDate(0, 0, -d.Nth)
	case d.Day > 0 && d.Month > 0:
		at := time.Date(today.Year(), time.Month(d.Month), d.Day, 0, 0, 0, 0, policy.Zone())
		if at.After(today) {
			at = at.AddDate(-1, 0, 0)
		}
		return at
	case d.Day > 0:
		at := time.Date(today.Year(), today.Month(), d.Day, 0, 0, 0, 0, policy.Zone())
		if at.After(today) {
			at = at.AddDate(0, -1, 0)
		}
		return at
	}
	return today.AddDate(0, 0, -d.Ago)
}

// signedOtherwise says when the order was signed for, if he says another day. The order system's date is what
// counts; it is a person who can look into it, and nothing is changed here.
func (t *turn) signedOtherwise(h Heard) bool {
	if !h.CameOn.Named || t.scene.Case == nil || t.scene.Case.Line.SignedAt.IsZero() {
		return false
	}
	signed := t.scene.Case.Line.SignedAt.In(policy.Zone())
	said := h.CameOn.On(t.now)
	apart := int(said.Sub(time.Date(signed.Year(), signed.Month(), signed.Day(), 0, 0, 0, 0, policy.Zone())).Hours() / 24)
	if apart == 0 || h.CameOn.Nth > 0 && apart == -1 { // the day of signing may be counted as the first
		return false
	}
	card := choices(button(ActHuman, nil, ""))
	t.plan.Replies = append(t.plan.Replies, Reply{Key: "date.differs", Slots: Slots{"signed": signed}, Card: &card})
	return true
}

// typedWaybill shows the form with the number that he wrote. Only his press fills it in.
func (t *turn) typedWaybill(h Heard) bool {
	c := t.scene.Case
	if h.Waybill == "" || c == nil || t.flow.Step != StepIdle || !t.may(cases.EvFillTracking) && !t.may(cases.EvFixTracking) {
		return false
	}
	t.offerNumber(c, h.Waybill, h.Carrier, "waybill.typed")
	return true
}

// typedAnswer asks for the press that answers the offer.
func (t *turn) typedAnswer(h Heard) bool {
	c := t.openCase()
	if c == nil || c.State != cases.OfferPending || t.flow.Step != StepIdle {
		return false
	}
	switch h.Intent {
	case IntentAccept:
		t.askTwice(c, ActAccept)
	case IntentDecline:
		t.say("offer.decline", nil)
		t.status()
	default:
		return false
	}
	return true
}

// named: he names a thing and says nothing of it. Which of his matters it is about he says with a press.
func (t *turn) named(h Heard) {
	if t.flow.Step != StepIdle {
		t.unknown(h)
		return
	}
	title := ""
	if len(h.Lines) > 0 {
		t.flow.Likely = h.Lines
		if i := slices.IndexFunc(t.scene.Lines, func(l LineScene) bool { return LineKey(l.Line.OrderID, l.Line.LineID) == h.Lines[0] }); i >= 0 {
			title = t.scene.Lines[i].Line.Title
		}
	}
	card := choices(button(ActStart, nil, "primary"))
	if t.openCase() != nil {
		card.Buttons = append(card.Buttons, button(ActStatus, nil, ""))
	}
	card.Buttons = append(card.Buttons, button(ActComplain, nil, ""), button(ActHuman, nil, ""))
	t.show("noun.which", Slots{"title": title}, card, StepIdle)
}
