package dialog

import (
	"slices"
	"strconv"

	"recourse/cases"
	"recourse/cases/policy"
)

func (t *turn) pressed(p Pressed) {
	if p.Action.FlowBound() && p.On != t.conv.Flow.Live {
		// It was current when it was stored; something came in between.
		t.say("card.stale", nil)
		t.askAgain()
		return
	}
	if t.pressedComplaint(p) {
		return
	}
	switch p.Action {
	case ActStart:
		t.flow = Flow{Case: t.flow.Case, Story: t.flow.Story, Reason: t.flow.Reason, Doubts: t.flow.Doubts, Likely: t.flow.Likely, Answers: t.flow.Answers, Share: t.flow.Share}
		t.askOrder("refund.start")
	case ActTopic:
		if !t.answerTopic(Heard{Topic: Topic(p.Args["topic"])}) {
			t.askAgain() // of other answers than those that are there now
		}
	case ActHuman:
		t.plan.Handoff = HandoffAsked
		if why := Reason(p.Args["why"]); why == HandoffVerdict {
			t.plan.Handoff, t.plan.Wanted = why, true
		}
	case ActBot:
		if t.conv.Holder != HeldByBot {
			t.plan.Return = true
			return
		}
		t.say("bot.here", nil) // he has left the queue before, or was given back
		t.askAgain()
	case ActRate:
		t.rate(p)
	case ActTrouble:
		t.troubled(p)
	case ActStatus:
		t.status()
	case ActWait:
		t.say("wait.ok", nil)
		t.status()
	case ActPickOrder:
		t.pickOrder(p)
	case ActOtherReason, ActEdit:
		t.askReason("reason.ask")
	case ActGoOn:
		t.resume()
		t.askAgain()
	case ActPickReason:
		t.pickReason(policy.ReasonID(p.Args["reason"]))
	case ActAnswer:
		t.answered(policy.QuestionID(p.Args["question"]), policy.Tri(p.Args["value"]))
	case ActClaim:
		if c := t.draft(); c != nil && c.Verdict != nil {
			t.askClaim(c, "claim.ask")
			return
		}
		t.askOrder("refund.start")
	case ActAsk:
		t.askFor(p)
	case ActStatement:
		t.state()
	case ActReady:
		t.ready()
	case ActCancel:
		if c := t.draft(); c != nil {
			t.do(c, cases.Event{Kind: cases.EvCloseIneligible})
			return
		}
		t.cancelled(t.flow.Case)
	default:
		t.onCase(p)
	}
}

// do asks the ledger for an event of the buyer; what follows is After's.
func (t *turn) do(c *cases.Case, ev cases.Event) {
	ev.Actor, ev.By = cases.Buyer, t.conv.Buyer
	t.plan.Do = &Command{Case: c.ID, Event: ev}
}

func (t *turn) pickOrder(p Pressed) {
	i := slices.IndexFunc(t.scene.Lines, func(l LineScene) bool {
		return l.Line.OrderID == p.Args["order"] && l.Line.LineID == p.Args["line"]
	})
	if i < 0 {
		t.say("order.gone", nil)
		t.askOrder("order.again")
		return
	}
	l := t.scene.Lines[i]
	if open := l.History.OpenCase; open != "" {
		t.plan.Case = cases.ID(open)
		t.flow = Flow{Case: cases.ID(open), Story: t.flow.Story, Reason: t.flow.Reason, Doubts: t.flow.Doubts, Answers: t.flow.Answers}
		t.plan.Do = &Command{Case: cases.ID(open)} // nothing to do but look
		return
	}
	line := l.Line
	t.plan.Do = &Command{Open: &line}
}

func (t *turn) pickReason(r policy.ReasonID) {
	c := t.draft()
	if c == nil {
		t.askOrder("refund.start")
		return
	}
	if _, ok := t.scene.Policy.Reasons[r]; !ok {
		t.askReason("reason.ask")
		return
	}
	if r != c.Reason {
		t.flow.Answered = nil
	}
	t.flow.Reason = r
	answers := c.Answers.Merge(t.flow.Answers)
	if r != c.Reason {
		answers.Want, answers.AskFen = "", 0 // what he asked for was meant for another reason
	}
	t.do(c, cases.Event{Kind: cases.EvAmend, Reason: r, Answers: &answers, Text: t.flow.Story})
}

