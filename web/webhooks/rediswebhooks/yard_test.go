package rediswebhooks_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	oracle "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"recourse/web/webhooks"
	"recourse/web/webhooks/rediswebhooks"
)

// clock is the wall clock of a test: it runs, and can be pushed.
type clock struct {
	mu     sync.Mutex
	pushed time.Duration // guarded by mu
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.pushed)
}

func (c *clock) push(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pushed += d
}

// yard is a store and what works on it.
type yard struct {
	t     *testing.T
	ctx   context.Context
	rdb   redis.UniversalClient
	clock clock
	store *rediswebhooks.Store
	reg   *webhooks.Registrar
	pub   *webhooks.Publisher
	count webhooks.Counters
}

var (
	submitted = webhooks.Type{Name: "case.submitted"}
	changed   = webhooks.Type{Name: "case.changed", OptIn: true}
	types     = []webhooks.Type{submitted, changed, webhooks.TestType, webhooks.DisabledType}
)

const owner = "shop-1"

func newYard(t *testing.T, rdb redis.UniversalClient) *yard {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	t.Cleanup(cancel)
	sealer, err := rediswebhooks.NewSealer([]string{"0123456789abcdef0123456789abcdef"})
	if err != nil {
		t.Fatal(err)
	}
	y := &yard{t: t, ctx: ctx, rdb: rdb}
	y.store = &rediswebhooks.Store{RDB: rdb, Sealer: sealer, Now: y.clock.now}
	y.reg = &webhooks.Registrar{Endpoints: y.store, Queue: y.store, History: y.store, Reach: webhooks.WithLoopback, Types: types, Now: y.clock.now}
	y.pub = &webhooks.Publisher{Endpoints: y.store, Queue: y.store, Now: y.clock.now, Counters: &y.count}
	return y
}

// quick is a schedule for receivers that fail a few times.
var quick = webhooks.Schedule{Steps: []time.Duration{5 * time.Millisecond, 10 * time.Millisecond}, For: time.Minute, Jitter: 0.1}

// node is a dispatcher that runs until the test or stop ends it.
func (y *yard) node(schedule webhooks.Schedule, settled func(webhooks.Delivery)) (d *webhooks.Dispatcher, stop func()) {
	y.t.Helper()
	sender := webhooks.NewSender(webhooks.WithLoopback, webhooks.SystemLookup, y.clock.now)
	d = &webhooks.Dispatcher{
		Endpoints: y.store, Queue: y.store, Publisher: y.pub, Send: sender.Send, Schedule: schedule, Now: y.clock.now,
		Log: slog.New(slog.DiscardHandler), Counters: &y.count, Every: 5 * time.Millisecond, DisableAfter: webhooks.DefaultDisableAfter,
		Settled: settled,
	}
	ctx, cancel := context.WithCancel(y.ctx)
	ended := make(chan error, 1)
	go func() { ended <- d.Run(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-ended; err != nil {
				y.t.Errorf("the dispatcher ends with %v", err)
			}
			sender.Close()
		})
	}
	y.t.Cleanup(stop)
	return d, stop
}

func ptr[T any](v T) *T { return &v }

func (y *yard) endpoint(url string, events ...string) webhooks.Endpoint {
	y.t.Helper()
	ep, err := y.reg.Create(y.ctx, owner, "", webhooks.Wish{URL: &url, Events: &events})
	if err != nil {
		y.t.Fatal(err)
	}
	return ep
}

func event(lane string, n int) webhooks.Event {
	return webhooks.Event{
		ID: fmt.Sprintf("msg_%s_%d", lane, n), Type: submitted.Name, At: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC), Lane: lane,
		Data: json.RawMessage(fmt.Sprintf(`{"case":%q,"n":%d}`, lane, n)),
	}
}

func (y *yard) publish(lane string, n int) {
	y.t.Helper()
	if err := y.pub.Publish(y.ctx, owner, submitted, func() (webhooks.Event, error) { return event(lane, n), nil }); err != nil {
		y.t.Fatal(err)
	}
}

