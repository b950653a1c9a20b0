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
	if err := a.complaintScene(ctx, conv, e, &s); err != nil {
		return s, err
	}
	lines, failed := a.Ledger.Orders.Lines(ctx, conv.Buyer)
	of := make([]cases.LineID, 0, len(lines)+1)
	for _, l := range lines {
		of = append(of, cases.LineID{Order: l.OrderID, Line: l.LineID})
	}
	if s.Case != nil {
		of = append(of, cases.LineID{Order: s.Case.Line.OrderID, Line: s.Case.Line.LineID})
	}
	if len(of) > 0 {
		recs, err := a.Ledger.Store.Lines(ctx, conv.Buyer, of)
		if err != nil {
			return s, err
		}
		if s.Case != nil {
			s.Line = recs[len(lines)]
		}
		for i, l := range lines {
			s.Lines = append(s.Lines, dialog.LineScene{Line: l, History: recs[i].LineHistory})
		}
	}
	if failed != nil {
		return s, fmt.Errorf("%w: %w", errOrders, failed)
	}
	return s, nil
}
