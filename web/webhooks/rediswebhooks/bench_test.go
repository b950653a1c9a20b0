package rediswebhooks_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/internal/redistest"
	"recourse/web/webhooks"
	"recourse/web/webhooks/rediswebhooks"
)

// BenchmarkDeliveries sends to a receiver on loopback, over 1,000 cases of ten endpoints.
func BenchmarkDeliveries(b *testing.B) {
	for name, rdb := range map[string]func() redis.UniversalClient{
		"embedded": func() redis.UniversalClient { return redistest.Embedded(b) },
		"redis":    func() redis.UniversalClient { return redistest.Server(b).Client() },
	} {
		b.Run(name, func(b *testing.B) {
			const lanes, endpoints = 1000, 10
			var took atomic.Int64
			all := make(chan struct{})
			srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
				if took.Add(1) == int64(b.N) {
					close(all)
				}
			}))
			defer srv.Close()
			st := &rediswebhooks.Store{RDB: rdb(), Sealer: &rediswebhooks.Sealer{}, Now: time.Now}
			ids := make([]webhooks.EndpointID, endpoints)
			reg := &webhooks.Registrar{Endpoints: st, Queue: st, History: st, Reach: webhooks.WithLoopback, Types: types, Now: time.Now}
			for i := range ids {
				ep, err := reg.Create(b.Context(), fmt.Sprint("shop-", i), "", webhooks.Wish{URL: &srv.URL})
				if err != nil {
					b.Fatal(err)
				}
				ids[i] = ep.ID
			}
			for i := range b.N {
				if _, _, err := st.Enqueue(b.Context(), ids[i%endpoints], event(fmt.Sprint(i%lanes), i), time.Now()); err != nil {
					b.Fatal(err)
				}
			}
			sender := webhooks.NewSender(webhooks.WithLoopback, webhooks.SystemLookup, time.Now)
			defer sender.Close()
			d := &webhooks.Dispatcher{
				Endpoints: st, Queue: st, Send: sender.Send, Schedule: webhooks.Day, Now: time.Now, Log: slog.New(slog.DiscardHandler),
				Counters: &webhooks.Counters{}, Every: 100 * time.Millisecond, DisableAfter: time.Hour,
			}
			ctx, cancel := context.WithCancel(b.Context())
			ended := make(chan error, 1)
			b.ResetTimer()
			go func() { ended <- d.Run(ctx) }()
			<-all
			b.StopTimer()
			cancel()
			if err := <-ended; err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "deliveries/s")
		})
	}
}

// BenchmarkBacklog queues events that nobody takes and says what one costs in Redis' memory.
func BenchmarkBacklog(b *testing.B) {
	rdb := redistest.Server(b).Client()
	st := &rediswebhooks.Store{RDB: rdb, Sealer: &rediswebhooks.Sealer{}, Now: time.Now}
	reg := &webhooks.Registrar{Endpoints: st, Queue: st, History: st, Reach: webhooks.PublicOnly, Types: types, Now: time.Now}
	ep, err := reg.Create(b.Context(), owner, "", webhooks.Wish{URL: ptr("https://shop.example/")})
	if err != nil {
		b.Fatal(err)
	}
	before := usedMemory(b, rdb)
	pad := strings.Repeat("x", 700) // as long as an event of a case
	for i := range b.N {
		ev := event(fmt.Sprint(i%1000), i)
		ev.Data = []byte(fmt.Sprintf(`{"case":"%d","pad":%q}`, i%1000, pad))
		if _, _, err := st.Enqueue(b.Context(), ep.ID, ev, time.Now()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(usedMemory(b, rdb)-before)/float64(b.N), "redis-B/delivery")
}

func usedMemory(b *testing.B, rdb redis.UniversalClient) int64 {
	b.Helper()
	info, err := rdb.Info(b.Context(), "memory").Result()
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(info, "used_memory:")
	line, _, _ := strings.Cut(rest, "\r\n")
	n, err := strconv.ParseInt(line, 10, 64)
	if err != nil {
		b.Fatal(err)
	}
	return n
}
