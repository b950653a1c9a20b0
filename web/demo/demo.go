// Package demo is the stand-in for everything around Recourse when it is tried out: a shop that signs
// buyers' tokens, a clock that can be pushed, a carrier, and a bank that pays after some hours.
//
// It is mounted only with --demo. It goes through the same doors as the real ones would — signed tokens,
// shop keys, ledger events of carrier and payment — and does not know how anything behind them works.
package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/cases"
	"recourse/cases/orders"
	"recourse/cases/policy"
	"recourse/dialog"
	"recourse/web"
)

// Agent is a demo account with its password, which is printed and shown: it is worth nothing elsewhere.
type Agent struct {
	web.Agent
	Password string `json:"password"`
}

// Agents of the demo desk. The lab gives the first three their parts in suites.
var Agents = []Agent{
	{web.Agent{Login: "agent", Name: "小周", Role: "agent"}, "recourse-demo"},
	{web.Agent{Login: "senior", Name: "老陈", Role: "senior"}, "recourse-demo"},
	{web.Agent{Login: "lead", Name: "王主管", Role: "supervisor"}, "recourse-demo"},
	{web.Agent{Login: "admin", Name: "林管理员", Role: "admin"}, "recourse-demo"},
}

// ShopKey is the API key of a demo shop.
func ShopKey(shop string) string { return "rk_demo_" + shop }

// Clock can be pushed.
type Clock interface {
	Now() time.Time
	Speed() float64
	Advance(ctx context.Context, d time.Duration) (time.Time, error)
}

// Handler serves /demo/api/ and /demo/img/.
type Handler struct {
	Orders *orders.Demo
	Clock  Clock
	Ledger *cases.Ledger
	Secret []byte // signs buyers' tokens, as the shop would
	Wall   func() time.Time
	Order  func(l policy.Line, locale dialog.Locale) dialog.OrderItem
	Refuse func(w http.ResponseWriter, r *http.Request, err error)
	Inbox  *Inbox
	// Moved is called after the clock was pushed, to fire what has come due.
	Moved func(ctx context.Context)
}

type shopView struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Key  string `json:"key,omitempty"`
}

type clockView struct {
	Now   time.Time `json:"now"`
	Speed float64   `json:"speed"`
}

// Mux is the handler's routes.
func (h *Handler) Mux() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /demo/api/shop", h.shop)
	mux.HandleFunc("GET /demo/api/orders", h.orders)
	mux.HandleFunc("POST /demo/api/token", h.token)
	mux.HandleFunc("GET /demo/api/clock", func(w http.ResponseWriter, _ *http.Request) { h.answer(w, h.clock()) })
	mux.HandleFunc("POST /demo/api/clock", h.advance)
	mux.HandleFunc("POST /demo/api/logistics", h.logistics)
	mux.HandleFunc("GET /demo/img/{file}", h.picture)
	mux.HandleFunc("POST /demo/api/webhooks/{shop}", func(w http.ResponseWriter, r *http.Request) {
		if err := h.Inbox.receive(w, r); err != nil {
			h.Refuse(w, r, err)
		}
	})
	mux.HandleFunc("GET /demo/api/webhooks", func(w http.ResponseWriter, r *http.Request) {
		list, err := h.Inbox.list(r.Context(), r.URL.Query().Get("shop"))
		if err != nil {
			h.Refuse(w, r, err)
			return
		}
		h.answer(w, map[string]any{"received": list})
	})
	return mux
}

func (h *Handler) answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(v) // the page has gone; there is nobody to tell
}

func (h *Handler) clock() clockView {
	return clockView{Now: h.Clock.Now().UTC(), Speed: h.Clock.Speed()}
}

func (h *Handler) shop(w http.ResponseWriter, _ *http.Request) {
	out := struct {
		Buyers []shopView `json:"buyers"`
		Shops  []shopView `json:"shops"`
		Agents []Agent    `json:"agents"`
		clockView
	}{Agents: Agents, clockView: h.clock()}
	for _, b := range h.Orders.Buyers {
		out.Buyers = append(out.Buyers, shopView{ID: b.ID, Name: b.Name})
	}
	for _, s := range h.Orders.Shops {
		out.Shops = append(out.Shops, shopView{ID: s.ID, Name: s.Name, Key: ShopKey(s.ID)})
	}
	h.answer(w, out)
}

