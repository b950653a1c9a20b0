package redisweb_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/internal/redistest"
	"recourse/web"
	"recourse/web/redisweb"
	"recourse/web/wire"
)

func TestTicketsAreKeptOnceAndDoneOnce(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		st := &redisweb.Store{RDB: rdb, Wall: time.Now}
		at := time.Date(2026, 3, 5, 10, 0, 0, 0, time.UTC)
		file := func(key, kind, why string, priority int, after time.Duration) {
			t.Helper()
			if err := st.FileTicket(ctx, key, wire.Ticket{Kind: kind, Why: why, Case: "c_001_A", Priority: priority, At: at.Add(after)}); err != nil {
				t.Fatal(err)
			}
		}
		open := func(kind string) []string {
			t.Helper()
			list, err := st.OpenTickets(ctx, kind, 10)
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, x := range list {
				out = append(out, x.Why)
			}
			return out
		}
		if got := open(""); got != nil {
			t.Errorf("at first: %v", got)
		}
		file("a", "ticket", "payment_failed", 0, 0)
		file("b", "ticket", "refund_late", 0, time.Minute)
		file("c", "ticket", "sla_breached", 1, time.Hour)
		file("d", "merchant_penalty", "", 0, 2*time.Hour)
		file("a", "ticket", "again", 5, 0) // delivered twice
		if got := open("ticket"); !slices.Equal(got, []string{"sla_breached", "payment_failed", "refund_late"}) {
			t.Errorf("tickets %v", got)
		}
		list, err := st.OpenTickets(ctx, "", 10)
		if err != nil || len(list) != 4 {
			t.Fatalf("%v, %v", list, err)
		}
		done := make([]wire.Ticket, 4)
		var wg sync.WaitGroup
		for i := range done {
			wg.Go(func() {
				var err error
				if done[i], err = st.TicketDone(ctx, list[0].ID, []string{"a1", "a2", "a3", "a4"}[i], at.Add(time.Duration(i)*time.Hour)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, x := range done {
			if x.DoneBy != done[0].DoneBy || !x.DoneAt.Equal(done[0].DoneAt) || x.DoneBy == "" {
				t.Errorf("done by %s at %s and by %s at %s", x.DoneBy, x.DoneAt, done[0].DoneBy, done[0].DoneAt)
			}
		}
		file("c", "ticket", "sla_breached", 1, time.Hour) // a late repeat does not open it again
		if got := open("ticket"); !slices.Equal(got, []string{"payment_failed", "refund_late"}) {
			t.Errorf("after the first was done: %v", got)
		}
		if _, err := st.TicketDone(ctx, "nothing", "a1", at); !errors.Is(err, web.ErrNoTicket) {
			t.Errorf("a ticket that is not there: %v", err)
		}
	})
}
