package redisweb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/dialog"
	"recourse/web"
)

// Keys of what agents find, in one slot. Only conversations that came to the desk are in it; what they say is added, and
// what was said never goes, so that a term that was read once stays.
//
//	recourse:{find}:t:<term> SET  conversations that have the term
//	recourse:{find}:last     ZSET conversations by when something happened in them, ms
//	recourse:{find}:read     HASH conversation -> entries read so far
const (
	findLastKey = "recourse:{find}:last"
	findReadKey = "recourse:{find}:read"
)

func findTermKey(term string) string { return "recourse:{find}:t:" + term }

const (
	findBatch  = 500  // entries read at once
	findRare   = 2000 // a term of so few conversations leads to them; otherwise the latest are looked through
	findWindow = 200  // conversations looked through at once
)

var _ web.Finder = (*Store)(nil)

// IndexConversation adds what was said since, and the order that it is about now ("": none), to what agents find. It may
// be repeated.
func (st *Store) IndexConversation(ctx context.Context, dialogs dialog.Store, conv dialog.Conversation, order string) error {
	wrap := func(err error) error { return fmt.Errorf("index conversation %s: %w", conv.ID, err) }
	at, err := st.RDB.HGet(ctx, findReadKey, string(conv.ID)).Int64()
	if err != nil && !errors.Is(err, redis.Nil) {
		return wrap(err)
	}
	var terms []string
	for _, name := range []string{conv.Buyer, string(conv.ID), string(conv.Flow.Case), order} {
		terms = append(terms, dialog.FindTerms(name)...)
	}
	last := conv.UpdatedAt
	for more := true; more; {
		entries, err := dialogs.Entries(ctx, conv.ID, at, findBatch)
		if err != nil {
			return wrap(err)
		}
		for _, e := range entries {
			at = e.Seq
			if e.At.After(last) {
				last = e.At
			}
			if dialog.Findable(e) {
				terms = append(terms, dialog.FindTerms(e.Text)...)
			}
		}
		more = len(entries) == findBatch
	}
	slices.Sort(terms)
	pipe := st.RDB.Pipeline()
	for _, term := range slices.Compact(terms) {
		pipe.SAdd(ctx, findTermKey(term), string(conv.ID))
	}
	pipe.ZAddGT(ctx, findLastKey, redis.Z{Score: float64(last.UnixMilli()), Member: string(conv.ID)})
	pipe.HSet(ctx, findReadKey, string(conv.ID), strconv.FormatInt(at, 10))
	if _, err := pipe.Exec(ctx); err != nil {
		return wrap(err)
	}
	return nil
}

// Find lists conversations that have all terms, the latest first.
func (st *Store) Find(ctx context.Context, terms []string, cursor string, limit int) ([]web.Lead, string, error) {
	from, err := readPlace(cursor)
	if err != nil {
		return nil, "", err
	}
	leads, next, err := st.findIn(ctx, terms, from, limit)
	if err != nil {
		return nil, "", fmt.Errorf("look for conversations: %w", err)
	}
	return leads, next, nil
}

func (st *Store) findIn(ctx context.Context, terms []string, from place, limit int) ([]web.Lead, string, error) {
	keys := make([]string, len(terms))
	sizes := make([]*redis.IntCmd, len(terms))
	pipe := st.RDB.Pipeline()
	for i, term := range terms {
		keys[i] = findTermKey(term)
		sizes[i] = pipe.SCard(ctx, keys[i])
	}
	if len(terms) > 0 {
		if _, err := pipe.Exec(ctx); err != nil {
			return nil, "", err
		}
	}
	rarest := int64(-1)
	for _, size := range sizes {
		if n := size.Val(); rarest < 0 || n < rarest {
			rarest = n
		}
	}
	switch {
	case rarest == 0:
		return nil, "", nil
	case rarest > 0 && rarest <= findRare:
		return st.findRare(ctx, keys, from, limit)
	default:
		return st.findLatest(ctx, keys, from, limit)
	}
}

// findRare takes all that have the terms and puts them in order.
func (st *Store) findRare(ctx context.Context, keys []string, from place, limit int) ([]web.Lead, string, error) {
	ids, err := st.RDB.SInter(ctx, keys...).Result()
	if err != nil || len(ids) == 0 {
		return nil, "", err
	}
	at, err := st.RDB.ZMScore(ctx, findLastKey, ids...).Result()
	if err != nil {
		return nil, "", err
	}
	var out []place
	for i, id := range ids {
		if p := (place{int64(at[i]), id}); from.after(p.ms, p.id) {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b place) int { return cmp.Or(cmp.Compare(b.ms, a.ms), cmp.Compare(b.id, a.id)) })
	next := ""
	if len(out) > limit {
		out = out[:limit]
		next = out[limit-1].cursor()
	}
	return leadsOf(out), next, nil
}

// findLatest looks through the latest, as many as one window has.
func (st *Store) findLatest(ctx context.Context, keys []string, from place, limit int) ([]web.Lead, string, error) {
	most := "+inf"
	if from.id != "" {
		most = strconv.FormatInt(from.ms, 10)
	}
	var all []place
	for offset := int64(0); len(all) == 0; offset += findWindow {
		window, err := st.RDB.ZRevRangeByScoreWithScores(ctx, findLastKey, &redis.ZRangeBy{Max: most, Min: "-inf", Offset: offset, Count: findWindow}).Result()
		if err != nil || len(window) == 0 {
			return nil, "", err
		}
		for _, z := range window { // those of the very millisecond at which the last page ended come again
			if p := (place{int64(z.Score), fmt.Sprint(z.Member)}); from.after(p.ms, p.id) {
				all = append(all, p)
			}
		}
	}
	ids := make([]any, len(all))
	for i, p := range all {
		ids[i] = p.id
	}
	has := make([]*redis.BoolSliceCmd, len(keys))
	pipe := st.RDB.Pipeline()
	for i, key := range keys {
		has[i] = pipe.SMIsMember(ctx, key, ids...)
	}
	if len(keys) > 0 {
		if _, err := pipe.Exec(ctx); err != nil {
			return nil, "", err
		}
	}
	var out []place
	for i, p := range all {
		if !slices.ContainsFunc(has, func(h *redis.BoolSliceCmd) bool { return !h.Val()[i] }) {
			out = append(out, p)
		}
		if len(out) == limit {
			return leadsOf(out), p.cursor(), nil
		}
	}
	return leadsOf(out), all[len(all)-1].cursor(), nil
}

func leadsOf(places []place) []web.Lead {
	out := make([]web.Lead, len(places))
	for i, p := range places {
		out[i] = web.Lead{ID: dialog.ID(p.id), At: time.UnixMilli(p.ms), Cursor: p.cursor()}
	}
	return out
}
