package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"recourse/bot/nlu"
	"recourse/bot/replies"
	"recourse/cases"
	"recourse/cases/policy"
	"recourse/dialog"
)

// Floor moves conversations between the bot and people where no turn of the bot does. Whatever it does, it commits the
// state and the sentence that tells it together: there is no wait that nobody told the buyer of, and no sentence
// without the wait.
type Floor struct {
	Dialogs dialog.Store
	Cases   cases.Store // tells the clock that runs on; nil: none is told
	Policy  func(version string) *policy.Policy
	// Desk tells what a buyer can expect who waits as conv says, now or as soon as it is stored. It is asked before
	// anything is promised; nil: nothing is said of it.
	Desk func(ctx context.Context, conv dialog.Conversation) (dialog.Desk, error)
	Now  func() time.Time
	Log  *slog.Logger
}

// Handoff asks for a human in a conversation that the bot has: a supervisor wants it, money did not arrive, the bot
// failed. Whoever has a human already, or waits for one, is left where he is.
func (f Floor) Handoff(ctx context.Context, id dialog.ID, why dialog.Reason) error {
	err := f.change(ctx, id, func(conv dialog.Conversation, now time.Time) (dialog.Conversation, []dialog.Entry) {
		if conv.Holder != dialog.HeldByBot {
			return conv, nil
		}
		by := dialog.FromBot
		if why == dialog.HandoffSupervisor {
			by = dialog.FromAgent
		}
		next, told := f.wait(ctx, conv, why, by, f.caseOf(ctx, conv), now)
		said := []dialog.Entry{told}
		if why == dialog.HandoffFault {
			said = append(said, f.words(conv).Note("note.fault", nil, fmt.Sprintf("fault:%d", next.Epoch), now))
		}
		return next, said
	})
	if err != nil {
		return fmt.Errorf("hand off %s (%s): %w", id, why, err)
	}
	return nil
}

// Cross tells a change of who has the floor that somebody else decided on, with what is to be committed: an agent takes
// a conversation, gives it back or passes it on, or is gone.
func (f Floor) Cross(ctx context.Context, from, to dialog.Conversation, by dialog.AuthorKind, why dialog.Reason) (dialog.Conversation, dialog.Entry) {
	now := f.Now().UTC()
	if to.Holder == dialog.HeldWaiting {
		return f.waitAt(from, to, f.desk(ctx, to), by, f.caseOf(ctx, from), now)
	}
	return to, f.words(from).Floor(replies.Crossing{From: from, To: to, By: by, Why: why}, now)
}

// Survey adds the question how the agent helped to a change of the floor that ends his part, if it is to be asked now.
func (f Floor) Survey(ctx context.Context, from, to dialog.Conversation, why dialog.Reason) (dialog.Conversation, []dialog.Entry) {
	now := f.Now().UTC()
	next, ask := dialog.Ended(from, to, why, f.caseOf(ctx, from), now)
	if ask == nil {
		return next, nil
	}
	return next, []dialog.Entry{f.words(from).Survey(*ask, now)}
}

// GiveUp is for a conversation on which a turn has failed again and again. If the bot has it, a human is asked for; if
// one is waited for or there, and what fails is something that takes effect all the same, the buyer is told once that
// it is not done yet. What failed stays to be done.
func (f Floor) GiveUp(ctx context.Context, id dialog.ID) error {
	conv, err := f.Dialogs.Load(ctx, id)
	if err != nil {
		return fmt.Errorf("give up on %s: %w", id, err)
	}
	if conv.Holder == dialog.HeldByBot {
		return f.Handoff(ctx, id, dialog.HandoffFault)
	}
	if conv.Pressed <= conv.Carried || conv.Handoff == dialog.HandoffFault {
		return nil // it was told with the handoff
	}
	entries, err := f.Dialogs.Entries(ctx, id, conv.Pressed-1, 1)
	if err != nil || len(entries) == 0 {
		return fmt.Errorf("give up on %s: %w", id, err)
	}
	now := f.Now().UTC()
	words := f.words(conv)
	client := fmt.Sprintf("trouble:%d", conv.Pressed)
	for _, e := range []dialog.Entry{
		words.System("auto.trouble", nil, client, now),
		words.Note("note.trouble", dialog.Slots{"action": entries[0].Text}, client+":note", now),
	} {
		if _, err := f.Dialogs.Append(ctx, id, dialog.Append{Entry: e}); err != nil && !errors.Is(err, dialog.ErrIDReused) {
			return fmt.Errorf("give up on %s: %w", id, err)
		}
	}
	return nil
}

// Retell looks whether what somebody who waits was told still holds. If nobody is at the desk any more, he is told so
// once, and keeps his place. done says that there is nothing more to tell him as long as the desk stays as it is.
func (f Floor) Retell(ctx context.Context, id dialog.ID) (done bool, err error) {
	done = true
	err = f.change(ctx, id, func(conv dialog.Conversation, now time.Time) (dialog.Conversation, []dialog.Entry) {
		if conv.Holder != dialog.HeldWaiting {
			return conv, nil
		}
		d := f.desk(ctx, conv)
		zone := f.Policy("").Zone()
		switch {
		case !d.Known || d.Ends() != dialog.EndLater,
			d.Closed(now) && conv.Told.Closed.After(conv.WaitingSince.Add(-time.Second)),
			!d.Closed(now) && conv.Told.End == dialog.EndLater:
			return conv, nil
		case conv.SpokenTo(now):
			done = false // an agent was there a moment ago; it can wait
			return conv, nil
		case d.Closed(now) && conv.Knows(now, zone):
			return conv, nil
		}
		return conv.Tells(d, now, zone), []dialog.Entry{f.words(conv).Retell(conv, d, now)}
	})
	if err != nil {
		return false, fmt.Errorf("tell %s how it is at the desk: %w", id, err)
	}
	return done, nil
}

