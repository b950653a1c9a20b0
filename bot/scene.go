package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"recourse/cases"
	"recourse/dialog"
)

// Outcome is what a turn decided before anything of it is stored.
type Outcome struct {
	Next       dialog.Conversation
	Said       []dialog.Entry // their Seq is not set
	Understood Understood
}

// Decide is one turn on a text up to its commit: a text changes no case, so nothing has happened yet. It is for who
// asks what the bot would say; Turn is for conversations.
func (a *Assistant) Decide(ctx context.Context, conv dialog.Conversation, e dialog.Entry) (Outcome, error) {
	var out Outcome
	with := *a
	with.Watch = func(_ dialog.Entry, u Understood) { out.Understood = u }
	next, said, err := with.decide(ctx, conv, e, foresight{})
	if err != nil {
		return out, fmt.Errorf("decide on a text in %s: %w", conv.ID, err)
	}
	out.Next, out.Said = next, said.entries
	return out, nil
}

// errOrders marks a failure of the order system, which a turn survives.
var errOrders = errors.New("order system")

// scene reads what a turn may look at: the buyer's lines, and the case at hand. A press that names another
// case of the same buyer is about that one.
func (a *Assistant) scene(ctx context.Context, conv dialog.Conversation, e dialog.Entry, now time.Time) (dialog.Scene, error) {
	s := dialog.Scene{Policy: a.Policy(""), Now: now, FAQ: a.book()}
	id := conv.Flow.Case
	if named := cases.ID(e.Args["case"]); named != "" {
		id = named
	} else if e.Case != "" {
		id = cases.ID(e.Case)
	}
	if id != "" {
		c, err := a.Ledger.Store.Load(ctx, id)
		switch {
		case err == nil && c.Buyer == conv.Buyer:
			s.Case = &c
			s.Policy = a.Policy(c.Policy)
		case err != nil && !errors.Is(err, cases.ErrNoCase):
			return s, err
		}
	}
	if s.Case != nil {
		rec, err := a.Ledger.Store.Line(ctx, conv.Buyer, s.Case.Line.OrderID, s.Case.Line.LineID)
		if err != nil {
			return s, err
		}
		s.Line = rec
	}
	if err := a.complaintScene(ctx, conv, e, &s); err != nil {
		return s, err
	}
	lines, err := a.Ledger.Orders.Lines(ctx, conv.Buyer)
	if err != nil {
		return s, fmt.Errorf("%w: %w", errOrders, err)
	}
	for _, l := range lines {
		rec, err := a.Ledger.Store.Line(ctx, conv.Buyer, l.OrderID, l.LineID)
		if err != nil {
			return s, err
		}
		s.Lines = append(s.Lines, dialog.LineScene{Line: l, History: rec.LineHistory})
	}
	return s, nil
}
