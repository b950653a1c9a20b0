package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"recourse/internal/redistest"
	"recourse/web/wire"
)

func TestAMerchantIsToldTheWholeStoryByWebhooks(t *testing.T) {
	t.Parallel()
	b := newBand(newWorld(t), "zh-CN")
	shop := newShopSystem(t)
	ep := shop.register(b.w, "case.*", "case.changed")
	// A second endpoint with a filter, and one of another shop, which hears nothing of it.
	some := newShopSystem(t)
	some.register(b.w, "case.ruled_*")
	status, raw := b.w.call("POST", "/api/merchant/webhooks", "rk_demo_shop-yichu", nil, wire.NewWebhookEndpoint{URL: some.URL})
	if status != http.StatusCreated {
		t.Fatalf("the other shop's endpoint: %d %s", status, raw)
	}
	for _, s := range bandStory[:6] {
		s.do(b)
	}
	// What a message says of now is of when it is sent: the shop answers only when it was told.
	until(t, "the application", func() bool { return shop.hasType("case.submitted") })
	for _, s := range bandStory[6:] {
		s.do(b)
	}
	until(t, "the last message", func() bool { return shop.hasType("case.refunded") })
	b.checkHooks(shop.taken())
	if first := shop.taken()[1]; first.Type != "case.submitted" || !first.Data.Now.WaitingOnYou || !slices.Contains(first.Data.Now.Allowed, "reject") ||
		first.Data.Now.AmountFen != 19900 || first.Data.Now.Deadlines["merchant_hard"].IsZero() || first.Data.Actor != "buyer" {
		t.Errorf("the application was told as %+v", first)
	}
	if list := some.taken(); len(list) != 1 || list[0].Type != "case.ruled_refund" {
		t.Errorf("the endpoint with a filter was sent %+v", list)
	}
	// The log of deliveries.
	_, raw = b.w.call("GET", "/api/merchant/webhooks/"+ep.ID+"/deliveries", shopKey, nil, nil)
	var log wire.WebhookDeliveryList
	if err := json.Unmarshal(raw, &log); err != nil || len(log.Deliveries) != len(shop.taken()) {
		t.Fatalf("log %s", raw)
	}
	for _, d := range log.Deliveries {
		if d.State != "delivered" || len(d.Attempts) != 1 || d.Attempts[0].Status != 200 {
			t.Errorf("delivery %+v", d)
		}
	}
	_, raw = b.w.call("GET", "/api/merchant/webhooks/"+ep.ID+"/deliveries/"+log.Deliveries[0].ID, shopKey, nil, nil)
	var one wire.WebhookDelivery
	if err := json.Unmarshal(raw, &one); err != nil || !bytes.Contains(one.Payload, []byte(`"seq":`)) {
		t.Errorf("delivery %s", raw)
	}
}

// killed gives every step of the story a kill -9 while a webhook is on its way.
func TestKilledAnywhereNoWebhookIsLostOrOutOfOrder(t *testing.T) {
	for store, args := range stores {
		t.Run(store+" before anything could be sent", func(t *testing.T) {
			t.Parallel()
			b := newBand(newWorld(t, args(t)...), "zh-CN")
			shop := newShopSystem(t)
			shop.register(b.w, "case.*", "case.changed")
			// Whatever is recorded while the receiver refuses is still there after the kill.
			shop.failing(func(hook) int { return http.StatusServiceUnavailable })
			for i, s := range bandStory {
				s.do(b)
				if i%4 == 3 {
					b.w.crash()
				}
			}
			shop.failing(nil)
			b.w.crash()
			until(t, "the last message", func() bool { return shop.hasType("case.refunded") })
			b.checkHooks(shop.taken())
		})
		t.Run(store+" in the middle of attempts", func(t *testing.T) {
			t.Parallel()
			b := newBand(newWorld(t, args(t)...), "en")
			shop := newShopSystem(t)
			ep := shop.register(b.w, "case.*", "case.changed")
			for _, s := range bandStory[:5] {
				s.do(b)
			}
			// The receiver has read the first message and not yet answered when the server dies: it has it and
			// the server does not know.
			hold := make(chan struct{})
			shop.failing(func(hook) int { <-hold; return 0 })
			bandStory[5].do(b)
			until(t, "the attempt", func() bool { return len(shop.requests()) == 1 })
			b.w.crash()
			shop.failing(nil)
			close(hold)
			for _, s := range bandStory[6:] {
				s.do(b)
			}
			until(t, "the last message", func() bool { return shop.hasType("case.refunded") })
			if list := shop.taken(); list[0].ID != list[1].ID {
				t.Errorf("the message under way was not sent again first: %s, then %s", list[0].ID, list[1].ID)
			}
			b.checkHooks(shop.taken())
			_, raw := b.w.call("GET", "/api/merchant/webhooks/"+ep.ID, shopKey, nil, nil)
			var now wire.WebhookEndpoint
			if err := json.Unmarshal(raw, &now); err != nil || now.DeadLetters != 0 || !now.FailingSince.IsZero() {
				t.Errorf("endpoint %s", raw)
			}
		})
	}
}

