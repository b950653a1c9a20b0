package redisweb

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/web"
)

// A shop's key has 130 random bits, so nobody can guess it from its SHA-256: a slow hash, which passwords
// need, would only slow every request down. The key itself is shown once and kept nowhere.

// ShopKey is what is kept of a key.
type ShopKey struct {
	ID       string    `json:"id"` // names the key; it opens nothing
	Shop     string    `json:"shop"`
	Label    string    `json:"label,omitempty"`
	ReadOnly bool      `json:"read_only,omitempty"`
	Created  time.Time `json:"created_at,omitzero"` // zero: made before this was kept
	Expires  time.Time `json:"expires_at,omitzero"` // zero: never
	Revoked  time.Time `json:"revoked_at,omitzero"`
	LastUsed time.Time `json:"-"` // to the hour
}

// good says whether the key opens anything at a time.
func (k ShopKey) good(now time.Time) bool {
	return k.Revoked.IsZero() && (k.Expires.IsZero() || now.Before(k.Expires))
}

// ErrNoShopKey: there is no key of that id.
var ErrNoShopKey = errors.New("no such key")

// usedEvery is how coarsely the last use of a key is noted: one write an hour, not one a request.
const usedEvery = time.Hour

// readShopKey reads a kept key. A key of the first layout is only the shop's name; its id comes from its digest.
func readShopKey(digest, raw string) (ShopKey, error) {
	if !strings.HasPrefix(raw, "{") {
		return ShopKey{ID: "k_" + digest[:16], Shop: raw}, nil
	}
	var k ShopKey
	if err := json.Unmarshal([]byte(raw), &k); err != nil {
		return k, fmt.Errorf("decode a shop key: %w", err)
	}
	return k, nil
}

// NewShopKey makes a key for a shop; id, time of making and of revoking are set here.
func (st *Store) NewShopKey(ctx context.Context, k ShopKey) (secret string, made ShopKey, err error) {
	secret = "rk_" + rand.Text()
	k.ID, k.Created, k.Revoked = "k_"+rand.Text()[:16], st.Wall().UTC().Truncate(time.Second), time.Time{}
	return secret, k, st.setShopKey(ctx, digest(secret), k)
}

// SetShopKey makes a given key good for a shop.
func (st *Store) SetShopKey(ctx context.Context, shop, key string) error {
	d := digest(key)
	return st.setShopKey(ctx, d, ShopKey{ID: "k_" + d[:16], Shop: shop, Created: st.Wall().UTC().Truncate(time.Second)})
}

func (st *Store) setShopKey(ctx context.Context, digest string, k ShopKey) error {
	raw, err := json.Marshal(k)
	if err == nil {
		err = st.RDB.HSet(ctx, shopsKey, digest, raw).Err()
	}
	if err != nil {
		return fmt.Errorf("store key %s of shop %s: %w", k.ID, k.Shop, err)
	}
	return nil
}

// Shop is what a key opens now.
func (st *Store) Shop(ctx context.Context, key string) (web.Access, error) {
	if !strings.HasPrefix(key, "rk_") {
		return web.Access{}, web.ErrNoAccess
	}
	d := digest(key)
	raw, err := st.RDB.HGet(ctx, shopsKey, d).Result()
	if errors.Is(err, redis.Nil) {
		return web.Access{}, web.ErrNoAccess
	}
	if err != nil {
		return web.Access{}, fmt.Errorf("look up a shop key: %w", err)
	}
	k, err := readShopKey(d, raw)
	if err != nil {
		return web.Access{}, err
	}
	if !k.good(st.Wall()) {
		return web.Access{}, web.ErrNoAccess
	}
	return web.Access{Shop: k.Shop, Key: k.ID, ReadOnly: k.ReadOnly}, st.used(ctx, k.ID)
}

// used notes the hour of a key's use, once.
func (st *Store) used(ctx context.Context, id string) error {
	hour := st.Wall().UTC().Truncate(usedEvery).Format(time.RFC3339)
	have, err := st.RDB.HGet(ctx, shopsUsedKey, id).Result()
	if err == nil && have == hour {
		return nil
	}
	if err == nil || errors.Is(err, redis.Nil) {
		err = st.RDB.HSet(ctx, shopsUsedKey, id, hour).Err()
	}
	if err != nil {
		return fmt.Errorf("note the use of key %s: %w", id, err)
	}
	return nil
}

// ShopKeys lists a shop's keys, the revoked ones too, oldest first; of all shops for "".
func (st *Store) ShopKeys(ctx context.Context, shop string) ([]ShopKey, error) {
	all, err := st.RDB.HGetAll(ctx, shopsKey).Result()
	if err != nil {
		return nil, fmt.Errorf("list shop keys: %w", err)
	}
	used, err := st.RDB.HGetAll(ctx, shopsUsedKey).Result()
	if err != nil {
		return nil, fmt.Errorf("list shop keys: %w", err)
	}
	var out []ShopKey
	for d, raw := range all {
		k, err := readShopKey(d, raw)
		if err != nil {
			return nil, err
		}
		if shop != "" && k.Shop != shop {
			continue
		}
		if hour, ok := used[k.ID]; ok {
			if k.LastUsed, err = time.Parse(time.RFC3339, hour); err != nil {
				return nil, fmt.Errorf("read the last use of key %s: %w", k.ID, err)
			}
		}
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b ShopKey) int {
		if c := a.Created.Compare(b.Created); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out, nil
}

// RevokeShopKey ends a key at once, on every node. To revoke it again changes nothing.
func (st *Store) RevokeShopKey(ctx context.Context, id string) (ShopKey, error) {
	all, err := st.RDB.HGetAll(ctx, shopsKey).Result()
	if err != nil {
		return ShopKey{}, fmt.Errorf("revoke key %s: %w", id, err)
	}
	for d, raw := range all {
		k, err := readShopKey(d, raw)
		if err != nil {
			return ShopKey{}, err
		}
		if k.ID != id {
			continue
		}
		if !k.Revoked.IsZero() {
			return k, nil
		}
		k.Revoked = st.Wall().UTC().Truncate(time.Second)
		return k, st.setShopKey(ctx, d, k)
	}
	return ShopKey{}, fmt.Errorf("revoke key %s: %w", id, ErrNoShopKey)
}
