package dialog

import (
	"slices"
	"time"

	"recourse/cases"
	"recourse/cases/policy"
)

// turn is one decision under way.
type turn struct {
	conv  Conversation
	scene Scene
	now   time.Time
	flow  Flow
	plan  Plan
	// clarified: what he says follows the question which topic he means.
	clarified bool
	// told is the answer that he wrote to the question that is open; took, that he named a reason besides.
	told  policy.Tri
	took  bool
	wants policy.RefundType // what he wrote that he asks for,
	fen   int64             // and how much
	fails Trouble           // what he wrote that happens when he uploads
	only  bool              // he wrote that he wants to complain and nothing else
	anger Anger
}

// Next decides what a turn does with one input. It is pure, and only a Pressed can make it return a
// Command: nothing a buyer writes changes a case.
func Next(conv Conversation, scene Scene, in Input, now time.Time) Plan {
	t := &turn{conv: conv, scene: scene, now: now, flow: conv.Flow, anger: conv.Flow.Anger}
	t.plan.Case = conv.Flow.Case
	t.clarified, t.flow.Clarified = conv.Flow.Clarified, false
	if h, ok := in.(Heard); ok && t.safety(h) {
		return t.close()
	}
	if t.comments(in) || t.catchUp(in) {
		return t.close()
	}
	switch in := in.(type) {
	case Heard:
		t.heard(in)
		t.upset(in)
		if !in.Past && t.plan.Handoff == "" && len(t.plan.Replies) == 0 {
			t.unknown(in) // nobody is left without an answer
		}
	case Pressed:
		t.pressed(in)
	case Uploaded:
		t.uploaded(in)
	}
	t.serves(in)
	return t.close()
}

// close ends the decision. A conversation at rest has no current card.
func (t *turn) close() Plan {
	if t.flow.Step == StepIdle {
		t.flow.Live = 0
	}
	t.flow.Anger, t.flow.Helped = t.anger, t.conv.Flow.Helped
	if t.plan.Handoff == HandoffDistress {
		t.flow.Helped = t.now
	}
	t.plan.Flow = t.flow
	return t.plan
}

// LiveAt is the index of the reply whose card is the step the flow is at now, -1 if none of them is.
func (p Plan) LiveAt() int {
	for i, r := range slices.Backward(p.Replies) {
		if r.Card == nil {
			continue
		}
		if r.Card.Kind == CardOrders || slices.ContainsFunc(r.Card.Buttons, func(b ButtonSpec) bool { return b.Action.FlowBound() }) {
			return i
		}
	}
	return -1
}

func (t *turn) say(key string, slots Slots) {
	t.plan.Replies = append(t.plan.Replies, Reply{Key: key, Slots: slots})
}

// show says something with a card whose buttons are the current step.
func (t *turn) show(key string, slots Slots, card CardSpec, step Step) {
	t.plan.Replies = append(t.plan.Replies, Reply{Key: key, Slots: slots, Card: &card})
	t.flow.Step = step
	t.flow.Misses = 0
}

// env is what the case's own guards are asked in.
func (t *turn) env() cases.Env {
	return cases.Env{Policy: t.scene.Policy, Line: t.scene.Line, Now: t.now}
}

// waiting says that something waits for an answer of his: what was asked, a case, a complaint.
func (t *turn) waiting() bool {
	return t.flow.Step != StepIdle || t.openCase() != nil || t.scene.Complaints.Filed != nil
}

// openCase is the case at hand if it is filed and not over.
func (t *turn) openCase() *cases.Case {
	if c := t.scene.Case; c != nil && c.State != cases.Draft && (!c.State.Terminal() || c.State.Soft() && !c.Arbitration.Final) {
		return c
	}
	return nil
}

func (t *turn) draft() *cases.Case {
	if c := t.scene.Case; c != nil && c.State == cases.Draft {
		return c
	}
	return nil
}

