package dialog

import (
	"errors"
	"maps"
	"slices"
)

// Why a press may be refused before it is stored.
var (
	// ErrUnknownAction: there is no such action, or the card does not offer it with these arguments.
	ErrUnknownAction = errors.New("action not offered")
	// ErrStaleCard: the card belongs to an earlier step of the conversation.
	ErrStaleCard = errors.New("card is no longer current")
)

// flowActions belong to the card the conversation is at and to no other.
var flowActions = []Action{
	ActPickOrder, ActMoreOrders, ActPickReason, ActOtherReason, ActAnswer, ActClaim, ActAsk, ActStatement, ActReady, ActSubmit, ActEdit, ActCancel, ActGoOn,
	ActResubmitYes, ActWithdrawYes, ActAcceptYes, ActAppealYes, ActBalanceYes,
}

// standing actions may be pressed whenever the case or the conversation allows them, from any card that
// offered them or from the case's own panel (On = 0).
var standing = []Action{
	ActStart, ActStatus, ActEscalate, ActResubmit, ActWait, ActWithdraw, ActAccept, ActDecline, ActAppeal,
	ActTracking, ActReceived, ActUnstage, ActBalance, ActSendRest, ActTopic, ActHuman, ActBot, ActRate, ActTrouble,
}

// fields are the arguments of a form that are the buyer's to fill in; code checks them when the press is carried out.
var fields = map[Action][]string{
	ActTracking: {"carrier", "waybill"},
	ActSendRest: {"carrier", "waybill"},
	ActAsk:      {"amount_fen"},
}

// FlowBound says whether an action is tied to the current card.
func (a Action) FlowBound() bool {
	return slices.Contains(flowActions, a) || slices.Contains(complaintFlowActions, a)
}

// Actions lists all that may be pressed.
func Actions() []Action {
	return slices.Concat(flowActions, complaintFlowActions, standing, complaintStanding)
}

// Known says whether there is such an action.
func (a Action) Known() bool { return slices.Contains(Actions(), a) }

// CheckPress says whether a press may be stored: the action exists, the card at On offered it with these
// arguments, and, for a step of the flow, that card is the current one. What the case allows is checked
// when the press is carried out. card is the entry at On, nil for On = 0.
func CheckPress(c Conversation, card *Entry, p Pressed) error {
	if !p.Action.Known() {
		return ErrUnknownAction
	}
	if p.On == 0 && p.Action == ActTrouble {
		return checkTrouble(p.Args)
	}
	if p.On == 0 && p.Action != ActRate && !p.Action.FlowBound() {
		return nil
	}
	if card == nil || card.Card == nil || !offers(*card.Card, p) {
		return ErrUnknownAction
	}
	if p.Action.FlowBound() && p.On != c.Flow.Live {
		return ErrStaleCard
	}
	return nil
}

// offers says whether a card has a button for the press. A form's own fields are the buyer's to fill in.
func offers(card Card, p Pressed) bool {
	fixed := func(args Args) Args {
		out := maps.Clone(args)
		for _, f := range fields[p.Action] {
			delete(out, f)
		}
		return out
	}
	given := fixed(p.Args)
	return slices.ContainsFunc(card.Buttons, func(b Button) bool {
		return b.Action == p.Action && maps.Equal(fixed(b.Args), given) || b.Action == p.Action && len(b.Args) == 0 && len(given) == 0
	}) || p.Action == ActPickOrder && slices.ContainsFunc(card.Orders, func(o OrderItem) bool {
		return p.Args["order"] == o.Order && p.Args["line"] == o.Line
	})
}
