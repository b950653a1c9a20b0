package dialog

import "slices"

// answerTopic says the reviewed answer of a topic, if one holds here, and what follows from it.
func (t *turn) answerTopic(h Heard) bool {
	if h.Topic == TopicUploadFailed { // from what failed, step by step
		t.about(h.Topic, troubleFacts, t.aboutTrouble)
		return true
	}
	i := slices.IndexFunc(answers, func(a answer) bool { return a.topic == h.Topic && a.when(t) })
	said := t.reviewed(h.Topic)
	if i < 0 && said == nil {
		return false
	}
	row := answer{}
	if i >= 0 {
		row = answers[i]
	}
	if said != nil && t.scene.FAQ.Replaced(h.Topic) {
		row.key, row.slots, row.card = "", nil, nil // the owner's answer goes before ours; what follows stays
	}
	r := Reply{Key: row.key, Topic: h.Topic, Code: row.code, Facts: row.facts}
	if row.key == "" {
		r = Reply{Key: "faq." + string(h.Topic), Words: said.Words, Topic: h.Topic, Code: said.Code, Facts: said.Facts, FAQ: t.scene.FAQ.Version(), Slots: t.answerSlots(h)}
		r.Card = t.answerCard(said.Buttons)
	}
	if row.slots != nil {
		r.Slots = row.slots(t, h)
	}
	if row.card != nil {
		card := row.card(t, h)
		r.Card = &card
	}
	if t.scene.FAQ != nil && t.scene.FAQ.ForMerchants(h.Topic) {
		t.say("topic.for_merchants", nil)
	}
	t.plan.Replies = append(t.plan.Replies, r)
	t.flow.Misses = 0
	switch c := t.draft(); {
	case row.then != nil:
		row.then(t, h)
	case t.flow.Step != StepIdle:
		t.askAgain()
	case said != nil && row.key == "" && c != nil && slices.Contains(said.Buttons, ActUpload) && t.uploadCard(c) != nil:
		t.askEvidence(c, "evidence.ask")
	}
	return true
}

// overruled are the intents that a clear question outranks: their words are in many questions ("how long does
// the platform intervention take"). A wish is not put as a question and keeps its way.
var overruled = []Intent{
	IntentUnknown, IntentRefund, IntentStatus, IntentEscalate, IntentWithdraw, IntentEvidence, IntentOutside, IntentComplaint, IntentWhy, IntentRepeat, IntentCancel,
}

// asks says that a text is to be answered by the FAQ and not by what its intent leads to: he asks about the rules
// and does not tell his own case, nor answer what was asked of him.
func (t *turn) asks(h Heard) bool {
	q := h.Question
	if !q.Sure || !slices.Contains(overruled, h.Intent) || t.scene.FAQ == nil {
		return false
	}
	topic := q.Topics[0]
	switch step := t.flow.Step; {
	case t.tells(h):
		return false
	case step != StepIdle && !q.Form:
		return false
	}
	switch h.Intent {
	case IntentUnknown, IntentOutside:
		return true
	case IntentRefund:
		// A reason is a case of his own, which the flow looks at with him; only a question about something else
		// than the reason is one about the rules.
		return (h.Reason == "" && len(h.Doubts) == 0 || !aboutReason(topic)) && (q.Form || !wishes(topic))
	case IntentStatus:
		return topic != TopicProgress || t.filed() == nil && t.scene.Complaints.Filed == nil
	case IntentEvidence:
		return q.Form && !(t.draft() != nil && slices.Contains([]Topic{TopicChecklist, TopicUploadSteps, TopicSupplement}, topic))
	case IntentEscalate, IntentWithdraw, IntentComplaint:
		return q.Form && !h.Asks
	default:
		return t.flow.Step == StepIdle && q.Form
	}
}

// unsure asks once which of the likely topics he means. It is never answered for him; if the next text is not
// understood either, a person is offered.
func (t *turn) unsure(q Question) bool {
	if len(q.Topics) < 2 || t.scene.FAQ == nil || t.flow.Step != StepIdle {
		return false
	}
	card := CardSpec{Kind: CardChoices}
	for _, topic := range q.Topics[:min(3, len(q.Topics))] {
		label := t.scene.FAQ.Label(topic)
		if label == nil {
			continue
		}
		card.Buttons = append(card.Buttons, ButtonSpec{Action: ActTopic, Args: Args{"topic": string(topic)}, Words: label})
	}
	card.Buttons = append(card.Buttons, button(ActHuman, nil, ""))
	t.plan.Replies = append(t.plan.Replies, Reply{Key: "clarify", Card: &card, FAQ: t.scene.FAQ.Version()})
	t.flow.Misses++
	t.flow.Clarified = true
	return true
}

// offerHuman is what follows when he was not understood again.
func (t *turn) offerHuman() {
	t.show("unknown.human", nil, choices(button(ActHuman, nil, "primary"), button(ActStart, nil, "")), t.flow.Step)
	t.flow.Misses = 0
}

// wishes are topics about how to do what the assistant does with him: a wish for it is no question.
func wishes(topic Topic) bool {
	return slices.Contains([]Topic{TopicEntry, TopicOverview}, topic)
}

// aboutReason says that a topic is about whether a reason holds, which the flow finds out with him.
func aboutReason(topic Topic) bool {
	return slices.Contains(reasonTopics, topic)
}

var reasonTopics = []Topic{
	"elig-overview", "elig-not-as-described", "elig-wrong-item", "elig-missing-parts", "elig-damaged-in-transit", "elig-quality-defect",
	"elig-not-received", "elig-signed-not-received", "elig-late-shipment", "elig-unshipped-cancel", "elig-fresh-food", "elig-dislike",
	"elig-counterfeit", "elig-price-difference", "elig-no-reason", TopicEntry,
}

var troubleFacts = []string{"F1-13", "F1-14", "F1-15", "F1-16", "F1-20"}
