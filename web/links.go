package web

import (
	"net/http"
	"slices"

	"recourse/cases"
	"recourse/dialog"
	"recourse/web/wire"
)

// evidenceLinks answers a buyer with the evidence of his case and fresh links to it: those that came over the socket
// are good for minutes, and a page may be looked at for longer.
func (s *Server) evidenceLinks(w http.ResponseWriter, r *http.Request) {
	if err := s.writeLinks(w, r); err != nil {
		s.refuse(w, r, err)
	}
}

func (s *Server) writeLinks(w http.ResponseWriter, r *http.Request) error {
	token := bearer(r)
	if token == "" {
		return ErrNoAccess
	}
	claims, err := s.Tokens.Buyer(token)
	if err != nil {
		return err
	}
	c, err := s.Ledger.Store.Load(r.Context(), cases.ID(r.PathValue("id")))
	if err != nil {
		return err
	}
	if c.Buyer != claims.Subject || claims.Orders != nil && !slices.Contains(claims.Orders, c.Line.OrderID) {
		return cases.ErrNoCase // the same answer: whose it is is nobody's business
	}
	v, err := s.viewOf(r.Context(), c, cases.Party{Actor: cases.Buyer, By: c.Buyer}, "buyer:"+claims.Subject, dialog.ParseLocale(r.Header.Get("Accept-Language")))
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, wire.EvidenceList{Evidence: v.Evidence})
	return nil
}
