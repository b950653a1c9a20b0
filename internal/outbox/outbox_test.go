package outbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"recourse/internal/ids"
	"recourse/internal/outbox"
	"recourse/internal/redistest"
)

// yard is an outbox, a relay over it, and what its handler was given.
type yard struct {
	t     *testing.T
	ctx   context.Context
	rdb   redis.UniversalClient
	relay *outbox.Relay
	took  chan string

	mu     sync.Mutex
	heard  []string                // guarded by mu
	refuse func(body string) error // guarded by mu; nil: nothing
}

var errBusy = errors.New("busy")

func newYard(t *testing.T, rdb redis.UniversalClient) *yard {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	y := &yard{t: t, ctx: ctx, rdb: rdb, took: make(chan string, 1024)}
	y.relay = y.newRelay(y.took)
	return y
}

func (y *yard) newRelay(took chan string) *outbox.Relay {
	return &outbox.Relay{
		RDB: y.rdb, Log: slog.New(slog.DiscardHandler), Sweep: time.Hour,
		Handlers: map[string]outbox.Handler{"a": y.handle, "b": y.handle},
		Took:     func(kind string) { took <- kind },
	}
}

func (y *yard) handle(_ context.Context, raw json.RawMessage) error {
	y.mu.Lock()
	defer y.mu.Unlock()
	var body string
	if err := json.Unmarshal(raw, &body); err != nil {
		return err
	}
	if y.refuse != nil {
		if err := y.refuse(body); err != nil {
			return err
		}
	}
	y.heard = append(y.heard, body)
	return nil
}

func (y *yard) refusing(f func(body string) error) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.refuse = f
}

func (y *yard) got() []string {
	y.mu.Lock()
	defer y.mu.Unlock()
	return slices.Clone(y.heard)
}

// put appends a record as the scripts of the stores do, without announcing it.
func (y *yard) put(s ids.Shard, kind, body string) {
	y.t.Helper()
	n, err := y.rdb.Incr(y.ctx, outbox.SeqKey(s)).Result()
	if err != nil {
		y.t.Fatal(err)
	}
	err = y.rdb.XAdd(y.ctx, &redis.XAddArgs{
		Stream: outbox.Key(s), ID: fmt.Sprintf("%d-0", n), Values: []any{"k", kind, "v", string(outbox.New(kind, body).Body)},
	}).Err()
	if err != nil {
		y.t.Fatal(err)
	}
}

func (y *yard) announce(payload string) {
	y.t.Helper()
	if err := y.rdb.Publish(y.ctx, outbox.Channel, payload).Err(); err != nil {
		y.t.Fatal(err)
	}
}

func (y *yard) left(s ids.Shard) int64 {
	y.t.Helper()
	n, err := y.rdb.XLen(y.ctx, outbox.Key(s)).Result()
	if err != nil {
		y.t.Fatal(err)
	}
	return n
}

// run runs the relay and returns what stops it and waits for its end.
func (y *yard) run() (stop func()) {
	ctx, cancel := context.WithCancel(y.ctx)
	done := make(chan error, 1)
	go func() { done <- y.relay.Run(ctx) }()
	return func() {
		y.t.Helper()
		cancel()
		select {
		case err := <-done:
			if err != nil {
				y.t.Errorf("the relay ends with %v", err)
			}
		case <-y.ctx.Done():
			y.t.Error("the relay does not end")
		}
	}
}

func (y *yard) await(n int) {
	y.t.Helper()
	for i := range n {
		select {
		case <-y.took:
		case <-y.ctx.Done():
			y.t.Fatalf("%d of %d records were taken: %v", i, n, y.got())
		}
	}
}

// subscribed waits until the relay listens.
func (y *yard) subscribed() {
	y.t.Helper()
	for {
		n, err := y.rdb.PubSubNumSub(y.ctx, outbox.Channel).Result()
		if err != nil {
			y.t.Fatal(err)
		}
		if n[outbox.Channel] > 0 {
			return
		}
	}
}

func TestRecordsOfAShardAreTakenInOrderAndRemoved(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		y := newYard(t, rdb)
		var want []string
		for i := range 150 { // more than are read at once
			body := fmt.Sprintf("“%d”\n", i)
			y.put(3, []string{"a", "b"}[i%2], body)
			want = append(want, body)
		}
		y.put(4, "a", "of another shard")
		if err := y.relay.Pass(y.ctx, 3); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, y.got()); diff != "" {
			t.Errorf("order (-want +got):\n%s", diff)
		}
		if y.left(3) != 0 || y.left(4) != 1 {
			t.Errorf("%d and %d records are left", y.left(3), y.left(4))
		}
		// After the outbox was empty its numbers go on.
		y.put(3, "a", "later")
		if err := y.relay.Pass(y.ctx, 3); err != nil {
			t.Fatal(err)
		}
		if got := y.got(); got[len(got)-1] != "later" {
			t.Errorf("the last is %q", got[len(got)-1])
		}
	})
}

func TestAHandlersErrorKeepsTheRecordAndThoseAfterIt(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		y := newYard(t, rdb)
		for _, body := range []string{"1", "2", "3"} {
			y.put(3, "a", body)
		}
		y.put(5, "a", "other")
		y.refusing(func(body string) error {
			if body == "2" {
				return errBusy
			}
			return nil
		})
		for range 2 {
			if err := y.relay.Pass(y.ctx, 3); !errors.Is(err, errBusy) {
				t.Errorf("the pass ends with %v", err)
			}
			if diff := cmp.Diff([]string{"1"}, y.got()); diff != "" {
				t.Errorf("taken (-want +got):\n%s", diff)
			}
			if y.left(3) != 2 {
				t.Errorf("%d records are left", y.left(3))
			}
		}
		// One shard's trouble is not another's.
		if err := y.relay.Pass(y.ctx, 5); err != nil {
			t.Error(err)
		}
		y.refusing(nil)
		if err := y.relay.Pass(y.ctx, 3); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"1", "other", "2", "3"}, y.got()); diff != "" {
			t.Errorf("taken (-want +got):\n%s", diff)
		}
	})
}

