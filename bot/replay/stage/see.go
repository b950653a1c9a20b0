package stage

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"recourse/bot/replay"
	"recourse/bot/replay/suite"
	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/dialog"
)

// logLimit bounds how much of a log is read at once; no conversation of a suite is longer.
const logLimit = 10_000

// offer is a button or an order that can be pressed now.
type offer struct {
	on     int64
	action dialog.Action
	args   dialog.Args
	label  string
}

// offers are what the cards offer and CheckPress lets through, the newest card first; each press once.
func offers(conv dialog.Conversation, log []dialog.Entry) []offer {
	var out []offer
	for i := len(log) - 1; i >= 0; i-- {
		e := &log[i]
		if e.Card == nil || e.Author.Kind == dialog.FromBuyer {
			continue
		}
		add := func(a dialog.Action, args dialog.Args, label string) {
			if a.FlowBound() && e.Seq != conv.Flow.Live {
				return // grown stale: what CheckPress would say, without its work
			}
			if slices.ContainsFunc(out, func(o offer) bool { return o.action == a && maps.Equal(o.args, args) }) {
				return
			}
			if dialog.CheckPress(conv, e, dialog.Pressed{On: e.Seq, Action: a, Args: args}) == nil {
				out = append(out, offer{e.Seq, a, args, label})
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

// within says whether a button has at least these arguments.
func within(want, have dialog.Args) bool {
	for k, v := range want {
		if have[k] != v {
			return false
		}
	}
	return true
}

// press presses what is offered, or what the case's own panel always has.
func (s *seat) press(ctx context.Context, step suite.Step) error {
	conv, err := s.Dialogs.Load(ctx, s.id)
	if err != nil {
		return err
	}
	log, err := s.Dialogs.Entries(ctx, s.id, 0, logLimit)
	if err != nil {
		return err
	}
	e := dialog.Entry{Kind: dialog.Press, Action: step.Press}
	var card *dialog.Entry
	if o, ok := pick(offers(conv, log), step); ok {
		card = &log[o.on-1]
		e.On, e.Args, s.label = o.on, maps.Clone(o.args), o.label
	} else if step.Press.FlowBound() || step.OldCard {
		return fmt.Errorf("%w: no card offers %s %v now", replay.ErrNotOffered, step.Press, step.Args)
	} else { // the panel
		e.Args = dialog.Args{"case": string(conv.Flow.Case)}
		if conv.Flow.Complaint.ID != "" {
			e.Args["complaint"] = string(conv.Flow.Complaint.ID)
		}
		maps.Copy(e.Args, step.Args)
		s.label = string(step.Press)
		if step.Press == dialog.ActUnstage {
			if err := s.takes(ctx, conv.Flow.Case, e.Args); err != nil {
				return err
			}
		}
	}
	if e.Args == nil && len(step.Form) > 0 {
		e.Args = dialog.Args{}
	}
	maps.Copy(e.Args, step.Form)
	if err := dialog.CheckPress(conv, card, dialog.Pressed{On: e.On, Action: e.Action, Args: e.Args}); err != nil {
		return fmt.Errorf("%w: %s %v: %w", replay.ErrNotOffered, step.Press, step.Args, err)
	}
	if v := formed(step.Form); v != "" {
		s.label += ": " + v
	}
	return s.put(ctx, dialog.Append{Wants: true, Turn: dialog.UnderHuman(e.Action), Entry: e})
}

// takes says which piece of evidence is taken out of a draft: the newest, or the newest of the kind that args name.
func (s *seat) takes(ctx context.Context, id cases.ID, args dialog.Args) error {
	c, err := s.Cases.Load(ctx, id)
	if err != nil {
		return refused(err, "take evidence out")
	}
	for _, e := range slices.Backward(c.Evidence) {
		if kind := args["kind"]; kind == "" || kind == string(e.Kind) {
			args["evidence"] = string(e.ID)
			delete(args, "kind")
			return nil
		}
	}
	return fmt.Errorf("%w: the draft holds no evidence of kind %q", replay.ErrNotOffered, args["kind"])
}

// pick is the newest offer that fits, or with OldCard the oldest.
func pick(list []offer, step suite.Step) (offer, bool) {
	if step.OldCard {
		list = slices.Clone(list)
		slices.Reverse(list)
	}
	i := slices.IndexFunc(list, func(o offer) bool { return o.action == step.Press && within(step.Args, o.args) })
	if i < 0 {
		return offer{}, false
	}
	return list[i], true
}

// formed is what was filled in, in words.
func formed(form dialog.Args) string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(form)) {
		out = append(out, form[k])
	}
	return strings.Join(out, " ")
}

// view is what can be seen now.
func (s *seat) view(ctx context.Context, step suite.Step) (replay.View, error) {
	conv, err := s.Dialogs.Load(ctx, s.id)
	if err != nil {
		return replay.View{}, err
	}
	log, err := s.Dialogs.Entries(ctx, s.id, 0, logLimit)
	if err != nil {
		return replay.View{}, err
	}
	v := replay.View{Holder: conv.Holder, Agent: conv.AgentName, Step: conv.Flow.Step, Now: s.now.UTC(), Slots: map[string]string{}}
	v.Did, v.Beside = s.did(step)
	if !s.away {
		for _, e := range log[s.read:] {
			if e.Author.Kind != dialog.FromBuyer && e.Kind != dialog.Note {
				v.Said = append(v.Said, said(e))
			}
		}
		s.read = int64(len(log))
	}
	if u := s.heard; u != nil {
		v.Heard = &replay.Heard{Intent: u.Heard.Intent, Topic: u.Heard.Topic, Reason: u.Heard.Reason, Angry: u.Heard.Angry}
	}
	stands, err := s.rights(ctx, conv)
	if err != nil {
		return v, err
	}
	for _, o := range offers(conv, log) {
		if (o.action.OfCase() || o.action.OfComplaint()) && !slices.Contains(stands, o.action) {
			continue // his page shows it no more: the matter has moved on
		}
		v.Buttons = append(v.Buttons, replay.Button{Action: o.action, Args: o.args, Label: o.label})
	}
	slot := func(name, value string) {
		if value != "" {
			v.Slots[name] = value
		}
	}
	if id := conv.Flow.Case; id != "" {
		c, err := s.Cases.Load(ctx, id)
		if err != nil {
			return v, err
		}
		v.Case = seen(c)
		slot("order", c.Line.OrderID)
		slot("line", c.Line.LineID)
		slot("want", string(c.Type))
		slot("waybill", c.Return.Waybill)
		slot("carrier", c.Return.Carrier)
		if c.AmountFen > 0 {
			slot("amount_fen", fmt.Sprint(c.AmountFen))
		}
		slot("reason", string(c.Reason))
	}
	if v.Slots["reason"] == "" {
		slot("reason", string(conv.Flow.Reason))
	}
	slot("asked", string(conv.Flow.Asked))
	slot("pending", string(cmp.Or(conv.Flow.Pending, conv.Flow.Complaint.Pending)))
	if id := conv.Flow.Complaint.ID; id != "" {
		c, err := s.Complaints.Load(ctx, id)
		if err != nil {
			return v, err
		}
		slot("complaint", string(c.State))
		slot("complaint_kind", string(c.Kind))
	}
	return v, s.seen(ctx, &v)
}

// rights are what the case and the complaint at hand let him press now.
func (s *seat) rights(ctx context.Context, conv dialog.Conversation) ([]dialog.Action, error) {
	var list []dialog.ButtonSpec
	if id := conv.Flow.Case; id != "" {
		c, err := s.Cases.Load(ctx, id)
		if err != nil {
			return nil, err
		}
		rec, err := s.Cases.Line(ctx, Buyer, c.Line.OrderID, c.Line.LineID)
		if err != nil {
			return nil, err
		}
		list = dialog.CaseButtons(c, cases.Env{Policy: s.policy, Line: rec, Now: s.now})
	}
	if id := conv.Flow.Complaint.ID; id != "" {
		c, err := s.Complaints.Load(ctx, id)
		if err != nil {
			return nil, err
		}
		rec, err := s.Complaints.Line(ctx, Buyer, c.Line.OrderID, c.Line.LineID)
		if err != nil {
			return nil, err
		}
		list = append(list, dialog.ComplaintButtons(c, complaints.Env{Policy: s.policy, Line: rec, Now: s.now})...)
	}
	var out []dialog.Action
	for _, b := range list {
		out = append(out, b.Action)
	}
	return out, nil
}

// seen notes the timelines of the buyer's cases up to now; what is new goes into the view.
func (s *seat) seen(ctx context.Context, v *replay.View) error {
	list, err := s.Cases.OfBuyer(ctx, Buyer, 20)
	if err != nil {
		return err
	}
	type move struct {
		at time.Time
		id string
	}
	var moves []move
	for _, id := range slices.Backward(list) {
		marks, err := s.Cases.Marks(ctx, id)
		if err != nil {
			return err
		}
		for _, m := range marks[s.marks[id]:] {
			moves = append(moves, move{m.At, m.ID})
		}
		s.marks[id] = len(marks)
	}
	slices.SortStableFunc(moves, func(a, b move) int { return a.at.Compare(b.at) })
	for _, m := range moves {
		if v != nil && m.id != "" {
			v.Moves = append(v.Moves, m.id)
		}
	}
	return nil
}

func said(e dialog.Entry) replay.Said {
	out := replay.Said{By: e.Author.Kind, Kind: e.Kind, Key: e.Key, Text: e.Text, Card: e.Card}
	if b := e.Basis; b != nil {
		out.Topic, out.Code, out.Facts = b.Topic, b.Code, b.Facts
	}
	return out
}

func seen(c cases.Case) *replay.CaseSeen {
	out := &replay.CaseSeen{State: c.State, Reason: c.Reason, Type: c.Type, AmountFen: c.AmountFen, Deadlines: c.Deadlines}
	if c.Verdict != nil {
		out.Verdict, out.Code = c.Verdict.Kind, c.Verdict.Code
	}
	return out
}

// did is what the buyer's page shows of a step, and what happened beside the chat, in words.
func (s *seat) did(step suite.Step) (did, beside string) {
	switch {
	case step.Say != nil:
		return step.Say.In(s.locale), ""
	case step.Press != "", len(step.Upload) > 0:
		return s.label, ""
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
