package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"recourse/cases"
	"recourse/cases/evidence"
	"recourse/cases/policy"
	"recourse/dialog"
)

// UploadParty says who uploads: a buyer by his session, a shop by its key.
func (s *Server) UploadParty(r *http.Request) (evidence.Party, error) {
	token := bearer(r)
	if token == "" {
		return evidence.Party{}, ErrNoAccess
	}
	if shop, err := s.Accounts.Shop(r.Context(), token); err == nil {
		if shop.ReadOnly {
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
		return &evidence.Error{Code: string(code), Status: public[code].status, Cause: err}
	}
	return err
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
	// Under a human it is his to see; the bot must not come back to it later.
	_, err = s.Dialogs.Append(ctx, conv.ID, dialog.Append{Wants: conv.Holder == dialog.HeldByBot, Entry: about})
	if err != nil && !errors.Is(err, dialog.ErrIDReused) {
		return fmt.Errorf("tell of upload %s: %w", e.ID, err)
	}
	s.Turn(conv.ID)
	return nil
}
