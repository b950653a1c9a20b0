package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

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
	begun := time.Now()
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
	b.ReportMetric(float64(b.N)/took.Seconds(), "conversations/s")
	b.ReportMetric(meter.EndAt(0.5).Seconds()*1000, "p50-ms")
	b.ReportMetric(meter.EndAt(0.99).Seconds()*1000, "p99-ms")
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
