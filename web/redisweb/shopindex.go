package redisweb

import (
	"cmp"
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/cases"
	"recourse/web"
)

// Keys of a shop's cases, all under the hash tag of the shop.
//
//	recourse:{shop:<shop>}:facts         HASH case -> facts as JSON
//	recourse:{shop:<shop>}:all           ZSET cases by creation, ms
//	recourse:{shop:<shop>}:open          ZSET those on which somebody may still have to act
//	recourse:{shop:<shop>}:changes       ZSET cases by the number of their last change
//	recourse:{shop:<shop>}:changes:n     STRING number of the last change
//	recourse:{shop:<shop>}:changes:log   STRING names this list of changes; another one after a loss
//	recourse:{shop:<shop>}:order:<order> SET  cases of an order
type shopKeys string

// keysOf are a shop's keys. The name comes from outside and must not close the hash tag.
func keysOf(shop string) shopKeys { return shopKeys("recourse:{shop:" + url.PathEscape(shop) + "}:") }

func (k shopKeys) of(name string) string     { return string(k) + name }
func (k shopKeys) order(order string) string { return string(k) + "order:" + order }

// facts are what the index knows of a case.
type facts struct {
	Version int         `json:"v"`
	State   cases.State `json:"s"`
	Waiting bool        `json:"w,omitempty"` // on the merchant
	Order   string      `json:"o"`
	Created int64       `json:"c"` // ms
	Updated int64       `json:"u"` // ms
}

var (
	//go:embed index.lua
	indexSrc    string
	indexScript = redis.NewScript(indexSrc)
)

// IndexCase makes the shop's index say what the case says. It may be repeated, and may come late.
func (st *Store) IndexCase(ctx context.Context, c cases.Case) error {
	f := facts{
		Version: c.Version, State: c.State, Waiting: c.WaitsOn(cases.Merchant), Order: c.Line.OrderID,
		Created: c.CreatedAt.UnixMilli(), Updated: c.UpdatedAt.UnixMilli(),
	}
	raw, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("index case %s: %w", c.ID, err)
	}
	open := 0
	if !c.State.Terminal() || c.State.Soft() || f.Waiting {
		open = 1
	}
	k := keysOf(c.Shop)
	err = indexScript.Run(ctx, st.RDB, []string{
		k.of("facts"), k.of("all"), k.of("open"), k.of("changes"), k.of("changes:n"), k.order(c.Line.OrderID),
	}, string(c.ID), c.Version, f.Created, open, raw).Err()
	if err != nil {
		return fmt.Errorf("index case %s: %w", c.ID, err)
	}
	return nil
}

const (
	scanBatch = 200  // cases looked at in one go
	scanMost  = 2000 // and for one page: then the page is short, and the client goes on
)

// place is where a page ended: by creation, then by id, both downwards.
type place struct {
	ms int64
	id string
}

func (p place) cursor() string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(p.ms, 10) + " " + p.id))
}

