package dialog

import (
	"maps"
	"slices"

	"recourse/cases"
	"recourse/cases/policy"
)

// FAQ gives the reviewed answers to topics as data. Which of them holds where the case stands is decided here, and
// so is which of their buttons the case allows.
type FAQ interface {
	// Answers are a topic's answers in the order in which they outrank each other; nil: there are none.
	Answers(Topic) []TopicAnswer
	// Label is a topic as whoever asks it would put it.
	Label(Topic) Wording
	// ForMerchants says that a topic's answer addresses a shop.
	ForMerchants(Topic) bool
	// Replaced are the answers of ours in whose place the owner of the answers has put his own; nil: there are none.
	// A press that needs an answer by its name has ours where his lack it.
	Replaced(Topic) []TopicAnswer
	// Version names the answers as they are, for the Basis of what was said.
	Version() string
}

// Wording is reviewed text by locale, with {slots} that code fills.
type Wording map[Locale]string

// TopicAnswer is one reviewed answer.
type TopicAnswer struct {
	// Name, if it has one, is what code calls it by (NamedAnswers): it is said where code picks it, and nowhere else.
	Name    Name
	When    When
	Code    policy.Code // what it says in the policy's codes, if it says one
	Facts   []string    // what it rests on
	Words   Wording
	Buttons []Action // those that the case allows are shown
}

// When says where an answer holds: all that is given must.
type When struct {
	States []cases.State   // the case at hand is in one of these; NoCase: no filed case is at hand
	May    cases.EventKind // the buyer may do this now
	Flag   Flag
}

// NoCase stands for "there is no filed case at hand" among the states of a When.
const NoCase cases.State = "none"

// Flag is something about a case besides its state.
type Flag string

// The flags.
const (
	FlagOverdue   Flag = "overdue"     // the merchant is past the soft deadline
	FlagExtended  Flag = "extended"    // the receipt of the return was extended
	FlagBare      Flag = "bare_ground" // the refusal only says "signed for"
	FlagFinal     Flag = "final"       // the platform's decision is final
	FlagLateMoney Flag = "late_money"  // the money should have arrived (refund.chase_after_workdays)
	// What the payment channel says of the refund when it is asked:
	FlagArrived       Flag = "money_arrived"  // it was credited
	FlagRefundTrouble Flag = "refund_trouble" // it was refused, or the channel does not know it
)

// Flags lists them.
func Flags() []Flag {
	return []Flag{FlagOverdue, FlagExtended, FlagBare, FlagFinal, FlagLateMoney, FlagArrived, FlagRefundTrouble}
}

// Unfiled are the states in which nothing is filed: with them NoCase holds as well.
func Unfiled() []cases.State { return []cases.State{cases.Draft, cases.ClosedIneligible} }

// Where is the state that the buyer's questions are asked in: that of the case at hand, or NoCase.
func (s Scene) Where() cases.State {
	if s.Case == nil {
		return NoCase
	}
	return s.Case.State
}

// filed is the case at hand if it was ever filed, over or not.
func (t *turn) filed() *cases.Case {
	if c := t.scene.Case; c != nil && !slices.Contains(Unfiled(), c.State) {
		return c
	}
	return nil
}

func (t *turn) holds(w When) bool {
	if len(w.States) > 0 && !slices.Contains(w.States, t.scene.Where()) && (t.filed() != nil || !slices.Contains(w.States, NoCase)) {
		return false
	}
	return (w.May == "" || t.may(w.May)) && (w.Flag == "" || t.flagged(w.Flag))
}

func (t *turn) flagged(f Flag) bool {
	c := t.filed()
	if c == nil {
		return false
	}
	switch f {
	case FlagOverdue:
		return c.Overdue
	case FlagExtended:
		return c.Return.Extensions > 0
	case FlagBare:
		return c.Rejection != nil && t.scene.Policy.BareGround(c.Rejection.Text)
	case FlagFinal:
		return c.Arbitration.Final
	case FlagLateMoney:
		return !moneySince(c).IsZero() && chaseable(t)
	case FlagArrived:
		return t.scene.Refund != nil && t.scene.Refund.Status == cases.RefundArrived
	case FlagRefundTrouble:
		return t.scene.Refund != nil && (t.scene.Refund.Status == cases.RefundRefused || t.scene.Refund.Status == cases.RefundUnknown)
	}
	return false
}

