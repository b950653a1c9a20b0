package rediswebhooks_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/internal/ids"
	"recourse/internal/redistest"
	"recourse/web/webhooks"
	"recourse/web/webhooks/rediswebhooks"
)

func TestEndpointsAreTheirOwnersAndChangeOnlyAsTheyWereRead(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		y := newYard(t, rdb)
		ep := y.endpoint("https://shop.example/a", "case.*")
		if !strings.HasPrefix(ep.Secrets[0].Key, "whsec_") {
			t.Errorf("secret %q", ep.Secrets[0].Key)
		}
		list, err := y.store.Of(y.ctx, owner)
		if err != nil || len(list) != 1 || list[0].ID != ep.ID || list[0].URL != ep.URL || list[0].Secrets[0].Key != ep.Secrets[0].Key {
			t.Fatalf("listed %+v, %v", list, err)
		}
		if list, err := y.store.Of(y.ctx, "nobody"); err != nil || len(list) != 0 {
			t.Errorf("another owner has %+v, %v", list, err)
		}
		// To another owner it does not exist.
		for what, err := range map[string]error{
			"get":    func() error { _, err := y.reg.Get(y.ctx, "shop-2", ep.ID); return err }(),
			"update": func() error { _, err := y.reg.Update(y.ctx, "shop-2", ep.ID, webhooks.Wish{}); return err }(),
			"rotate": func() error { _, err := y.reg.Rotate(y.ctx, "shop-2", ep.ID, "", 0); return err }(),
			"test":   func() error { _, err := y.reg.Test(y.ctx, "shop-2", ep.ID); return err }(),
			"delete": y.reg.Delete(y.ctx, "shop-2", ep.ID),
			"resend": func() error { _, err := y.reg.Resend(y.ctx, "shop-2", ep.ID, "wd_1"); return err }(),
			"all":    func() error { _, _, err := y.reg.ResendSince(y.ctx, "shop-2", ep.ID, time.Time{}, 1); return err }(),
			"no id":  func() error { _, err := y.reg.Get(y.ctx, owner, "we_1"); return err }(),
			"an id that is nobody's": func() error {
				_, err := y.reg.Get(y.ctx, owner, webhooks.EndpointID(ids.New("we", 3)))
				return err
			}(),
			"a delivery that is nobody's": func() error { _, err := y.reg.Resend(y.ctx, owner, ep.ID, "wd_1"); return err }(),
		} {
			if !errors.Is(err, webhooks.ErrNotFound) {
				t.Errorf("%s: %v", what, err)
			}
		}
		old := y.reload(ep)
		if _, err := y.reg.Update(y.ctx, owner, ep.ID, webhooks.Wish{Description: ptr("测试")}); err != nil {
			t.Fatal(err)
		}
		if err := y.store.Save(y.ctx, old); !errors.Is(err, webhooks.ErrConflict) {
			t.Errorf("saved over a change: %v", err)
		}
		if got := y.reload(ep); got.Description != "测试" || got.URL != ep.URL || len(got.Events) != 1 {
			t.Errorf("after the change: %+v", got)
		}
		if got, err := y.reg.Update(y.ctx, owner, ep.ID, webhooks.Wish{Enabled: ptr(false)}); err != nil || got.Off != webhooks.OffByOwner || got.OffAt.IsZero() {
			t.Errorf("switched off: %+v, %v", got, err)
		}
		if err := y.reg.Delete(y.ctx, owner, ep.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := y.reg.Get(y.ctx, owner, ep.ID); !errors.Is(err, webhooks.ErrNotFound) {
			t.Errorf("after it was deleted: %v", err)
		}
		if err := y.store.Save(y.ctx, old); !errors.Is(err, webhooks.ErrNotFound) {
			t.Errorf("saved after it was deleted: %v", err)
		}
		if _, _, err := y.store.Enqueue(y.ctx, ep.ID, event("a", 1), y.clock.now()); !errors.Is(err, webhooks.ErrNotFound) {
			t.Errorf("queued after it was deleted: %v", err)
		}
		for range webhooks.MaxEndpoints {
			y.endpoint("https://shop.example/")
		}
		if _, err := y.reg.Create(y.ctx, owner, "", webhooks.Wish{URL: ptr("https://shop.example/")}); !errors.Is(err, webhooks.ErrTooMany) {
			t.Errorf("one more than may be: %v", err)
		}
	})
}

