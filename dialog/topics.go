package dialog

import (
	"cmp"
	"slices"
	"time"

	"recourse/cases"
	"recourse/cases/policy"
)

// Topic names a question that has a reviewed answer of its own; the ids are those of the domain's list (§4).
type Topic string

// The topics that something besides an answer depends on.
const (
	TopicChecklist      Topic = "ev-checklist"
	TopicUploadSteps    Topic = "ev-upload-steps"
	TopicSupplement     Topic = "ev-supplement"
	TopicProgress       Topic = "apply-track-progress"
	TopicEntry          Topic = "apply-entry"
	TopicOverview       Topic = "elig-overview"
	TopicSignedAccepted Topic = "mer-signed-accepted"
	TopicNoResponse     Topic = "mer-no-response"
	TopicExtended       Topic = "ret-extend-receipt"
	TopicItemsMissing   Topic = "ret-items-missing"
	TopicNotArrived     Topic = "pay-not-arrived"
	TopicUploadFailed   Topic = "ev-upload-failed"
	TopicAppeal         Topic = "plat-appeal"
	TopicForgery        Topic = "oos-illegal-help"
	TopicCoins          Topic = "oos-coins-gifts"
	TopicHuman          Topic = "cs-human"
)

// answer is what follows where a topic is asked, for those where more follows than words: a card that is reckoned
// from the case, a step that begins. Its words are the wording of its key, or, without a key, the answer of the FAQ
// that holds there; a topic without a row that applies has the FAQ's answer alone. The first row that applies is taken;
// a text whose topic has neither row nor answer is answered as if it had no topic.
type answer struct {
	topic Topic
	when  func(*turn) bool
	key   string      // wording; "" = the FAQ's answer
	code  policy.Code // what the answer says in the policy's codes, if it says one
	facts []string    // what it rests on
	slots func(*turn, Heard) Slots
	card  func(*turn, Heard) CardSpec
	// then is what follows; nil: back to what was asked.
	then func(*turn, Heard)
}

// answers is filled in by init because its functions lead back to it.
var answers []answer

