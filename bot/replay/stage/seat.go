package stage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"recourse/bot"
	"recourse/bot/faq"
	"recourse/bot/replay"
	"recourse/bot/replay/suite"
	"recourse/bot/replies"
	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/policy"
	"recourse/cases/timer"
	"recourse/dialog"
)

// seat is one conversation in its world. One goroutine plays it.
type seat struct {
	Doer
	stores Stores
	as     *bot.Assistant
	notify *bot.Notifier
	timers *timer.Runner
	bank   bank
	model  *model

	away  bool  // the buyer's connection is down
	read  int64 // his page has shown the log up to here
	heard *bot.Understood
	marks map[cases.ID]int // of each case, that were seen
	label string           // what he pressed, as his page shows it
	again string           // how what he does is sent a second time (suite.Step.Again)

	look   time.Time // when the desk looks at the conversation next; zero: not until somebody writes
	looked looked    // what it was when that was set
}

// looked is how a conversation was when somebody set when to look at it.
type looked struct{ version, last int64 }

func newSeat(st Stores, p *policy.Policy, book *faq.Book, c suite.Case) *seat {
	s := &seat{stores: st, marks: map[cases.ID]int{}}
	s.Doer = Doer{Dialogs: st.Dialogs, Policy: p, Buyer: Buyer, Locale: c.Locale, Desk: ownDesk, At: c.Conversation.Fixture.Clock.UTC()}
	for _, o := range c.Conversation.Fixture.Orders {
		s.Lines = append(s.Lines, Line(o, c.Locale))
	}
	s.as = assistant(st, p, book, s.Lines, s.Now)
	s.Ledger, s.Complaints = s.as.Ledger, s.as.Complaints
	s.as.Payment = s.bank.refunded
	s.as.Picture, s.as.Glance = picture, time.Minute
	s.as.Watch = func(_ dialog.Entry, u bot.Understood) { s.heard = &u }
	s.bank.s = s
	s.notify = &bot.Notifier{Dialogs: st.Dialogs, Ledger: s.as.Ledger, Complaints: s.as.Complaints, Policy: s.as.Policy, Now: s.Now, Log: s.as.Log}
	s.timers = &timer.Runner{Index: st.Due, Now: s.Now, Log: s.as.Log, Fire: s.fire, Workers: 1}
	return s
}

// setUp plays the fixture.
func (s *seat) setUp(ctx context.Context, f suite.Fixture) error {
	s.bank.auto = !f.Unpaid
	if d := f.Desk; d != nil {
		s.as.Desk = func(context.Context, dialog.Conversation) (dialog.Desk, error) {
			return dialog.Desk{Known: true, Place: d.Waiting + 1, Waiting: d.Waiting, Agents: d.Agents, Hours: d.Hours}, nil
		}
		s.notify.Desk = s.as.Desk
	}
	if f.Model {
		s.model = &model{}
		s.as.Understander, s.as.Phraser, s.as.Think = s.model, s.model, time.Minute
	}
	conv, err := s.Dialogs.Open(ctx, Buyer, s.Locale, s.At)
	if err != nil {
		return err
	}
	s.Conversation = conv.ID
	if err := s.Past(ctx, f.Past); err != nil {
		return err
	}
	if err := s.settle(ctx); err != nil {
		return err
	}
	for _, args := range f.Reports {
		if err := s.report(ctx, args); err != nil {
			return err
		}
	}
	conv, err = s.Dialogs.Load(ctx, s.Conversation)
	if err != nil {
		return err
	}
	s.read = conv.Last // what he has read before
	return s.seen(ctx, nil)
}

// Close ends the conversation.
func (s *seat) Close() error { return s.stores.Close() }

// Play does a step and looks at what came of it.
func (s *seat) Play(ctx context.Context, step suite.Step) (replay.View, error) {
	s.heard, s.label, s.again = nil, "", step.Again
	if err := s.do(ctx, step); err != nil {
		return replay.View{}, err
	}
	if err := s.settle(ctx); err != nil {
		return replay.View{}, err
	}
	if err := s.written(ctx); err != nil {
		return replay.View{}, err
	}
	return s.view(ctx, step)
}

func (s *seat) do(ctx context.Context, step suite.Step) error {
	switch {
	case step.Say != nil:
		return s.put(ctx, dialog.Append{Wants: true, Entry: dialog.Entry{Kind: dialog.Text, Text: step.Say.In(s.Locale)}})
	case step.Refused:
		return s.pressStale(ctx, step)
	case step.Press != "":
		return s.press(ctx, step)
	case len(step.Upload) > 0:
		for i, k := range step.Upload {
			found := suite.Found{}
			if step.Found != nil && i == len(step.Upload)-1 {
				found = *step.Found
			}
			if err := s.upload(ctx, k, found); err != nil {
				return err
			}
		}
		return nil
	case len(step.Report) > 0:
		return s.report(ctx, step.Report)
	case step.Disconnect:
		s.away = true
		return nil
	case step.Reconnect:
		s.away = false
		return nil
	case step.Merchant != "", step.Other != "":
		return s.Do(ctx, step.Happens())
	case step.Pass > 0:
		return s.pass(ctx, s.At.Add(time.Duration(step.Pass)))
	case step.Agent != "":
		return s.agent(ctx, step)
	case step.Model != nil:
		if s.model == nil {
			return fmt.Errorf("%w: the fixture has no model: say model: true", replay.ErrSuite)
		}
		s.model.script(*step.Model)
		return nil
	case step.Look:
		return nil
	}
	return fmt.Errorf("%w: the step does nothing", replay.ErrSuite)
}

