package bot

import (
	"context"
	"errors"
	"fmt"

	"recourse/bot/replies"
	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/dialog"
	"recourse/internal/ids"
)

// complaintScene reads what a turn may look at of the buyer's complaints: the one at hand or named by the
// entry, and the newest that was filed.
func (a *Assistant) complaintScene(ctx context.Context, conv dialog.Conversation, e dialog.Entry, s *dialog.Scene) error {
	id := conv.Flow.Complaint.ID
	if named := complaints.ID(e.Args["complaint"]); named != "" {
		id = named
	} else if e.Complaint != "" {
		id = complaints.ID(e.Complaint)
	}
	if id != "" {
		c, err := a.Complaints.Store.Load(ctx, id)
		switch {
		case err == nil && c.Buyer == conv.Buyer:
			s.Complaints.At = &c
		case err != nil && !errors.Is(err, complaints.ErrNotFound):
			return err
		}
	}
	if c := s.Complaints.At; c != nil {
		rec, err := a.Complaints.Store.Line(ctx, conv.Buyer, c.Line.OrderID, c.Line.LineID)
		if err != nil {
			return err
		}
		s.Complaints.Line = rec
	}
	list, err := a.Complaints.Store.OfBuyer(ctx, conv.Buyer, 5)
	if err != nil {
		return err
	}
	for _, id := range list {
		c, err := a.Complaints.Store.Load(ctx, id)
		if err != nil {
			return err
		}
		if !c.FiledAt.IsZero() {
			s.Complaints.Filed = &c
			return nil
		}
	}
	return nil
}

// complain applies the command of a press to a complaint and says which it is. Its keys come from the entry, so a
// second run finds it done.
func (a *Assistant) complain(ctx context.Context, conv dialog.Conversation, do dialog.ComplaintCommand, e dialog.Entry) (complaints.ID, error) {
	if do.Open != nil {
		id := complaints.ID(ids.Derive(complaints.Prefix, ids.Of(conv.Buyer), string(conv.ID), fmt.Sprint(e.Seq)))
		_, err := a.Complaints.Open(ctx, id, complaints.Opening{
			By: cases.Buyer, Who: conv.Buyer, Conversation: string(conv.ID), Line: *do.Open, Case: do.Case,
		})
		return id, err
	}
	ev := do.Event
	ev.Key = fmt.Sprintf("chat:%s/%d", conv.ID, e.Seq)
	_, err := a.Complaints.Apply(ctx, do.ID, ev)
	return do.ID, err
}

// NotifyComplaint puts what happened to a complaint into the conversation of its buyer, once per version and key.
func (n *Notifier) NotifyComplaint(ctx context.Context, id complaints.ID, version int, notice cases.Notice) error {
	if notice.To != cases.Buyer {
		return nil
	}
	c, err := n.Complaints.Store.Load(ctx, id)
	if err != nil {
		return err
	}
	if c.Conversation == "" {
		return nil
	}
	conv, err := n.Dialogs.Load(ctx, dialog.ID(c.Conversation))
	if err != nil {
		return err
	}
	p := n.Policy(c.Policy)
	words := replies.In(conv.Locale, p)
	text, ok := words.ComplaintNotice(notice.Key, c)
	if !ok {
		return fmt.Errorf("notice %s of complaint %s: %w", notice.Key, id, ErrNoWords)
	}
	now := n.Now()
	spec := dialog.CardSpec{Kind: dialog.CardComplaint, Complaint: &c, Buttons: dialog.ComplaintButtons(c, complaints.Env{Policy: p, Now: now})}
	entry := words.Render(dialog.Reply{Card: &spec}, dialog.Author{Kind: dialog.FromSystem},
		fmt.Sprintf("notice:%s:%d:%s", id, version, notice.Key), now, dialog.Scene{Policy: p, Now: now})
	entry.Kind, entry.Key, entry.Text = dialog.Notice, "complaint.notice."+notice.Key, text
	_, err = n.Dialogs.Append(ctx, conv.ID, dialog.Append{Entry: entry})
	if errors.Is(err, dialog.ErrIDReused) {
		return nil // told before; the complaint has moved on since, so the words would differ now
	}
	return err
}
