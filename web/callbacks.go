package web

import (
	"bytes"
	"context"
	"crypto/subtle"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"recourse/cases"
	"recourse/cases/waybill"
	"recourse/web/webhooks"
	"recourse/web/wire"
)

const callbacksAbout = "\n\nThe sender shows the callback key as a bearer token, or signs the message with it as Standard Webhooks describes " +
	"(headers `webhook-id`, `webhook-timestamp`, `webhook-signature`; the key is the secret's bytes, 24 to 64 of them). " +
	"The same `id` is taken once; a repeat, news that is known already and news that came too late are answered as such and change nothing, so that a sender " +
	"can send again until it has a 2xx. RETRYABLE errors are worth a later try, others are not."

// callbacks take news from the payment channel and the carriers. Without a configured key they do not exist.
func (a *rest) callbacks() {
	callbackOperation(a, may(huma.Operation{
		OperationID: "paymentCallback", Path: "/api/callbacks/payment", Summary: "News from the payment channel",
		Description: "Of a refund, named by the key of its order or by its case. An amount other than the one that was ordered is AMOUNT_INVALID; success after " +
			"a failure, or of a refund that nobody ordered, is STATE_CONFLICT: nothing is booked, and a person must look at it." + callbacksAbout,
	}, mayAmount), a.paymentNews)
	callbackOperation(a, may(huma.Operation{
		OperationID: "logisticsCallback", Path: "/api/callbacks/logistics", Summary: "News from a carrier",
		Description: "Of a parcel, named by its waybill: carriers do not know our cases. One parcel may be the return of several cases; the answer names what became " +
			"of each. WAYBILL_UNKNOWN: no case has that number (yet): a buyer may enter it later than the parcel travels, so it is worth a later try." + callbacksAbout,
	}, CodeWaybillUnknown), a.parcelNews)
}

// callbackOperation registers a callback; B is the message.
func callbackOperation[B any](a *rest, op huma.Operation, f func(context.Context, B) (*answer[wire.Taken], error)) {
	op.Method, op.Tags = http.MethodPost, []string{tagCallbacks}
	op.Security = []map[string][]string{{schemeCallback: {}}, {schemeSigned: {}}}
	op.Middlewares = append(op.Middlewares, func(ctx huma.Context, next func(huma.Context)) {
		if err := a.fromOutside(ctx); err != nil {
			a.fail(ctx, err)
			return
		}
		next(ctx)
	})
	op = may(op, CodeUnauthenticated, CodeNotFound, Code(cases.CodeNotFound), Code(cases.CodeStateConflict), Code(cases.CodeIdempotencyMismatch))
	register(a, op, func(ctx context.Context, in *struct{ Body B }) (*answer[wire.Taken], error) { return f(ctx, in.Body) })
}

// fromOutside lets in who has the callback key, or has signed the message with it.
func (a *rest) fromOutside(ctx huma.Context) error {
	if a.CallbackKey == "" {
		return refuse(CodeNotFound)
	}
	if token := bearerToken(ctx.Header("Authorization")); token != "" {
		if subtle.ConstantTimeCompare([]byte(token), []byte(a.CallbackKey)) != 1 {
			return ErrNoAccess
		}
		return nil
	}
	signed := ctx.Header(webhooks.HeaderSignature)
	if signed == "" {
		return ErrNoAccess
	}
	r, _ := humago.Unwrap(ctx)
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return refuse(CodeBadRequest)
	}
	r.Body = io.NopCloser(bytes.NewReader(body)) // for whoever reads it next
	secret := webhooks.Secretise([]byte(a.CallbackKey))
	if err := webhooks.Verify(secret, ctx.Header(webhooks.HeaderID), ctx.Header(webhooks.HeaderTimestamp), signed, body, a.wall()); err != nil {
		return ErrNoAccess
	}
	return nil
}