// until waits for something that only asking again can show.
func (y *yard) until(what string, ok func() bool) {
	y.t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-y.ctx.Done():
			y.t.Fatalf("waited in vain for %s", what)
		case <-tick.C:
		}
	}
}

func (y *yard) dead(ep webhooks.Endpoint) []webhooks.Delivery {
	y.t.Helper()
	list, _, err := y.store.DeadLetters(y.ctx, ep.ID, time.Time{}, "", 1000)
	if err != nil {
		y.t.Fatal(err)
	}
	return list
}

func (y *yard) reload(ep webhooks.Endpoint) webhooks.Endpoint {
	y.t.Helper()
	ep, err := y.reg.Get(y.ctx, ep.Owner, ep.ID)
	if err != nil {
		y.t.Fatal(err)
	}
	return ep
}

// message is what a receiver was sent.
type message struct {
	ID, Type string
	Case     string
	N        int
	Seq      int64
}

// receiver is somebody's HTTP server. answer is asked for a status before a message is taken.
type receiver struct {
	*httptest.Server
	t *testing.T

	mu     sync.Mutex
	answer func(message) int // guarded by mu; nil: 200
	secret string            // guarded by mu; "": not verified
	pause  string            // guarded by mu; the Retry-After of what is not a 2xx
	asked  []message         // guarded by mu; every request
	took   []message         // guarded by mu; those answered with 2xx
}

func newReceiver(t *testing.T, answer func(message) int) *receiver {
	t.Helper()
	r := &receiver{t: t, answer: answer}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) verify(secret string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.secret = secret
}

func (r *receiver) answering(f func(message) int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = f
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	raw, err := io.ReadAll(req.Body)
	if err != nil {
		return // the sender broke off
	}
	var body struct {
		Type string
		Data struct {
			Case string
			N    int
			Seq  int64
		}
	}
	if err := json.Unmarshal(raw, &body); err != nil {
		r.t.Errorf("body %s: %v", raw, err)
	}
	m := message{ID: req.Header.Get("webhook-id"), Type: body.Type, Case: body.Data.Case, N: body.Data.N, Seq: body.Data.Seq}
	r.mu.Lock()
	secret, answer, pause := r.secret, r.answer, r.pause
	r.asked = append(r.asked, m)
	r.mu.Unlock()
	if secret != "" {
		wh, err := oracle.NewWebhook(secret)
		if err == nil {
			err = wh.VerifyIgnoringTimestamp(raw, req.Header) // the test's clock may have been pushed
		}
		if err != nil {
			r.t.Errorf("message %s: %v", m.ID, err)
		}
	}
	status := http.StatusOK
	if answer != nil {
		status = answer(m)
	}
	if status < 300 {
		r.mu.Lock()
		r.took = append(r.took, m)
		r.mu.Unlock()
	} else if pause != "" {
		w.Header().Set("Retry-After", pause)
	}
	w.WriteHeader(status)
}

func (r *receiver) taken() []message {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]message(nil), r.took...)
}

// times is how often a message was taken.
func (r *receiver) times(id string) int {
	n := 0
	for _, m := range r.taken() {
		if m.ID == id {
			n++
		}
	}
	return n
}

func (r *receiver) requests() []message {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]message(nil), r.asked...)
}

// checkOrder wants every lane to have been taken in order, with repeats only of what stood last.
func checkOrder(t *testing.T, list []message, lanes, each int) {
	t.Helper()
	last := map[string]int{}
	for _, m := range list {
		if m.N != last[m.Case]+1 && m.N != last[m.Case] {
			t.Errorf("case %s: %d came after %d", m.Case, m.N, last[m.Case])
		}
		if m.Seq != int64(m.N) {
			t.Errorf("case %s: event %d has seq %d", m.Case, m.N, m.Seq)
		}
		last[m.Case] = max(m.N, last[m.Case])
	}
	if len(last) != lanes {
		t.Errorf("%d of %d lanes", len(last), lanes)
	}
	for lane, n := range last {
		if n != each {
			t.Errorf("lane %s ends at %d of %d", lane, n, each)
		}
	}
}
