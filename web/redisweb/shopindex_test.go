package redisweb_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/cases"
	"recourse/internal/redistest"
	"recourse/web"
	"recourse/web/redisweb"
)

// filed is the n-th case of a shop at a version.
func filed(shop string, n, version int, state cases.State) cases.Case {
	c := cases.Case{
		ID: cases.ID(fmt.Sprintf("c_000_%04d", n)), Shop: shop, Version: version, State: state, Attempt: 1,
		CreatedAt: wall.Add(time.Duration(n) * time.Minute), UpdatedAt: wall.Add(time.Duration(1000+version) * time.Hour),
	}
	c.Line.OrderID = fmt.Sprintf("o%d", n/2)
	return c
}

func index(ctx context.Context, t *testing.T, st *redisweb.Store, list ...cases.Case) {
	t.Helper()
	for _, c := range list {
		if err := st.IndexCase(ctx, c); err != nil {
			t.Fatal(err)
		}
	}
}

// pages reads a list to its end.
func pages(ctx context.Context, t *testing.T, st *redisweb.Store, shop string, q web.CaseQuery, between func()) []cases.ID {
	t.Helper()
	var all []cases.ID
	for range 1000 {
		page, next, err := st.Cases(ctx, shop, q)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) > q.Limit {
			t.Fatalf("a page of %d, want at most %d", len(page), q.Limit)
		}
		all = append(all, page...)
		if next == "" {
			return all
		}
		q.Cursor = next
		if between != nil {
			between()
		}
	}
	t.Fatal("the list has no end")
	return nil
}

func TestAShopsCasesComeNewestFirstWhateverComesMeanwhile(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, st := open(t, rdb)
		for n := range 25 {
			index(ctx, t, st, filed("s1", n, 2, cases.MerchantReview))
		}
		same := filed("s1", 90, 2, cases.MerchantReview) // as old as another
		same.CreatedAt = filed("s1", 10, 2, cases.MerchantReview).CreatedAt
		index(ctx, t, st, same, filed("{s2}", 50, 2, cases.MerchantReview))
		n := 100
		got := pages(ctx, t, st, "s1", web.CaseQuery{Limit: 4}, func() {
			n++
			index(ctx, t, st, filed("s1", n, 2, cases.MerchantReview)) // newer than where the reader is
			index(ctx, t, st, filed("s1", n-101, 5, cases.Refunded))   // and an old one that changes
		})
		if len(got) != 26 || got[0] != "c_000_0024" || got[25] != "c_000_0000" {
			t.Errorf("%d cases: %v", len(got), got)
		}
		if uniq := slices.Compact(slices.Sorted(slices.Values(got))); len(uniq) != len(got) {
			t.Errorf("a case comes twice: %v", got)
		}
		if other := pages(ctx, t, st, "{s2}", web.CaseQuery{Limit: 4}, nil); len(other) != 1 {
			t.Errorf("the other shop has %v", other)
		}
		for _, bad := range []string{"x", "%%%", "MTIz", "MSA"} {
			if _, _, err := st.Cases(ctx, "s1", web.CaseQuery{Cursor: bad, Limit: 4}); !errors.Is(err, web.ErrBadCursor) {
				t.Errorf("cursor %q: %v", bad, err)
			}
		}
	})
}

