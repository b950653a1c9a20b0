// Package page is what a buyer's page shows of a conversation and lets him press, as stages see it: the same whether
// the conversation is in this process or behind a server's WebSocket. It knows logs and cards, and no store or socket.
package page

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"recourse/bot/replay"
	"recourse/bot/replay/suite"
	"recourse/dialog"
)

// Offer is a button or an order that can be pressed now.
type Offer struct {
	On     int64 // the card's place in the log
	Action dialog.Action
	Args   dialog.Args
	Label  string
}

// Offers are what the cards of a log offer and dialog.CheckPress lets through, the newest card first; each press once.
// live is the current card's place.
func Offers(live int64, log []dialog.Entry) []Offer {
	var out []Offer
	conv := dialog.Conversation{Flow: dialog.Flow{Live: live}}
	for i := len(log) - 1; i >= 0; i-- {
		e := &log[i]
		if e.Card == nil || e.Author.Kind == dialog.FromBuyer {
			continue
		}
		add := func(a dialog.Action, args dialog.Args, label string) {
			if a.FlowBound() && e.Seq != live {
				return // grown stale: what CheckPress would say, without its work
			}
			if slices.ContainsFunc(out, func(o Offer) bool { return o.Action == a && maps.Equal(o.Args, args) }) {
				return
			}
			if dialog.CheckPress(conv, e, dialog.Pressed{On: e.Seq, Action: a, Args: args}) == nil {
				out = append(out, Offer{e.Seq, a, args, label})
			}
		}
		for _, o := range e.Card.Orders {
			add(dialog.ActPickOrder, dialog.Args{"order": o.Order, "line": o.Line}, o.Title)
		}
		for _, b := range e.Card.Buttons {
			add(b.Action, b.Args, b.Label)
		}
	}
	return out
}

// Pick is the newest offer that fits a step's press, or with OldCard the oldest.
func Pick(list []Offer, step suite.Step) (Offer, bool) {
	if step.OldCard {
		list = slices.Clone(list)
		slices.Reverse(list)
	}
	i := slices.IndexFunc(list, func(o Offer) bool { return o.Action == step.Press && within(step.Args, o.Args) })
	if i < 0 {
		return Offer{}, false
	}
	return list[i], true
}

// Stale is a button that a step presses on a card that has grown stale, so that the press must be refused; false if no
// card has one.
func Stale(live int64, log []dialog.Entry, step suite.Step) (Offer, bool) {
	conv := dialog.Conversation{Flow: dialog.Flow{Live: live}}
	for i := range log {
		e := &log[i]
		if e.Card == nil {
			continue
		}
		for _, b := range e.Card.Buttons {
			press := dialog.Pressed{On: e.Seq, Action: b.Action, Args: b.Args}
			if b.Action == step.Press && within(step.Args, b.Args) && errors.Is(dialog.CheckPress(conv, e, press), dialog.ErrStaleCard) {
				return Offer{e.Seq, b.Action, b.Args, b.Label}, true
			}
		}
	}
	return Offer{}, false
}

// within says whether a button has at least these arguments.
func within(want, have dialog.Args) bool {
	for k, v := range want {
		if have[k] != v {
			return false
		}
	}
	return true
}

// Buttons are offers as a view has them. Of those of the case and the complaint only the ones that they still allow are
// shown: the page takes the others away.
func Buttons(list []Offer, rights []dialog.Action) []replay.Button {
	var out []replay.Button
	for _, o := range list {
		if (o.Action.OfCase() || o.Action.OfComplaint()) && !slices.Contains(rights, o.Action) {
			continue
		}
		out = append(out, replay.Button{Action: o.Action, Args: o.Args, Label: o.Label})
	}
	return out
}

// Panel are the arguments of a press that no card offers: the case's own panel has the button.
func Panel(caseID, complaint string, given dialog.Args) dialog.Args {
	args := dialog.Args{"case": caseID}
	if complaint != "" {
		args["complaint"] = complaint
	}
	maps.Copy(args, given)
	return args
}

// Labelled is the label of what was pressed with what was filled in, as the page shows it.
func Labelled(label string, form dialog.Args) string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(form)) {
		out = append(out, form[k])
	}
	if v := strings.Join(out, " "); v != "" {
		return label + ": " + v
	}
	return label
}

// News are the entries of a log that were said to the buyer, from a place on.
func News(log []dialog.Entry) []replay.Said {
	var out []replay.Said
	for _, e := range log {
		if e.Author.Kind != dialog.FromBuyer && e.Kind != dialog.Note {
			out = append(out, Said(e))
		}
	}
	return out
}

// Said is an entry as a view has it.
func Said(e dialog.Entry) replay.Said {
	out := replay.Said{By: e.Author.Kind, Kind: e.Kind, Key: e.Key, Text: e.Text, Card: e.Card}
	if b := e.Basis; b != nil {
		out.Topic, out.Code, out.Facts = b.Topic, b.Code, b.Facts
	}
	return out
}

// Did is what the buyer's page shows of a step, and what happened beside the chat, in words. label is that of what he
// pressed or uploaded.
func Did(step suite.Step, l dialog.Locale, label string) (did, beside string) {
	switch {
	case step.Say != nil:
		return step.Say.In(l), ""
	case step.Press != "", len(step.Upload) > 0:
		return label, ""
	case len(step.Report) > 0:
		return "", "upload failed: " + step.Report["code"]
	case step.Disconnect:
		return "", "disconnected"
	case step.Reconnect:
		return "", "connected again"
	case step.Merchant != "":
		return "", "merchant: " + step.Merchant
	case step.Other != "":
		return "", step.Other
	case step.Pass > 0:
		return "", "+" + time.Duration(step.Pass).String()
	case step.Agent == "say":
		return "", ""
	case step.Agent != "":
		return "", "agent: " + step.Agent
	}
	return "", ""
}

// NotOffered says that no card offers what a step presses.
func NotOffered(step suite.Step) error {
	return fmt.Errorf("%w: no card offers %s %v now", replay.ErrNotOffered, step.Press, step.Args)
}