// Two nodes relay and send at the same time.
func TestTwoNodesTellAMerchantOnce(t *testing.T) {
	t.Parallel()
	store := redistest.Server(t).URL()
	first := newWorld(t, "--redis", store)
	second := newWorld(t, "--redis", store)
	b := newBand(first, "zh-CN")
	shop := newShopSystem(t)
	shop.register(second, "case.*", "case.changed")
	for _, s := range bandStory {
		s.do(b)
		if s.name == "the merchant lets the time pass" {
			second.advance("48h")
		}
	}
	until(t, "the last message", func() bool { return shop.hasType("case.refunded") })
	b.checkHooks(shop.taken())
	if list := shop.taken(); len(distinct(list)) != len(list) {
		t.Errorf("%d messages, %d of them different, though nobody died", len(list), len(distinct(list)))
	}
}

func TestWhatTheAPIOfWebhooksRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	shop := newShopSystem(t)
	ep := shop.register(w)
	path := "/api/merchant/webhooks/" + ep.ID
	none := "/api/merchant/webhooks/we_000_AAAAAAAAAAAAAAAAAAAAAAAAAA"
	for _, c := range []struct {
		method, path, key string
		body              any
		status            int
		code              string
	}{
		{"POST", "/api/merchant/webhooks", shopKey, map[string]any{"url": "http://shop.example/"}, 422, "FIELD_REQUIRED"},
		{"POST", "/api/merchant/webhooks", shopKey, map[string]any{"url": "https://169.254.169.254/"}, 422, "FIELD_REQUIRED"},
		{"POST", "/api/merchant/webhooks", shopKey, map[string]any{}, 422, "FIELD_REQUIRED"},
		{"POST", "/api/merchant/webhooks", shopKey, map[string]any{"url": "https://shop.example/", "events": []string{"case.submited"}}, 422, "FIELD_REQUIRED"},
		{"POST", "/api/merchant/webhooks", "rk_nobody", map[string]any{"url": "https://shop.example/"}, 401, "UNAUTHENTICATED"},
		{"GET", path, "rk_demo_shop-yichu", nil, 404, "NOT_FOUND"},
		{"DELETE", path, "rk_demo_shop-yichu", nil, 404, "NOT_FOUND"},
		{"GET", none, shopKey, nil, 404, "NOT_FOUND"},
		{"GET", path + "/deliveries?cursor=x", shopKey, nil, 422, "FIELD_REQUIRED"},
		{"GET", path + "/deliveries/wd_1", shopKey, nil, 404, "NOT_FOUND"},
		{"POST", path + "/deliveries/wd_1/resend", shopKey, nil, 404, "NOT_FOUND"},
		{"POST", path + "/rotate-secret", shopKey, map[string]any{"overlap_hours": 500}, 422, "FIELD_REQUIRED"},
		{"PATCH", path, shopKey, map[string]any{"url": "ftp://x"}, 422, "FIELD_REQUIRED"},
	} {
		status, raw := w.call(c.method, c.path, c.key, nil, c.body)
		if status != c.status || errorCode(t, raw) != c.code {
			t.Errorf("%s %s: %d %s", c.method, c.path, status, raw)
		}
	}
	// With a key, done once; the endpoint is one of its own, for rotating twice ends a secret at once.
	once := func(path string, body, other any) []byte {
		keyed := func(body any) (int, []byte) {
			return w.call("POST", path, shopKey, map[string]string{"Idempotency-Key": "hook-1"}, body)
		}
		status, first := keyed(body)
		if again, second := keyed(body); status/100 != 2 || again != status || !bytes.Equal(first, second) {
			t.Errorf("%s twice: %d %s, %d %s", path, status, first, again, second)
		}
		if status, raw := keyed(other); status != 409 || errorCode(t, raw) != "IDEMPOTENCY_MISMATCH" {
			t.Errorf("%s with the key of another request: %d %s", path, status, raw)
		}
		return first
	}
	var made wire.WebhookEndpointWithSecret
	raw := once("/api/merchant/webhooks", map[string]any{"url": "https://shop.example/"}, map[string]any{"url": "https://shop.example/other"})
	if err := json.Unmarshal(raw, &made); err != nil {
		t.Fatal(err)
	}
	once("/api/merchant/webhooks/"+made.ID+"/rotate-secret", map[string]any{"overlap_hours": 24}, map[string]any{"overlap_hours": 1})
	if status, raw := w.call("PATCH", path, shopKey, nil, map[string]any{"enabled": false}); status != 200 || !bytes.Contains(raw, []byte(`"disabled_reason":"owner"`)) {
		t.Errorf("switched off: %d %s", status, raw)
	}
	if status, raw := w.call("POST", path+"/test", shopKey, nil, nil); status != 409 || errorCode(t, raw) != "WEBHOOK_DISABLED" {
		t.Errorf("test of an endpoint that is off: %d %s", status, raw)
	}
	if status, raw := w.call("PATCH", path, shopKey, nil, map[string]any{"enabled": true}); status != 200 || bytes.Contains(raw, []byte("whsec_")) {
		t.Errorf("switched on: %d %s", status, raw)
	}
	// Rotated, both secrets sign; the receiver that still has the old one takes the test event.
	status, raw := w.call("POST", path+"/rotate-secret", shopKey, nil, map[string]any{})
	if status != 200 || strings.Count(string(raw), `"created_at"`) != 3 || strings.Count(string(raw), "whsec_") != 1 {
		t.Errorf("rotated: %d %s", status, raw)
	}
	if status, raw := w.call("POST", path+"/test", shopKey, nil, nil); status != 202 {
		t.Errorf("test: %d %s", status, raw)
	}
	until(t, "the test event", func() bool { return shop.hasType("webhook.test") })
	if status, raw := w.call("POST", path+"/dead-letters/resend", shopKey, nil, map[string]any{}); status != 202 || !bytes.Contains(raw, []byte(`"resent":0`)) {
		t.Errorf("resend: %d %s", status, raw)
	}
	for range 14 { // with the demo's own
		w.call("POST", "/api/merchant/webhooks", shopKey, nil, map[string]any{"url": "https://shop.example/"})
	}
	if status, raw := w.call("POST", "/api/merchant/webhooks", shopKey, nil, map[string]any{"url": "https://shop.example/"}); status != 409 || errorCode(t, raw) != "WEBHOOK_LIMIT" {
		t.Errorf("one endpoint too many: %d %s", status, raw)
	}
	if status, raw := w.call("DELETE", path, shopKey, nil, nil); status != 200 {
		t.Errorf("deleted: %d %s", status, raw)
	}
	if status, _ := w.call("GET", path, shopKey, nil, nil); status != 404 {
		t.Errorf("after it was deleted: %d", status)
	}
	if _, raw := w.call("GET", "/api/merchant/webhook-types", shopKey, nil, nil); !bytes.Contains(raw, []byte("case.submitted")) {
		t.Errorf("types: %s", raw)
	}
	w.kill() // its log is complete then
	if strings.Contains(w.log.String(), "whsec_") {
		t.Error("a secret stands in the log")
	}
}

