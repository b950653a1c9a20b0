package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"recourse/cases"
	"recourse/cases/policy"
	"recourse/dialog"
	"recourse/web/wire"
)

const maxBody = 64 << 10

func bearer(r *http.Request) string {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return ""
	}
	return token
}

func localeOf(r *http.Request) dialog.Locale {
	return dialog.ParseLocale(r.Header.Get("Accept-Language"))
}

// body reads a JSON body strictly.
func body[T any](w http.ResponseWriter, r *http.Request) (T, error) {
	var v T
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&v); err != nil {
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			return v, refuse(CodeTooLarge)
		}
		return v, refuse(CodeBadRequest)
	}
	return v, nil
}

// agentActions are the events an agent may cause over the API.
var agentActions = []cases.EventKind{
	cases.EvClaim, cases.EvRequestEvidence, cases.EvRuleRefund, cases.EvRuleReturnRefund, cases.EvRuleMerchant, cases.EvDismiss,
	cases.EvSettle, cases.EvRetryPayment, cases.EvReopen, cases.EvUphold, cases.EvOverturn,
}

// merchantActions are the events a merchant may cause.
var merchantActions = []cases.EventKind{
	cases.EvAgreeRefund, cases.EvAgreeReturn, cases.EvOffer, cases.EvReject, cases.EvExtendReceipt, cases.EvConfirmRefund,
	cases.EvRejectReturn, cases.EvRefuseParcel, cases.EvReportLost, cases.EvSupplement, cases.EvMerchantReverses,
	cases.EvMerchantPays, cases.EvShip, cases.EvAgreeGoodsBack, cases.EvGoodsSentBack,
}

func (s *Server) agentRoutes(mux *http.ServeMux) {
	mux.HandleFunc("POST /api/agent/login", func(w http.ResponseWriter, r *http.Request) {
		in, err := body[wire.Login](w, r)
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		session, agent, expires, err := s.Accounts.Login(r.Context(), in.Login, in.Password)
		if errors.Is(err, ErrNoAccess) {
			err = refuse(CodeLoginFailed)
		}
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		writeJSON(w, http.StatusOK, wire.LoginResult{
			Session: session, Expires: expires, Agent: wire.AgentView{Login: agent.Login, Name: agent.Name, Role: agent.Role},
		})
	})
	mux.HandleFunc("POST /api/agent/logout", s.asAgent(func(w http.ResponseWriter, r *http.Request, _ Agent) error {
		if err := s.Accounts.Logout(r.Context(), bearer(r)); err != nil {
			return err
		}
		writeJSON(w, http.StatusOK, map[string]bool{"ok": true})
		return nil
	}))
	mux.HandleFunc("GET /api/agent/evidence-kinds", s.asAgent(func(w http.ResponseWriter, r *http.Request, _ Agent) error {
		writeJSON(w, http.StatusOK, s.Words.Kinds(localeOf(r)))
		return nil
	}))
	mux.HandleFunc("GET /api/agent/cases/{id}", s.asAgent(func(w http.ResponseWriter, r *http.Request, a Agent) error {
		v, err := s.caseView(r.Context(), cases.ID(r.PathValue("id")), cases.Agent, "agent:"+a.Login, localeOf(r))
		if err != nil {
			return err
		}
		writeJSON(w, http.StatusOK, v)
		return nil
	}))
	mux.HandleFunc("POST /api/agent/cases/{id}/{action}", s.asAgent(func(w http.ResponseWriter, r *http.Request, a Agent) error {
		ev := cases.Event{Actor: cases.Agent, By: a.Login, Role: a.Role}
		return s.act(w, r, agentActions, ev, "agent:"+a.Login)
	}))
}

