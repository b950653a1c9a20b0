package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	oracle "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"recourse/web/wire"
)

// hook is one webhook as a merchant's system got it.
type hook struct {
	ID, Type string
	Data     wire.CaseEvent
}

// shopSystem is a merchant's system: an HTTP server that verifies, and keeps what it took.
type shopSystem struct {
	*httptest.Server
	t      *testing.T
	secret string

	mu    sync.Mutex
	fault func(hook) int // guarded by mu; what it answers instead of taking it, 0: takes it
	asked []hook         // guarded by mu
	took  []hook         // guarded by mu
}

func newShopSystem(t *testing.T) *shopSystem {
	t.Helper()
	s := &shopSystem{t: t}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

// register makes an endpoint of the demo's electronics shop lead here.
func (s *shopSystem) register(w *world, events ...string) wire.WebhookEndpoint {
	s.t.Helper()
	status, raw := w.call("POST", "/api/merchant/webhooks", shopKey, nil, wire.NewWebhookEndpoint{URL: s.URL, Events: events})
	var made wire.WebhookEndpointWithSecret
	if err := json.Unmarshal(raw, &made); err != nil || status != http.StatusCreated || made.Secret == "" {
		s.t.Fatalf("make an endpoint: %d %s", status, raw)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.secret = made.Secret
	return made.WebhookEndpoint
}

func (s *shopSystem) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return // the sender died
	}
	s.mu.Lock()
	secret, fault := s.secret, s.fault
	s.mu.Unlock()
	wh, err := oracle.NewWebhook(secret)
	if err == nil {
		err = wh.Verify(raw, r.Header)
	}
	var h hook
	if err == nil {
		err = json.Unmarshal(raw, &h)
	}
	if err != nil {
		s.t.Errorf("message %s: %v: %s", r.Header.Get("webhook-id"), err, raw)
	}
	h.ID = r.Header.Get("webhook-id")
	s.mu.Lock()
	s.asked = append(s.asked, h)
	s.mu.Unlock()
	if fault != nil {
		if status := fault(h); status != 0 {
			w.WriteHeader(status)
			return
		}
	}
	s.mu.Lock()
	s.took = append(s.took, h)
	s.mu.Unlock()
}

func (s *shopSystem) failing(f func(hook) int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = f
}

func (s *shopSystem) taken() []hook {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.took)
}

func (s *shopSystem) requests() []hook {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

// distinct drops repeats by id, as receivers must; the order of the first arrivals stays.
func distinct(list []hook) []hook {
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(list), func(h hook) bool {
		was := seen[h.ID]
		seen[h.ID] = true
		return was
	})
}

// hasType says whether the merchant was told something.
func (s *shopSystem) hasType(name string) bool {
	return slices.ContainsFunc(s.taken(), func(h hook) bool { return h.Type == name })
}

// checkHooks holds what a merchant was told of the band's case to the case: nothing lost, nothing out of order.
func (b *band) checkHooks(list []hook) {
	t := b.w.t
	t.Helper()
	list = distinct(list)
	version := 0
	keys := []string{}
	for i, h := range list {
		d := h.Data
		if d.Case != b.id || d.Seq != int64(i)+1 {
			t.Errorf("message %d has seq %d of case %s", i+1, d.Seq, d.Case)
		}
		if h.Type == "case.changed" {
			if version != 0 && d.Version != version+1 {
				t.Errorf("version %d came after %d", d.Version, version)
			}
			version = d.Version
			continue
		}
		if h.Type == "case.reminder" {
			if d.Timer == "" || d.Until.IsZero() || d.Version != version {
				t.Errorf("reminder %+v", d)
			}
			continue
		}
		keys = append(keys, d.Key)
		if d.Version != version {
			t.Errorf("%s speaks of version %d and came after %d", h.Type, d.Version, version)
		}
		if h.Type != "case."+d.Key || d.Rule == "" || d.Now.Version < d.Version || d.Links.Case != "/api/merchant/cases/"+b.id {
			t.Errorf("message %+v", h)
		}
	}
	if want := []string{"submitted", "escalated", "platform_claimed", "evidence_shown", "ruled_refund", "platform_paid", "refunded"}; !slices.Equal(keys, want) {
		t.Errorf("the merchant was told %v, want %v", keys, want)
	}
	_, raw := b.w.call("GET", "/api/merchant/cases/"+b.id, shopKey, nil, nil)
	if v := view(t, raw); v.Version != version || v.State != "refunded" {
		t.Errorf("told up to version %d, the case is at %d (%s)", version, v.Version, v.State)
	}
}
