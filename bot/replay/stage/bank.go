package stage

import (
	"context"
	"errors"
	"slices"
	"time"

	"recourse/cases"
)

// Accepts is how long after the order a refund is accepted, Credits how long after that it is on the account.
const (
	Accepts = 6 * time.Hour
	Credits = 24 * time.Hour
)

// bank is the payment channel: it accepts what it is ordered to pay after some hours, unless the fixture says that
// steps do that.
type bank struct {
	s     *seat
	auto  bool
	due   []payment
	known map[string]cases.RefundRecord // by the order's key
}

type payment struct {
	at     time.Time
	key    string
	of     cases.ID
	amount int64
	method string
}

// take takes an order; the same one twice is one.
func (b *bank) take(_ context.Context, id cases.ID, o cases.Order) error {
	if _, there := b.known[o.Key]; there {
		return nil
	}
	if b.known == nil {
		b.known = map[string]cases.RefundRecord{}
	}
	b.known[o.Key] = cases.RefundRecord{Status: cases.RefundProcessing, Method: o.Method}
	if b.auto {
		b.due = append(b.due, payment{b.s.At.Add(Accepts), o.Key, id, o.AmountFen, o.Method})
	}
	return nil
}

// next is when the next payment comes due, up to an instant.
func (b *bank) next(to time.Time) (at time.Time, found bool) {
	for _, p := range b.due {
		if !p.at.After(to) && (!found || p.at.Before(at)) {
			at, found = p.at, true
		}
	}
	return at, found
}

// pay pays what has come due.
func (b *bank) pay(ctx context.Context) error {
	list := b.due
	b.due = nil
	for _, p := range list {
		if p.at.After(b.s.At) {
			b.due = append(b.due, p)
			continue
		}
		_, err := b.s.as.Ledger.Apply(ctx, p.of, cases.Event{
			Key: "payment:" + p.key, Kind: cases.EvPaymentSucceeded, Actor: cases.PaymentCh, AmountFen: p.amount, Method: p.method,
		})
		if err != nil && !errors.As(err, new(*cases.Error)) {
			return err
		}
		b.known[p.key] = cases.RefundRecord{Status: cases.RefundProcessing, Method: p.method, AcceptedAt: b.s.At.UTC()}
	}
	b.due = slices.Clip(b.due)
	return nil
}

// refunded is what the bank knows of a refund.
func (b *bank) refunded(_ context.Context, key string) (cases.RefundRecord, error) {
	r, ok := b.known[key]
	if !ok {
		return cases.RefundRecord{Status: cases.RefundUnknown}, nil
	}
	if at := r.AcceptedAt.Add(Credits); !r.AcceptedAt.IsZero() && !b.s.At.Before(at) {
		r.Status, r.ArrivedAt = cases.RefundArrived, at
	}
	return r, nil
}