func (s *Server) merchantRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /api/merchant/cases", s.asShop(func(w http.ResponseWriter, r *http.Request, shop string) error {
		return s.listCases(w, r, shop)
	}))
	mux.HandleFunc("GET /api/merchant/reject-codes", s.asShop(func(w http.ResponseWriter, _ *http.Request, _ string) error {
		p := s.Policy("")
		list := wire.RejectCodes{Codes: []wire.RejectCode{}}
		for code, c := range p.Rejects {
			item := wire.RejectCode{Code: code, Phase: c.Phase, NameZH: c.ZH, NameEN: c.EN, NeedsEvidence: len(c.Evidence) > 0}
			for _, k := range c.Evidence {
				item.Evidence = append(item.Evidence, string(k))
			}
			list.Codes = append(list.Codes, item)
		}
		slices.SortFunc(list.Codes, func(a, b wire.RejectCode) int { return strings.Compare(a.Code, b.Code) })
		writeJSON(w, http.StatusOK, list)
		return nil
	}))
	mux.HandleFunc("GET /api/merchant/cases/{id}", s.asShop(func(w http.ResponseWriter, r *http.Request, shop string) error {
		c, err := s.ofShop(r.Context(), shop, r.PathValue("id"))
		if err != nil {
			return err
		}
		v, err := s.viewOf(r.Context(), c, cases.Merchant, "shop:"+shop, localeOf(r))
		if err != nil {
			return err
		}
		writeJSON(w, http.StatusOK, v)
		return nil
	}))
	mux.HandleFunc("POST /api/merchant/cases/{id}/{action}", s.asShop(func(w http.ResponseWriter, r *http.Request, shop string) error {
		if _, err := s.ofShop(r.Context(), shop, r.PathValue("id")); err != nil {
			return err
		}
		return s.act(w, r, merchantActions, cases.Event{Actor: cases.Merchant, By: shop}, "shop:"+shop)
	}))
}

// asAgent lets agents in.
func (s *Server) asAgent(f func(http.ResponseWriter, *http.Request, Agent) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		agent, err := s.Accounts.Session(r.Context(), bearer(r))
		if err == nil {
			err = f(w, r, agent)
		}
		if err != nil {
			s.refuse(w, r, err)
		}
	}
}

// asShop lets a shop in by its key.
func (s *Server) asShop(f func(http.ResponseWriter, *http.Request, string) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		shop, err := s.Accounts.Shop(r.Context(), bearer(r))
		if err == nil {
			err = f(w, r, shop)
		}
		if err != nil {
			s.refuse(w, r, err)
		}
	}
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

func (s *Server) listCases(w http.ResponseWriter, r *http.Request, shop string) error {
	q := r.URL.Query()
	out := wire.CaseList{Cases: []dialog.CaseView{}}
	ids, next, err := s.Shops.Cases(r.Context(), shop, q.Get("cursor"), 50)
	if err != nil {
		return err
	}
	out.Next = next
	for _, id := range ids {
		c, err := s.ofShop(r.Context(), shop, string(id))
		if errors.Is(err, cases.ErrNoCase) || err == nil && q.Get("state") != "" && q.Get("state") != string(c.State) {
			continue
		}
		if err != nil {
			return err
		}
		v, err := s.viewOf(r.Context(), c, cases.Merchant, "shop:"+shop, localeOf(r))
		if err != nil {
			return err
		}
		out.Cases = append(out.Cases, v)
	}
	writeJSON(w, http.StatusOK, out)
	return nil
}

// act applies an event that an agent or a merchant asks for, once per idempotency key.
func (s *Server) act(w http.ResponseWriter, r *http.Request, allowed []cases.EventKind, ev cases.Event, reader string) error {
	id, kind := cases.ID(r.PathValue("id")), cases.EventKind(r.PathValue("action"))
	if !slices.Contains(allowed, kind) {
		return refuse(CodeUnknownAction)
	}
	key := r.Header.Get("Idempotency-Key")
	if key == "" || len(key) > 128 {
		return refuse(CodeKeyRequired)
	}
	in, err := body[wire.CaseAction](w, r)
	if err != nil {
		return err
	}
	ev.Key, ev.Kind, ev.Expect = string(ev.Actor)+":"+ev.By+":"+key, kind, in.ExpectedVersion
	ev.AmountFen, ev.Text, ev.Code, ev.Party, ev.Address = in.AmountFen, in.Text, in.Code, cases.Actor(in.Party), in.Address
	ev.Told, ev.Carrier, ev.Waybill, ev.Type = in.Told, in.Carrier, in.Waybill, policy.RefundType(in.Type)
	ev.BuyerOK, ev.ShopOK = in.BuyerOK, in.ShopOK
	for _, k := range in.Kinds {
		ev.Kinds = append(ev.Kinds, policy.EvidenceKind(k))
	}
	if kind == cases.EvSupplement {
		// A file comes through the upload, which adds it to the case; here only words are added.
		ev.Evidence = []cases.Evidence{{ID: cases.EvidenceID("t_" + key), Kind: "statement", Party: ev.Actor, Text: in.Text}}
		ev.Text = ""
	}
	out, err := s.Ledger.Apply(r.Context(), id, ev)
	if err != nil {
		return err
	}
	v, err := s.viewOf(r.Context(), out.Case, ev.Actor, reader, localeOf(r))
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, v)
	return nil
}
