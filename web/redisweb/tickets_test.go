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
				if done[i], err = st.TicketDone(ctx, list[0].ID, []string{"a1", "a2", "a3", "a4"}[i], "", at.Add(time.Duration(i)*time.Hour)); err != nil {
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
		if _, err := st.TicketDone(ctx, "nothing", "a1", "", at); !errors.Is(err, web.ErrNoTicket) {
			t.Errorf("a ticket that is not there: %v", err)
		}
	})
}

func TestAWrongAnswerIsFlaggedOnceTakenBackAndFlaggedAgain(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		st := &redisweb.Store{RDB: rdb, Wall: time.Now}
		at := time.Date(2026, 3, 5, 10, 0, 0, 0, time.UTC)
		say := func(entry int64, by, why string, after time.Duration) wire.Ticket {
			t.Helper()
			x, err := st.FlagAnswer(ctx, wire.Ticket{Kind: "wrong_answer", Conversation: "d_001_A", Entry: entry, By: by, Why: why, At: at.Add(after)})
			if err != nil {
				t.Fatal(err)
			}
			return x
		}
		holds := func(when string, wantOpen, wantAll int) {
			t.Helper()
			open, err := st.OpenTickets(ctx, "wrong_answer", 10)
			if err != nil || len(open) != wantOpen {
				t.Errorf("%s: %d open, want %d (%v)", when, len(open), wantOpen, err)
			}
			all, err := st.Flags(ctx, "d_001_A")
			if err != nil || len(all) != wantAll {
				t.Errorf("%s: %d of the conversation, want %d (%v)", when, len(all), wantAll, err)
			}
		}
		say(9, "li", "other", 0)
		first := say(4, "li", "wrong_topic", 0)
		if again := say(4, "li", "wrong_topic", time.Hour); again != first {
			t.Errorf("a repeat made %+v of %+v", again, first)
		}
		if other := say(4, "wang", "wrong_fact", time.Hour); other.ID != first.ID || other.By != "wang" || !other.At.Equal(at.Add(time.Hour)) {
			t.Errorf("the last word does not count: %+v", other)
		}
		holds("two flagged", 2, 2)
		back, err := st.TicketDone(ctx, first.ID, "wang", "taken_back", at.Add(2*time.Hour))
		if err != nil || back.Outcome != "taken_back" || back.DoneBy != "wang" {
			t.Errorf("taken back: %+v, %v", back, err)
		}
		if twice, err := st.TicketDone(ctx, first.ID, "li", "promoted", at.Add(3*time.Hour)); err != nil || twice != back {
			t.Errorf("done twice: %+v, %v", twice, err)
		}
		holds("one taken back", 1, 2)
		if list, err := st.Flags(ctx, "d_001_A"); err != nil || list[0].Entry != 4 || list[1].Entry != 9 {
			t.Errorf("in the order of the conversation: %+v, %v", list, err)
		}
		if anew := say(4, "li", "wrong_topic", 4*time.Hour); !anew.DoneAt.IsZero() || anew.Outcome != "" {
			t.Errorf("flagged again: %+v", anew)
		}
		holds("flagged again", 2, 2)
		if x, err := st.Ticket(ctx, first.ID); err != nil || x.Entry != 4 {
			t.Errorf("read by its id: %+v, %v", x, err)
		}
		if _, err := st.Ticket(ctx, "nothing"); !errors.Is(err, web.ErrNoTicket) {
			t.Errorf("one that is not there: %v", err)
		}
	})
}
