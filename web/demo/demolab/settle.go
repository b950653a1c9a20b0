package demolab

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"recourse/bot/replay"
	"recourse/bot/replay/labwire"
	"recourse/cases"
	"recourse/dialog"
	"recourse/internal/ids"
)

// look is how often it is looked again whether all is settled: at first often, then less.
const (
	look     = 2 * time.Millisecond
	lookMost = 50 * time.Millisecond
)

// settle waits until nothing follows any more from what has happened to a conversation by now: the assistant owes no
// turn, and what was put into the outbox has been handed on.
func (l *Lab) settle(ctx context.Context, id dialog.ID) (labwire.Stands, error) {
	ctx, cancel := context.WithTimeout(ctx, settleWait)
	defer cancel()
	conv, err := l.own(ctx, string(id))
	if err != nil {
		return labwire.Stands{}, err
	}
	s := ids.Of(conv.Buyer)
	for wait := look; ; wait = min(2*wait, lookMost) {
		was := conv.Version
		mark, err := l.Outbox.Mark(ctx, s)
		if err != nil {
			return labwire.Stands{}, err
		}
		passed, err := l.Outbox.Passed(ctx, s, mark)
		if err != nil {
			return labwire.Stands{}, err
		}
		// The conversation is read after the outbox: what a record leads to is in it.
		if conv, err = l.Dialogs.Load(ctx, id); err != nil {
			return labwire.Stands{}, err
		}
		owed := conv.Settled() < max(conv.Inbound, conv.Pressed)
		if passed && !owed && was == conv.Version {
			return l.stands(ctx, conv)
		}
		t := time.NewTimer(wait)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return labwire.Stands{}, fmt.Errorf("after %s something still follows (a turn is owed: %t, the outbox is behind: %t): %w", settleWait, owed, !passed, ctx.Err())
		}
	}
}

// stands is what a client must have seen of a conversation to have seen it all.
func (l *Lab) stands(ctx context.Context, conv dialog.Conversation) (labwire.Stands, error) {
	out := labwire.Stands{Version: conv.Version, Epoch: conv.Epoch, Now: l.Clock.Now().UTC()}
	var err error
	if out.Last, err = l.shown(ctx, conv); err != nil {
		return out, err
	}
	if id := conv.Flow.Case; id != "" {
		c, err := l.Ledger.Store.Load(ctx, id)
		if err != nil && !errors.Is(err, cases.ErrNoCase) {
			return out, err
		}
		switch {
		case err != nil:
		case c.State == cases.ClosedIneligible:
			out.Hidden = true
		default:
			out.Case, out.CaseVersion = string(c.ID), c.Version
		}
	}
	if id := conv.Flow.Complaint.ID; id != "" {
		c, err := l.Complaints.Store.Load(ctx, id)
		if err != nil && !errors.Is(err, cases.ErrNoCase) {
			return out, err
		}
		if err == nil {
			out.Complaint, out.ComplaintVersion = string(c.ID), c.Version
		}
	}
	return out, nil
}

// tail is how many entries are read at a time from the end.
const tail = 8

// shown is the seq of the last entry that a buyer is sent: what stands behind it are notes among agents.
func (l *Lab) shown(ctx context.Context, conv dialog.Conversation) (int64, error) {
	for to := conv.Last; to > 0; to -= tail {
		list, err := l.Dialogs.Entries(ctx, conv.ID, max(0, to-tail), int(min(tail, to)))
		if err != nil {
			return 0, err
		}
		for _, e := range slices.Backward(list) {
			if e.Kind != dialog.Note {
				return e.Seq, nil
			}
		}
	}
	return 0, nil
}

// pass lets time pass. What comes due for the conversation on the way happens at its time, as in a process of its own;
// what comes due for others happens when the clock has passed it.
func (l *Lab) pass(ctx context.Context, in labwire.Pass) (labwire.Stands, error) {
	if in.By <= 0 {
		return labwire.Stands{}, fmt.Errorf("%w: time passes forwards", replay.ErrSuite)
	}
	conv, err := l.own(ctx, in.Conversation)
	if err != nil {
		return labwire.Stands{}, err
	}
	to := l.Clock.Now().Add(in.By)
	for {
		at, found, err := l.nextDue(ctx, conv.ID, to)
		if err != nil {
			return labwire.Stands{}, err
		}
		if !found {
			at = to
		}
		if by := at.Sub(l.Clock.Now()); by > 0 {
			if _, err := l.Clock.Advance(ctx, by+time.Millisecond); err != nil { // the index has whole ones
				return labwire.Stands{}, err
			}
		}
		l.Moved(ctx)
		stands, err := l.settle(ctx, conv.ID)
		if err != nil || !found {
			return stands, err
		}
		if again, still, err := l.nextDue(ctx, conv.ID, at); err != nil {
			return stands, err
		} else if still && again.Equal(at) {
			return stands, fmt.Errorf("what came due at %s stays due", at)
		}
	}
}

// dues is how many deadlines are read at a time.
const dues = 256

// nextDue is when the next thing comes due for a conversation, up to an instant.
func (l *Lab) nextDue(ctx context.Context, id dialog.ID, to time.Time) (at time.Time, found bool, err error) {
	conv, err := l.Dialogs.Load(ctx, id)
	if err != nil {
		return at, false, err
	}
	if conv.Flow.Case != "" {
		if at, found, err = l.Paid(ctx, conv.Flow.Case, to); err != nil {
			return at, false, err
		}
	}
	lane := int(ids.Of(conv.Buyer)) // all that is one buyer's is in one shard
	for skip := 0; ; skip += dues {
		list, err := l.Due.DueIn(ctx, lane, to, skip, dues)
		if err != nil {
			return at, false, err
		}
		for _, d := range list {
			mine := d.Case == conv.Flow.Case || string(d.Case) == string(conv.Flow.Complaint.ID)
			if mine && (!found || d.At.Before(at)) {
				return d.At, true, nil // earliest first
			}
		}
		if len(list) < dues {
			return at, found, nil
		}
	}
}
