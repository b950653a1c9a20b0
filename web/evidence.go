package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"recourse/cases"
	"recourse/cases/evidence"
	"recourse/cases/policy"
	"recourse/dialog"
)

// links are what a reader may look at of the evidence between a buyer and a shop, each signed for him.
func (s *Server) links(buyer, shop string, actor cases.Actor, reader string, now time.Time) func(cases.Evidence) dialog.Links {
	_, id, _ := strings.Cut(reader, ":")
	who := evidence.Party{Actor: actor, ID: id}
	return func(e cases.Evidence) dialog.Links {
		if e.Media == "" {
			return dialog.Links{}
		}
		owner := evidence.Party{Actor: e.Party, ID: buyer}
		if e.Party == cases.Merchant {
			owner.ID = shop
		}
		link := func(cp evidence.Copy) string {
			return fmt.Sprintf("/api/evidence/%s?%s", e.ID, s.Uploads.Sign(e.ID, who, cp, now))
		}
		var l dialog.Links
		made := !slices.Contains(e.Hints, cases.HintNoPreview)
		if evidence.MayHave(who, owner, evidence.Original, e.Media) {
			l.Original = link(evidence.Original)
		}
		best := evidence.Best(who, owner, e.Media)
		if best == evidence.Original || made {
			l.URL = link(best)
		}
		if made && strings.HasPrefix(e.Media, "image/") {
			l.Thumb = link(evidence.Thumb)
		}
		return l
	}
}

// MayRead says whether a reader may still see a file: it must be part of its case, and the case must be his. A link
// outlives what it was made for by ten minutes; this does not.
func (s *Server) MayRead(ctx context.Context, reader evidence.Party, item evidence.Copy, info evidence.Info) error {
	gone := &evidence.Error{Code: evidence.CodeEvidenceMissing, Status: http.StatusNotFound, Reason: evidence.ReasonNotFound}
	if id, ok := complaintID(info.Meta.Case); ok {
		c, err := s.complaintOf(ctx, reader.Actor, reader.ID, string(id))
		if err == nil && !slices.ContainsFunc(c.Evidence, func(e cases.Evidence) bool { return e.ID == info.ID }) {
			return gone
		}
		if err == nil && reader.Actor == cases.Agent {
			return s.agentReads(ctx, reader.ID, item, info)
		}
		return err
	}
	c, err := s.Ledger.Store.Load(ctx, info.Meta.Case)
	if errors.Is(err, cases.ErrNoCase) {
		return gone
	}
	if err != nil {
		return err
	}
	switch {
	case reader.Actor == cases.Buyer && reader.ID != c.Buyer, reader.Actor == cases.Merchant && (reader.ID != c.Shop || c.Attempt == 0):
		return gone
	case !slices.ContainsFunc(c.Evidence, func(e cases.Evidence) bool { return e.ID == info.ID }):
		return gone // taken out of the draft, or not taken in yet
	}
	if reader.Actor == cases.Agent {
		return s.agentReads(ctx, reader.ID, item, info)
	}
	return nil
}

// UploadParty says who uploads: a buyer by his session, a shop by its key.
func (s *Server) UploadParty(r *http.Request) (evidence.Party, error) {
	return s.party(r.Context(), bearer(r), true)
}

// party is whose token it is: a shop's key, which may be for reading only, or a buyer's session.
func (s *Server) party(ctx context.Context, token string, writes bool) (evidence.Party, error) {
	if token == "" {
		return evidence.Party{}, ErrNoAccess
	}
	if shop, err := s.Accounts.Shop(ctx, token); err == nil {
		if shop.ReadOnly && writes {
			return evidence.Party{}, refuse(CodeForbidden)
		}
		return evidence.Party{Actor: cases.Merchant, ID: shop.Shop}, nil
	} else if !errors.Is(err, ErrNoAccess) {
		return evidence.Party{}, err
	}
	claims, err := s.Tokens.Buyer(token)
	if err != nil {
		return evidence.Party{}, err
	}
	return evidence.Party{Actor: cases.Buyer, ID: claims.Subject}, nil
}

// AdmitUpload says whether a party may add a kind of evidence to a case now.
func (s *Server) AdmitUpload(ctx context.Context, p evidence.Party, m evidence.Meta) error {
	if id, ok := complaintID(m.Case); ok {
		return s.admitToComplaint(ctx, p, id, m)
	}
	c, err := s.partyCase(ctx, p, m.Case)
	if err != nil {
		return err
	}
	rec, err := s.Ledger.Store.Line(ctx, c.Buyer, c.Line.OrderID, c.Line.LineID)
	if err != nil {
		return err
	}
	pol := s.Policy(c.Policy)
	env := cases.Env{Policy: pol, Line: rec, Now: s.Now()}
	_, err = c.Apply(env, cases.Event{
		Key: "probe", Kind: cases.EvSupplement, Actor: p.Actor, By: p.ID, Evidence: []cases.Evidence{probe(pol, m.Kind, s.Now())},
	})
	return err
}