func TestWhatAnOwnerMayNotWish(t *testing.T) {
	y := newYard(t, redistest.Embedded(t))
	good := ptr("https://shop.example/")
	for field, w := range map[string]webhooks.Wish{
		"url":         {},
		"url ":        {URL: ptr("http://shop.example/")},
		"url  ":       {URL: ptr("https://192.168.0.1/")},
		"description": {URL: good, Description: ptr(strings.Repeat("字", 501))},
		"events":      {URL: good, Events: ptr([]string{"case.submited"})},
		"events ":     {URL: good, Events: ptr([]string{"complaints.*"})},
		"events  ":    {URL: good, Events: ptr([]string{"webhook.test"})}, // is sent on request only
		"events   ":   {URL: good, Events: ptr(make([]string, 65))},
	} {
		_, err := y.reg.Create(y.ctx, owner, "", w)
		var invalid *webhooks.Invalid
		if !errors.As(err, &invalid) || invalid.Field != strings.TrimSpace(field) || invalid.Why == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
	ep := y.endpoint(*good, "case.changed", "case.*")
	for _, overlap := range []time.Duration{-1, 8 * 24 * time.Hour} {
		if _, err := y.reg.Rotate(y.ctx, owner, ep.ID, "", overlap); !errors.As(err, new(*webhooks.Invalid)) {
			t.Errorf("overlap %s: %v", overlap, err)
		}
	}
}

func TestWhileSecretsAreRotatedBothSign(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		y := newYard(t, rdb)
		r := newReceiver(t, nil)
		ep := y.endpoint(r.URL)
		first := ep.Secrets[0].Key
		ep, err := y.reg.Rotate(y.ctx, owner, ep.ID, "", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		second := ep.Secrets[0].Key
		y.node(quick, nil)
		sent := 0
		send := func(secret string) {
			t.Helper()
			r.verify(secret)
			if _, err := y.reg.Test(y.ctx, owner, ep.ID); err != nil {
				t.Fatal(err)
			}
			sent++
			y.until("the test event", func() bool { return len(r.taken()) == sent })
			// A push of the clock would end the lease of what is still to be settled.
			y.until("its settlement", func() bool { return y.reload(ep).Health.Waiting == 0 })
		}
		if first == second {
			t.Fatal("the secret did not change")
		}
		send(first)
		send(second)
		y.clock.push(time.Hour)
		send(second)
		if live := y.reload(ep).Live(y.clock.now()); len(live) != 1 || live[0].Key != second {
			t.Errorf("%d secrets live after the overlap", len(live))
		}
		// Rotated twice in a row, the oldest ends at once; without an overlap the old one does.
		for range 2 {
			if ep, err = y.reg.Rotate(y.ctx, owner, ep.ID, "", time.Hour); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(y.reload(ep).Live(y.clock.now())); n != 2 {
			t.Errorf("%d secrets live", n)
		}
		if _, err = y.reg.Rotate(y.ctx, owner, ep.ID, "", 0); err != nil {
			t.Fatal(err)
		}
		if n := len(y.reload(ep).Live(y.clock.now())); n != 1 {
			t.Errorf("%d secrets live", n)
		}
	})
}

// A key makes an endpoint, and a secret, once, however many ask at once; another request under it is refused.
func TestAKeyMakesAnEndpointAndASecretOnce(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		y := newYard(t, rdb)
		wish := webhooks.Wish{URL: ptr("https://shop.example/a")}
		all := func(do func() (webhooks.Endpoint, error)) webhooks.Endpoint {
			t.Helper()
			got := make([]webhooks.Endpoint, 8)
			var wg sync.WaitGroup
			for i := range got {
				wg.Go(func() {
					var err error
					if got[i], err = do(); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			for _, ep := range got {
				if ep.ID != got[0].ID || len(ep.Secrets) == 0 || ep.Secrets[0].Key != got[0].Secrets[0].Key {
					t.Fatalf("%+v and %+v", ep, got[0])
				}
			}
			return got[0]
		}
		ep := all(func() (webhooks.Endpoint, error) { return y.reg.Create(y.ctx, owner, "k1", wish) })
		if _, err := y.reg.Create(y.ctx, owner, "k1", webhooks.Wish{URL: ptr("https://shop.example/b")}); !errors.Is(err, webhooks.ErrOtherRequest) {
			t.Errorf("another wish under the key: %v", err)
		}
		if other, err := y.reg.Create(y.ctx, "shop-2", "k1", wish); err != nil || other.ID == ep.ID {
			t.Errorf("the key of another shop: %s, %v", other.ID, err)
		}
		if list, err := y.store.Of(y.ctx, owner); err != nil || len(list) != 1 {
			t.Errorf("%d endpoints, %v", len(list), err)
		}
		rotated := all(func() (webhooks.Endpoint, error) { return y.reg.Rotate(y.ctx, owner, ep.ID, "r1", time.Hour) })
		if n := len(y.reload(ep).Secrets); n != 2 || rotated.Secrets[0].Key == ep.Secrets[0].Key {
			t.Errorf("%d secrets, the newest %q after %q", n, rotated.Secrets[0].Key, ep.Secrets[0].Key)
		}
		if _, err := y.reg.Rotate(y.ctx, owner, ep.ID, "r1", 2*time.Hour); !errors.Is(err, webhooks.ErrOtherRequest) {
			t.Errorf("another overlap under the key: %v", err)
		}
		if again, err := y.reg.Rotate(y.ctx, owner, ep.ID, "r2", time.Hour); err != nil || again.Secrets[0].Key == rotated.Secrets[0].Key {
			t.Errorf("a new key rotates anew: %v", err)
		}
		if _, err := y.reg.Create(y.ctx, owner, "k1", wish); !errors.Is(err, webhooks.ErrOtherRequest) {
			t.Errorf("made again though its secret is gone: %v", err)
		}
	})
}

func TestSecretsCannotBeReadFromTheStoreAlone(t *testing.T) {
	rdb := redistest.Embedded(t)
	y := newYard(t, rdb)
	ep := y.endpoint("https://shop.example/")
	key, err := base64Part(ep.Secrets[0].Key)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := rdb.HGet(y.ctx, ids.Of(owner).Tag()+":wh:e:"+string(ep.ID), "doc").Result()
	if err != nil || strings.Contains(kept, key) || !strings.Contains(kept, "gcm1:") {
		t.Errorf("the store holds %s, %v", kept, err)
	}
	with := func(keys ...string) *rediswebhooks.Store {
		t.Helper()
		sealer, err := rediswebhooks.NewSealer(keys)
		if err != nil {
			t.Fatal(err)
		}
		return &rediswebhooks.Store{RDB: rdb, Sealer: sealer, Now: y.clock.now}
	}
	mine, other := "0123456789abcdef0123456789abcdef", strings.Repeat("x", 32)
	if got, err := with(other, mine).Endpoint(y.ctx, ep.ID); err != nil || got.Secrets[0].Key != ep.Secrets[0].Key {
		t.Errorf("with the key behind a newer one: %+v, %v", got, err)
	}
	for _, keys := range [][]string{{other}, nil} {
		got, err := with(keys...).Endpoint(y.ctx, ep.ID)
		if err != nil {
			t.Fatalf("with keys %v: %v", keys, err)
		}
		if _, err := webhooks.Sign(got.Secrets, "msg_1", y.clock.now(), nil); err == nil {
			t.Errorf("with keys %v it can be signed with", keys)
		}
		// It says so at every attempt, and a change by such a server does not destroy it.
		sender := webhooks.NewSender(webhooks.PublicOnly, webhooks.SystemLookup, y.clock.now)
		if a := sender.Send(y.ctx, got, webhooks.Delivery{Event: event("a", 1)}); a.Class != webhooks.ClassSecret {
			t.Errorf("attempt %+v", a)
		}
		got.Description = "changed"
		if err := with(keys...).Save(y.ctx, got); err != nil {
			t.Fatal(err)
		}
		if got := y.reload(ep); got.Secrets[0].Key != ep.Secrets[0].Key || got.Description != "changed" {
			t.Errorf("after a change without the key: %+v", got)
		}
	}
	if _, err := rediswebhooks.NewSealer([]string{"short"}); err == nil {
		t.Error("a short key is taken")
	}
	// Without a key it is kept in plain, and still read when a key is given later.
	plain := &rediswebhooks.Store{RDB: rdb, Sealer: &rediswebhooks.Sealer{}, Now: y.clock.now}
	bare := webhooks.Endpoint{ID: webhooks.EndpointID(ids.New("we", ids.Of(owner))), Owner: owner, Secrets: ep.Secrets}
	if err := plain.Add(y.ctx, bare); err != nil {
		t.Fatal(err)
	}
	if got, err := y.store.Endpoint(y.ctx, bare.ID); err != nil || got.Secrets[0].Key != ep.Secrets[0].Key {
		t.Errorf("kept in plain: %+v, %v", got, err)
	}
}

func base64Part(secret string) (string, error) {
	_, key, ok := strings.Cut(secret, "_")
	if !ok {
		return "", fmt.Errorf("%q is no secret", secret)
	}
	return key, nil
}

func TestDeliveriesAreListedInPagesNewestFirst(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		y := newYard(t, rdb)
		ep := y.endpoint("https://shop.example/")
		const n = 25
		for i := 1; i <= n; i++ {
			y.publish("a", i)
		}
		var seen []int64
		cursor := ""
		for page := 0; ; page++ {
			list, next, err := y.store.Recent(y.ctx, ep.ID, cursor, 10)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range list {
				seen = append(seen, d.Seq)
			}
			if cursor = next; cursor == "" {
				if page != 2 {
					t.Errorf("%d pages", page+1)
				}
				break
			}
		}
		for i, seq := range seen {
			if seq != int64(n-i) {
				t.Fatalf("listed %v", seen)
			}
		}
		if len(seen) != n {
			t.Errorf("%d of %d listed", len(seen), n)
		}
		for _, bad := range []string{"x", "-1", "99999999999"} {
			if _, _, err := y.store.Recent(y.ctx, ep.ID, bad, 10); !errors.As(err, new(*webhooks.Invalid)) {
				t.Errorf("cursor %q: %v", bad, err)
			}
		}
		if list, next, err := y.store.Recent(y.ctx, ep.ID, "1000", 10); err != nil || len(list) != 0 || next != "" {
			t.Errorf("beyond the end: %v, %q, %v", list, next, err)
		}
		// One that still waits is not sent again.
		list, _, err := y.store.Recent(y.ctx, ep.ID, "", 1)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := y.reg.Resend(y.ctx, owner, ep.ID, list[0].ID); !errors.Is(err, webhooks.ErrWaiting) {
			t.Errorf("sent again while it waits: %v", err)
		}
	})
}
