package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/spf13/pflag"

	"recourse/bot/faq"
	"recourse/bot/replay/labwire"
	"recourse/bot/replay/load"
	"recourse/bot/replay/remote"
	"recourse/bot/replay/stage"
	"recourse/dialog"
	"recourse/internal/redistest"
	"recourse/web/wsclient"
)

// BenchmarkConversationsOverWebSocket plays conversations of six turns, each by a buyer of his own who comes in over a
// WebSocket of his own, against the whole program on a redis-server with an append-only file. Client, server and Redis
// share the processors. Setting the buyers up is not counted.
//
// The goal is 1,500 conversations a second on two processors, which leaves each 1.3 ms of processor time. It is not reached:
// on a machine with two and nothing else to do there were 260 to 310 a second at 5.6 to 6.4 ms each. What limits is going to
// and fro: Redis reads about 100 times a conversation (it was 158), and the buyer, the server and Redis are woken for each
// frame and answer. Of the round trips some 33 show the buyer what has happened (12 times: the log, the case, his
// complaints), 46 are the turns of the bot, 13 the buyer's words and presses, the rest is counting and telling others.
// RESP2 in place of RESP3 and fewer collections of garbage change nothing that can be measured.
func BenchmarkConversationsOverWebSocket(b *testing.B) {
	rdb := redistest.Server(b)
	s := &settings{}
	flags := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	s.serveFlags(flags)
	if err := flags.Parse([]string{"--demo", "--addr", "127.0.0.1:0", "--redis", rdb.URL(), "--data", b.TempDir()}); err != nil {
		b.Fatal(err)
	}
	if _, err := faq.Builtin().Learn(faqCache()); err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.Context())
	a, err := start(ctx, s, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- a.serve(ctx) }()
	b.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			b.Error(err)
		}
	})
	at := "ws://" + a.listener.Addr().String() + "/ws"
	if _, err := remote.New(ctx, remote.Options{Against: at}); err != nil { // waits for the answers
		b.Fatal(err)
	}
	road, _ := stage.Road("")
	order := road.Orders[0].Order
	buyers := make([]labwire.Opened, b.N)
	for i := range buyers {
		var out labwire.Opened
		if err := openBuyer(a.listener.Addr().String(), &out); err != nil {
			b.Fatal(err)
		}
		buyers[i] = out
	}
	var meter load.Meter
	var next atomic.Int64
	b.ResetTimer()
	begun, before := time.Now(), used(b, rdb.Client())
	var wg sync.WaitGroup
	for range min(benchConnections, b.N) {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(b.N); i = next.Add(1) - 1 {
				if err := sixTurns(ctx, at, buyers[i].Token, order, &meter); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	took := time.Since(begun)
	b.StopTimer()
	after := used(b, rdb.Client())
	b.ReportMetric(float64(b.N)/took.Seconds(), "conversations/s")
	b.ReportMetric((after.cpu-before.cpu).Seconds()*1000/float64(b.N), "cpu-ms/conversation")
	b.ReportMetric((after.reads-before.reads)/float64(b.N), "redis-reads/conversation")
	b.ReportMetric(meter.EndAt(0.5).Seconds()*1000, "p50-ms")
	b.ReportMetric(meter.EndAt(0.99).Seconds()*1000, "p99-ms")
}

// spending is what this process and Redis have spent of the processors, and how often Redis has read from a connection, which
// is about once a round trip. On a busy machine they tell more than the wall clock.
type spending struct {
	cpu   time.Duration
	reads float64
}

func used(b *testing.B, rdb redis.UniversalClient) spending {
	b.Helper()
	var own syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &own); err != nil {
		b.Fatal(err)
	}
	u := spending{cpu: time.Duration(own.Utime.Nano() + own.Stime.Nano())}
	for _, section := range []string{"cpu", "stats"} {
		info, err := rdb.Info(b.Context(), section).Result()
		if err != nil {
			b.Fatal(err)
		}
		for line := range strings.Lines(info) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
			n, _ := strconv.ParseFloat(value, 64) // other lines are no numbers
			switch name {
			case "used_cpu_user", "used_cpu_sys":
				u.cpu += time.Duration(n * float64(time.Second))
			case "total_reads_processed":
				u.reads = n
			}
		}
	}
	return u
}

// openBuyer has the lab set up a buyer with one order.
func openBuyer(addr string, out *labwire.Opened) error {
	res, err := http.Post("http://"+addr+labwire.Path+"/open", "application/json", strings.NewReader(`{"locale":"zh-CN"}`))
	if err != nil {
		return err
	}
	defer res.Body.Close()
	return json.NewDecoder(res.Body).Decode(out)
}

// benchConnections are the sockets open at once.
const benchConnections = 64

// sixTurns is what a buyer does who asks, begins an application, asks in between and goes on.
func sixTurns(ctx context.Context, at, token, order string, meter *load.Meter) error {
	c, err := wsclient.Enter(ctx, wsclient.Where{URL: at, Token: token, Locale: dialog.ZH})
	if err != nil {
		return err
	}
	defer c.Leave()
	say := func(text string) func() (wsclient.Turn, error) {
		return func() (wsclient.Turn, error) { return c.Say(ctx, text) }
	}
	for _, turn := range []func() (wsclient.Turn, error){
		say("你好"), say("手环充了一晚上电都开不了机，我要退款"),
		func() (wsclient.Turn, error) {
			return c.Press(ctx, c.State.Live, dialog.ActPickOrder, dialog.Args{"order": order, "line": "1"})
		},
		say("退货的邮费谁出？"), say("等一下，我找找照片"), say("现在到哪一步了"),
	} {
		t, err := turn()
		if err != nil {
			return err
		}
		meter.Turn(t)
	}
	return nil
}
