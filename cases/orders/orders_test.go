package orders_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recourse/cases"
	"recourse/cases/orders"
	"recourse/cases/policy"
)

// system is an order system over HTTP whose answers a test decides.
func system(t *testing.T, serve http.HandlerFunc) (context.Context, *orders.HTTP) {
	t.Helper()
	srv := httptest.NewServer(serve)
	t.Cleanup(srv.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx, orders.NewHTTP(srv.URL+"/", "secret key")
}

var line = policy.Line{OrderID: "o 1", LineID: "2", BuyerID: "b/1", ShopID: "s1", Title: "手环", PaidGoodsFen: 19900, Status: policy.Signed, SignedAt: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)}

func TestLinesAreReadOverTheDocumentedContract(t *testing.T) {
	ctx, sys := system(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Authorization"); got != "Bearer secret key" {
			t.Errorf("authorization %q", got)
		}
		switch r.URL.EscapedPath() {
		case "/buyers/b%2F1/lines":
			_ = json.NewEncoder(w).Encode(map[string]any{"lines": []policy.Line{line}})
		case "/buyers/b%2F1/orders/o%201/2":
			_ = json.NewEncoder(w).Encode(line)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	})
	got, err := sys.Lines(ctx, "b/1")
	if err != nil || cmp.Diff([]policy.Line{line}, got) != "" {
		t.Errorf("lines %+v, %v", got, err)
	}
	one, err := sys.Line(ctx, "b/1", "o 1", "2")
	if err != nil || cmp.Diff(line, one) != "" {
		t.Errorf("line %+v, %v", one, err)
	}
	if _, err := sys.Line(ctx, "b/1", "other", "2"); !errors.Is(err, cases.ErrNoLine) {
		t.Errorf("a line that is not there: %v", err)
	}
	if got, err := sys.Lines(ctx, "nobody"); err != nil || len(got) != 0 {
		t.Errorf("a buyer that is not there: %v, %v", got, err)
	}
}

func TestALineOfAnotherBuyerIsNeverHandedOn(t *testing.T) {
	ctx, sys := system(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/buyers/b2/lines" {
			_ = json.NewEncoder(w).Encode(map[string]any{"lines": []policy.Line{line}})
			return
		}
		_ = json.NewEncoder(w).Encode(line)
	})
	if got, err := sys.Lines(ctx, "b2"); err == nil {
		t.Errorf("lines of another buyer: %+v", got)
	}
	if _, err := sys.Line(ctx, "b2", "o 1", "2"); !errors.Is(err, cases.ErrNoLine) {
		t.Errorf("a line of another buyer: %v", err)
	}
}

func TestAPassingFaultIsTriedAgainAndALastingOneLeftAlone(t *testing.T) {
	var calls atomic.Int32
	broken := atomic.Bool{}
	ctx, sys := system(t, func(w http.ResponseWriter, _ *http.Request) {
		if calls.Add(1) == 1 || broken.Load() {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"lines": []policy.Line{}})
	})
	if _, err := sys.Lines(ctx, "b1"); err != nil || calls.Load() != 2 {
		t.Errorf("a passing fault: %v after %d calls", err, calls.Load())
	}
	broken.Store(true)
	for range 3 {
		if _, err := sys.Lines(ctx, "b1"); err == nil {
			t.Error("a broken system gave an answer")
		}
	}
	before := calls.Load()
	if _, err := sys.Lines(ctx, "b1"); err == nil || calls.Load() != before {
		t.Errorf("a system that keeps failing was asked again (%d calls, then %d): %v", before, calls.Load(), err)
	}
}

func TestARefundIsOrderedWithItsKey(t *testing.T) {
	var got map[string]any
	ctx, sys := system(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.URL.Path != "/refunds" || r.Header.Get("Idempotency-Key") != "c_1/refund/9" {
			t.Errorf("%s %s, key %q", r.Method, r.URL.Path, r.Header.Get("Idempotency-Key"))
		}
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		w.WriteHeader(http.StatusAccepted)
	})
	err := sys.Refund(ctx, cases.Case{ID: "c_1", Buyer: "b1", Line: line}, cases.Order{Kind: "refund", Key: "c_1/refund/9", AmountFen: 19900, Method: "original_route", FundedBy: "merchant"})
	if err != nil || got["amount_fen"] != 19900.0 || got["order_id"] != "o 1" || got["buyer_id"] != "b1" {
		t.Errorf("%v, %v", got, err)
	}
}

