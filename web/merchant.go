package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"recourse/cases"
	"recourse/dialog"
	"recourse/web/wire"
)

// oneCase is the input of a reading of one case.
type oneCase struct {
	ID string `path:"id" maxLength:"64" doc:"The case." example:"c_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`
}

type listInput struct {
	State  string `query:"state" maxLength:"32" doc:"Only cases in this state."`
	Cursor string `query:"cursor" maxLength:"200" doc:"Where the page before ended: its next."`
}

// merchantReads are what a merchant may look at.
func (a *rest) merchantReads() {
	shopOperation(a, may(huma.Operation{
		OperationID: "merchantListCases", Method: http.MethodGet, Path: "/api/merchant/cases", Tags: []string{tagCases},
		Summary: "List the shop's cases", Description: "Newest first, 50 to a page.",
	}, CodeFieldRequired), a.listCases)
	shopOperation(a, may(huma.Operation{
		OperationID: "merchantGetCase", Method: http.MethodGet, Path: "/api/merchant/cases/{id}", Tags: []string{tagCases},
		Summary: "Read a case", Description: "A case of another shop, a draft and an unknown id are all CASE_NOT_FOUND.",
	}, Code(cases.CodeNotFound)), func(ctx context.Context, shop string, in *oneCase) (*answer[dialog.CaseView], error) {
		c, err := a.ofShop(ctx, shop, in.ID)
		if err != nil {
			return nil, err
		}
		v, err := a.viewOf(ctx, c, cases.Merchant, "shop:"+shop, localeIn(ctx))
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
	out := wire.CaseList{Cases: []dialog.CaseView{}}
	ids, next, err := a.Shops.Cases(ctx, shop, in.Cursor, 50)
	if err != nil {
		return nil, err
	}
	out.Next = next
	for _, id := range ids {
		c, err := a.ofShop(ctx, shop, string(id))
		if errors.Is(err, cases.ErrNoCase) || err == nil && in.State != "" && in.State != string(c.State) {
			continue
		}
		if err != nil {
			return nil, err
		}
		v, err := a.viewOf(ctx, c, cases.Merchant, "shop:"+shop, localeIn(ctx))
		if err != nil {
			return nil, err
		}
		out.Cases = append(out.Cases, v)
	}
	return &answer[wire.CaseList]{out}, nil
}
