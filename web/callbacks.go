package web

import (
	"crypto/subtle"
	"net/http"

	"recourse/cases"
	"recourse/web/wire"
)

// callbackRoutes take news from the payment channel and the carriers. They are there only if a key for
// them is configured. The key of an event makes a repeat harmless.
func (s *Server) callbackRoutes(mux *http.ServeMux) {
	if s.CallbackKey == "" {
		return
	}
	mux.HandleFunc("POST /api/callbacks/payment", s.callback(func(in wire.Callback) (cases.Event, error) {
		kind := map[string]cases.EventKind{"succeeded": cases.EvPaymentSucceeded, "failed": cases.EvPaymentFailed}[in.Event]
		if kind == "" {
			return cases.Event{}, refuse(CodeBadRequest)
		}
		return cases.Event{Kind: kind, Actor: cases.PaymentCh, AmountFen: in.AmountFen, Method: in.Method, Text: in.Text}, nil
	}))
	mux.HandleFunc("POST /api/callbacks/logistics", s.callback(func(in wire.Callback) (cases.Event, error) {
		switch in.Event {
		case "signed":
			return cases.Event{Kind: cases.EvCarrierSigned, Actor: cases.Carrier, Waybill: in.Waybill}, nil
		case "lost":
			return cases.Event{Kind: cases.EvReportLost, Actor: cases.System, Waybill: in.Waybill}, nil
		default:
			return cases.Event{}, refuse(CodeBadRequest)
		}
	}))
}

func (s *Server) callback(read func(wire.Callback) (cases.Event, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if subtle.ConstantTimeCompare([]byte(bearer(r)), []byte(s.CallbackKey)) != 1 {
			s.refuse(w, r, ErrNoAccess)
			return
		}
		in, err := body[wire.Callback](w, r)
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		ev, err := read(in)
		if err == nil && in.ID == "" {
			err = refuse(CodeBadRequest)
		}
		if err == nil {
			ev.Key = "callback:" + string(ev.Actor) + ":" + in.ID
			_, err = s.Ledger.Apply(r.Context(), cases.ID(in.Case), ev)
		}
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		writeJSON(w, http.StatusOK, map[string]bool{"ok": true})
	}
}
