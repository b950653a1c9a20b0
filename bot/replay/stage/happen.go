package stage

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"recourse/bot/replay"
	"recourse/bot/replay/suite"
	"recourse/bot/replies"
	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/dialog"
)

// agent is what a human agent does at the desk.
func (s *seat) agent(ctx context.Context, step suite.Step) error {
	conv, err := s.Dialogs.Load(ctx, s.Conversation)
	if err != nil {
		return err
	}
	who := s.Desk.First
	words := replies.In(conv.Locale, s.Policy)
	slots := dialog.Slots{"name": who.Name}
	switch step.Agent {
	case "join":
		next, err := dialog.Claim(conv, who.Login, who.Name, conv.Epoch, s.At.UTC())
		if err != nil {
			return fmt.Errorf("%w: join: %w", replay.ErrNotOffered, err)
		}
		said := []dialog.Entry{words.System("handoff.joined", slots, fmt.Sprintf("joined:%d", next.Epoch), s.At)}
		if _, err := s.Dialogs.Commit(ctx, s.Conversation, dialog.Change{Expect: conv.Version, Next: next, Entries: said, LiveAt: -1}); err != nil {
			return err
		}
		if conv.Flow.Case == "" {
			return nil
		}
		// Most conversations have no case that waits for the platform; having the floor is enough then.
		_, err = s.as.Ledger.Apply(ctx, conv.Flow.Case, cases.Event{Key: fmt.Sprintf("claim:%s/%d", s.Conversation, next.Epoch), Kind: cases.EvClaim, Actor: cases.Agent, By: who.Login, Role: "agent"})
		if err != nil && cases.CodeOf(err) == "" && !errors.Is(err, cases.ErrNoCase) {
			return err
		}
		return nil
	case "leave", "resolve":
		give, why := dialog.Release, dialog.BackReleased
		if step.Agent == "resolve" {
			give, why = dialog.Resolve, dialog.BackResolved
		}
		next, err := give(conv, who.Login, 0, s.At.UTC())
		if err != nil {
			return fmt.Errorf("%w: %s: %w", replay.ErrNotOffered, step.Agent, err)
		}
		next, told := s.as.Floor().Cross(ctx, conv, next, dialog.FromAgent, why)
		next, asked := s.as.Floor().Survey(ctx, conv, next, why)
		change := dialog.Moved(conv, next)
		change.Entries = append([]dialog.Entry{told}, asked...)
		_, err = s.Dialogs.Commit(ctx, s.Conversation, change)
		return err
	case "say":
		s.N++
		text := ""
		if step.Text != nil {
			text = step.Text.In(s.Locale)
		}
		_, err := s.Dialogs.Append(ctx, s.Conversation, dialog.Append{Agent: who.Login, Scope: who.Login, Entry: dialog.Entry{
			At: s.At.UTC(), Author: dialog.Author{Kind: dialog.FromAgent, Name: who.Name}, Kind: dialog.Text, Client: fmt.Sprint("step-", s.N), Text: text,
		}})
		if errors.Is(err, dialog.ErrNotHolder) {
			return fmt.Errorf("%w: an agent who does not have the floor speaks", replay.ErrNotOffered)
		}
		return err
	}
	return fmt.Errorf("%w: an agent joins, leaves, resolves or says; %q is none of them", replay.ErrSuite, step.Agent)
}

// fire applies a deadline that has passed.
func (s *seat) fire(ctx context.Context, id cases.ID, ev cases.Event) error {
	if strings.HasPrefix(string(id), complaints.Prefix+"_") {
		_, err := s.as.Complaints.Apply(ctx, complaints.ID(id), complaints.Event{Key: ev.Key, Kind: ev.Kind, Actor: ev.Actor})
		return err
	}
	_, err := s.as.Ledger.Apply(ctx, id, ev)
	return err
}

// pass lets time pass. What comes due on the way happens at its time.
func (s *seat) pass(ctx context.Context, to time.Time) error {
	for {
		at, found, err := s.nextDue(ctx, to)
		if err != nil {
			return err
		}
		if !found {
			break
		}
		if at.After(s.At) {
			s.At = at
		}
		if _, err := s.timers.RunOnce(ctx); err != nil {
			return err
		}
		if err := s.bank.pay(ctx); err != nil {
			return err
		}
		if err := s.overdue(ctx); err != nil {
			return err
		}
		if err := s.settle(ctx); err != nil {
			return err
		}
		if err := s.written(ctx); err != nil {
			return err
		}
	}
	s.At = to
	return nil
}

// written sets when the desk looks at a conversation that a human has and to which something was written, as a server's
// store does.
func (s *seat) written(ctx context.Context) error {
	conv, err := s.Dialogs.Load(ctx, s.Conversation)
	if err != nil {
		return err
	}
	is := looked{conv.Version, conv.Last}
	switch {
	case conv.Holder != dialog.HeldByHuman:
		s.look = time.Time{}
	case is != s.looked:
		s.look = s.At.Add(dialog.LookAfter)
	}
	s.looked = is
	return nil
}

// overdue does what an agent left undone, when it is time to look at it.
func (s *seat) overdue(ctx context.Context) error {
	if s.look.IsZero() || s.look.After(s.At) {
		return nil
	}
	var err error
	if s.look, err = s.as.Floor().Look(ctx, s.Conversation); err != nil {
		return err
	}
	conv, err := s.Dialogs.Load(ctx, s.Conversation)
	s.looked = looked{conv.Version, conv.Last}
	return err
}

// nextDue is when the next thing comes due, up to an instant.
func (s *seat) nextDue(ctx context.Context, to time.Time) (time.Time, bool, error) {
	lanes, err := s.stores.Due.Lanes(ctx, to)
	if err != nil {
		return time.Time{}, false, err
	}
	at, found := s.bank.next(to)
	if !s.look.IsZero() && !s.look.After(to) && (!found || s.look.Before(at)) {
		at, found = s.look, true
	}
	for _, lane := range lanes {
		list, err := s.stores.Due.DueIn(ctx, lane, to, 0, 1)
		if err != nil {
			return time.Time{}, false, err
		}
		for _, d := range list {
			if !found || d.At.Before(at) {
				at, found = d.At, true
			}
		}
	}
	return at, found, nil
}