// put stores an entry of the buyer, as his socket does.
func (s *seat) put(ctx context.Context, a dialog.Append) error {
	s.N++
	a.Entry.At, a.Entry.Author = s.At.UTC(), dialog.Author{Kind: dialog.FromBuyer}
	if a.Entry.Client == "" {
		a.Entry.Client = fmt.Sprint("step-", s.N)
	}
	_, err := s.Dialogs.Append(ctx, s.Conversation, a)
	if s.again == "" || err != nil {
		return err
	}
	if s.again == suite.Double {
		a.Entry.Client += "-double"
	}
	_, err = s.Dialogs.Append(ctx, s.Conversation, a)
	return err
}

// maxRounds bounds how often one thing leads to another within a step; more is a loop.
const maxRounds = 50

// settle runs turns and tells notices until nothing follows any more.
func (s *seat) settle(ctx context.Context) error {
	for range maxRounds {
		if err := s.as.Turn(ctx, s.Conversation); err != nil {
			return err
		}
		records, err := s.stores.Take(ctx)
		if err != nil {
			return err
		}
		if len(records) == 0 {
			return nil
		}
		for _, r := range records {
			switch {
			case r.Notice != nil && r.Complaint != "":
				err = s.notify.NotifyComplaint(ctx, r.Complaint, r.Version, *r.Notice)
			case r.Notice != nil:
				err = s.notify.Notify(ctx, r.Case, r.Version, *r.Notice)
			case r.Order != nil && r.Order.Kind == "refund":
				err = s.bank.take(ctx, r.Case, *r.Order)
			}
			if err != nil {
				return err
			}
		}
	}
	return errors.New("one thing leads to another without end")
}

// upload adds a piece of evidence as the intake does when a file has been checked.
func (s *seat) upload(ctx context.Context, kind policy.EvidenceKind, found suite.Found) error {
	spec, known := s.Policy.Evidence[kind]
	if !known {
		return fmt.Errorf("%w: there is no evidence of kind %q", replay.ErrSuite, kind)
	}
	conv, err := s.Dialogs.Load(ctx, s.Conversation)
	if err != nil {
		return err
	}
	piece := s.piece(kind, spec, cases.Buyer)
	piece.Hints, piece.Waybill = found.Hints, found.Waybill
	s.as.Reader = glance(found.Unseen)
	key := "upload:" + string(piece.ID)
	entry := dialog.Entry{Kind: dialog.Upload, Client: key}
	if complaint := conv.Flow.Complaint.ID; complaint != "" && (conv.Flow.Step.Complaining() || conv.Flow.Case == "") {
		entry.Complaint = string(complaint)
		_, err = s.as.Complaints.Apply(ctx, complaint, complaints.Event{Key: key, Kind: complaints.EvSupplement, Actor: cases.Buyer, By: Buyer, Evidence: []cases.Evidence{piece}})
	} else {
		entry.Case = string(conv.Flow.Case)
		_, err = s.as.Ledger.Apply(ctx, conv.Flow.Case, cases.Event{Key: key, Kind: cases.EvSupplement, Actor: cases.Buyer, By: Buyer, Evidence: []cases.Evidence{piece}})
	}
	if err != nil {
		return refused(err, "upload "+string(kind))
	}
	item := replies.In(conv.Locale, s.Policy).EvidenceItem(piece)
	entry.Evidence = &item
	s.label = item.Label
	if err := s.put(ctx, dialog.Append{Wants: conv.Holder == dialog.HeldByBot, Entry: entry}); err != nil {
		return err
	}
	return s.settle(ctx)
}

// report is what his page sends by itself when an upload fails.
func (s *seat) report(ctx context.Context, args dialog.Args) error {
	conv, err := s.Dialogs.Load(ctx, s.Conversation)
	if err != nil {
		return err
	}
	press := dialog.Pressed{Action: dialog.ActTrouble, Args: dialog.Args{"case": string(conv.Flow.Case)}}
	for k, v := range args {
		press.Args[k] = v
	}
	if err := dialog.CheckPress(conv, nil, press); err != nil {
		return fmt.Errorf("%w: report %v: %w", replay.ErrSuite, args, err)
	}
	if err := s.put(ctx, dialog.Append{Wants: true, Entry: dialog.Entry{Kind: dialog.Press, Action: press.Action, Args: press.Args}}); err != nil {
		return err
	}
	return s.settle(ctx)
}

// refused marks what a ledger refused as not offered; what it does not know is the suite's mistake.
func refused(err error, what string) error {
	switch {
	case errors.Is(err, cases.ErrNoCase):
		return fmt.Errorf("%w: %s: there is no case", replay.ErrNotOffered, what)
	case cases.CodeOf(err) != "":
		return fmt.Errorf("%w: %s: %w", replay.ErrNotOffered, what, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}