func TestTheDemoShopHasItsStories(t *testing.T) {
	now := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	shop := orders.NewDemo(now)
	lines, err := shop.Lines(t.Context(), "demo-xiaoli")
	if err != nil || len(lines) != 10 {
		t.Fatalf("%d orders, %v, want ten", len(lines), err)
	}
	states := map[policy.Status]int{}
	for _, l := range lines {
		states[l.Status]++
		if l.ReturnAddress == "" || l.ShopName == "" || l.PaidGoodsFen <= 0 {
			t.Errorf("order %+v", l)
		}
		one, err := shop.Line(t.Context(), l.BuyerID, l.OrderID, l.LineID)
		if err != nil || cmp.Diff(l, one) != "" {
			t.Errorf("order %s: %v", l.OrderID, err)
		}
		if _, err := shop.Line(t.Context(), "demo-anna", l.OrderID, l.LineID); !errors.Is(err, cases.ErrNoLine) {
			t.Errorf("order %s is another buyer's too: %v", l.OrderID, err)
		}
	}
	if states[policy.PaidUnshipped] == 0 || states[policy.Shipped] < 2 || states[policy.Signed] < 5 {
		t.Errorf("states %v", states)
	}
	want := map[string]policy.Code{ // order → verdict of its story
		"6920251100010001 quality_defect":   policy.NeedEvidence,
		"6920251100010002 no_reason_7d":     policy.NoWindowPassed,
		"6920251100010003 no_reason_7d":     policy.NeedInfo,
		"6920251100010004 unshipped_cancel": policy.OKUnshipped,
		"6920251100010005 not_received":     policy.NotYet,
		"6920251100010006 not_received":     policy.OKLogistics,
		"6920251100010007 no_reason_7d":     policy.NoCategoryStatutory,
		"6920251100010008 no_reason_7d":     policy.NoCategoryStatutory,
		"6920251100010009 quality_defect":   policy.HumanAfterValidity,
		"6920251100010010 no_reason_7d":     policy.NoCategoryConfirmed,
	}
	for key, code := range want {
		order, reason := key[:16], policy.ReasonID(key[17:])
		l, err := shop.Line(t.Context(), "demo-xiaoli", order, "1")
		if err != nil {
			t.Fatal(err)
		}
		v := policy.Default().Evaluate(policy.Facts{Buyer: "demo-xiaoli", Line: l, Reason: reason}, now)
		if v.Code != code {
			t.Errorf("%s: %s, want %s", key, v.Code, code)
		}
	}
}

func TestARefundIsAskedForByItsKey(t *testing.T) {
	answer, status := "", http.StatusOK
	ctx, sys := system(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.URL.EscapedPath() != "/refunds/c_1%2Frefund%2F9" {
			t.Errorf("%s %s", r.Method, r.URL.EscapedPath())
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(answer))
	})
	taken := time.Date(2026, 11, 20, 7, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		answer string
		status int
		want   cases.RefundRecord
		fails  bool
	}{
		{
			`{"status":"arrived","method":"wechat_card","accepted_at":"2026-11-20T15:00:00+08:00","arrived_at":"2026-11-21T07:00:00Z"}`, http.StatusOK,
			cases.RefundRecord{Status: cases.RefundArrived, Method: "wechat_card", AcceptedAt: taken, ArrivedAt: taken.AddDate(0, 0, 1)},
			false,
		},
		{`{"status":"processing"}`, http.StatusOK, cases.RefundRecord{Status: cases.RefundProcessing}, false},
		{`{"status":"failed"}`, http.StatusOK, cases.RefundRecord{Status: cases.RefundRefused}, false},
		{"", http.StatusNotFound, cases.RefundRecord{Status: cases.RefundUnknown}, false},
		{`{"status":"perhaps"}`, http.StatusOK, cases.RefundRecord{}, true},
		{`<html>`, http.StatusOK, cases.RefundRecord{}, true},
	} {
		answer, status = tt.answer, tt.status
		got, err := sys.Refunded(ctx, "c_1/refund/9")
		same := got.Status == tt.want.Status && got.Method == tt.want.Method && got.AcceptedAt.Equal(tt.want.AcceptedAt) && got.ArrivedAt.Equal(tt.want.ArrivedAt)
		if !same || (err != nil) != tt.fails {
			t.Errorf("%d %s: %+v, %v", tt.status, tt.answer, got, err)
		}
	}
}