func (h *Handler) orders(w http.ResponseWriter, r *http.Request) {
	lines, err := h.Orders.Lines(r.Context(), r.URL.Query().Get("buyer"))
	if err != nil {
		h.Refuse(w, r, err)
		return
	}
	out := struct {
		Orders []dialog.OrderItem `json:"orders"`
	}{Orders: []dialog.OrderItem{}}
	for _, l := range lines {
		out.Orders = append(out.Orders, h.Order(l, dialog.ParseLocale(r.Header.Get("Accept-Language"))))
	}
	h.answer(w, out)
}

// tokenLife is short, as a shop's tokens are: the session takes over.
const tokenLife = 5 * time.Minute

func (h *Handler) token(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Buyer string `json:"buyer"`
	}
	if !h.read(w, r, &in) {
		return
	}
	for _, b := range h.Orders.Buyers {
		if b.ID != in.Buyer {
			continue
		}
		token, err := web.Issue(h.Secret, b.ID, tokenLife, h.Wall())
		if err != nil {
			h.Refuse(w, r, err)
			return
		}
		h.answer(w, map[string]string{"token": token})
		return
	}
	h.Refuse(w, r, web.ErrNoAccess)
}

func (h *Handler) read(w http.ResponseWriter, r *http.Request, v any) bool {
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4096)).Decode(v); err != nil {
		h.Refuse(w, r, web.ErrBadRequest)
		return false
	}
	return true
}

func (h *Handler) advance(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Advance string `json:"advance"`
	}
	if !h.read(w, r, &in) {
		return
	}
	d, err := time.ParseDuration(in.Advance)
	if err != nil || d < 0 || d > 60*24*time.Hour {
		h.Refuse(w, r, web.ErrBadRequest)
		return
	}
	if _, err := h.Clock.Advance(r.Context(), d); err != nil {
		h.Refuse(w, r, err)
		return
	}
	h.Moved(r.Context())
	h.answer(w, h.clock())
}

// logistics lets the carrier deliver a return.
func (h *Handler) logistics(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Case  cases.ID        `json:"case"`
		Event cases.EventKind `json:"event"`
	}
	if !h.read(w, r, &in) {
		return
	}
	if in.Event != cases.EvCarrierSigned {
		h.Refuse(w, r, web.ErrBadRequest)
		return
	}
	c, err := h.Ledger.Store.Load(r.Context(), in.Case)
	if err == nil {
		_, err = h.Ledger.Apply(r.Context(), in.Case, cases.Event{
			Key: "carrier:" + c.Return.Waybill, Kind: in.Event, Actor: cases.Carrier, Waybill: c.Return.Waybill,
		})
	}
	if err != nil {
		h.Refuse(w, r, err)
		return
	}
	h.answer(w, map[string]bool{"ok": true})
}

// picture draws a plain picture of an order's item; the demo ships no photographs.
func (h *Handler) picture(w http.ResponseWriter, r *http.Request) {
	order, ok := strings.CutSuffix(r.PathValue("file"), ".svg")
	title := h.Orders.Title(order)
	if !ok || title == "" {
		h.Refuse(w, r, cases.ErrNoLine)
		return
	}
	hue := 0
	for _, c := range order {
		hue = (hue*31 + int(c)) % 360
	}
	first := html.EscapeString(string([]rune(title)[:1]))
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Cache-Control", "max-age=3600")
	_, _ = fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96"><rect width="96" height="96" fill="hsl(%d 45%% 88%%)"/>`+
		`<rect x="20" y="20" width="56" height="56" rx="14" fill="hsl(%d 40%% 62%%)"/>`+
		`<text x="48" y="60" font-size="34" text-anchor="middle" fill="#fff" font-family="sans-serif">%s</text></svg>`, hue, hue, first)
}

// Bank is the demo's payment channel: what is ordered is accepted after some hours of the marketplace's clock, and is
// on the account another Credit later.
// Orders are kept in the store, so a restart loses none.
type Bank struct {
	RDB    redis.UniversalClient
	Ledger *cases.Ledger
	Now    func() time.Time
	After  time.Duration
	Credit time.Duration
}

var _ orders.Payments = (*Bank)(nil)

const (
	bankKey    = "recourse:demo:bank"    // ZSET of payments as JSON, by when they are accepted
	recordsKey = "recourse:demo:refunds" // HASH of cases.RefundRecord as JSON, by the key of the order
)

type payment struct {
	Case      cases.ID `json:"case"`
	Key       string   `json:"key"`
	AmountFen int64    `json:"amount_fen"`
	Method    string   `json:"method"`
}