// Look does what is overdue in a conversation that a human has, and says when to look again; zero: not until somebody
// writes. An agent who is slow is told to the buyer, with the way back to the bot; where nothing is open and nobody
// says anything more, the bot has it back.
func (f Floor) Look(ctx context.Context, id dialog.ID) (time.Time, error) {
	v := f.Policy("").Values.Handoff
	slow, idle := time.Duration(v.AgentSlowMinutes.V)*time.Minute, time.Duration(v.AgentIdleMinutes.V)*time.Minute
	var again time.Time
	err := f.change(ctx, id, func(conv dialog.Conversation, now time.Time) (dialog.Conversation, []dialog.Entry) {
		what, at := conv.Due(slow, idle)
		again = at
		switch {
		case conv.Holder != dialog.HeldByHuman:
			return conv, nil
		case what == dialog.NothingOverdue:
			again = now.Add(idle)
			return conv, nil
		case now.Before(at):
			return conv, nil
		case what == dialog.AgentIdle && !f.promised(ctx, conv):
			next := dialog.Return(conv, now)
			again = time.Time{}
			return next, []dialog.Entry{f.words(conv).Floor(replies.Crossing{From: conv, To: next, By: dialog.FromSystem, Why: dialog.BackIdle}, now)}
		}
		next := conv
		next.SlowTold, next.UpdatedAt = now, now
		again = now.Add(idle)
		return next, []dialog.Entry{f.words(conv).Slow(conv, now)}
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("look at %s: %w", id, err)
	}
	return again, nil
}

// promised says that the agent's last word was that he will say more.
func (f Floor) promised(ctx context.Context, conv dialog.Conversation) bool {
	const back = 50
	entries, err := f.Dialogs.Entries(ctx, conv.ID, max(0, conv.Last-back), back)
	if err != nil {
		return true // then nothing is taken from him
	}
	last := ""
	for _, e := range entries {
		if e.Author.Kind == dialog.FromAgent && e.Kind == dialog.Text {
			last = e.Text
		}
	}
	return nlu.Promises(last)
}

// wait puts a conversation into the queue and words it: why, what the buyer can expect, and the clock that runs on.
func (f Floor) wait(ctx context.Context, conv dialog.Conversation, why dialog.Reason, by dialog.AuthorKind, c *cases.Case, now time.Time) (dialog.Conversation, dialog.Entry) {
	next := dialog.Wait(conv, why, now)
	next.UpdatedAt = now
	d := f.desk(ctx, next)
	return f.waitAt(conv, next, d, by, c, now)
}

func (f Floor) waitAt(conv, next dialog.Conversation, d dialog.Desk, by dialog.AuthorKind, c *cases.Case, now time.Time) (dialog.Conversation, dialog.Entry) {
	told := f.words(conv).Floor(replies.Crossing{From: conv, To: next, By: by, Case: c, Desk: d}, now)
	return next.Tells(d, now, f.Policy("").Zone()), told
}

// desk is what is known of the agents. Nobody waits longer because it could not be asked.
func (f Floor) desk(ctx context.Context, conv dialog.Conversation) dialog.Desk {
	if f.Desk == nil {
		return dialog.Desk{}
	}
	d, err := f.Desk(ctx, conv)
	if err != nil {
		f.Log.WarnContext(ctx, "handoff without the desk", "dialog", conv.ID, "err", err)
		return dialog.Desk{}
	}
	return d
}

// caseOf is the case at hand, if it can be read: a handoff does not fail because it cannot.
func (f Floor) caseOf(ctx context.Context, conv dialog.Conversation) *cases.Case {
	if f.Cases == nil || conv.Flow.Case == "" {
		return nil
	}
	c, err := f.Cases.Load(ctx, conv.Flow.Case)
	if err != nil {
		f.Log.WarnContext(ctx, "handoff without the case", "case", conv.Flow.Case, "err", err)
		return nil
	}
	return &c
}

func (f Floor) words(conv dialog.Conversation) replies.Words {
	return replies.In(conv.Locale, f.Policy(""))
}

// change decides on a conversation as it is, and again if it moved meanwhile. No entries: nothing is to be done.
func (f Floor) change(ctx context.Context, id dialog.ID, decide func(dialog.Conversation, time.Time) (dialog.Conversation, []dialog.Entry)) error {
	for range tries {
		conv, err := f.Dialogs.Load(ctx, id)
		if err != nil {
			return err
		}
		next, said := decide(conv, f.Now().UTC())
		if len(said) == 0 {
			return nil
		}
		_, err = f.Dialogs.Commit(ctx, id, dialog.Change{Expect: conv.Version, Next: next, Entries: said, LiveAt: -1})
		if !errors.Is(err, dialog.ErrConflict) {
			return err
		}
	}
	return dialog.ErrConflict
}
