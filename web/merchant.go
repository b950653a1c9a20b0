package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"recourse/cases"
	"recourse/dialog"
	"recourse/web/wire"
)

const listAbout = "Newest application first. A page may hold fewer cases than `limit`, or none, and still not be the last: go on as long as " +
	"there is a `next`. A cursor stays good; cases that come meanwhile do not move it."

const changesAbout = "The shop's cases in the order of their last change, oldest change first: the way to keep up without webhooks, and to " +
	"reconcile with them.\n\n" +
	"**Begin** without a cursor and read on with `next` until `more` is false: you have seen every case of the shop. " +
	"**Go on** by asking again with the last `next`, every few seconds or after a webhook; it answers nothing new until something changed.\n\n" +
	"A case appears at its last change only and moves to the end when it changes again, so you may miss versions in between but never the last one; " +
	"every case comes at least once after each change, sometimes twice, and a version of a case never after a later one. " +
	"Cursors survive restarts and stay good for ever; CURSOR_LOST says that the list had to be made anew: begin again."

// oneCase is the input of a reading of one case.
type oneCase struct {
	ID string `path:"id" maxLength:"64" doc:"The case." example:"c_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`
}

type listInput struct {
	State   string    `query:"state" maxLength:"32" doc:"Only cases in this state." example:"merchant_review"`
	Waiting string    `query:"waiting_on_you" enum:"true,false" doc:"Only cases that wait for the shop, or only those that do not."`
	Since   time.Time `query:"updated_since" doc:"Only cases that changed at or after this instant (RFC 3339)." example:"2026-11-23T00:00:00Z"`
	Order   string    `query:"order" maxLength:"64" doc:"Only cases of this order." example:"6920251100010001"`
	Limit   int       `query:"limit" minimum:"1" maximum:"100" default:"50" doc:"How many to a page."`
	Cursor  string    `query:"cursor" maxLength:"200" doc:"Where the page before ended: its next."`
}

func (in *listInput) query() CaseQuery {
	q := CaseQuery{State: cases.State(in.State), Order: in.Order, UpdatedSince: in.Since, Cursor: in.Cursor, Limit: in.Limit}
	if in.Waiting != "" {
		waiting := in.Waiting == "true"
		q.Waiting = &waiting
	}
	return q
}

type changesInput struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"100" doc:"How many at most."`
	Cursor string `query:"cursor" maxLength:"200" doc:"The next of your last reading; nothing: from the beginning."`
}

// merchantReads are what a merchant may look at.
func (a *rest) merchantReads() {
	shopOperation(a, may(huma.Operation{
		OperationID: "merchantListCases", Method: http.MethodGet, Path: "/api/merchant/cases", Tags: []string{tagCases},
		Summary: "List the shop's cases", Description: listAbout,
	}, CodeFieldRequired), a.listCases)
	shopOperation(a, may(huma.Operation{
		OperationID: "merchantListChanges", Method: http.MethodGet, Path: "/api/merchant/changes", Tags: []string{tagCases},
		Summary: "Follow the shop's cases", Description: changesAbout,
	}, CodeFieldRequired, CodeCursorLost), a.listChanges)
	shopOperation(a, may(huma.Operation{
		OperationID: "merchantGetCase", Method: http.MethodGet, Path: "/api/merchant/cases/{id}", Tags: []string{tagCases},
		Summary: "Read a case", Description: "A case of another shop, a draft and an unknown id are all CASE_NOT_FOUND.",
	}, Code(cases.CodeNotFound)), func(ctx context.Context, shop string, in *oneCase) (*answer[dialog.CaseView], error) {
		c, err := a.ofShop(ctx, shop, in.ID)
		if err != nil {
			return nil, err
		}
		v, err := a.show(ctx, c, cases.Party{Actor: cases.Merchant, By: shop}, "shop:"+shop)
		return &answer[dialog.CaseView]{v}, err
	})
	shopOperation(a, huma.Operation{
		OperationID: "merchantListRejectCodes", Method: http.MethodGet, Path: "/api/merchant/reject-codes", Tags: []string{tagCases},
		Summary: "List the reject codes", Description: "The grounds on which a merchant may refuse, by phase, and the evidence each needs.",
	}, func(context.Context, string, *struct{}) (*answer[wire.RejectCodes], error) {
		return &answer[wire.RejectCodes]{a.rejectCodes()}, nil
	})
	// Whatever else is posted to a case is an action that does not exist.
	shopOperation(a, huma.Operation{
		OperationID: "merchantUnknownAction", Method: http.MethodPost, Path: "/api/merchant/cases/{id}/{action}", Hidden: true,
	}, func(context.Context, string, *struct{}) (*struct{}, error) { return nil, refuse(CodeUnknownAction) })
}

func (a *rest) rejectCodes() wire.RejectCodes {
	list := wire.RejectCodes{Codes: []wire.RejectCode{}}
	for code, c := range a.Policy("").Rejects {
		item := wire.RejectCode{Code: code, Phase: c.Phase, NameZH: c.ZH, NameEN: c.EN, NeedsEvidence: len(c.Evidence) > 0}
		for _, k := range c.Evidence {
			item.Evidence = append(item.Evidence, string(k))
		}
		list.Codes = append(list.Codes, item)
	}
	slices.SortFunc(list.Codes, func(a, b wire.RejectCode) int { return strings.Compare(a.Code, b.Code) })
	return list
}

// ofShop loads a case of a shop. A draft is the buyer's alone; to the shop it does not exist, like any
// case of another shop.
func (s *Server) ofShop(ctx context.Context, shop, id string) (cases.Case, error) {
	c, err := s.Ledger.Store.Load(ctx, cases.ID(id))
	if err != nil {
		return c, err
	}
	if c.Shop != shop || c.Attempt == 0 {
		return c, cases.ErrNoCase
	}
	return c, nil
}

func (a *rest) listCases(ctx context.Context, shop string, in *listInput) (*answer[wire.CaseList], error) {
	q := in.query()
	out := wire.CaseList{Cases: []dialog.CaseView{}}
	ids, next, err := a.Shops.Cases(ctx, shop, q)
	if err != nil {
		return nil, err
	}
	out.Next = next
	for _, id := range ids {
		c, err := a.ofShop(ctx, shop, string(id))
		if errors.Is(err, cases.ErrNoCase) || err == nil && !q.Wants(c) {
			continue // it has changed since it was indexed
		}
		if err != nil {
			return nil, err
		}
		v, err := a.show(ctx, c, cases.Party{Actor: cases.Merchant, By: shop}, "shop:"+shop)
		if err != nil {
			return nil, err
		}
		out.Cases = append(out.Cases, v)
	}
	return &answer[wire.CaseList]{out}, nil
}

func (a *rest) listChanges(ctx context.Context, shop string, in *changesInput) (*answer[wire.Changes], error) {
	page, next, err := a.Shops.Changes(ctx, shop, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	out := wire.Changes{Changes: []wire.Change{}, Next: next, More: len(page) == in.Limit}
	for _, c := range page {
		out.Changes = append(out.Changes, wire.Change{
			Case: string(c.Case), Version: c.Version, State: string(c.State), WaitingOnYou: c.Waiting, Terminal: c.State.Terminal(), UpdatedAt: c.UpdatedAt,
		})
	}
	return &answer[wire.Changes]{out}, nil
}