func (t *turn) answered(q policy.QuestionID, v policy.Tri) {
	c := t.draft()
	if c == nil {
		t.askOrder("refund.start")
		return
	}
	answers := c.Answers.With(q, v)
	t.flow.Answers = t.flow.Answers.Merge(answers)
	t.flow.Answered = append(slices.DeleteFunc(slices.Clone(t.flow.Answered), func(a policy.QuestionID) bool { return a == q }), q)
	ev := cases.Event{Kind: cases.EvAmend, Answers: &answers}
	if t.flow.Reason != "" && t.flow.Reason != c.Reason {
		// An answer led from the reason that he picked to another; he may have gone back and take that answer back now.
		ev.Reason = t.flow.Reason
	}
	t.do(c, ev)
}

// askFor makes a type and perhaps an amount what the draft asks for. That the amount is within what may be
// refunded is the case's to check.
func (t *turn) askFor(p Pressed) {
	c := t.draft()
	if c == nil || c.Verdict == nil {
		t.askOrder("refund.start")
		return
	}
	ev := cases.Event{Kind: cases.EvAmend, Type: policy.RefundType(p.Args["type"])}
	if ev.Type == policy.Partial {
		fen, err := strconv.ParseInt(p.Args["amount_fen"], 10, 64)
		if err != nil || fen <= 0 {
			t.say("error."+string(cases.CodeAmountInvalid), Slots{"max": Fen(c.Verdict.MaxFen)})
			t.askClaim(c, "claim.ask")
			return
		}
		ev.AmountFen = fen
	}
	t.do(c, ev)
}

// state makes what the buyer told his statement.
func (t *turn) state() {
	c := t.draft()
	if c == nil || c.Verdict == nil || t.story(c) == "" {
		t.askAgain()
		return
	}
	t.do(c, cases.Event{Kind: cases.EvSupplement, Evidence: []cases.Evidence{{Kind: "statement", Text: t.story(c), At: t.now}}})
}

func (t *turn) ready() {
	c := t.draft()
	switch {
	case c == nil || c.Verdict == nil:
		t.askOrder("refund.start")
	case len(c.Verdict.Missing) > 0:
		t.askEvidence(c, "evidence.missing")
	default:
		t.summary(c, "summary")
	}
}

// onCase carries out a press on a case, or asks for its second confirmation.
func (t *turn) onCase(p Pressed) {
	c := t.scene.Case
	if c == nil || p.Args["case"] != string(c.ID) {
		t.say("card.stale", nil)
		t.status()
		return
	}
	if a, ok := confirms[p.Action]; ok && p.Args["version"] != strconv.Itoa(c.Version) && t.canDo(c, a) {
		// The case has changed since he was asked, and not by this very press, for it could still be done.
		t.say("moved.again", nil)
		t.askTwice(c, a)
		return
	}
	switch p.Action {
	case ActSubmit:
		// Of a case that is filed the ledger knows best: this very press may have filed it, in a run of this
		// turn that was cut off.
		if c.State == cases.Draft && p.Args["version"] != strconv.Itoa(c.Version) {
			t.summary(c, "summary.changed") // he confirmed something else than what is there now
			return
		}
		t.do(c, cases.Event{Kind: cases.EvSubmit, Confirmed: true})
	case ActEscalate:
		t.do(c, cases.Event{Kind: cases.EvEscalate, Confirmed: true})
	case ActDecline:
		t.do(c, cases.Event{Kind: cases.EvDeclineOffer})
	case ActReceived:
		t.do(c, cases.Event{Kind: cases.EvReceived, Confirmed: true})
	case ActTracking:
		kind := cases.EvFillTracking
		if c.State == cases.ReturnInTransit {
			kind = cases.EvFixTracking
		}
		t.do(c, cases.Event{Kind: kind, Carrier: p.Args["carrier"], Waybill: p.Args["waybill"]})
	case ActUnstage:
		if p.Args["evidence"] == "" { // it names nothing: where things are taken out is on the checklist
			t.say("correct.evidence", nil)
			t.askAgain()
			return
		}
		t.do(c, cases.Event{Kind: cases.EvUnstage, Evidence: []cases.Evidence{{ID: cases.EvidenceID(p.Args["evidence"])}}})
	case ActWithdraw, ActResubmit, ActAccept, ActAppeal, ActBalance:
		t.askTwice(c, p.Action)
	case ActWithdrawYes:
		t.do(c, cases.Event{Kind: cases.EvWithdraw, Confirmed: true})
	case ActResubmitYes:
		t.do(c, cases.Event{Kind: cases.EvResubmit, Confirmed: true})
	case ActAcceptYes:
		t.do(c, cases.Event{Kind: cases.EvAcceptOffer, Confirmed: true})
	case ActBalanceYes:
		t.do(c, cases.Event{Kind: cases.EvConsentBalance, Confirmed: true})
	case ActAppealYes:
		t.do(c, cases.Event{Kind: cases.EvAppeal, Confirmed: true})
	case ActSendRest:
		t.sendRest(c, p)
	default:
		t.say("card.stale", nil)
		t.status()
	}
}