func init() {
	answers = []answer{
		{
			topic: TopicForgery, when: always, key: "topic.oos-illegal-help", facts: []string{"F1-09", "F2-16"},
			slots: func(t *turn, _ Heard) Slots { return Slots{"days": t.scene.Policy.Values.Apply.NoReasonDays.V} }, then: honestRoad,
		},
		{
			topic: TopicCoins, when: always, key: "topic.oos-coins-gifts", code: policy.NoOutOfScope,
			card: func(*turn, Heard) CardSpec { return choices(button(ActHuman, nil, "")) },
		},
		{
			topic: TopicSignedAccepted, when: mayEscalate, key: "topic.mer-signed-accepted.rejected", facts: []string{"F2-20", "F2-21"},
			slots: strengthen, card: strengthenCard,
		},
		{
			topic: TopicSignedAccepted, when: without, key: "topic.mer-signed-accepted", facts: []string{"F2-20", "F2-21"},
			then: func(t *turn, h Heard) { t.wantsRefund(h) },
		},
		{
			topic: TopicNoResponse, when: all(in(cases.MerchantReview), mayEscalate), key: "topic.mer-no-response.overdue",
			facts: []string{"F0-16", "F2-10", "F4-11"}, slots: caseSlot, card: caseCard(ActEscalate, ActWait, ActHuman),
		},
		{
			topic: TopicNoResponse, when: in(cases.MerchantReview), key: "escalate.not_yet", code: policy.NotYet,
			facts: []string{"F0-14", "F4-11"}, slots: caseSlot, card: caseCard(ActHuman),
		},
		{topic: TopicNoResponse, when: without, key: "escalate.apply_first", card: func(*turn, Heard) CardSpec {
			return choices(button(ActStart, nil, "primary"), button(ActHuman, nil, ""))
		}},
		{
			topic: TopicExtended, when: all(in(cases.ReturnInTransit), func(t *turn) bool { return t.scene.Case.Return.Extensions > 0 }),
			key: "topic.ret-extend-receipt.extended", code: policy.NotYet, facts: []string{"F1-26", "F1-27", "F1-25"}, slots: caseSlot, card: caseCard(ActHuman),
		},
		{
			topic: TopicExtended, when: in(cases.ReturnInTransit), key: "topic.ret-extend-receipt.open",
			facts: []string{"F1-26", "F1-34"}, slots: caseSlot, card: caseCard(ActHuman),
		},
		{
			topic: TopicItemsMissing, when: in(cases.OfferPending), key: "topic.ret-items-missing.offer", facts: []string{"F1-48", "F1-49"},
			slots: keepSlots, card: caseCard(ActAccept, ActDecline, ActSendRest, ActHuman),
		},
		{
			topic: TopicItemsMissing, when: in(cases.AwaitingReturn, cases.ReturnInTransit, cases.ReturnInspection), key: "topic.ret-items-missing.send_rest",
			facts: []string{"F1-48"}, slots: keepSlots, card: caseCard(ActSendRest, ActHuman),
		},
		{
			topic: TopicNotArrived, when: all(in(cases.Refunded, cases.RefundPending), recorded(cases.RefundArrived)), key: "topic.pay-not-arrived.arrived",
			facts: []string{"F0-27", "F0-28"}, slots: channelSlots, card: caseCard(ActHuman),
		},
		{
			topic: TopicNotArrived, when: all(in(cases.Refunded, cases.RefundPending), recorded(cases.RefundRefused, cases.RefundUnknown)),
			key: "topic.pay-not-arrived.trouble", facts: []string{"F0-28", "F4-13"}, slots: channelSlots, then: chaseMoney,
		},
		{
			topic: TopicNotArrived, when: all(in(cases.Refunded, cases.RefundPending), chaseable), key: "topic.pay-not-arrived.chase",
			facts: []string{"F0-27", "F0-28"}, slots: channelSlots, then: chaseMoney,
		},
		{
			topic: TopicNotArrived, when: in(cases.Refunded, cases.RefundPending), key: "topic.pay-not-arrived.wait", code: policy.NotYet,
			facts: []string{"F2-13", "F0-27", "F0-28"}, slots: channelSlots, card: caseCard(ActHuman), then: lookUp,
		},
		{
			topic: TopicAppeal, when: mayAppeal, key: "topic.plat-appeal.open", facts: []string{"F3-11", "F3-51"}, slots: caseSlot, card: appealCard,
		},
		{
			topic: TopicAppeal, when: in(cases.ClosedNotSupported), key: "topic.plat-appeal.final", facts: []string{"F3-46", "F3-51"}, slots: caseSlot,
			card: caseCard(ActHuman),
		},
	}
}

// about marks what is said meanwhile as the answer to a topic.
func (t *turn) about(topic Topic, facts []string, say func()) {
	from := len(t.plan.Replies)
	say()
	for i := from; i < len(t.plan.Replies); i++ {
		t.plan.Replies[i].Topic, t.plan.Replies[i].Facts = topic, facts
	}
}

func always(*turn) bool { return true }

// without: there is no filed case at hand.
func without(t *turn) bool { return t.openCase() == nil }

func in(states ...cases.State) func(*turn) bool {
	return func(t *turn) bool { return t.scene.Case != nil && slices.Contains(states, t.scene.Case.State) }
}

func all(list ...func(*turn) bool) func(*turn) bool {
	return func(t *turn) bool {
		return !slices.ContainsFunc(list, func(f func(*turn) bool) bool { return !f(t) })
	}
}

func (t *turn) may(e cases.EventKind) bool {
	return t.scene.Case != nil && slices.Contains(t.scene.Case.Allowed(cases.Buyer, t.env()), e)
}

func mayEscalate(t *turn) bool { return t.may(cases.EvEscalate) }
func mayAppeal(t *turn) bool   { return t.may(cases.EvAppeal) }

// moneySince is from when the money is waited for: the channel took the order, or it was issued (C-06).
func moneySince(c *cases.Case) time.Time {
	if !c.Refund.PaidAt.IsZero() {
		return c.Refund.PaidAt
	}
	return c.Refund.IssuedAt
}