func (a *rest) paymentNews(ctx context.Context, in wire.PaymentNews) (*answer[wire.Taken], error) {
	id := in.Case
	if in.Refund != "" {
		id, _, _ = strings.Cut(in.Refund, "/") // the key of an order begins with its case
	}
	if id == "" {
		return nil, &cases.Error{Code: cases.CodeFieldRequired, Field: "refund"}
	}
	ev := cases.Event{Key: "callback:payment:" + in.ID, Actor: cases.PaymentCh, AmountFen: in.AmountFen, Method: in.Method, Text: in.Text}
	if ev.Kind = cases.EvPaymentSucceeded; in.Event == "failed" {
		ev.Kind = cases.EvPaymentFailed
	}
	taken, err := a.take(ctx, cases.ID(id), ev, func(c cases.Case) bool {
		return in.Event == c.Refund.Status && (in.Event == "failed" || in.AmountFen == c.Refund.AmountFen)
	})
	if err != nil {
		return nil, err
	}
	return &answer[wire.Taken]{wire.Taken{OK: true, Cases: []wire.TakenBy{taken}}}, nil
}

// parcelEvents are the events of what a carrier says.
var parcelEvents = map[string]cases.Event{
	"signed":  {Kind: cases.EvCarrierSigned, Actor: cases.Carrier},
	"lost":    {Kind: cases.EvReportLost, Actor: cases.System},
	"refused": {Kind: cases.EvCarrierRefused, Actor: cases.Carrier},
	"trace":   {Kind: cases.EvCarrierTrace, Actor: cases.Carrier},
}

func (a *rest) parcelNews(ctx context.Context, in wire.LogisticsNews) (*answer[wire.Taken], error) {
	number := waybill.Clean(in.Waybill)
	of := []cases.ID{cases.ID(in.Case)}
	if in.Case == "" {
		var err error
		if of, err = a.Parcels.CasesOf(ctx, number); err != nil {
			return nil, err
		}
		if len(of) == 0 {
			return nil, refuse(CodeWaybillUnknown)
		}
	}
	out := wire.Taken{OK: true, Cases: []wire.TakenBy{}}
	for _, id := range of {
		ev := parcelEvents[in.Event]
		ev.Key, ev.Waybill, ev.Text = "callback:logistics:"+in.ID, number, in.Text
		taken, err := a.take(ctx, id, ev, func(c cases.Case) bool {
			switch {
			case waybill.Clean(c.Return.Waybill) != number:
				return false
			case in.Event == "signed":
				return !c.Return.SignedAt.IsZero()
			}
			return in.Event == "lost" && c.Arbitration.Ground == "parcel_lost"
		})
		// Who names a parcel cannot know which cases it still concerns; who names a case is told why it does not.
		if late := cases.CodeOf(err) == cases.CodeStateConflict && in.Case == ""; late {
			c, loadErr := a.Ledger.Store.Load(ctx, id)
			if loadErr != nil {
				return nil, loadErr
			}
			taken, err = wire.TakenBy{Case: string(id), Status: "late", State: string(c.State), Version: c.Version}, nil
		}
		if err != nil {
			return nil, err
		}
		out.Cases = append(out.Cases, taken)
	}
	return &answer[wire.Taken]{out}, nil
}

// take applies news to a case. What the case refuses although it is known already is no error.
func (a *rest) take(ctx context.Context, id cases.ID, ev cases.Event, known func(cases.Case) bool) (wire.TakenBy, error) {
	out, err := a.Ledger.Apply(ctx, id, ev)
	if code := cases.CodeOf(err); code == cases.CodeStateConflict || code == cases.CodeNotParty || code == cases.CodeAmountInvalid {
		c, loadErr := a.Ledger.Store.Load(ctx, id)
		if loadErr != nil {
			return wire.TakenBy{}, errors.Join(err, loadErr)
		}
		if !known(c) {
			return wire.TakenBy{}, err
		}
		return wire.TakenBy{Case: string(id), Status: "known", State: string(c.State), Version: c.Version}, nil
	}
	if err != nil {
		return wire.TakenBy{}, err
	}
	taken := wire.TakenBy{Case: string(id), Status: "taken", State: string(out.Case.State), Version: out.Case.Version}
	if out.Repeat {
		taken.Status = "repeated"
	}
	return taken, nil
}
