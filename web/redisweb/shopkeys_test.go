package redisweb_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/internal/redistest"
	"recourse/web"
	"recourse/web/redisweb"
)

func TestAShopKeyOpensItsOwnShopAndIsKeptAsADigest(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, st := open(t, rdb)
		key, made, err := st.NewShopKey(ctx, redisweb.ShopKey{Shop: "shop-1", Label: "erp"})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := st.Shop(ctx, key); err != nil || got != (web.Access{Shop: "shop-1", Key: made.ID}) {
			t.Errorf("%+v, %v", got, err)
		}
		for _, bad := range []string{"", "rk_", key + "x", strings.ToLower(key), made.ID, strings.TrimPrefix(key, "rk_")} {
			if _, err := st.Shop(ctx, bad); !errors.Is(err, web.ErrNoAccess) {
				t.Errorf("key %q: %v", bad, err)
			}
		}
		all, err := rdb.HGetAll(ctx, "recourse:shopkeys").Result()
		if err != nil || len(all) != 1 {
			t.Fatalf("stored %v, %v", all, err)
		}
		for digest, raw := range all {
			if strings.Contains(digest+raw, key) || strings.Contains(digest+raw, strings.TrimPrefix(key, "rk_")) {
				t.Errorf("the key itself is kept: %s %s", digest, raw)
			}
		}
	})
}

func TestAKeyEndsWhenItIsRevokedOrExpires(t *testing.T) {
	now := wall
	st := &redisweb.Store{RDB: redistest.Embedded(t), Wall: func() time.Time { return now }}
	ctx := t.Context()
	first, one, err := st.NewShopKey(ctx, redisweb.ShopKey{Shop: "s"})
	if err != nil {
		t.Fatal(err)
	}
	second, two, err := st.NewShopKey(ctx, redisweb.ShopKey{Shop: "s", ReadOnly: true, Expires: now.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := st.RevokeShopKey(ctx, one.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := st.Shop(ctx, first); !errors.Is(err, web.ErrNoAccess) {
		t.Errorf("a revoked key: %v", err)
	}
	// The other key of the shop is not touched, and says what it may do.
	if got, err := st.Shop(ctx, second); err != nil || !got.ReadOnly || got.Key != two.ID {
		t.Errorf("the other key: %+v, %v", got, err)
	}
	now = now.Add(time.Hour)
	if _, err := st.Shop(ctx, second); !errors.Is(err, web.ErrNoAccess) {
		t.Errorf("an expired key: %v", err)
	}
	again, err := st.RevokeShopKey(ctx, one.ID)
	if err != nil || !again.Revoked.Equal(wall) {
		t.Errorf("revoked again: %+v, %v", again, err)
	}
	if _, err := st.RevokeShopKey(ctx, "k_none"); !errors.Is(err, redisweb.ErrNoShopKey) {
		t.Errorf("a key that is not there: %v", err)
	}
	list, err := st.ShopKeys(ctx, "s")
	if err != nil || len(list) != 2 || !list[1].LastUsed.Equal(wall) && !list[0].LastUsed.Equal(wall) {
		t.Errorf("%+v, %v", list, err)
	}
	if other, err := st.ShopKeys(ctx, "t"); err != nil || len(other) != 0 {
		t.Errorf("keys of another shop: %+v, %v", other, err)
	}
}

// Keys made before keys had ids are a digest and a shop's name. They go on working, and can be revoked.
func TestAKeyOfTheFirstLayoutKeepsWorking(t *testing.T) {
	ctx, st := open(t, redistest.Embedded(t))
	key := "rk_OLDOLDOLDOLDOLDOLDOLDOLDOL"
	if err := st.SetShopKey(ctx, "old", key); err != nil {
		t.Fatal(err)
	}
	all, err := st.RDB.HGetAll(ctx, "recourse:shopkeys").Result()
	if err != nil {
		t.Fatal(err)
	}
	for digest := range all {
		if err := st.RDB.HSet(ctx, "recourse:shopkeys", digest, "old").Err(); err != nil {
			t.Fatal(err)
		}
	}
	got, err := st.Shop(ctx, key)
	if err != nil || got.Shop != "old" || got.Key == "" {
		t.Fatalf("%+v, %v", got, err)
	}
	if list, err := st.ShopKeys(ctx, "old"); err != nil || len(list) != 1 || list[0].ID != got.Key {
		t.Errorf("%+v, %v", list, err)
	}
	if _, err := st.RevokeShopKey(ctx, got.Key); err != nil {
		t.Fatal(err)
	}
	if _, err := st.Shop(ctx, key); !errors.Is(err, web.ErrNoAccess) {
		t.Errorf("revoked: %v", err)
	}
}