func (t *turn) heard(h Heard) {
	if h.Past {
		var more bool
		if h, more = t.left(h); !more {
			return
		}
	}
	if h.Angry && h.Intent != IntentHuman && !t.fedUp(h) {
		t.say("angry", nil)
	}
	if h.Intent != IntentHuman && h.Tail.asks() != "" && !t.storyStep() && t.waiting() {
		h = h.apart() // he answers what he was asked, and asks something: neither goes without the other
	}
	if h.AmountFen > 0 && h.Intent != IntentHuman && h.Topic == "" && t.flow.Step == StepClaim {
		t.confirmAmount(h.AmountFen)
		return
	}
	if h.Intent != IntentHuman && t.prepared(h) {
		return
	}
	if t.flow.Step.Complaining() && !t.asks(h) && t.heardComplaining(h) {
		return
	}
	if t.asks(h) || h.Topic != "" {
		t.take(h)
	}
	if h.Intent != IntentHuman && h.Topic != "" && t.answerTopic(h) {
		t.also(h)
		return
	}
	if t.asks(h) {
		if h.Topic = h.Question.Topics[0]; t.answerTopic(h) {
			return
		}
	}
	if h.Intent == IntentRefund && h.Reason == "" && len(h.Doubts) == 0 && h.Question.Form && !t.clarified && !h.Question.Sure && t.unsure(h.Question) {
		return
	}
	switch h.Intent {
	case IntentHuman:
		t.plan.Handoff = HandoffAsked
		return
	case IntentComplaint:
		t.wantsComplaint(h)
		return
	case IntentBot:
		t.say("bot.here", nil)
	case IntentOutside:
		t.say("outside", nil)
	case IntentGreet:
		t.say("greet", nil)
	case IntentThanks:
		t.say("thanks", nil)
		t.plan.Solved = t.conv.Survey.Owed != nil && t.flow.Step == StepIdle
	case IntentSolved:
		t.solved()
		return
	case IntentYes, IntentNo:
		t.agrees(h.Intent == IntentYes)
		return
	case IntentWait, IntentCorrect, IntentBack, IntentSkip, IntentRefuse, IntentEmpty:
		t.mend(h)
		return
	case IntentNoun:
		t.named(h)
		return
	case IntentRepeat:
	case IntentWhy:
		t.say("why."+string(t.whyOf()), nil)
	case IntentStatus:
		t.status()
		if t.flow.Step == StepIdle {
			return
		}
	case IntentEscalate:
		t.aboutEscalation()
		return
	case IntentWithdraw:
		t.aboutWithdrawal()
		return
	case IntentCancel:
		t.cancels()
		return
	case IntentEvidence:
		t.aboutEvidence()
		return
	case IntentTrouble:
		t.about(TopicUploadFailed, troubleFacts, t.aboutTrouble)
		return
	case IntentRefund:
		t.wantsRefund(h)
		return
	default:
		t.unknown(h)
		return
	}
	t.askAgain()
}

// also: besides whatever else he wrote, what his case waits for.
func (t *turn) also(h Heard) bool { return t.typedWaybill(h) || t.typedAnswer(h) }

// prepared: his words prepare a press that the case waits for.
func (t *turn) prepared(h Heard) bool {
	if h.Topic == "" && t.also(h) {
		return true
	}
	if h.Topic == "" && t.signedOtherwise(h) && t.flow.Step != StepIdle {
		t.askAgain()
		return true
	}
	if t.flow.Step == StepAnswer && h.Topic == "" && !h.Question.Form && slices.Contains([]Intent{IntentUnknown, IntentRefund}, h.Intent) {
		if v := answerIn(h.Answers, t.flow.Asked); v != policy.Unknown && t.draft() != nil {
			t.said(v)
			return true
		}
	}
	if c := t.draft(); t.flow.Step == StepClaim && h.Want != "" && c != nil && c.Verdict != nil && slices.Contains(c.Verdict.Types, h.Want) && !h.Question.Form {
		t.wants = h.Want
		t.say("claim.heard", Slots{"want": Key("type." + string(h.Want))})
		t.askClaim(c, "claim.ask")
		return true
	}
	return false
}

func (t *turn) whyOf() Step {
	switch {
	case t.flow.Step == StepComplaintTwice:
		return StepTwice
	case t.flow.Step == StepComplaintDrop:
		return StepCancel
	case t.flow.Step.Complaining():
		return "complaint"
	}
	switch t.flow.Step {
	case StepEvidence, StepOrder, StepReason, StepConfirm, StepAnswer, StepClaim, StepSummary, StepTwice, StepCancel, StepTrouble, StepClosed:
		return t.flow.Step
	case StepIdle:
		if t.may(cases.EvFillTracking) {
			return Step(DatumWaybill)
		}
		return "other"
	default:
		return "other"
	}
}

// unknown never answers what it did not understand. In a step where the buyer tells his story it keeps
// the words; otherwise it says so, and after some turns asks for a person (handoff.after_failed_turns).
func (t *turn) unknown(h Heard) {
	if t.wantsStatement() && h.Text != "" {
		t.tell(h.Text)
		t.askAgain() // and offers to take it as his statement
		return
	}
	if (t.flow.Step == StepReason || t.flow.Step == StepOrder) && h.Text != "" {
		if t.flow.Story == "" {
			t.tell(h.Text)
		}
		if len(h.Lines) > 0 {
			t.flow.Likely = h.Lines
		}
		misses := t.flow.Misses
		t.say("reason.unclear", nil)
		t.askAgain()
		t.flow.Misses = misses + 1
	} else {
		if t.clarified {
			t.offerHuman()
			return
		}
		if t.unsure(h.Question) {
			return
		}
		t.flow.Misses++
		misses := t.flow.Misses
		t.say("unknown", nil)
		t.askAgain()
		t.flow.Misses = misses
	}
	if t.flow.Misses >= t.scene.Policy.Values.Handoff.AfterFailedTurns.V {
		t.instead(HandoffConfused)
	}
}