// mirror is what a shop's system knows of its cases: it acts on webhooks and polls, as WEBHOOKS.md says.
type mirror struct {
	w        *world
	cursor   string
	seq      map[string]int64
	versions map[string]int
	states   map[string]string
	gaps     int
}

func newMirror(w *world) *mirror {
	return &mirror{w: w, seq: map[string]int64{}, versions: map[string]int{}, states: map[string]string{}}
}

func (m *mirror) take(h hook) {
	if h.Data.Seq != m.seq[h.Data.Case]+1 {
		m.gaps++
	}
	m.seq[h.Data.Case] = h.Data.Seq
	m.know(h.Data.Case, h.Data.Version, h.Data.State)
}

func (m *mirror) know(id string, version int, state string) {
	if version > m.versions[id] {
		m.versions[id], m.states[id] = version, state
	}
}

// poll follows the list of changes to its end and reads what is newer.
func (m *mirror) poll() (read int) {
	m.w.t.Helper()
	for {
		status, raw := m.w.call("GET", "/api/merchant/changes?limit=2&cursor="+url.QueryEscape(m.cursor), shopKey, nil, nil)
		var page wire.Changes
		if err := json.Unmarshal(raw, &page); err != nil || status != 200 {
			m.w.t.Fatalf("changes: %d %s", status, raw)
		}
		for _, c := range page.Changes {
			if c.Version <= m.versions[c.Case] {
				continue
			}
			_, raw := m.w.call("GET", "/api/merchant/cases/"+c.Case, shopKey, nil, nil)
			v := view(m.w.t, raw)
			m.know(v.ID, v.Version, v.State)
			read++
		}
		if m.cursor = page.Next; !page.More {
			return read
		}
	}
}