// reviewed is the answer of a topic that is said here: the one of the name, if the topic has it, else the first without
// a name that holds. nil if there is none.
func (t *turn) reviewed(topic Topic, name Name) *TopicAnswer {
	if t.scene.FAQ == nil {
		return nil
	}
	list := t.scene.FAQ.Answers(topic)
	i := -1
	if name != "" {
		i = slices.IndexFunc(list, func(a TopicAnswer) bool { return a.Name == name })
	}
	if i < 0 {
		i = slices.IndexFunc(list, func(a TopicAnswer) bool { return a.Name == "" && t.holds(a.When) })
	}
	if i < 0 {
		return nil
	}
	return &list[i]
}

// called is the answer of a name, the owner's before ours; nil if there is none.
func (t *turn) called(topic Topic, name Name) *TopicAnswer {
	if t.scene.FAQ == nil {
		return nil
	}
	list := slices.Concat(t.scene.FAQ.Answers(topic), t.scene.FAQ.Replaced(topic))
	i := slices.IndexFunc(list, func(a TopicAnswer) bool { return a.Name == name })
	if i < 0 {
		return nil
	}
	return &list[i]
}

// replyOf words an answer; its card is the caller's.
func (t *turn) replyOf(topic Topic, a *TopicAnswer, h Heard) Reply {
	key := "faq." + string(topic)
	if a.Name != "" {
		key += "." + string(a.Name)
	}
	return Reply{Key: key, Words: a.Words, Slots: t.answerSlots(h), Topic: topic, Code: a.Code, Facts: a.Facts, FAQ: t.scene.FAQ.Version()}
}

// answerSlots are all facts that an answer may name here: those of the case (Slots "of" and "case"), and what is
// reckoned from them.
func (t *turn) answerSlots(h Heard) Slots {
	c := t.filed()
	if c == nil {
		if draft := t.scene.Case; draft != nil {
			return Slots{"case": draft}
		}
		return Slots{}
	}
	s := keepSlots(t)
	s["case"], s["helps"] = c, t.helpful(h)
	if !moneySince(c).IsZero() {
		maps.Copy(s, moneySlots(t))
	}
	return s
}

// AnswerButtons are the actions that an answer may name. Which of them are shown the case decides.
func AnswerButtons() []Action {
	return []Action{
		ActStart, ActStatus, ActHuman, ActComplain, ActUpload, ActEscalate, ActWait, ActWithdraw, ActResubmit, ActAccept, ActDecline,
		ActTracking, ActAppeal, ActReceived, ActSendRest, ActComplaintStatus, ActCase,
	}
}

// ActUpload and ActCase are no actions of their own. They stand in an answer for the card that takes evidence, and for
// the one that shows the case.
const (
	ActUpload Action = "upload"
	ActCase   Action = "case"
)

// answerCard shows an answer's buttons as far as they lead anywhere now; nil if none does. kinds narrows the evidence
// that is asked for; nil: all that the reason names.
func (t *turn) answerCard(actions []Action, kinds []policy.EvidenceKind) *CardSpec {
	c, idle := t.scene.Case, t.flow.Step == StepIdle
	card := CardSpec{Kind: CardChoices}
	var open []ButtonSpec
	if c != nil {
		open = CaseButtons(*c, t.env())
	}
	for _, a := range actions {
		if i := slices.IndexFunc(open, func(b ButtonSpec) bool { return b.Action == a }); i >= 0 {
			card.Case = c
			if card.Kind == CardChoices {
				card.Kind = CardCase
			}
			card.Buttons = append(card.Buttons, open[i])
			continue
		}
		switch a {
		case ActHuman:
			card.Buttons = append(card.Buttons, button(a, nil, ""))
		case ActStart, ActComplain:
			if idle { // what is being filled in would be given up
				card.Buttons = append(card.Buttons, button(a, nil, ""))
			}
		case ActStatus:
			if t.filed() != nil {
				card.Buttons = append(card.Buttons, button(a, nil, ""))
			}
		case ActWait:
			if turn := t.openCase(); turn != nil && turn.State == cases.MerchantReview {
				card.Buttons = append(card.Buttons, button(a, caseArgs(c, false), ""))
			}
		case ActComplaintStatus:
			if k := t.scene.Complaints.Filed; k != nil {
				card.Buttons = append(card.Buttons, button(a, complaintArgs(k, false), ""))
			}
		case ActUpload:
			// A draft's upload is a step of the flow, which the question that follows shows.
			if t.filed() != nil && t.uploadCard(c) != nil {
				card.Kind, card.Case, card.Kinds = CardEvidence, c, kinds
			}
		case ActCase:
			if t.filed() != nil && card.Kind == CardChoices {
				card.Kind, card.Case = CardCase, c
			}
		}
	}
	if card.Kind == CardChoices && len(card.Buttons) == 0 {
		return nil
	}
	return &card
}
