package main

import (
	"net/http"
	"strings"
	"testing"

	"recourse/internal/redistest"
)

// The tools work beside a running server, on one Redis.
func TestTheWebhookToolsDoTheirWork(t *testing.T) {
	t.Parallel()
	url := redistest.Server(t).URL()
	key := strings.Repeat("k", 32)
	env := map[string]string{"RECOURSE_REDIS": url, "RECOURSE_WEBHOOK_KEY": key, "RECOURSE_WEBHOOK_ALLOW_PRIVATE": "true"}
	gone := func(hook) int { return http.StatusGone }
	hook := func(args ...string) string {
		t.Helper()
		out, err := command(t, env, append([]string{"webhook"}, args...)...)
		if err != nil {
			t.Fatalf("webhook %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(out)
	}
	shop := newShopSystem(t)
	made := strings.Fields(hook("add", "shop-shuma", shop.URL, "--event", "case.*", "--description", "till"))
	if len(made) != 2 || !strings.HasPrefix(made[1], "whsec_") {
		t.Fatalf("made %v", made)
	}
	ep := made[0]
	shop.secret = made[1]
	newWorld(t, "--redis", url, "--webhook-key", key)
	sent := hook("test", "shop-shuma", ep)
	until(t, "the test event", func() bool { return shop.hasType("webhook.test") })
	until(t, "the delivery to be settled", func() bool { return strings.Contains(hook("list", "shop-shuma"), "on     0        0") })

	shop.failing(gone)
	hook("resend", "shop-shuma", ep, sent)
	until(t, "the endpoint to be off", func() bool { return strings.Contains(hook("list", "shop-shuma"), "off: gone") })
	if out := hook("dead", "shop-shuma", ep); !strings.Contains(out, sent) || !strings.Contains(out, "gone") || strings.Contains(out, "whsec_") {
		t.Errorf("dead letters:\n%s", out)
	}
	if out := hook("dead", "shop-shuma", ep, "--since", "2999-01-01T00:00:00Z"); strings.Contains(out, sent) {
		t.Errorf("dead letters of the future:\n%s", out)
	}
	shop.failing(nil)
	if out := hook("enable", "shop-shuma", ep); !strings.HasSuffix(out, "is on") {
		t.Error(out)
	}
	if out := hook("resend", "shop-shuma", ep, "--dead"); !strings.HasPrefix(out, "1 dead letters") {
		t.Error(out)
	}
	until(t, "it to arrive again", func() bool { return len(shop.taken()) == 2 })
	if secret := hook("rotate", "shop-shuma", ep, "--overlap", "1h"); !strings.HasPrefix(secret, "whsec_") || secret == made[1] {
		t.Errorf("rotated to %q", secret)
	}
	if out := hook("disable", "shop-shuma", ep); !strings.HasSuffix(out, "is off") {
		t.Error(out)
	}
	for _, c := range [][]string{
		{"add", "shop-shuma", "not a url"},
		{"add", "shop-shuma", shop.URL, "--event", "case.submited"},
		{"rotate", "another-shop", ep},
		{"test", "shop-shuma", ep}, // it is off
		{"resend", "shop-shuma", ep},
		{"dead", "shop-shuma", ep, "--since", "yesterday"},
		{"list", "shop-shuma", "--webhook-key", "short"},
	} {
		if out, err := command(t, env, append([]string{"webhook"}, c...)...); err == nil {
			t.Errorf("webhook %v is no error: %s", c, out)
		}
	}
	hook("remove", "shop-shuma", ep)
	if out := hook("list", "shop-shuma"); strings.Contains(out, ep) {
		t.Errorf("after it was removed:\n%s", out)
	}
	// Without the flag an address of our own is refused.
	delete(env, "RECOURSE_WEBHOOK_ALLOW_PRIVATE")
	if _, err := command(t, env, "webhook", "add", "shop-shuma", shop.URL); err == nil || !strings.Contains(err.Error(), "https") {
		t.Errorf("a local address: %v", err)
	}
}