// chaseFrom is when late money is looked into (refund.chase_after_workdays).
func chaseFrom(c *cases.Case, p *policy.Policy) time.Time {
	return p.AddWorkdays(moneySince(c), p.Values.Refund.ChaseWorkdays.V)
}

func chaseable(t *turn) bool { return !t.now.Before(chaseFrom(t.scene.Case, t.scene.Policy)) }

// recorded: the payment channel was asked and says one of these of the refund.
func recorded(statuses ...cases.RefundStatus) func(*turn) bool {
	return func(t *turn) bool { return t.scene.Refund != nil && slices.Contains(statuses, t.scene.Refund.Status) }
}

// lookUp asks for the payment channel's record where there may be one.
func lookUp(t *turn, _ Heard) {
	t.plan.LookUp = t.scene.Refund == nil && t.scene.Case.Refund.Key != ""
	if t.flow.Step != StepIdle {
		t.askAgain()
	}
}

// chaseMoney gives late or missing money to a person (F0-28).
func chaseMoney(t *turn, h Heard) {
	lookUp(t, h)
	t.plan.Handoff = HandoffPayment
}

func caseSlot(t *turn, _ Heard) Slots {
	v := t.scene.Policy.Values
	s := Slots{
		"of": t.scene.Case, "extend_after": v.Merchant.ExtendAfterDays.V, "extend_days": v.Merchant.ExtendDays.V,
		"decision_days": v.Platform.DecisionWorkdays.V,
	}
	if c := t.scene.Case; !c.Return.WaybillAt.IsZero() {
		s["extend_from"] = c.Return.WaybillAt.AddDate(0, 0, v.Merchant.ExtendAfterDays.V)
	}
	if o := t.scene.Case.Offer; o != nil && o.Kind == policy.Partial {
		s["deduction"] = Fen(t.scene.Case.AmountFen - o.AmountFen)
	}
	return s
}

// keepSlots name what to keep when a part of a return travels by itself.
func keepSlots(t *turn, h Heard) Slots {
	s := caseSlot(t, h)
	s["keep"] = []policy.EvidenceKind{"return_parcel_photo", "chat_screenshot"}
	return s
}

func moneySlots(t *turn, h Heard) Slots {
	s, c := caseSlot(t, h), t.scene.Case
	since := moneySince(c)
	s["since"], s["passed"], s["chase"] = since, t.scene.Policy.WorkdaysBetween(since, t.now), chaseFrom(c, t.scene.Policy)
	_, s["asked"] = c.Deadlines[cases.TimerArrival] // D22
	s["route"] = Key("route." + c.Refund.Method)
	s["record"] = policy.EvidenceKind("payment_record")
	return s
}

// channelSlots are those of the money with what the payment channel says of it.
func channelSlots(t *turn, h Heard) Slots {
	s, c := moneySlots(t, h), t.scene.Case
	accepted, method := c.Refund.PaidAt, c.Refund.Method
	if r := t.scene.Refund; r != nil {
		method = cmp.Or(r.Method, method)
		if !r.AcceptedAt.IsZero() {
			accepted = r.AcceptedAt
		}
		s["processing"], s["refused"], s["unknown"] = r.Status == cases.RefundProcessing, r.Status == cases.RefundRefused, r.Status == cases.RefundUnknown
		s["arrived"] = r.ArrivedAt
	}
	if s["accepted"] = accepted; accepted.IsZero() {
		s["ordered"] = c.Refund.IssuedAt
	}
	s["route"] = Key("route." + method)
	return s
}

