package stage

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"recourse/bot/replay"
	"recourse/bot/replay/page"
	"recourse/bot/replay/suite"
	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/dialog"
)

// logLimit bounds how much of a log is read at once; no conversation of a suite is longer.
const logLimit = 10_000

// chat is the conversation with all of its log.
func (s *seat) chat(ctx context.Context) (dialog.Conversation, []dialog.Entry, error) {
	conv, err := s.Dialogs.Load(ctx, s.Conversation)
	if err != nil {
		return conv, nil, err
	}
	log, err := s.Dialogs.Entries(ctx, s.Conversation, 0, logLimit)
	return conv, log, err
}

// press presses what is offered, or what the case's own panel always has.
func (s *seat) press(ctx context.Context, step suite.Step) error {
	conv, log, err := s.chat(ctx)
	if err != nil {
		return err
	}
	e := dialog.Entry{Kind: dialog.Press, Action: step.Press}
	var card *dialog.Entry
	if o, ok := page.Pick(page.Offers(conv.Flow.Live, log), step); ok {
		card = &log[o.On-1]
		e.On, e.Args, s.label = o.On, maps.Clone(o.Args), o.Label
	} else if step.Press.FlowBound() || step.OldCard {
		return page.NotOffered(step)
	} else {
		e.Args = page.Panel(string(conv.Flow.Case), string(conv.Flow.Complaint.ID), step.Args)
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
	s.label = page.Labelled(s.label, step.Form)
	return s.put(ctx, dialog.Append{Wants: e.Action != dialog.ActRate, Turn: dialog.UnderHuman(e.Action), Entry: e})
}

// takes says which piece of evidence is taken out of a draft: the newest, or the newest of the kind that args name.
func (s *seat) takes(ctx context.Context, id cases.ID, args dialog.Args) error {
	c, err := s.stores.Cases.Load(ctx, id)
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

// view is what can be seen now.
func (s *seat) view(ctx context.Context, step suite.Step) (replay.View, error) {
	conv, log, err := s.chat(ctx)
	if err != nil {
		return replay.View{}, err
	}
	v := replay.View{Holder: conv.Holder, Agent: conv.AgentName, Step: conv.Flow.Step, Now: s.At.UTC(), Slots: map[string]string{}}
	v.Did, v.Beside = page.Did(step, s.Locale, s.label)
	if !s.away {
		v.Said = page.News(log[s.read:])
		s.read = int64(len(log))
	}
	if u := s.heard; u != nil {
		v.Heard = &replay.Heard{Intent: u.Heard.Intent, Topic: u.Heard.Topic, Reason: u.Heard.Reason, Angry: u.Heard.Angry}
	}
	stands, err := s.rights(ctx, conv)
	if err != nil {
		return v, err
	}
	v.Buttons = page.Buttons(page.Offers(conv.Flow.Live, log), stands)
	slot := func(name, value string) {
		if value != "" {
			v.Slots[name] = value
		}
	}
	if id := conv.Flow.Case; id != "" {
		c, err := s.stores.Cases.Load(ctx, id)
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
	slot("handoff", string(conv.Handoff))
	slot("asked", string(conv.Flow.Asked))
	slot("pending", string(cmp.Or(conv.Flow.Pending, conv.Flow.Complaint.Pending)))
	if id := conv.Flow.Complaint.ID; id != "" {
		c, err := s.stores.Complaints.Load(ctx, id)
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
		c, err := s.stores.Cases.Load(ctx, id)
		if err != nil {
			return nil, err
		}
		rec, err := s.stores.Cases.Line(ctx, Buyer, c.Line.OrderID, c.Line.LineID)
		if err != nil {
			return nil, err
		}
		list = dialog.CaseButtons(c, cases.Env{Policy: s.Policy, Line: rec, Now: s.At})
	}
	if id := conv.Flow.Complaint.ID; id != "" {
		c, err := s.stores.Complaints.Load(ctx, id)
		if err != nil {
			return nil, err
		}
		rec, err := s.stores.Complaints.Line(ctx, Buyer, c.Line.OrderID, c.Line.LineID)
		if err != nil {
			return nil, err
		}
		list = append(list, dialog.ComplaintButtons(c, complaints.Env{Policy: s.Policy, Line: rec, Now: s.At})...)
	}
	var out []dialog.Action
	for _, b := range list {
		out = append(out, b.Action)
	}
	return out, nil
}

// seen notes the timelines of the buyer's cases up to now; what is new goes into the view.
func (s *seat) seen(ctx context.Context, v *replay.View) error {
	list, err := s.stores.Cases.OfBuyer(ctx, Buyer, 20)
	if err != nil {
		return err
	}
	type move struct {
		at time.Time
		id string
	}
	var moves []move
	for _, id := range slices.Backward(list) {
		marks, err := s.stores.Cases.Marks(ctx, id)
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

func seen(c cases.Case) *replay.CaseSeen {
	out := &replay.CaseSeen{State: c.State, Reason: c.Reason, Type: c.Type, AmountFen: c.AmountFen, Deadlines: c.Deadlines}
	if c.Verdict != nil {
		out.Verdict, out.Code = c.Verdict.Kind, c.Verdict.Code
	}
	return out
}