func readPlace(cursor string) (place, error) {
	if cursor == "" {
		return place{ms: math.MaxInt64}, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	ms, id, ok := strings.Cut(string(raw), " ")
	n, numErr := strconv.ParseInt(ms, 10, 64)
	if err != nil || numErr != nil || !ok || id == "" {
		return place{}, web.ErrBadCursor
	}
	return place{n, id}, nil
}

// after says whether a case comes after the place.
func (p place) after(ms int64, id string) bool { return ms < p.ms || ms == p.ms && id < p.id }

// known says whether the facts are what a query wants.
func (f facts) known(q web.CaseQuery) bool {
	return (q.State == "" || f.State == q.State) && (q.Order == "" || f.Order == q.Order) &&
		(q.Waiting == nil || f.Waiting == *q.Waiting) && f.Updated >= q.UpdatedSince.UnixMilli()
}

// Cases pages through a shop's cases, newest first.
func (st *Store) Cases(ctx context.Context, shop string, q web.CaseQuery) ([]cases.ID, string, error) {
	from, err := readPlace(q.Cursor)
	if err != nil {
		return nil, "", err
	}
	k := keysOf(shop)
	if q.Order != "" {
		return st.casesOfOrder(ctx, k, q, from)
	}
	list := k.of("all")
	if q.Waiting != nil && *q.Waiting || q.State != "" && !q.State.Terminal() {
		list = k.of("open")
	}
	var page []cases.ID
	skip := int64(0) // of those at exactly from.ms that were seen
	for scanned := 0; scanned < scanMost; scanned += scanBatch {
		batch, err := st.RDB.ZRangeArgsWithScores(ctx, redis.ZRangeArgs{
			Key: list, ByScore: true, Rev: true, Start: strconv.FormatInt(from.ms, 10), Stop: "-inf", Offset: skip, Count: scanBatch,
		}).Result()
		if err != nil {
			return nil, "", fmt.Errorf("page through cases: %w", err)
		}
		ids := make([]string, len(batch))
		for i, z := range batch {
			ids[i], _ = z.Member.(string)
		}
		have, err := st.facts(ctx, k, ids)
		if err != nil {
			return nil, "", err
		}
		for i, z := range batch {
			if !from.after(int64(z.Score), ids[i]) {
				skip++
				continue
			}
			if from.ms != int64(z.Score) {
				skip = 0
			}
			from, skip = place{int64(z.Score), ids[i]}, skip+1
			if f, ok := have[ids[i]]; ok && f.known(q) {
				if page = append(page, cases.ID(ids[i])); len(page) == q.Limit {
					return page, from.cursor(), nil
				}
			}
		}
		if len(batch) < scanBatch {
			return page, "", nil
		}
	}
	return page, from.cursor(), nil
}

// casesOfOrder is a page of the few cases that one order has.
func (st *Store) casesOfOrder(ctx context.Context, k shopKeys, q web.CaseQuery, from place) ([]cases.ID, string, error) {
	ids, err := st.RDB.SMembers(ctx, k.order(q.Order)).Result()
	if err != nil {
		return nil, "", fmt.Errorf("list the cases of an order: %w", err)
	}
	have, err := st.facts(ctx, k, ids)
	if err != nil {
		return nil, "", err
	}
	ids = slices.DeleteFunc(ids, func(id string) bool {
		f, ok := have[id]
		return !ok || !f.known(q) || !from.after(f.Created, id)
	})
	slices.SortFunc(ids, func(a, b string) int {
		return cmp.Or(cmp.Compare(have[b].Created, have[a].Created), strings.Compare(b, a))
	})
	var page []cases.ID
	for _, id := range ids {
		if len(page) == q.Limit {
			last := string(page[len(page)-1])
			return page, place{have[last].Created, last}.cursor(), nil
		}
		page = append(page, cases.ID(id))
	}
	return page, "", nil
}

func (st *Store) facts(ctx context.Context, k shopKeys, ids []string) (map[string]facts, error) {
	out := map[string]facts{}
	if len(ids) == 0 {
		return out, nil
	}
	raw, err := st.RDB.HMGet(ctx, k.of("facts"), ids...).Result()
	if err != nil {
		return nil, fmt.Errorf("read the index of cases: %w", err)
	}
	for i, id := range ids {
		text, ok := raw[i].(string)
		if !ok {
			continue
		}
		var f facts
		if err := json.Unmarshal([]byte(text), &f); err != nil {
			return nil, fmt.Errorf("decode the index entry of case %s: %w", id, err)
		}
		out[id] = f
	}
	return out, nil
}

// Changes lists a shop's cases in the order of their last change: a case that changes again moves to the end, so
// whoever reads to the end has seen every case as it is then, and the list is never longer than the cases are many.
func (st *Store) Changes(ctx context.Context, shop, cursor string, limit int) ([]web.Change, string, error) {
	k := keysOf(shop)
	log, err := st.changesLog(ctx, k)
	if err != nil {
		return nil, "", err
	}
	from := int64(0)
	if cursor != "" {
		raw, err := base64.RawURLEncoding.DecodeString(cursor)
		name, number, ok := strings.Cut(string(raw), " ")
		n, numErr := strconv.ParseInt(number, 10, 64)
		if err != nil || numErr != nil || !ok || n < 0 {
			return nil, "", web.ErrBadCursor
		}
		if from = n; name != log {
			return nil, "", web.ErrLostCursor
		}
	}
	list, err := st.RDB.ZRangeArgsWithScores(ctx, redis.ZRangeArgs{
		Key: k.of("changes"), ByScore: true, Start: "(" + strconv.FormatInt(from, 10), Stop: "+inf", Count: int64(limit),
	}).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return nil, "", fmt.Errorf("list changes: %w", err)
	}
	ids := make([]string, len(list))
	for i, z := range list {
		ids[i], _ = z.Member.(string)
		from = int64(z.Score)
	}
	have, err := st.facts(ctx, k, ids)
	if err != nil {
		return nil, "", err
	}
	out := make([]web.Change, 0, len(ids))
	for _, id := range ids {
		f := have[id]
		out = append(out, web.Change{Case: cases.ID(id), Version: f.Version, State: f.State, Waiting: f.Waiting, UpdatedAt: time.UnixMilli(f.Updated).UTC()})
	}
	return out, base64.RawURLEncoding.EncodeToString([]byte(log + " " + strconv.FormatInt(from, 10))), nil
}

// changesLog is the name of a list of changes, so that a cursor is not taken for one into a list that was made anew.
func (st *Store) changesLog(ctx context.Context, k shopKeys) (string, error) {
	log, err := st.RDB.Get(ctx, k.of("changes:log")).Result()
	if errors.Is(err, redis.Nil) {
		if err = st.RDB.SetNX(ctx, k.of("changes:log"), rand.Text()[:8], 0).Err(); err == nil {
			log, err = st.RDB.Get(ctx, k.of("changes:log")).Result()
		}
	}
	if err != nil {
		return "", fmt.Errorf("name a list of changes: %w", err)
	}
	return log, nil
}
