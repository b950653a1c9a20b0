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
	TopicOther          Topic = "oos-other-topic" // what is not answered here
)

// row is what a topic leads to besides the words of its answer, which stand in the FAQ and nowhere else: a step that
// begins, what of the evidence a card asks for. The first row of a topic that applies is taken. A topic without one has
// the FAQ's answer alone.
type row struct {
	topic Topic
	// at says where it applies, and besides it also, if given.
	at   When
	also func(*turn) bool
	// name is the answer of the FAQ that is said here (Named), "" for the first that holds. An answer has a name where
	// what follows must fit its words, or where a press asks for it.
	name Name
	// kinds narrows the evidence that the answer's card asks for.
	kinds func(*turn, Heard) []policy.EvidenceKind
	// leads: what follows has a card of its own, and the answer has none.
	leads bool
	// does is what goes with the answer and asks nothing.
	does func(*turn)
	// then is what follows; nil: back to what was asked.
	then func(*turn, Heard)
}

// Name is that of an answer among those of its topic.
type Name string

// The names.
const (
	NameSendRest Name = "send_rest" // how to send what was left out of a return; the press says it as well
	NameArrived  Name = "arrived"   // the payment channel says that the money arrived
	NameTrouble  Name = "trouble"   // it says that the refund failed, or does not know it; a person is fetched
	NameLate     Name = "late"      // the money is late; a person is fetched
	NameWaiting  Name = "waiting"   // it is not late yet; the payment channel is asked
)

// Named is an answer that code says by its name, where When holds.
type Named struct {
	Topic Topic
	Name  Name
	When  When
}

// NamedAnswers lists the answers that the FAQ must have by name, those of a topic in the order in which they outrank
// each other.
func NamedAnswers() []Named {
	var out []Named
	for _, r := range rows {
		if r.name != "" {
			out = append(out, Named{Topic: r.topic, Name: r.name, When: r.at})
		}
	}
	return out
}

// rows is filled in by init because its functions lead back to it.
var rows []row

func init() {
	paid := []cases.State{cases.Refunded, cases.RefundPending}
	rows = []row{
		{topic: TopicForgery, also: without, leads: true, then: honestRoad},
		{topic: TopicForgery, then: honestRoad},
		{topic: TopicSignedAccepted, at: When{States: []cases.State{cases.MerchantReview, cases.MerchantRejected}}, kinds: (*turn).helpful},
		{topic: TopicSignedAccepted, also: without, leads: true, then: func(t *turn, h Heard) { t.wantsRefund(h) }},
		{topic: TopicItemsMissing, name: NameSendRest, at: When{States: []cases.State{cases.ReturnInTransit, cases.ReturnInspection}}},
		{topic: TopicNotArrived, name: NameArrived, at: When{States: paid, Flag: FlagArrived}},
		{topic: TopicNotArrived, name: NameTrouble, at: When{States: paid, Flag: FlagRefundTrouble}, does: chaseMoney},
		{topic: TopicNotArrived, name: NameLate, at: When{States: paid, Flag: FlagLateMoney}, does: chaseMoney},
		{topic: TopicNotArrived, name: NameWaiting, at: When{States: paid}, does: lookUp},
		{topic: TopicAppeal, at: When{May: cases.EvAppeal}, kinds: newEvidence},
	}
}

// rowOf is the row of a topic that applies here, the zero row if none does.
func (t *turn) rowOf(topic Topic) row {
	i := slices.IndexFunc(rows, func(r row) bool {
		return r.topic == topic && t.holds(r.at) && (r.also == nil || r.also(t))
	})
	if i < 0 {
		return row{}
	}
	return rows[i]
}

// about marks what is said meanwhile as the answer to a topic.
func (t *turn) about(topic Topic, facts []string, say func()) {
	from := len(t.plan.Replies)
	say()
	for i := from; i < len(t.plan.Replies); i++ {
		t.plan.Replies[i].Topic, t.plan.Replies[i].Facts = topic, facts
	}
}

// without: there is no filed case at hand.
func without(t *turn) bool { return t.openCase() == nil }

func (t *turn) may(e cases.EventKind) bool {
	return t.scene.Case != nil && slices.Contains(t.scene.Case.Allowed(cases.Buyer, t.env()), e)
}

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

// lookUp asks for the payment channel's record where there may be one.
func lookUp(t *turn) {
	t.plan.LookUp = t.scene.Refund == nil && t.scene.Case.Refund.Key != ""
}

// chaseMoney gives late or missing money to a person (F0-28).
func chaseMoney(t *turn) {
	lookUp(t)
	t.plan.Handoff = HandoffPayment
}

// keepSlots are the facts of a filed case that are reckoned from it, with what to keep when a part of a return travels
// by itself.
func keepSlots(t *turn) Slots {
	v, c := t.scene.Policy.Values, t.scene.Case
	s := Slots{
		"of": c, "extend_after": v.Merchant.ExtendAfterDays.V, "extend_days": v.Merchant.ExtendDays.V, "decision_days": v.Platform.DecisionWorkdays.V,
		"keep": []policy.EvidenceKind{"return_parcel_photo", "chat_screenshot"},
	}
	if !c.Return.WaybillAt.IsZero() {
		s["extend_from"] = c.Return.WaybillAt.AddDate(0, 0, v.Merchant.ExtendAfterDays.V)
	}
	if o := c.Offer; o != nil && o.Kind == policy.Partial {
		s["deduction"] = Fen(c.AmountFen - o.AmountFen)
	}
	return s
}

// moneySlots are those of money that was sent, with what the payment channel says of it if it was asked.
func moneySlots(t *turn) Slots {
	c := t.scene.Case
	since, accepted, method := moneySince(c), c.Refund.PaidAt, c.Refund.Method
	_, asked := c.Deadlines[cases.TimerArrival] // D22
	s := Slots{
		"since": since, "passed": t.scene.Policy.WorkdaysBetween(since, t.now), "chase": chaseFrom(c, t.scene.Policy), "chase_asked": asked,
		"record": policy.EvidenceKind("payment_record"),
	}
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

// honestRoad leads from a forgery that was asked for to what is true. Nothing of what he said is kept: it
// would stand in his application.
func honestRoad(t *turn, _ Heard) {
	t.flow.Reason, t.flow.Story, t.flow.Doubts = policy.NoReason7d, "", nil
	switch c := t.scene.Case; {
	case t.openCase() != nil: // where it stands is in the answer
		t.flow.Reason = ""
		if t.flow.Step != StepIdle {
			t.askAgain()
		}
	case c != nil && c.State == cases.Draft:
		t.confirmReason()
	default:
		t.askOrder("order.again")
	}
}

// newEvidence is what an appeal needs: something that was not there when it was decided.
func newEvidence(t *turn, h Heard) []policy.EvidenceKind {
	if kinds := t.helpful(h); len(kinds) > 0 {
		return kinds
	}
	return []policy.EvidenceKind{"inspection_report"}
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
