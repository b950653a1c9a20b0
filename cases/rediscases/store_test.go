package rediscases_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/cases"
	"recourse/cases/casestest"
	"recourse/cases/policy"
	"recourse/cases/rediscases"
	"recourse/cases/timer"
	"recourse/internal/ids"
	"recourse/internal/outbox"
	"recourse/internal/redistest"
)

func TestTheStoreKeepsWhatCaseStoresPromise(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		st := &rediscases.Store{RDB: rdb}
		casestest.Run(t, casestest.Backend{Store: st, Buyer: casestest.Buyers("b"), Due: due(st), Records: records(rdb)})
	})
}

// due reads the index of deadlines as the runner does.
func due(st *rediscases.Store) func(context.Context, cases.ID) (map[cases.Timer]time.Time, error) {
	return func(ctx context.Context, id cases.ID) (map[cases.Timer]time.Time, error) {
		list, err := st.Due(ctx, casestest.Epoch.AddDate(100, 0, 0), 10_000)
		out := map[cases.Timer]time.Time{}
		for _, d := range list {
			if d.Case == id {
				out[d.Timer] = d.At
			}
		}
		return out, err
	}
}

// records reads the outbox that nobody relays.
func records(rdb redis.UniversalClient) func(context.Context, cases.ID) ([]casestest.Record, error) {
	return func(ctx context.Context, id cases.ID) ([]casestest.Record, error) {
		s, err := ids.ShardOf(rediscases.Prefix, string(id))
		if err != nil {
			return nil, err
		}
		list, err := rdb.XRange(ctx, outbox.Key(s), "-", "+").Result()
		if err != nil {
			return nil, err
		}
		var out []casestest.Record
		for _, r := range list {
			kind, _ := r.Values["k"].(string)
			body, _ := r.Values["v"].(string)
			var b struct {
				Case    cases.ID
				Version int
				Notice  cases.Notice
				Order   cases.Order
			}
			if err := json.Unmarshal([]byte(body), &b); err != nil {
				return nil, err
			}
			if b.Case == id {
				out = append(out, casestest.Record{Kind: kind, Version: b.Version, What: b.Notice.Key + b.Order.Kind})
			}
		}
		return out, nil
	}
}

func TestADeadlineIsListedFromItsInstantAndDroppedOnlyAsItWasRead(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		st := &rediscases.Store{RDB: rdb}
		shard := ids.Of("b")
		d := timer.Due{Case: cases.ID(ids.New("c", shard)), Timer: cases.TimerOffer, At: casestest.Epoch}
		set := func(at time.Time) {
			t.Helper()
			member := redis.Z{Member: string(d.Case) + "|" + string(d.Timer), Score: float64(at.UnixMilli())}
			if err := rdb.ZAdd(ctx, shard.Tag()+":c:due", member).Err(); err != nil {
				t.Fatal(err)
			}
		}
		listed := func(now time.Time) bool {
			t.Helper()
			list, err := st.Due(ctx, now, 10)
			if err != nil {
				t.Fatal(err)
			}
			return len(list) == 1 && list[0].Case == d.Case && list[0].Timer == d.Timer
		}
		set(d.At)
		if listed(d.At.Add(-time.Millisecond)) || !listed(d.At) {
			t.Error("not listed from its instant on")
		}
		set(d.At.Add(time.Second)) // it was set anew after it was read
		if err := st.Drop(ctx, d); err != nil {
			t.Fatal(err)
		}
		if !listed(d.At.Add(time.Second)) {
			t.Error("a deadline that was set anew was dropped")
		}
		d.At = d.At.Add(time.Second)
		for range 2 {
			if err := st.Drop(ctx, d); err != nil {
				t.Fatal(err)
			}
		}
		if listed(d.At) {
			t.Error("still listed after it was dropped")
		}
	})
}

// A document holds order numbers of others, so keys made of them must not meet.
func TestLinesWithOddNamesAreKeptApart(t *testing.T) {
	rdb := redistest.Embedded(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	st := &rediscases.Store{RDB: rdb}
	names := [][2]string{{"a:b", "c"}, {"a", "b:c"}, {`a":"b`, "c"}, {"{x}", "1"}, {"", ""}, {"a b", "c"}, {"订单", "1"}}
	for i, n := range names {
		c := cases.Case{ID: cases.ID(ids.New("c", ids.Of("b"))), Version: 1, Buyer: "b"}
		c.Line.OrderID, c.Line.LineID = n[0], n[1]
		commit := cases.Commit{Case: c, Key: "k", Digest: "d"}
		commit.Line.Attempts = i + 1
		if err := st.Commit(ctx, commit); err != nil {
			t.Fatalf("%q: %v", n, err)
		}
	}
	for i, n := range names {
		if rec, err := st.Line(ctx, "b", n[0], n[1]); err != nil || rec.Attempts != i+1 || rec.Version != 1 {
			t.Errorf("%q: %+v, %v", n, rec, err)
		}
	}
}

func TestEveryCaseIsVisited(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		st := &rediscases.Store{RDB: rdb}
		want := map[cases.ID]bool{}
		for i := range 40 { // over many shards
			buyer := fmt.Sprint("visited", i)
			id := cases.ID(ids.New(rediscases.Prefix, ids.Of(buyer)))
			line := policy.Line{OrderID: "o", LineID: "1", BuyerID: buyer, ShopID: "s", Status: policy.Signed, SignedAt: casestest.Epoch}
			res, err := cases.NewDraft(id, buyer, "", line, cases.Env{Policy: policy.Default(), Now: casestest.Epoch})
			if err != nil {
				t.Fatal(err)
			}
			if err := st.Commit(t.Context(), cases.Commit{Case: res.Case, Mark: res.Mark, Key: res.Mark.Event.Key, Line: res.Line}); err != nil {
				t.Fatal(err)
			}
			want[id] = true
		}
		got := map[cases.ID]bool{}
		if err := st.Each(t.Context(), func(id cases.ID) error { got[id] = true; return nil }); err != nil || !maps.Equal(got, want) {
			t.Errorf("visited %d of %d cases: %v", len(got), len(want), err)
		}
		stop := errors.New("enough")
		if err := st.Each(t.Context(), func(cases.ID) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("the visitor's error is lost: %v", err)
		}
	})
}