func (t *turn) wantsRefund(h Heard) {
	if h.Reason != "" {
		t.flow.Reason = h.Reason
	}
	if len(h.Doubts) > 0 {
		t.flow.Doubts = h.Doubts
	}
	if len(h.Lines) > 0 {
		t.flow.Likely = h.Lines
	}
	if h.Share.N > 0 {
		t.flow.Share = h.Share
	}
	t.flow.Answers = t.flow.Answers.Merge(h.Answers)
	if t.flow.Story == "" || h.Reason != "" || t.wantsStatement() {
		t.tell(h.Text)
	}
	if t.draft() != nil && t.flow.Step != StepIdle && t.flow.Step != StepOrder {
		switch {
		case h.Reason != "" && h.Reason != t.draft().Reason:
			t.confirmReason() // a correction: he said another reason than the draft has
		default:
			t.askAgain()
		}
		return
	}
	if c := t.openCase(); c != nil && t.flow.Step == StepIdle && !t.namesAnother(h, c) {
		t.status()
		t.flow.Reason, t.flow.Story, t.flow.Likely, t.flow.Share = "", "", nil, Share{}
		return
	}
	t.askOrder("refund.start")
}

// namesAnother says that the text is about another order line than the case.
func (t *turn) namesAnother(h Heard, c *cases.Case) bool {
	return len(h.Lines) > 0 && !slices.Contains(h.Lines, LineKey(c.Line.OrderID, c.Line.LineID))
}

// askAgain puts the question that was open, so that a digression leads back to it.
func (t *turn) askAgain() {
	if t.flow.Step.Complaining() {
		t.complainAgain()
		return
	}
	switch t.flow.Step {
	case StepOrder:
		t.askOrder("order.again")
	case StepReason:
		if t.took {
			t.confirmReason()
			return
		}
		t.askReason("reason.ask")
	case StepConfirm:
		t.confirmReason()
	case StepAnswer, StepClaim, StepEvidence, StepSummary, StepClosed:
		if c := t.draft(); c != nil && c.Verdict != nil {
			t.askOfDraft(c)
			return
		}
		t.menu()
	case StepCancel:
		t.askCancel()
	case StepTrouble:
		t.askTrouble()
	case StepTwice:
		if c := t.scene.Case; c != nil {
			t.askTwice(c, t.flow.Pending)
			return
		}
		t.flow.Step = StepIdle // nothing is left to confirm
		t.menu()
	default:
		t.menu()
	}
}

// askOfDraft puts a draft's question again: the one he is at, which he may have gone back to.
func (t *turn) askOfDraft(c *cases.Case) {
	eligible := c.Verdict.Kind == policy.Eligible || c.Verdict.Kind == policy.EligibleIfEvidence
	switch {
	case t.flow.Step == StepAnswer && slices.Contains(policy.YesNo(), t.flow.Asked):
		t.askFact(t.flow.Asked)
	case t.flow.Step == StepClaim && len(c.Verdict.Types) > 0 && t.fen > 0:
		t.confirmAmount(t.fen)
	case t.flow.Step == StepClaim && len(c.Verdict.Types) > 0:
		t.askClaim(c, "claim.ask")
	case t.flow.Step == StepEvidence && eligible:
		t.askEvidence(c, "evidence.ask")
	case t.flow.Step == StepSummary && eligible && len(c.Verdict.Missing) == 0:
		t.summary(c, "summary")
	default:
		t.fromVerdict(c)
	}
}

// menu offers the three things the assistant is for, if nothing else was said.
func (t *turn) menu() {
	if len(t.plan.Replies) > 0 && t.openCase() == nil {
		last := &t.plan.Replies[len(t.plan.Replies)-1]
		if last.Card == nil {
			card := choices(button(ActStart, nil, "primary"), button(ActHuman, nil, ""))
			last.Card = &card
			return
		}
	}
	if t.openCase() != nil {
		t.status()
		return
	}
	t.show("menu", nil, choices(button(ActStart, nil, "primary"), button(ActComplain, nil, ""), button(ActHuman, nil, "")), StepIdle)
}

func button(a Action, args Args, style string) ButtonSpec {
	return ButtonSpec{Action: a, Args: args, Style: style}
}

func choices(bs ...ButtonSpec) CardSpec { return CardSpec{Kind: CardChoices, Buttons: bs} }