// sendRest explains how to send what was left out of a return and shows the form; filled in, it is registered.
func (t *turn) sendRest(c *cases.Case, p Pressed) {
	switch {
	case p.Args["waybill"] != "" || p.Args["carrier"] != "":
		t.do(c, cases.Event{Kind: cases.EvSendRest, Carrier: p.Args["carrier"], Waybill: p.Args["waybill"]})
	case !t.may(cases.EvSendRest):
		t.say("not_allowed", nil)
		t.status()
	default:
		card := CardSpec{Kind: CardTracking, Case: c, Buttons: []ButtonSpec{
			{Action: ActSendRest, Args: caseArgs(c, false), Style: "primary", Label: "button.rest_sent"},
		}}
		how := t.called(TopicItemsMissing, NameSendRest)
		if how == nil {
			t.show("button.send_rest", nil, card, t.flow.Step)
			return
		}
		r := t.replyOf(TopicItemsMissing, how, Heard{})
		r.Card = &card
		t.plan.Replies = append(t.plan.Replies, r)
		t.flow.Misses = 0
	}
}

// confirms says which action a second press confirms.
var confirms = map[Action]Action{
	ActWithdrawYes: ActWithdraw, ActResubmitYes: ActResubmit, ActAcceptYes: ActAccept, ActAppealYes: ActAppeal, ActBalanceYes: ActBalance,
}

// askTwice warns of what cannot be taken back (domain §3.6) and asks for the press that does it.
func (t *turn) askTwice(c *cases.Case, a Action) {
	var yes Action
	for confirm, of := range confirms {
		if of == a {
			yes = confirm
		}
	}
	if !t.canDo(c, a) {
		if t.flow.Step == StepTwice {
			t.flow.Step, t.flow.Pending, t.flow.Summed = StepIdle, "", 0
		}
		t.say("not_allowed", nil)
		t.status()
		return
	}
	style := "danger"
	if a == ActAccept || a == ActAppeal || a == ActBalance {
		style = "primary"
	}
	t.flow.Pending = a
	t.show("twice."+string(a), t.twiceSlots(c), choices(
		ButtonSpec{Action: yes, Args: caseArgs(c, true), Style: style}, ButtonSpec{Action: ActStatus, Label: "button.keep"},
	), StepTwice)
	t.flow.Summed = c.Version
}

func (t *turn) twiceSlots(c *cases.Case) Slots {
	s := Slots{"left": max(0, t.scene.Policy.Values.Apply.MaxAttempts.V-t.scene.Line.Attempts)}
	if !c.ValidUntil.IsZero() {
		s["validity_end"] = c.ValidUntil
	}
	if c.Offer != nil {
		s["offer"] = *c.Offer
	}
	return s
}

// After goes on when the ledger has answered: scene.Case is the case as it stands now, err the refusal.
func After(conv Conversation, scene Scene, p Plan, err error) Plan {
	t := &turn{conv: conv, scene: scene, flow: p.Flow, now: scene.Now}
	t.plan.Case = p.Case
	if scene.Case != nil {
		t.plan.Case = scene.Case.ID
		t.flow.Case = scene.Case.ID
	}
	switch {
	case p.Do.Complaint != nil && err != nil:
		t.complaintRefused(err)
	case p.Do.Complaint != nil:
		t.complaintDone(p)
	case err != nil:
		t.refused(err)
	case t.flow.Complaint.Consented():
		t.refundOpened()
	default:
		t.done(p)
	}
	return t.close()
}

