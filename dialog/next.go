package dialog

import (
	"slices"
	"strconv"
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
}

// Next decides what a turn does with one input. It is pure, and only a Pressed can make it return a
// Command: nothing a buyer writes changes a case.
func Next(conv Conversation, scene Scene, in Input, now time.Time) Plan {
	t := &turn{conv: conv, scene: scene, now: now, flow: conv.Flow}
	t.plan.Case = conv.Flow.Case
	t.clarified, t.flow.Clarified = conv.Flow.Clarified, false
	switch in := in.(type) {
	case Heard:
		t.heard(in)
	case Pressed:
		t.pressed(in)
	case Uploaded:
		t.uploaded(in)
	}
	return t.close()
}

// close ends the decision. A conversation at rest has no current card.
func (t *turn) close() Plan {
	if t.flow.Step == StepIdle {
		t.flow.Live = 0
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

// small is what needs no answer once a human has dealt with it.
var small = []Intent{IntentUnknown, IntentThanks, IntentGreet, IntentYes, IntentNo, IntentRepeat, IntentWhy, IntentCancel, IntentBot}

func (t *turn) heard(h Heard) {
	if h.Past && slices.Contains(small, h.Intent) {
		return
	}
	if h.Angry && h.Intent != IntentHuman {
		t.say("angry", nil)
	}
	if h.AmountFen > 0 && h.Intent != IntentHuman && t.flow.Step == StepClaim {
		t.confirmAmount(h.AmountFen)
		return
	}
	if t.flow.Step.Complaining() && !t.asks(h) && t.heardComplaining(h) {
		return
	}
	if h.Intent != IntentHuman && h.Topic != "" && t.answerTopic(h) {
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
	case IntentRepeat, IntentYes, IntentNo:
		if t.flow.Step == StepIdle {
			t.menu()
			return
		}
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
		if t.draft() != nil && t.flow.Step != StepIdle {
			t.show("cancel.ask", nil, choices(button(ActCancel, nil, "danger"), button(ActEdit, nil, "")), StepClosed)
			return
		}
		t.say("cancel.nothing", nil)
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

func (t *turn) whyOf() Step {
	if t.flow.Step.Complaining() {
		return "complaint"
	}
	switch t.flow.Step {
	case StepEvidence, StepOrder, StepReason, StepConfirm, StepAnswer, StepClaim, StepSummary:
		return t.flow.Step
	default:
		return "other"
	}
}

// unknown never answers what it did not understand. In a step where the buyer tells his story it keeps
// the words; otherwise it says so, and after some turns offers a person (handoff.after_failed_turns).
func (t *turn) unknown(h Heard) {
	if t.wantsStatement() && h.Text != "" {
		t.flow.Story = h.Text
		t.askAgain() // and offers to take it as his statement
		return
	}
	if (t.flow.Step == StepReason || t.flow.Step == StepOrder) && h.Text != "" {
		if t.flow.Story == "" {
			t.flow.Story = h.Text
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
		t.offerHuman()
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
		t.flow.Story = h.Text
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
		t.askReason("reason.ask")
	case StepConfirm:
		t.confirmReason()
	case StepAnswer, StepClaim, StepEvidence, StepSummary, StepClosed:
		if c := t.draft(); c != nil && c.Verdict != nil {
			t.fromVerdict(c)
			return
		}
		t.menu()
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
	t.show(key, Slots{"title": c.Line.Title}, t.reasons(c), StepReason)
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
		case t.wantsClaim(c):
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
	t.verdictReply(c, CardSpec{Kind: CardVerdict, Verdict: c.Verdict, Case: c})
	for _, code := range c.Verdict.Alerts {
		// A person is offered; filing stays open, for a clock may be running (domain §2.2).
		card := choices(button(ActHuman, nil, ""))
		t.plan.Replies = append(t.plan.Replies, Reply{Key: "alert." + string(code), Code: code, Topic: verdictTopic(c.Verdict), Card: &card})
	}
}

func (t *turn) verdictReply(c *cases.Case, card CardSpec) {
	r := Reply{
		Key: "verdict." + string(c.Verdict.Code), Slots: verdictSlots(c.Verdict), Card: &card,
		Topic: verdictTopic(c.Verdict), Code: c.Verdict.Code,
	}
	for _, clause := range c.Verdict.Clauses {
		for _, f := range clause.Facts {
			if !slices.Contains(r.Facts, f) {
				r.Facts = append(r.Facts, f)
			}
		}
	}
	t.plan.Replies = append(t.plan.Replies, r)
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

// askClaim offers what the reason lets him ask for. A part is a proposal by his own figures, or his to fill in;
// money without a return needs the merchant or a ruling unless the reason begins with it (domain §1.4).
func (t *turn) askClaim(c *cases.Case, key string) {
	v := c.Verdict
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
	card.Buttons = append(card.Buttons, button(ActHuman, nil, ""), button(ActCancel, nil, ""))
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

func button(a Action, args Args, style string) ButtonSpec {
	return ButtonSpec{Action: a, Args: args, Style: style}
}

func choices(bs ...ButtonSpec) CardSpec { return CardSpec{Kind: CardChoices, Buttons: bs} }
