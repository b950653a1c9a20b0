package dialog

import (
	"slices"

	"recourse/cases"
	"recourse/cases/policy"
)

// answerTopic says the reviewed answer of a topic, if one holds here, and what follows from it.
func (t *turn) answerTopic(h Heard) bool {
	if h.Topic == TopicUploadFailed { // from what failed, step by step
		t.about(h.Topic, troubleFacts, t.aboutTrouble)
		return true
	}
	row, said := t.answer(h.Topic, h)
	if said == nil {
		return false
	}
	switch c := t.draft(); {
	case row.then != nil:
		row.then(t, h)
	case t.before(h):
	case t.flow.Step != StepIdle:
		t.askAgain()
	case c != nil && slices.Contains(said.Buttons, ActUpload) && t.uploadCard(c) != nil:
		t.askEvidence(c, "evidence.ask")
	}
	return true
}

// answer says the answer of a topic and what goes with it, and asks nothing; nil if the topic has no answer here.
func (t *turn) answer(topic Topic, h Heard) (row, *TopicAnswer) {
	row := t.rowOf(topic)
	said := t.reviewed(topic, row.name)
	if said == nil {
		return row, nil
	}
	r := t.replyOf(topic, said, h)
	if !row.leads {
		var kinds []policy.EvidenceKind
		buttons := said.Buttons
		if row.kinds != nil {
			if kinds = row.kinds(t, h); len(kinds) == 0 { // nothing that would help is missing
				buttons = slices.DeleteFunc(slices.Clone(buttons), func(a Action) bool { return a == ActUpload })
			}
		}
		r.Card = t.answerCard(buttons, kinds)
	}
	if t.scene.FAQ.ForMerchants(topic) {
		t.say("answer.for_merchants", nil)
	}
	t.plan.Replies = append(t.plan.Replies, r)
	t.flow.Misses = 0
	if row.does != nil {
		row.does(t)
	}
	return row, said
}

// before deals with what he said before he asked, as if it stood alone; it is called when the question has been
// answered, so that what is open is asked once, and last. false: there was nothing of the kind, and nothing was asked.
func (t *turn) before(h Heard) bool {
	if h.Tail.Said == nil || h.Topic != h.Tail.asks() {
		return false
	}
	differs, step := t.signedOtherwise(h), t.flow.Step
	switch h.Intent {
	case IntentYes, IntentNo:
		if step != StepIdle {
			t.agrees(h.Intent == IntentYes)
			return true
		}
		// Nothing is open that a word could answer; what a press may answer is shown.
		if t.openCase() != nil {
			t.status()
			return true
		}
		if c := t.scene.Complaints.Filed; c != nil && !c.State.Terminal() {
			t.showComplaint(c, "complaint.status")
			return true
		}
	case IntentWait:
		t.waits()
		if step != StepIdle {
			t.askAgain()
		}
		return true
	case IntentEvidence:
		switch {
		case step.Complaining():
			t.askAgain()
		case step == StepIdle && t.openCase() == nil && t.draft() == nil:
			return differs
		default:
			t.aboutEvidence()
		}
		return true
	case IntentEscalate:
		if !step.Complaining() {
			t.aboutEscalation()
			return true
		}
	case IntentWithdraw:
		if !step.Complaining() {
			t.aboutWithdrawal()
			return true
		}
	case IntentCancel:
		if step.Complaining() && !t.leaves(step) {
			t.askDrop()
		} else {
			t.cancels()
		}
		return true
	case IntentCorrect, IntentBack, IntentSkip, IntentRefuse:
		if step != StepIdle {
			return t.mend(h)
		}
	}
	return false
}

// overruled are the intents that a clear question outranks: their words are in many questions ("how long does
// the platform intervention take"). A wish is not put as a question and keeps its way.
var overruled = []Intent{
	IntentUnknown, IntentRefund, IntentStatus, IntentEscalate, IntentWithdraw, IntentEvidence, IntentOutside, IntentComplaint, IntentWhy, IntentRepeat, IntentCancel,
	IntentCorrect, IntentAccept, IntentDecline,
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
	case topic == TopicOther && h.Intent != IntentUnknown && h.Intent != IntentOutside:
		return false // a rule knows what he wants: it is answered here
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
	case IntentEscalate:
		return q.Form || inquires(q)
	case IntentWithdraw:
		return q.Form
	case IntentComplaint:
		if h.Asks { // of a complaint that there is, he is shown where it stands
			return q.Form && t.scene.Complaints.Filed == nil && t.scene.Complaints.At == nil
		}
		if q.Wish && aboutReason(topic) {
			return false // what he wants to complain of is no question about a refund
		}
		return q.Form || inquires(q)
	case IntentAccept, IntentDecline: // there is nothing to accept: the words tell of the merchant
		return t.flow.Step == StepIdle && !t.may(cases.EvAcceptOffer)
	default:
		return t.flow.Step == StepIdle && q.Form
	}
}

// maxTopics is how many topics he is asked to choose from.
const maxTopics = 3

// unsure asks once which of the likely topics he means. It is never answered for him; if the next text is not
// understood either, a person is offered.
func (t *turn) unsure(q Question) bool {
	if len(q.Topics) == 0 || t.scene.FAQ == nil || t.flow.Step != StepIdle {
		return false
	}
	card := CardSpec{Kind: CardChoices}
	for _, topic := range q.Topics {
		label := t.scene.FAQ.Label(topic)
		if label == nil || t.scene.FAQ.ForMerchants(topic) || len(card.Buttons) == maxTopics {
			continue // a buyer means no question of a shop's
		}
		card.Buttons = append(card.Buttons, ButtonSpec{Action: ActTopic, Args: Args{"topic": string(topic)}, Words: label})
	}
	if len(card.Buttons) == 0 {
		return false
	}
	key := "clarify"
	if len(card.Buttons) == 1 {
		key = "clarify.one"
	}
	card.Buttons = append(card.Buttons, button(ActHuman, nil, ""))
	t.plan.Replies = append(t.plan.Replies, Reply{Key: key, Card: &card, FAQ: t.scene.FAQ.Version()})
	t.flow.Misses++
	t.flow.Clarified = true
	return true
}

// offerHuman is what follows when he was not understood again.
func (t *turn) offerHuman() {
	t.show("unknown.human", nil, choices(button(ActHuman, nil, "primary"), button(ActStart, nil, "")), t.flow.Step)
	t.instead(HandoffConfused)
}

// inquiries are topics that nobody names who wants the thing itself: how long it takes, how it goes, whether it helps,
// whether it is too late. They are asked without the form of a question, too ("the usual odds of an intervention").
var inquiries = []Topic{
	"plat-what-is", "plat-process", "plat-duration", "plat-success-odds", "plat-48h-window", "plat-missed-window", "cmp-duration", "cmp-vs-refund", "mer-review-time", "pay-arrival",
}

func inquires(q Question) bool { return !q.Wish && slices.Contains(inquiries, q.Topics[0]) }

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
	"elig-counterfeit", "elig-no-reason", TopicEntry, // not a lower price, which the flow can do nothing about
}

var troubleFacts = []string{"F1-13", "F1-14", "F1-15", "F1-16", "F1-20"}
