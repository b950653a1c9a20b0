package web

import (
	"context"
	"crypto/subtle"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"recourse/cases"
	"recourse/web/wire"
)

// callbacks take news from the payment channel and the carriers. Without a configured key they do not exist.
// The id of an event makes a repeat harmless.
func (a *rest) callbacks() {
	callbackOperation(a, huma.Operation{
		OperationID: "paymentCallback", Path: "/api/callbacks/payment", Summary: "News from the payment channel",
	}, func(in wire.PaymentNews) cases.Event {
		kind := map[string]cases.EventKind{"succeeded": cases.EvPaymentSucceeded, "failed": cases.EvPaymentFailed}[in.Event]
		return cases.Event{Kind: kind, Actor: cases.PaymentCh, AmountFen: in.AmountFen, Method: in.Method, Text: in.Text}
	})
	callbackOperation(a, huma.Operation{
		OperationID: "logisticsCallback", Path: "/api/callbacks/logistics", Summary: "News from a carrier",
	}, func(in wire.LogisticsNews) cases.Event {
		if in.Event == "lost" {
			return cases.Event{Kind: cases.EvReportLost, Actor: cases.System, Waybill: in.Waybill}
		}
		kind := map[string]cases.EventKind{
			"signed": cases.EvCarrierSigned, "refused": cases.EvCarrierRefused, "trace": cases.EvCarrierTrace,
		}[in.Event]
		return cases.Event{Kind: kind, Actor: cases.Carrier, Waybill: in.Waybill}
	})
}

// news is any callback: which event it is, and of which case.
type news interface {
	Which() (id, caseID string)
}

func callbackOperation[B news](a *rest, op huma.Operation, read func(B) cases.Event) {
	op.Method, op.Tags, op.Security = http.MethodPost, []string{tagCallbacks}, []map[string][]string{{schemeCallback: {}}}
	op.Middlewares = append(op.Middlewares, func(ctx huma.Context, next func(huma.Context)) {
		switch {
		case a.CallbackKey == "":
			a.fail(ctx, refuse(CodeNotFound))
		case subtle.ConstantTimeCompare([]byte(bearerToken(ctx.Header("Authorization"))), []byte(a.CallbackKey)) != 1:
			a.fail(ctx, ErrNoAccess)
		default:
			next(ctx)
		}
	})
	op = may(op, CodeUnauthenticated, CodeNotFound, Code(cases.CodeNotFound), Code(cases.CodeStateConflict), Code(cases.CodeIdempotencyMismatch), mayAmount)
	register(a, op, func(ctx context.Context, in *struct{ Body B }) (*answer[wire.Done], error) {
		id, caseID := in.Body.Which()
		ev := read(in.Body)
		ev.Key = "callback:" + string(ev.Actor) + ":" + id
		if _, err := a.Ledger.Apply(ctx, cases.ID(caseID), ev); err != nil {
			return nil, err
		}
		return done(), nil
	})
}
