package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/spf13/pflag"

	"recourse/internal/outbox"
	"recourse/web"
	"recourse/web/demo"
	"recourse/web/webhooks"
	"recourse/web/webhooks/rediswebhooks"
)

// hookEvery is how often retries that have come due are looked for.
const hookEvery = 500 * time.Millisecond

// hookSettings are those of outgoing webhooks; the tools take them too.
type hookSettings struct {
	keys         []string
	private      bool
	disableAfter time.Duration
}

func (h *hookSettings) flags(f *pflag.FlagSet) {
	f.StringSliceVar(&h.keys, "webhook-key", nil, "key that seals webhook secrets in the store, at least 32 characters; to change it give the new one and then the old one")
	f.BoolVar(&h.private, "webhook-allow-private", false, "let webhook endpoints have private addresses and plain http")
}

func (h *hookSettings) serveFlags(f *pflag.FlagSet) {
	h.flags(f)
	f.DurationVar(&h.disableAfter, "webhook-disable-after", webhooks.DefaultDisableAfter, "switch off a webhook endpoint that has answered nothing good for so long")
}

func (h *hookSettings) check() error {
	for _, k := range h.keys {
		if len(k) < rediswebhooks.KeyLeast {
			return fmt.Errorf("--webhook-key must have at least %d characters", rediswebhooks.KeyLeast)
		}
	}
	if h.disableAfter <= 0 {
		return errors.New("--webhook-disable-after must be above 0")
	}
	return nil
}

func (h *hookSettings) reach(demo bool) webhooks.Reach {
	switch {
	case h.private:
		return webhooks.WithPrivate
	case demo:
		return webhooks.WithLoopback
	}
	return webhooks.PublicOnly
}

// hooks are outgoing webhooks put together.
type hooks struct {
	store      *rediswebhooks.Store
	registrar  *webhooks.Registrar
	publisher  *webhooks.Publisher
	dispatcher *webhooks.Dispatcher
	sender     *webhooks.Sender
	counters   webhooks.Counters
}

// openHooks puts them together; retries follow the wall clock, however fast the marketplace's runs.
func openHooks(rdb redis.UniversalClient, h hookSettings, demo bool, log *slog.Logger) (*hooks, error) {
	sealer, err := rediswebhooks.NewSealer(h.keys)
	if err != nil {
		return nil, err
	}
	k := &hooks{store: &rediswebhooks.Store{RDB: rdb, Sealer: sealer, Now: time.Now}}
	k.registrar = &webhooks.Registrar{
		Endpoints: k.store, Queue: k.store, History: k.store, Reach: h.reach(demo), Types: web.WebhookFilterTypes(), Now: time.Now,
	}
	k.publisher = &webhooks.Publisher{Endpoints: k.store, Queue: k.store, Now: time.Now, Counters: &k.counters}
	k.sender = webhooks.NewSender(h.reach(demo), webhooks.SystemLookup, time.Now)
	k.dispatcher = &webhooks.Dispatcher{
		Endpoints: k.store, Queue: k.store, Publisher: k.publisher, Send: k.sender.Send, Schedule: webhooks.Day, Now: time.Now, Log: log,
		Counters: &k.counters, Every: hookEvery, DisableAfter: h.disableAfter,
	}
	return k, nil
}

// run sends what is due until ctx ends.
func (k *hooks) run(ctx context.Context) error {
	defer k.sender.Close()
	if err := k.store.Clear(ctx); err != nil && ctx.Err() == nil {
		k.dispatcher.Log.WarnContext(ctx, "removed webhook endpoints left for the next start", "err", err)
	}
	return k.dispatcher.Run(ctx)
}

// hookErr: what a version that is not there would say cannot be said later either.
func hookErr(err error) error {
	if errors.Is(err, web.ErrNoVersion) {
		return outbox.Poison(err)
	}
	return err
}

// tellDemo makes the demo's merchant desk a receiver of webhooks, at the address that the server listens on.
func (a *app) tellDemo(ctx context.Context, rdb redis.UniversalClient) error {
	if a.demo == nil {
		return nil
	}
	a.demo.Inbox = &demo.Inbox{RDB: rdb, Endpoints: a.hooks.store, Registrar: a.hooks.registrar, Wall: time.Now}
	host, port, err := net.SplitHostPort(a.listener.Addr().String())
	if err != nil {
		return fmt.Errorf("address of the demo: %w", err)
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		host = "127.0.0.1" // listening everywhere
	}
	for _, shop := range a.demo.Orders.Shops {
		if err := a.demo.Inbox.Register(ctx, shop.ID, "http://"+net.JoinHostPort(host, port)); err != nil {
			return fmt.Errorf("make the demo shops' webhook endpoints: %w", err)
		}
	}
	return nil
}