// probe is a piece of evidence of a kind as if it had come; what the file is will be judged when it has.
func probe(p *policy.Policy, kind policy.EvidenceKind, now time.Time) cases.Evidence {
	media := "image/jpeg"
	if rule := p.Evidence[kind]; slices.Contains(rule.Media, "video") && !slices.Contains(rule.Media, "image") {
		media = "video/mp4"
	}
	return cases.Evidence{ID: "probe", Kind: kind, Media: media, At: now}
}

// partyCase loads a case of a party; anybody else's does not exist.
func (s *Server) partyCase(ctx context.Context, p evidence.Party, id cases.ID) (cases.Case, error) {
	c, err := s.Ledger.Store.Load(ctx, id)
	if err != nil {
		return c, err
	}
	if p.Actor == cases.Buyer && c.Buyer != p.ID || p.Actor == cases.Merchant && (c.Shop != p.ID || c.Attempt == 0) {
		return c, cases.ErrNoCase
	}
	return c, nil
}

// AcceptUpload adds a checked file to its case and tells the conversation. Both are keyed by the file's id.
func (s *Server) AcceptUpload(ctx context.Context, p evidence.Party, m evidence.Meta, e cases.Evidence) error {
	e.At = s.Now().UTC()
	if id, ok := complaintID(m.Case); ok {
		return s.acceptForComplaint(ctx, p, id, e)
	}
	// The time is the case's to set; a repeat must look the same, so it is taken from what was stored first.
	if was, err := s.partyCase(ctx, p, m.Case); err != nil {
		return refusedUpload(err)
	} else if i := slices.IndexFunc(was.Evidence, func(h cases.Evidence) bool { return h.ID == e.ID }); i >= 0 {
		return s.tellUpload(ctx, p, was.Conversation, dialog.Entry{Case: string(was.ID)}, was.Evidence[i])
	}
	out, err := s.Ledger.Apply(ctx, m.Case, cases.Event{
		Key: "upload:" + string(e.ID), Kind: cases.EvSupplement, Actor: p.Actor, By: p.ID, Evidence: []cases.Evidence{e},
	})
	if err != nil {
		return refusedUpload(err)
	}
	return s.tellUpload(ctx, p, out.Case.Conversation, dialog.Entry{Case: string(out.Case.ID)}, e)
}

// refusedUpload makes a case's refusal final for the file; any other fault is tried again.
func refusedUpload(err error) error {
	code := codeOf(err)
	if cases.CodeOf(err) != "" || code == Code(cases.CodeNotFound) || code == CodeNoComplaint {
		return &evidence.Error{Code: string(code), Status: public[code].status, Reason: reasonOf(err), Cause: err}
	}
	return err
}

// reasonOf is why a case does not take the one item of an event.
func reasonOf(err error) evidence.Reason {
	if no, ok := errors.AsType[*cases.Error](err); ok && len(no.Items) > 0 {
		return evidence.Reason(no.Items[0].Reason)
	}
	return ""
}

// tellUpload puts a buyer's upload into his conversation; a merchant's is seen in the case or the complaint that
// about names.
func (s *Server) tellUpload(ctx context.Context, p evidence.Party, conversation string, about dialog.Entry, e cases.Evidence) error {
	if p.Actor != cases.Buyer || conversation == "" {
		return nil
	}
	conv, err := s.Dialogs.Load(ctx, dialog.ID(conversation))
	if err != nil {
		return err
	}
	item := s.Words.Item(e, conv.Locale)
	about.At, about.Author, about.Kind = e.At, dialog.Author{Kind: dialog.FromBuyer}, dialog.Upload
	about.Client, about.Evidence = "upload:"+string(e.ID), &item
	// Under a human it is his to see; the bot gives the receipt and does not come back to it later.
	_, err = s.Dialogs.Append(ctx, conv.ID, dialog.Append{Wants: conv.Holder == dialog.HeldByBot, Turn: true, Entry: about})
	if err != nil && !errors.Is(err, dialog.ErrIDReused) {
		return fmt.Errorf("tell of upload %s: %w", e.ID, err)
	}
	s.Turn(conv.ID)
	return nil
}
