// Package orders connects to the marketplace's order and payment system.
//
// HTTP is the adapter for a real one; its contract stands at HTTP. Demo is a small shop in memory for
// trying Recourse out. Neither decides anything about a case.
package orders

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/sony/gobreaker/v2"

	"recourse/cases"
	"recourse/cases/policy"
)

// Payments issues refunds and says where they are.
type Payments interface {
	// Refund orders one. A repeat of the same key must not pay twice.
	Refund(ctx context.Context, c cases.Case, o cases.Order) error
	// Refunded is the channel's record of the refund that was ordered with a key; of one that it does not know the
	// status is RefundUnknown.
	Refunded(ctx context.Context, key string) (cases.RefundRecord, error)
}

// HTTP speaks to an order system over this contract; all bodies are JSON, money is in fen, times are RFC 3339:
//
//	GET  {base}/buyers/{buyer}/lines                  -> {"lines": [policy.Line, ...]}, newest first
//	GET  {base}/buyers/{buyer}/orders/{order}/{line}  -> policy.Line; 404 if there is none for this buyer
//	POST {base}/refunds  {key, case, order_id, line_id, buyer_id, amount_fen, method, funded_by} -> 2xx
//	GET  {base}/refunds/{key}  -> {status, method, accepted_at, arrived_at}; status is processing, arrived or failed;
//	                              404 if no refund was ordered with this key
//
// Requests carry "Authorization: Bearer <key>"; a refund also "Idempotency-Key". The result of a refund and
// news of return parcels come back to POST /api/callbacks/payment and /api/callbacks/logistics.
// Reads are tried again for a moment; a system that keeps failing is left alone for a while.
type HTTP struct {
	base    string
	key     string
	client  *http.Client
	breaker *gobreaker.CircuitBreaker[[]byte]
}

var (
	_ cases.Orders = (*HTTP)(nil)
	_ Payments     = (*HTTP)(nil)
)

const (
	callWait  = 5 * time.Second
	retryFor  = 3 * time.Second // a buyer waits for the answer
	maxAnswer = 4 << 20
)

// errNotFound is the order system's 404.
var errNotFound = errors.New("not found")

// NewHTTP makes the adapter for a base URL.
func NewHTTP(base, key string) *HTTP {
	return &HTTP{
		base: strings.TrimRight(base, "/"), key: key, client: &http.Client{Timeout: callWait},
		breaker: gobreaker.NewCircuitBreaker[[]byte](gobreaker.Settings{
			Name: "orders", Timeout: 10 * time.Second,
			ReadyToTrip:  func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= 5 },
			IsSuccessful: func(err error) bool { return err == nil || errors.Is(err, errNotFound) },
		}),
	}
}

// Lines returns the buyer's order lines.
func (h *HTTP) Lines(ctx context.Context, buyer string) ([]policy.Line, error) {
	raw, err := h.get(ctx, "/buyers/"+url.PathEscape(buyer)+"/lines")
	if errors.Is(err, errNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list order lines: %w", err)
	}
	var out struct {
		Lines []policy.Line `json:"lines"`
	}
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil, fmt.Errorf("list order lines: decode: %w", err)
	}
	for i := range out.Lines {
		if out.Lines[i].BuyerID != buyer {
			return nil, fmt.Errorf("list order lines: line %d belongs to another buyer", i)
		}
	}
	return out.Lines, nil
}

// Line returns one line of the buyer.
func (h *HTTP) Line(ctx context.Context, buyer, order, line string) (policy.Line, error) {
	raw, err := h.get(ctx, "/buyers/"+url.PathEscape(buyer)+"/orders/"+url.PathEscape(order)+"/"+url.PathEscape(line))
	if errors.Is(err, errNotFound) {
		return policy.Line{}, cases.ErrNoLine
	}
	var out policy.Line
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	if err != nil {
		return policy.Line{}, fmt.Errorf("read order line: %w", err)
	}
	if out.BuyerID != buyer {
		return policy.Line{}, cases.ErrNoLine
	}
	return out, nil
}

func (h *HTTP) get(ctx context.Context, path string) ([]byte, error) {
	return backoff.Retry(ctx, func() ([]byte, error) {
		raw, err := h.call(ctx, http.MethodGet, path, nil, "")
		if errors.Is(err, errNotFound) || errors.Is(err, gobreaker.ErrOpenState) {
			return nil, backoff.Permanent(err)
		}
		return raw, err
	}, backoff.WithMaxElapsedTime(retryFor))
}

// Refund orders a refund. The outbox tries again until it is taken.
func (h *HTTP) Refund(ctx context.Context, c cases.Case, o cases.Order) error {
	body, err := json.Marshal(map[string]any{
		"key": o.Key, "case": c.ID, "order_id": c.Line.OrderID, "line_id": c.Line.LineID, "buyer_id": c.Buyer,
		"amount_fen": o.AmountFen, "method": o.Method, "funded_by": o.FundedBy,
	})
	if err == nil {
		_, err = h.call(ctx, http.MethodPost, "/refunds", body, o.Key)
	}
	if err != nil {
		return fmt.Errorf("order refund %s: %w", o.Key, err)
	}
	return nil
}

// Refunded reads the record of a refund.
func (h *HTTP) Refunded(ctx context.Context, key string) (cases.RefundRecord, error) {
	raw, err := h.get(ctx, "/refunds/"+url.PathEscape(key))
	if errors.Is(err, errNotFound) {
		return cases.RefundRecord{Status: cases.RefundUnknown}, nil
	}
	var out cases.RefundRecord
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	if err != nil {
		return cases.RefundRecord{}, fmt.Errorf("read refund %s: %w", key, err)
	}
	switch out.Status {
	case cases.RefundProcessing, cases.RefundArrived, cases.RefundRefused:
		return out, nil
	}
	return cases.RefundRecord{}, fmt.Errorf("read refund %s: status %q", key, out.Status)
}

func (h *HTTP) call(ctx context.Context, method, path string, body []byte, idempotency string) ([]byte, error) {
	return h.breaker.Execute(func() ([]byte, error) {
		req, err := http.NewRequestWithContext(ctx, method, h.base+path, bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		req.Header.Set("Authorization", "Bearer "+h.key)
		req.Header.Set("Accept", "application/json")
		if body != nil {
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("Idempotency-Key", idempotency)
		}
		res, err := h.client.Do(req)
		if err != nil {
			return nil, err
		}
		defer res.Body.Close()
		raw, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
		switch {
		case res.StatusCode == http.StatusNotFound:
			return nil, errNotFound
		case res.StatusCode/100 != 2:
			return nil, fmt.Errorf("order system answered %d", res.StatusCode)
		}
		return raw, err
	})
}
