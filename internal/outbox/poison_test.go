package outbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/internal/outbox"
	"recourse/internal/redistest"
)

func TestARecordThatCanNeverBeHandledIsSetAsideAndBlocksNobody(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		for _, id := range []string{"1-0", "2-0"} {
			if err := rdb.XAdd(ctx, &redis.XAddArgs{Stream: outbox.Key(7), ID: id, Values: []any{"k", "note", "v", `"` + id + `"`}}).Err(); err != nil {
				t.Fatal(err)
			}
		}
		var took []string
		r := &outbox.Relay{RDB: rdb, Log: slog.New(slog.DiscardHandler), Handlers: map[string]outbox.Handler{
			"note": func(_ context.Context, body json.RawMessage) error {
				if string(body) == `"1-0"` {
					return outbox.Poison(errors.New("no words for it"))
				}
				took = append(took, string(body))
				return nil
			},
		}}
		if err := r.Pass(ctx, 7); err != nil || len(took) != 1 {
			t.Fatalf("took %v, %v", took, err)
		}
		dead, err := rdb.XRange(ctx, outbox.DeadKey(7), "-", "+").Result()
		if err != nil || len(dead) != 1 || dead[0].Values["v"] != `"1-0"` || dead[0].Values["err"] != "no words for it" {
			t.Errorf("dead letters %v, %v", dead, err)
		}
		if n, err := rdb.XLen(ctx, outbox.Key(7)).Result(); err != nil || n != 0 {
			t.Errorf("%d records left, %v", n, err)
		}
	})
}