// helpful are the kinds of evidence that would help a filed case: what his own words point at, else what the
// reason names, without those that are there. Three at most: a wall of rules helps nobody (domain §6.2).
func (t *turn) helpful(h Heard) []policy.EvidenceKind {
	c := t.scene.Case
	var out []policy.EvidenceKind
	if c == nil || c.Verdict == nil {
		return nil
	}
	var fits []policy.EvidenceKind
	for _, r := range c.Verdict.Required {
		if !r.Auto {
			fits = append(fits, r.AnyOf...)
		}
	}
	fits = append(fits, c.Verdict.Optional...)
	fits = append(fits, "chat_screenshot")
	add := func(k policy.EvidenceKind) {
		has := slices.ContainsFunc(c.Evidence, func(e cases.Evidence) bool { return e.Kind == k && e.Party == cases.Buyer })
		if slices.Contains(fits, k) && !has && !slices.Contains(out, k) && len(out) < 3 {
			out = append(out, k)
		}
	}
	for _, k := range h.Points {
		add(k)
	}
	if len(out) == 0 {
		for _, k := range c.Verdict.Optional {
			add(k)
		}
	}
	return out
}

func strengthen(t *turn, h Heard) Slots {
	s := caseSlot(t, h)
	s["helps"] = t.helpful(h)
	return s
}

// strengthenCard offers the open step, and the evidence that would help it.
func strengthenCard(t *turn, h Heard) CardSpec {
	c := t.scene.Case
	buttons := []ButtonSpec{{Action: ActEscalate, Args: caseArgs(c, false), Style: "primary"}, button(ActHuman, nil, "")}
	if kinds := t.helpful(h); len(kinds) > 0 && t.may(cases.EvSupplement) {
		return CardSpec{Kind: CardEvidence, Case: c, Kinds: kinds, Buttons: buttons}
	}
	return CardSpec{Kind: CardCase, Case: c, Buttons: buttons}
}

// appealCard takes the new evidence that an appeal needs, and the appeal.
func appealCard(t *turn, h Heard) CardSpec {
	c := t.scene.Case
	kinds := t.helpful(h)
	if len(kinds) == 0 {
		kinds = []policy.EvidenceKind{"inspection_report"}
	}
	return CardSpec{Kind: CardEvidence, Case: c, Kinds: kinds, Buttons: []ButtonSpec{
		{Action: ActAppeal, Args: caseArgs(c, false), Style: "primary"}, button(ActHuman, nil, ""),
	}}
}

// caseCard shows the case with those of the actions that the case allows now.
func caseCard(actions ...Action) func(*turn, Heard) CardSpec {
	return func(t *turn, _ Heard) CardSpec {
		c := t.scene.Case
		card := CardSpec{Kind: CardCase, Case: c}
		open := CaseButtons(*c, t.env())
		for _, a := range actions {
			if i := slices.IndexFunc(open, func(b ButtonSpec) bool { return b.Action == a }); i >= 0 {
				card.Buttons = append(card.Buttons, open[i])
				continue
			}
			switch a {
			case ActWait:
				card.Buttons = append(card.Buttons, button(a, caseArgs(c, false), ""))
			case ActHuman:
				card.Buttons = append(card.Buttons, button(a, nil, ""))
			}
		}
		return card
	}
}

// honestRoad leads from a forgery that was asked for to what is true. Nothing of what he said is kept: it
// would stand in his application.
func honestRoad(t *turn, _ Heard) {
	t.flow.Reason, t.flow.Story, t.flow.Doubts = policy.NoReason7d, "", nil
	switch c := t.scene.Case; {
	case t.openCase() != nil:
		t.flow.Reason = ""
		t.askAgain()
	case c != nil && c.State == cases.Draft:
		t.confirmReason()
	default:
		t.askOrder("order.again")
	}
}

// verdictTopic is the topic of a verdict on an application.
func verdictTopic(v *policy.Verdict) Topic {
	switch v.Code {
	case policy.NoCategoryStatutory:
		return "elig-no-reason-exceptions"
	case policy.NoCategoryConfirmed, policy.NoNotIntact:
		return "elig-opened-used"
	}
	return map[policy.ReasonID]Topic{
		policy.WrongItem: "elig-wrong-item", "missing_parts": "elig-missing-parts", "spoiled_or_expired": "elig-fresh-food",
		"signed_not_received": "elig-signed-not-received", "damaged_in_transit": "elig-damaged-in-transit", "counterfeit": "elig-counterfeit",
	}[v.Reason]
}
