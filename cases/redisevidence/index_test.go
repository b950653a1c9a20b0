package redisevidence

import (
	"context"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/cases"
	"recourse/cases/evidence"
	"recourse/internal/redistest"
)

var epoch = time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC)

func seen(n int, buyer string, p evidence.Hash) evidence.Seen {
	return evidence.Seen{
		ID: cases.EvidenceID(fmt.Sprintf("e_001_%d", n)), Case: cases.ID(fmt.Sprintf("c_001_%d", n)), Party: evidence.Party{Actor: cases.Buyer, ID: buyer},
		SHA256: fmt.Sprintf("%064x", n), Like: evidence.Likeness{P: p, D: 1, Known: true}, At: epoch.Add(time.Duration(n) * time.Minute),
	}
}

// flip changes so many different bits.
func flip(h evidence.Hash, n int, r *rand.Rand) evidence.Hash {
	for _, bit := range r.Perm(64)[:n] {
		h ^= evidence.Hash(1) << bit
	}
	return h
}

func ids(list []evidence.Match) (out []string) {
	for _, m := range list {
		out = append(out, string(m.ID))
	}
	return out
}

func TestIndex(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		x := &Index{RDB: rdb, Keep: 24 * time.Hour}
		ctx := t.Context()
		add := func(list ...evidence.Seen) {
			t.Helper()
			for _, s := range list {
				for range 2 { // repeating it is a no-op
					if err := x.Add(ctx, s); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		find := func(s evidence.Seen) []evidence.Match {
			t.Helper()
			list, err := x.Find(ctx, s)
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		base := evidence.Hash(0x0f1e2d3c4b5a6978)
		same := seen(4, "b-4", base)
		same.SHA256 = seen(1, "", 0).SHA256
		near, far := seen(2, "b-2", base^0b111<<3^1<<40), seen(3, "b-3", ^base)
		plain := seen(5, "b-5", base)
		plain.Like.Plain = true
		add(seen(1, "b-1", base), near, far, same, plain)

		got := find(seen(1, "b-1", base))
		if !slices.Equal(ids(got), []string{"e_001_4", "e_001_2"}) || !got[0].Exact || got[1].Exact || got[1].Bits != 4 {
			t.Fatalf("found %+v", got)
		}
		if got[1].Party.ID != "b-2" || got[1].Case != "c_001_2" || !got[1].At.Equal(near.At) {
			t.Errorf("found %+v", got[1])
		}
		if got := find(plain); len(got) > 0 {
			t.Errorf("a plain one is like %v", ids(got))
		}
		// Noting it later is the same entry.
		again := near
		again.At = again.At.Add(time.Hour)
		add(again)
		if got := find(seen(1, "b-1", base)); len(got) != 2 || !got[1].At.Equal(again.At) {
			t.Errorf("after noting it later: %+v", got)
		}
		for range 2 {
			if err := x.Remove(ctx, near); err != nil {
				t.Fatal(err)
			}
		}
		if got := find(seen(1, "b-1", base)); !slices.Equal(ids(got), []string{"e_001_4"}) {
			t.Errorf("after it was taken out: %v", ids(got))
		}
		// What is too old goes when something comes to the same place.
		late := seen(6, "b-6", base)
		late.At = epoch.Add(48 * time.Hour)
		add(late)
		if got := find(late); len(got) > 0 {
			t.Errorf("remembered for too long: %v", ids(got))
		}
	})
}

// The index crosses shards: on a cluster its keys lie on all masters.
func TestIndexOnACluster(t *testing.T) {
	x := &Index{RDB: redistest.Cluster(t).Client(), Keep: 24 * time.Hour}
	a, b := seen(1, "b-1", 0x1234), seen(2, "b-2", 0x1235)
	for _, s := range []evidence.Seen{a, b} {
		if err := x.Add(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	list, err := x.Find(t.Context(), a)
	if err != nil || !slices.Equal(ids(list), []string{"e_001_2"}) {
		t.Errorf("%v, %v", ids(list), err)
	}
	if err := x.Remove(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	if list, err := x.Find(t.Context(), a); err != nil || len(list) > 0 {
		t.Errorf("%v, %v", ids(list), err)
	}
}

// Whatever bits differ, up to seven of them are found, and never more than the threshold.
func TestEverySmallDifferenceIsFound(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		x := &Index{RDB: rdb, Keep: 24 * time.Hour}
		r := rand.New(rand.NewPCG(1, 1))
		for n := range 60 {
			h := evidence.Hash(r.Uint64())
			stored, asked := seen(2*n, "b-1", h), seen(2*n+1, "b-2", flip(h, 1+n%9, r))
			if err := x.Add(t.Context(), stored); err != nil {
				t.Fatal(err)
			}
			list, err := x.Find(t.Context(), asked)
			if err != nil {
				t.Fatal(err)
			}
			differ := bits.OnesCount64(uint64(stored.Like.P ^ asked.Like.P))
			if found := slices.Contains(ids(list), string(stored.ID)); found != (differ <= 7) {
				t.Errorf("%d bits differ: found %v", differ, found)
			}
		}
	})
}

func TestASetIsBounded(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		x := &Index{RDB: rdb, Keep: 24 * time.Hour}
		for n := range setMax + 20 {
			s := seen(n, "b", 7)
			s.At = epoch.Add(time.Duration(n) * time.Second)
			if err := x.Add(t.Context(), s); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := rdb.ZCard(t.Context(), bandKey(0, 7)).Result(); err != nil || n != setMax {
			t.Errorf("%d entries, %v", n, err)
		}
	})
}

// Of two that come at the same time, each noted before it looks, at least one finds the other.
func TestTwoAtTheSameTime(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		x := &Index{RDB: rdb, Keep: 24 * time.Hour}
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		for n := range 20 {
			a, b := seen(2*n, "b-1", evidence.Hash(n)<<20|5), seen(2*n+1, "b-2", evidence.Hash(n)<<20|5)
			found := make(chan bool, 2)
			for _, pair := range [][2]evidence.Seen{{a, b}, {b, a}} {
				go func() {
					err := x.Add(ctx, pair[0])
					list, err2 := x.Find(ctx, pair[0])
					found <- err == nil && err2 == nil && slices.Contains(ids(list), string(pair[1].ID))
				}()
			}
			if one, two := <-found, <-found; !one && !two {
				t.Fatal("neither found the other")
			}
		}
	})
}
