package redisllm_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"recourse/bot/llm"
	"recourse/bot/llm/redisllm"
	"recourse/dialog"
	"recourse/internal/ids"
	"recourse/internal/redistest"
)

const day = "2026-11-26"

func talk(buyer string) dialog.ID { return dialog.ID(ids.New("d", ids.Of(buyer))) }

// Whoever spends at once stays within the limits together; what a full day refuses is not charged to a conversation.
func TestAPurseIsNeverOverdrawn(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		s := &redisllm.Store{RDB: rdb}
		ctx := t.Context()
		perDialog, perDay := llm.Amount{Tokens: 1000}, llm.Amount{Micro: 50_000}
		var paid atomic.Int64
		var all sync.WaitGroup
		for n := range 8 {
			id := talk(fmt.Sprint("b", n))
			all.Go(func() {
				for range 30 {
					err := s.Take(ctx, id, day, llm.Amount{Tokens: 90, Micro: 900}, perDialog, perDay)
					switch {
					case err == nil:
						paid.Add(1)
					case !errors.Is(err, llm.ErrSpent):
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		spent, err := s.Spent(ctx, day)
		if err != nil || spent.Tokens != 90*paid.Load() || spent.Micro > perDay.Micro || paid.Load() != 50_000/900 {
			t.Errorf("%+v spent in %d calls, %v", spent, paid.Load(), err)
		}
		id := talk("late")
		if err := s.Take(ctx, id, day, llm.Amount{Tokens: 90, Micro: 900}, perDialog, perDay); !llm.IsDaySpent(err) {
			t.Errorf("a full day answers %v", err)
		}
		if err := s.Take(ctx, id, "2026-11-27", llm.Amount{Tokens: 1000}, perDialog, perDay); err != nil {
			t.Errorf("what the full day refused was charged: %v", err)
		}
		if err := s.Take(ctx, id, "2026-11-27", llm.Amount{Tokens: 1}, perDialog, perDay); !errors.Is(err, llm.ErrSpent) || llm.IsDaySpent(err) {
			t.Errorf("an empty purse answers %v", err)
		}
		if err := s.Settle(ctx, id, "2026-11-27", llm.Amount{Tokens: -400}); err != nil {
			t.Fatal(err)
		}
		if err := s.Take(ctx, id, "2026-11-27", llm.Amount{Tokens: 400}, perDialog, perDay); err != nil {
			t.Errorf("what was given back is not there: %v", err)
		}
		if ttl, err := rdb.TTL(ctx, "recourse:model:day:"+day).Result(); err != nil || ttl <= 0 {
			t.Errorf("a day's purse is kept for %v, %v", ttl, err)
		}
	})
}

func TestTheBookKeepsTheLatestCalls(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		s := &redisllm.Store{RDB: rdb}
		id := talk("b")
		var want []llm.Call
		for n := range 205 {
			c := llm.Call{At: time.Unix(int64(n), 0).UTC(), Conversation: id, About: fmt.Sprint(n), Role: llm.Phrase, Model: "m", Prompt: "p", Answer: "a", In: 3, Out: 4, Micro: 5, Millis: 6, Tries: 1, Outcome: llm.Refused, Why: "w"}
			if err := s.Note(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			want = append(want, c)
		}
		got, err := s.Calls(t.Context(), id, 1000)
		if diff := cmp.Diff(want[5:], got); err != nil || diff != "" {
			t.Errorf("%v %s", err, diff)
		}
		if got, err := s.Calls(t.Context(), id, 2); err != nil || len(got) != 2 || got[1].About != "204" {
			t.Errorf("%+v, %v", got, err)
		}
		if _, err := s.Calls(t.Context(), "x", 1); err == nil {
			t.Error("an id of nobody is read")
		}
	})
}