func TestAShopThatMissedWebhooksReconcilesByPolling(t *testing.T) {
	t.Parallel()
	b := newBand(newWorld(t), "zh-CN")
	shop := newShopSystem(t)
	ep := shop.register(b.w, "case.*", "case.changed")
	m := newMirror(b.w)
	for _, s := range bandStory[:6] {
		s.do(b)
	}
	until(t, "the application", func() bool { return shop.hasType("case.submitted") })
	for _, h := range shop.taken() {
		m.take(h)
	}
	if read := m.poll(); m.gaps != 0 || read != 0 || m.states[b.id] != "merchant_review" {
		t.Errorf("while all is well: %d gaps, %d read, %v", m.gaps, read, m.states)
	}
	// The shop's system goes away for good, it says; the endpoint is off and most of the story is missed.
	shop.failing(func(hook) int { return http.StatusGone })
	for _, s := range bandStory[6:16] {
		s.do(b)
	}
	took := len(shop.taken())
	if took != 2 { // case.changed and case.submitted
		t.Fatalf("%d messages were taken", took)
	}
	// It comes back, switches its endpoint on, and is told what happens from then on: with a gap.
	shop.failing(nil)
	if status, raw := b.w.call("PATCH", "/api/merchant/webhooks/"+ep.ID, shopKey, nil, map[string]any{"enabled": true}); status != 200 {
		t.Fatalf("switched on: %d %s", status, raw)
	}
	bandStory[16].do(b)
	until(t, "the end of the story", func() bool { return shop.hasType("case.refunded") })
	for _, h := range shop.taken()[took:] {
		m.take(h)
	}
	if m.gaps == 0 {
		t.Error("the messages that were missed leave no gap in seq")
	}
	m.poll()
	_, raw := b.w.call("GET", "/api/merchant/cases/"+b.id, shopKey, nil, nil)
	if v := view(t, raw); m.versions[b.id] != v.Version || m.states[b.id] != v.State || v.State != "refunded" {
		t.Errorf("after reconciling version %d (%s), the case is at %d (%s)", m.versions[b.id], m.states[b.id], v.Version, v.State)
	}
	// One that polls and never heard a webhook knows the same.
	deaf := newMirror(b.w)
	deaf.poll()
	if !maps.Equal(deaf.states, m.states) || !maps.Equal(deaf.versions, m.versions) {
		t.Errorf("by polling alone %v %v, with webhooks %v %v", deaf.states, deaf.versions, m.states, m.versions)
	}
	if again := deaf.poll(); again != 0 {
		t.Errorf("%d cases were read again though nothing changed", again)
	}
}

func TestAMerchantIsToldOfComplaintsByWebhooks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	shop := newShopSystem(t)
	shop.register(w, "complaint.*")
	complaintStory(w)
	until(t, "what the story ends with", func() bool { return shop.hasType("complaint.upheld_against") })
	list := shop.taken()
	if list[0].Type != "complaint.received" || list[0].Data.Rule == "" || !list[0].Data.Now.WaitingOnYou || len(list[0].Data.Now.Allowed) == 0 {
		t.Errorf("the complaint was told as %+v", list[0])
	}
	seq := int64(0)
	for i, h := range list {
		if h.Data.Key == "received" || h.Data.Key == "filed" {
			seq = 0 // the story has several complaints, one after the other
		}
		if seq++; h.Data.Seq != seq || h.Type != "complaint."+h.Data.Key {
			t.Errorf("message %d is %+v", i+1, h)
		}
	}
}