func TestAShopsCasesCanBePicked(t *testing.T) {
	ctx, st := open(t, redistest.Embedded(t))
	owing := filed("s", 3, 9, cases.ClosedExpired)
	owing.GoodsBack = true
	index(ctx, t, st, filed("s", 0, 2, cases.MerchantReview), filed("s", 1, 3, cases.MerchantRejected), filed("s", 2, 7, cases.Refunded), owing)
	yes, no := true, false
	for name, tt := range map[string]struct {
		q    web.CaseQuery
		want string
	}{
		"all":                     {web.CaseQuery{}, "3 2 1 0"},
		"a state":                 {web.CaseQuery{State: cases.MerchantRejected}, "1"},
		"an end":                  {web.CaseQuery{State: cases.Refunded}, "2"},
		"waiting on the shop":     {web.CaseQuery{Waiting: &yes}, "3 0"},
		"not waiting on the shop": {web.CaseQuery{Waiting: &no}, "2 1"},
		"changed lately":          {web.CaseQuery{UpdatedSince: wall.Add(1007 * time.Hour)}, "3 2"},
		"an order":                {web.CaseQuery{Order: "o0"}, "1 0"},
		"an order and a state":    {web.CaseQuery{Order: "o1", State: cases.Refunded}, "2"},
		"another's order":         {web.CaseQuery{Order: "o9"}, ""},
	} {
		tt.q.Limit = 1
		var got []string
		for _, id := range pages(ctx, t, st, "s", tt.q, nil) {
			got = append(got, string(id[len(id)-1:]))
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: %v, want %s", name, got, tt.want)
		}
	}
	// What comes late does not undo what is known.
	index(ctx, t, st, filed("s", 2, 6, cases.RefundPending))
	if got := pages(ctx, t, st, "s", web.CaseQuery{State: cases.Refunded, Limit: 10}, nil); len(got) != 1 {
		t.Errorf("an older version came late and won: %v", got)
	}
}

// More than a scan looks at in one go, all of one instant: paging must still come to an end and miss none.
func TestManyCasesOfOneInstantAreAllListed(t *testing.T) {
	ctx, st := open(t, redistest.Embedded(t))
	for n := range 450 {
		c := filed("s", n, 2, cases.MerchantReview)
		c.CreatedAt = wall
		index(ctx, t, st, c)
	}
	if got := pages(ctx, t, st, "s", web.CaseQuery{Limit: 70}, nil); len(got) != 450 {
		t.Errorf("%d cases, want 450", len(got))
	}
}

func TestTheListOfChangesLosesNothing(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, st := open(t, rdb)
		const shop, caseCount, versions = "s", 12, 15
		var writers sync.WaitGroup
		for n := range caseCount {
			writers.Go(func() {
				for v := 2; v <= versions; v++ {
					c := filed(shop, n, v, cases.MerchantReview)
					for range 2 { // the outbox may deliver twice
						if err := st.IndexCase(ctx, c); err != nil {
							t.Error(err)
						}
					}
				}
			})
		}
		done := make(chan struct{})
		go func() { writers.Wait(); close(done) }()
		seen, cursor := map[cases.ID]int{}, ""
		for ended := false; ; {
			page, next, err := st.Changes(ctx, shop, cursor, 5)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range page {
				if c.Version < seen[c.Case] {
					t.Errorf("case %s at version %d after %d", c.Case, c.Version, seen[c.Case])
				}
				seen[c.Case] = c.Version
			}
			cursor = next
			if ended && len(page) == 0 {
				break
			}
			select {
			case <-done:
				ended = true
			default:
			}
		}
		if len(seen) != caseCount {
			t.Errorf("%d cases seen, want %d", len(seen), caseCount)
		}
		for id, v := range seen {
			if v != versions {
				t.Errorf("case %s was last seen at version %d, want %d", id, v, versions)
			}
		}
		// A cursor holds on; a repeat is nothing new; a cursor of a list that was lost is told so.
		index(ctx, t, st, filed(shop, 3, versions, cases.MerchantReview))
		if page, next, err := st.Changes(ctx, shop, cursor, 5); err != nil || len(page) != 0 || next != cursor {
			t.Errorf("nothing changed: %v %q %v", page, next, err)
		}
		index(ctx, t, st, filed(shop, 3, versions+1, cases.Refunded))
		if page, _, err := st.Changes(ctx, shop, cursor, 5); err != nil || len(page) != 1 || page[0].State != cases.Refunded {
			t.Errorf("one changed: %v %v", page, err)
		}
		if _, _, err := st.Changes(ctx, "other", cursor, 5); !errors.Is(err, web.ErrLostCursor) {
			t.Errorf("the cursor of another list: %v", err)
		}
		if _, _, err := st.Changes(ctx, shop, "x", 5); !errors.Is(err, web.ErrBadCursor) {
			t.Errorf("a cursor that is none: %v", err)
		}
	})
}
