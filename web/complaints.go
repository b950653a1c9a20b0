package web

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/evidence"
	"recourse/dialog"
)

// shown bounds how many complaints a state frame carries.
const shown = 5

// complaintOf loads a complaint that a party may see; anybody else's does not exist, and neither does another's
// draft.
func (s *Server) complaintOf(ctx context.Context, actor cases.Actor, who, id string) (complaints.Complaint, error) {
	c, err := s.Complaints.Store.Load(ctx, complaints.ID(id))
	if err != nil {
		return c, err
	}
	mine := actor == cases.Agent || actor == cases.Buyer && c.Buyer == who || actor == cases.Merchant && c.Shop == who
	if !mine || c.FiledAt.IsZero() && actor != c.By {
		return complaints.Complaint{}, complaints.ErrNotFound
	}
	return c, nil
}

// complaintsOf are complaints on a buyer's orders as a reader sees them; of drafts only the one that the buyer is
// filling in.
func (s *Server) complaintsOf(ctx context.Context, conv dialog.Conversation, ids []complaints.ID, actor cases.Actor, reader string, l dialog.Locale) ([]dialog.ComplaintView, error) {
	var out []dialog.ComplaintView
	for _, id := range ids {
		c, err := s.Complaints.Store.Load(ctx, id)
		if err != nil {
			return nil, err
		}
		drafting := c.State == complaints.Draft && c.ID == conv.Flow.Complaint.ID && actor == cases.Buyer
		if c.FiledAt.IsZero() && !drafting || len(out) == shown {
			continue
		}
		v, err := s.complaintView(ctx, c, actor, reader, l)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func (s *Server) complaintView(ctx context.Context, c complaints.Complaint, actor cases.Actor, reader string, l dialog.Locale) (dialog.ComplaintView, error) {
	marks, err := s.Complaints.Store.Marks(ctx, c.ID)
	if err != nil {
		return dialog.ComplaintView{}, err
	}
	rec, err := s.Complaints.Store.Line(ctx, c.Buyer, c.Line.OrderID, c.Line.LineID)
	if err != nil {
		return dialog.ComplaintView{}, err
	}
	signed := s.Now().Truncate(5 * time.Minute) // as for cases: a view stays the same for a while
	return s.Words.ComplaintView(c, dialog.ComplaintReader{
		Actor: actor, Marks: marks, Env: complaints.Env{Policy: s.Policy(c.Policy), Line: rec, Now: s.Now()},
		Links: s.links(c.Buyer, c.Shop, actor, reader, signed),
	}, l), nil
}

// complaintsAbout are the filed complaints that are linked to a case, oldest first.
func (s *Server) complaintsAbout(ctx context.Context, c cases.Case) ([]string, error) {
	rec, err := s.Complaints.Store.Line(ctx, c.Buyer, c.Line.OrderID, c.Line.LineID)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, id := range rec.All {
		k, err := s.Complaints.Store.Load(ctx, id)
		if err != nil {
			return nil, err
		}
		if k.Case == c.ID {
			out = append(out, string(id))
		}
	}
	return out, nil
}

// complaintID says whether an upload is for a complaint.
func complaintID(id cases.ID) (complaints.ID, bool) {
	return complaints.ID(id), strings.HasPrefix(string(id), complaints.Prefix+"_")
}

// admitToComplaint says whether a party may add a kind of evidence to a complaint now.
func (s *Server) admitToComplaint(ctx context.Context, p evidence.Party, id complaints.ID, m evidence.Meta) error {
	c, err := s.complaintOf(ctx, p.Actor, p.ID, string(id))
	if err != nil {
		return err
	}
	pol := s.Policy(c.Policy)
	_, err = c.Apply(complaints.Env{Policy: pol, Now: s.Now()}, complaints.Event{
		Key: "probe", Kind: complaints.EvSupplement, Actor: p.Actor, By: p.ID, Evidence: []cases.Evidence{probe(pol, m.Kind, s.Now())},
	})
	return err
}

// acceptForComplaint adds a checked file to its complaint and tells the conversation, both keyed by the file's id.
func (s *Server) acceptForComplaint(ctx context.Context, p evidence.Party, id complaints.ID, e cases.Evidence) error {
	c, err := s.complaintOf(ctx, p.Actor, p.ID, string(id))
	if err != nil {
		return refusedUpload(err)
	}
	i := slices.IndexFunc(c.Evidence, func(h cases.Evidence) bool { return h.ID == e.ID })
	if i >= 0 {
		e = c.Evidence[i] // it came before; a repeat must look the same
	} else {
		_, err := s.Complaints.Apply(ctx, id, complaints.Event{
			Key: "upload:" + string(e.ID), Kind: complaints.EvSupplement, Actor: p.Actor, By: p.ID, Evidence: []cases.Evidence{e},
		})
		if err != nil {
			return refusedUpload(err)
		}
	}
	return s.tellUpload(ctx, p, c.Conversation, dialog.Entry{Complaint: string(id)}, e)
}

// complainable names what a shop complains about: a case of its own, or an order line of its own with its buyer.
type complainable struct{ caseID, buyer, order, line string }

// lineOfShop finds it. A case or a line of another shop does not exist.
func (a *rest) lineOfShop(ctx context.Context, shop string, in complainable) (complaints.Opening, error) {
	o := complaints.Opening{By: cases.Merchant, Who: shop}
	if in.caseID != "" {
		c, err := a.ofShop(ctx, shop, in.caseID)
		if err != nil {
			return o, err
		}
		o.Line, o.Case, o.Conversation = c.Line, c.ID, c.Conversation
		return o, nil
	}
	line, err := a.Ledger.Orders.Line(ctx, in.buyer, in.order, in.line)
	if err == nil && line.ShopID != shop {
		err = cases.ErrNoLine
	}
	if err != nil {
		return o, err
	}
	o.Line = line
	return o, nil
}

// conversationFor is where a buyer is told of a complaint about him: his conversation, begun if he has none.
func (a *rest) conversationFor(ctx context.Context, o *complaints.Opening) error {
	if o.Conversation != "" {
		return nil
	}
	conv, err := a.Dialogs.Open(ctx, o.Line.BuyerID, dialog.ZH, a.Now())
	if err != nil {
		return err
	}
	o.Conversation = string(conv.ID)
	return nil
}

// listComplaints turns a page of an index into views; what the reader may not see is left out.
func (a *rest) listComplaints(ctx context.Context, ids []complaints.ID, keep func(complaints.Complaint) bool, actor cases.Actor, who, reader string) ([]dialog.ComplaintView, error) {
	out := []dialog.ComplaintView{}
	for _, id := range ids {
		c, err := a.complaintOf(ctx, actor, who, string(id))
		if errors.Is(err, complaints.ErrNotFound) || err == nil && !keep(c) {
			continue
		}
		if err != nil {
			return nil, err
		}
		v, err := a.complaintView(ctx, c, actor, reader, localeIn(ctx))
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}