func (t *turn) done(p Plan) {
	c := t.scene.Case
	switch {
	case p.Do.Open != nil:
		if t.flow.Reason != "" {
			t.confirmReason()
			return
		}
		t.askReason("reason.ask")
		return
	case p.Do.Event.Kind == "":
		// He picked a line that has an open case: a draft is gone on with, a filed case is shown.
		t.pickedUp(c)
		return
	}
	switch p.Do.Event.Kind {
	case cases.EvAmend:
		if k := c.Verdict.Kind; p.Do.Event.Type == "" && (k == policy.Eligible || k == policy.EligibleIfEvidence) && c.Reason == c.Verdict.Reason {
			t.verdict(c)
		}
		t.fromVerdict(c)
	case cases.EvSupplement:
		t.fromVerdict(c)
	case cases.EvCloseIneligible:
		t.cancelled(c.ID)
	case cases.EvUnstage:
		t.unstaged(c)
	case cases.EvResubmit:
		t.flow = Flow{Case: c.ID}
		t.askReason("resubmit.reason")
	case cases.EvEscalate:
		t.flow = Flow{Case: c.ID}
		t.plan.Handoff = HandoffEscalation
	default:
		// The case itself tells what happened (a notice with its card); the flow is at rest, but for a complaint that he is
		// filling in: what he told of it is kept, and asked for again.
		if t.flow.Step.Complaining() {
			t.complainAgain()
			return
		}
		t.flow = Flow{Case: c.ID}
	}
}

func (t *turn) cancelled(id cases.ID) {
	t.flow = Flow{Case: id}
	t.show("cancel.done", nil, choices(button(ActStart, nil, ""), button(ActHuman, nil, "")), StepIdle)
}

func (t *turn) pickedUp(c *cases.Case) {
	if c == nil || c.State != cases.Draft {
		t.say("order.open_case", nil)
		t.status()
		return
	}
	if t.flow.Reason != "" && t.flow.Reason != c.Reason {
		t.confirmReason()
		return
	}
	if c.Verdict == nil {
		t.askReason("reason.ask")
		return
	}
	t.say("draft.resumed", Slots{"title": c.Line.Title})
	t.verdict(c)
	t.fromVerdict(c)
}

// refused words a refusal of the ledger: what is so, and what is possible now.
func (t *turn) refused(err error) {
	code := cases.CodeOf(err)
	if code == "" {
		t.say("error.UNAVAILABLE", nil)
		return
	}
	slots := Slots{}
	if c := t.scene.Case; c != nil && c.Verdict != nil {
		slots["max"] = Fen(c.Verdict.MaxFen)
	}
	t.say("error."+string(code), slots)
	if t.flow.Step == StepTwice { // it was confirmed and refused: nothing is to be confirmed any more
		t.flow.Step, t.flow.Pending, t.flow.Summed = StepIdle, "", 0
	}
	if c := t.draft(); c != nil && c.Verdict != nil && code == cases.CodeAmountInvalid {
		t.askClaim(c, "claim.ask")
		return
	}
	if code == cases.CodeEligibilityFailed && t.judgedAnew(false) {
		return // what the summary was judged on is past
	}
	if c := t.scene.Case; c != nil && c.State == cases.Draft && c.Verdict != nil && code != cases.CodeConfirmation {
		t.fromVerdict(c)
		return
	}
	t.status()
}

func (t *turn) aboutEscalation() {
	c := t.openCase()
	if c == nil {
		t.show("escalate.apply_first", nil, choices(button(ActStart, nil, "primary"), button(ActHuman, nil, "")), t.flow.Step)
		return
	}
	allowed := c.Allowed(cases.Buyer, t.env())
	switch {
	case slices.Contains(allowed, cases.EvEscalate):
		t.show("escalate.offer", Slots{"case": c}, CardSpec{Kind: CardCase, Case: c, Buttons: t.caseButtons(c)}, t.flow.Step)
	case c.State == cases.MerchantReview:
		t.show("escalate.not_yet", Slots{"soft": c.Deadlines[cases.TimerMerchantSoft], "hard": c.Deadlines[cases.TimerMerchantHard]},
			CardSpec{Kind: CardCase, Case: c, Buttons: t.caseButtons(c)}, t.flow.Step)
	default:
		t.status()
	}
}

func (t *turn) aboutWithdrawal() {
	c := t.openCase()
	switch {
	case c != nil:
		t.askTwice(c, ActWithdraw)
	case t.draft() != nil:
		t.askCancel()
	default:
		t.status()
	}
}

func (t *turn) aboutEvidence() {
	if c := t.draft(); c != nil && c.Verdict != nil && (c.Verdict.Kind == policy.Eligible || c.Verdict.Kind == policy.EligibleIfEvidence) {
		t.askEvidence(c, "evidence.ask")
		return
	}
	if c := t.openCase(); c != nil && slices.Contains(c.Allowed(cases.Buyer, t.env()), cases.EvSupplement) {
		t.show("evidence.add", Slots{"case": c}, CardSpec{Kind: CardEvidence, Case: c, Buttons: t.caseButtons(c)}, t.flow.Step)
		return
	}
	t.askAgain()
}