// Refund takes an order; the same one twice is one.
func (b *Bank) Refund(ctx context.Context, c cases.Case, o cases.Order) error {
	raw, err := json.Marshal(payment{c.ID, o.Key, o.AmountFen, o.Method})
	if err == nil {
		err = b.RDB.ZAddNX(ctx, bankKey, redis.Z{Score: float64(c.Refund.IssuedAt.Add(b.After).UnixMilli()), Member: raw}).Err()
	}
	if err != nil {
		return fmt.Errorf("take payment %s: %w", o.Key, err)
	}
	return b.note(ctx, o.Key, cases.RefundRecord{Status: cases.RefundProcessing, Method: o.Method})
}

// note keeps what is known of a refund. That it was accepted is not forgotten when it is ordered again.
func (b *Bank) note(ctx context.Context, key string, r cases.RefundRecord) error {
	raw, err := json.Marshal(r)
	switch {
	case err != nil:
	case r.AcceptedAt.IsZero():
		err = b.RDB.HSetNX(ctx, recordsKey, key, raw).Err()
	default:
		err = b.RDB.HSet(ctx, recordsKey, key, raw).Err()
	}
	if err != nil {
		return fmt.Errorf("note refund %s: %w", key, err)
	}
	return nil
}

// Refunded is what the bank knows of a refund.
func (b *Bank) Refunded(ctx context.Context, key string) (cases.RefundRecord, error) {
	raw, err := b.RDB.HGet(ctx, recordsKey, key).Bytes()
	if errors.Is(err, redis.Nil) {
		return cases.RefundRecord{Status: cases.RefundUnknown}, nil
	}
	var r cases.RefundRecord
	if err == nil {
		err = json.Unmarshal(raw, &r)
	}
	if err != nil {
		return r, fmt.Errorf("read refund %s: %w", key, err)
	}
	if at := r.AcceptedAt.Add(b.Credit); !r.AcceptedAt.IsZero() && !b.Now().Before(at) {
		r.Status, r.ArrivedAt = cases.RefundArrived, at
	}
	return r, nil
}

// Next is when the next payment of a case comes due, up to an instant.
func (b *Bank) Next(ctx context.Context, id cases.ID, to time.Time) (at time.Time, found bool, err error) {
	due, err := b.RDB.ZRangeArgsWithScores(ctx, redis.ZRangeArgs{
		Key: bankKey, ByScore: true, Start: "-inf", Stop: fmt.Sprint(to.UnixMilli()),
	}).Result()
	if err != nil {
		return at, false, fmt.Errorf("read due payments: %w", err)
	}
	for _, z := range due {
		raw, _ := z.Member.(string)
		var p payment
		if err := json.Unmarshal([]byte(raw), &p); err != nil {
			return at, false, fmt.Errorf("decode a payment: %w", err)
		}
		if p.Case == id {
			return time.UnixMilli(int64(z.Score)), true, nil
		}
	}
	return at, false, nil
}

// RunOnce pays what has come due.
func (b *Bank) RunOnce(ctx context.Context) error {
	due, err := b.RDB.ZRangeArgs(ctx, redis.ZRangeArgs{
		Key: bankKey, ByScore: true, Start: "-inf", Stop: fmt.Sprint(b.Now().UnixMilli()), Count: 100,
	}).Result()
	if err != nil {
		return fmt.Errorf("read due payments: %w", err)
	}
	for _, raw := range due {
		var p payment
		if err := json.Unmarshal([]byte(raw), &p); err != nil {
			return fmt.Errorf("decode a payment: %w", err)
		}
		_, err := b.Ledger.Apply(ctx, p.Case, cases.Event{
			Key: "payment:" + p.Key, Kind: cases.EvPaymentSucceeded, Actor: cases.PaymentCh, AmountFen: p.AmountFen, Method: p.Method,
		})
		switch {
		case errors.As(err, new(*cases.Error)): // the case heard of it by another way, and knows when
		case err != nil:
			return err
		default:
			record := cases.RefundRecord{Status: cases.RefundProcessing, Method: p.Method, AcceptedAt: b.Now().UTC()}
			if err := b.note(ctx, p.Key, record); err != nil {
				return err
			}
		}
		if err := b.RDB.ZRem(ctx, bankKey, raw).Err(); err != nil {
			return fmt.Errorf("note a payment: %w", err)
		}
	}
	return nil
}