func TestARecordWithoutAHandlerIsKept(t *testing.T) {
	y := newYard(t, redistest.Embedded(t))
	y.put(3, "from a later version", "x")
	y.put(3, "a", "y")
	if err := y.relay.Pass(y.ctx, 3); err == nil {
		t.Error("the pass says that all is well")
	}
	if len(y.got()) != 0 || y.left(3) != 2 {
		t.Errorf("taken %v, %d left", y.got(), y.left(3))
	}
}

func TestARefusedRecordIsTriedAgainByTheSweep(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		y := newYard(t, rdb)
		y.relay.Sweep = 5 * time.Millisecond
		tries := 0
		y.refusing(func(string) error {
			if tries++; tries < 4 {
				return errBusy
			}
			return nil
		})
		y.put(9, "a", "x")
		stop := y.run()
		y.await(1)
		stop()
		if tries != 4 || y.left(9) != 0 {
			t.Errorf("%d tries, %d left", tries, y.left(9))
		}
	})
}

func TestWhatACrashLeftBehindIsTakenAtTheStart(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		y := newYard(t, rdb)
		for s := range ids.Shard(ids.Shards) {
			y.put(s, "a", s.String())
		}
		stop := y.run() // its sweep is an hour away, and nothing is announced
		y.await(ids.Shards)
		stop()
	})
}

func TestALostAnnouncementIsFoundByTheSweep(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		y := newYard(t, rdb)
		y.relay.Sweep = 5 * time.Millisecond
		y.put(1, "a", "first")
		stop := y.run()
		y.await(1) // the start is over
		for _, s := range []ids.Shard{0, 17, ids.Shards - 1} {
			y.put(s, "a", s.String())
			y.await(1)
		}
		stop()
	})
}

func TestAnAnnouncementIsFollowedAtOnceAndNonsenseIgnored(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		y := newYard(t, rdb)
		stop := y.run() // no sweep within the test
		y.subscribed()
		for _, nonsense := range []string{"", "abc", "-1", "64", "70000", "1 2"} {
			y.announce(nonsense)
		}
		for i := range 20 {
			s := ids.Shard(i * 3)
			y.put(s, "a", fmt.Sprint(i))
			y.announce(s.String())
			y.await(1)
		}
		stop()
		if n := len(y.got()); n != 20 {
			t.Errorf("%d records taken", n)
		}
	})
}

func TestARelayThatWasStoppedLeavesNothingRunning(t *testing.T) {
	rdb := redistest.Server(t).Client() // the embedded server has goroutines of its own for our connections
	before := goleak.IgnoreCurrent()
	y := newYard(t, rdb)
	y.put(3, "a", "x")
	stop := y.run()
	y.await(1)
	y.subscribed()
	stop()
	goleak.VerifyNone(t, before)
}

// Delivery is at least once: two nodes may both take a record, but neither skips one or goes back.
func TestTwoRelaysAtOnceMissNothing(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		y := newYard(t, rdb)
		const n = 200
		var want []string
		for i := range n {
			want = append(want, fmt.Sprintf("%03d", i))
			y.put(3, "a", want[i])
		}
		heard := make([][]string, 2)
		var wg sync.WaitGroup
		for i := range heard {
			node := y.newRelay(make(chan string, n))
			node.Handlers = map[string]outbox.Handler{"a": func(_ context.Context, raw json.RawMessage) error {
				heard[i] = append(heard[i], string(raw[1:len(raw)-1]))
				return nil
			}}
			wg.Go(func() {
				if err := node.Pass(y.ctx, 3); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for i, list := range heard {
			if !slices.IsSorted(list) {
				t.Errorf("node %d went back: %v", i, list)
			}
		}
		all := slices.Concat(heard...)
		slices.Sort(all)
		if diff := cmp.Diff(want, slices.Compact(all)); diff != "" {
			t.Errorf("heard by anybody (-want +got):\n%s", diff)
		}
		if y.left(3) != 0 {
			t.Errorf("%d records are left", y.left(3))
		}
	})
}

// reads counts commands that are sent one by one.
type reads struct {
	name string
	n    atomic.Int64
}

func (*reads) DialHook(next redis.DialHook) redis.DialHook { return next }

func (r *reads) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if cmd.Name() == r.name {
			r.n.Add(1)
		}
		return next(ctx, cmd)
	}
}

func (*reads) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

// A sweep asks for all shards at once and reads only those that have something: what is announced meanwhile waits for it.
func TestASweepReadsNoShardThatIsEmpty(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		y := newYard(t, rdb)
		y.relay.Sweep = 5 * time.Millisecond
		ranges := &reads{name: "xrange"}
		rdb.AddHook(ranges)
		shards := []ids.Shard{1, 0, 17, ids.Shards - 1}
		y.put(shards[0], "a", "first")
		stop := y.run()
		y.await(1)
		for _, s := range shards[1:] {
			y.put(s, "a", s.String())
			y.await(1)
		}
		stop()
		if n := ranges.n.Load(); n != int64(len(shards)) {
			t.Errorf("%d shards are read for %d records", n, len(shards))
		}
	})
}
