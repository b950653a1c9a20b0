package timer_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"recourse/cases"
	"recourse/cases/policy"
	"recourse/cases/rediscases"
	"recourse/cases/timer"
	"recourse/internal/ids"
	"recourse/internal/redistest"
)

// BenchmarkAHundredThousandDueDeadlines says how long a backlog takes, and beside it one of a tenth, which
// should take a tenth of the time:
//
//	go test ./cases/timer -run '^$' -bench Hundred -benchtime 1x -timeout 30m
//
// Each deadline ends a draft of its own (D03): a whole event with its reading, its judgement and its commit.
func BenchmarkAHundredThousandDueDeadlines(b *testing.B) {
	for _, all := range []int{10_000, 100_000} {
		b.Run(fmt.Sprintf("redis/%d", all), func(b *testing.B) { backlog(b, redistest.Server(b).Client(), all) })
		b.Run(fmt.Sprintf("embedded/%d", all), func(b *testing.B) { backlog(b, redistest.Embedded(b), all) })
	}
}

func backlog(b *testing.B, rdb redis.UniversalClient, all int) {
	ctx, cancel := context.WithTimeout(b.Context(), 20*time.Minute)
	defer cancel()
	store := &rediscases.Store{RDB: rdb}
	now := begin
	var clock atomic.Int64
	ledger := &cases.Ledger{
		Store: store, Now: func() time.Time { return time.UnixMilli(clock.Load()).UTC() },
		Policy: func(string) *policy.Policy { return policy.Default() },
	}
	round := 0
	for b.Loop() {
		b.StopTimer()
		clock.Store(now.UnixMilli())
		fill(ctx, b, rdb, round, all)
		round++
		clock.Store(now.AddDate(1, 0, 0).UnixMilli())
		r := &timer.Runner{
			Index: store, Now: ledger.Now, Log: slog.New(slog.DiscardHandler), Every: time.Hour,
			Fire: func(ctx context.Context, id cases.ID, ev cases.Event) error {
				_, err := ledger.Apply(ctx, id, ev)
				return err
			},
		}
		b.StartTimer()
		begun := time.Now()
		n, err := r.RunOnce(ctx)
		took := time.Since(begun)
		if n != all || err != nil {
			b.Fatalf("%d fired, %v", n, err)
		}
		b.ReportMetric(took.Seconds(), "s/backlog")
		b.ReportMetric(float64(all)/took.Seconds(), "deadlines/s")
	}
}

// fill opens drafts, one per buyer. Their documents are written straight away, as Open would have left them,
// because opening a hundred thousand would take most of the time.
func fill(ctx context.Context, b *testing.B, rdb redis.UniversalClient, round, all int) {
	b.Helper()
	var g errgroup.Group
	g.SetLimit(2)
	const chunk = 32 // the embedded server answers a pipeline as a whole, and rewrites its journal meanwhile
	for from := 0; from < all; from += chunk {
		g.Go(func() error {
			pipe := rdb.Pipeline()
			for i := from; i < min(all, from+chunk); i++ {
				buyer := fmt.Sprintf("bench-%d-%d", round, i)
				line := policy.Line{
					OrderID: "o-" + buyer, LineID: "1", BuyerID: buyer, ShopID: "s1", PaidGoodsFen: 100,
					Status: policy.Signed, PaidAt: begin.AddDate(0, 0, -3), SignedAt: begin.AddDate(0, 0, -1),
				}
				shard := ids.Of(buyer)
				res, err := cases.NewDraft(cases.ID(ids.New("c", shard)), buyer, "", line, cases.Env{Policy: policy.Default(), Now: begin})
				if err != nil {
					return err
				}
				doc, err := json.Marshal(res.Case)
				if err != nil {
					return err
				}
				at := res.Case.Deadlines[cases.TimerDraft].UnixMilli()
				member := string(res.Case.ID) + "|" + string(cases.TimerDraft)
				pipe.HSet(ctx, shard.Tag()+":c:"+string(res.Case.ID), "doc", doc, "ver", 1, "due", `["`+member+`"]`)
				pipe.ZAdd(ctx, shard.Tag()+":c:due", redis.Z{Member: member, Score: float64(at)})
			}
			_, err := pipe.Exec(ctx)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		b.Fatal(err)
	}
}
