package embedredis

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"
)

func TestKeysExpireByTheClock(t *testing.T) {
	clk, dir := newClock(), t.TempDir()
	s, rdb := open(t, Options{Dir: dir, Now: clk.now})
	ctx := bounded(t)
	left := func(key string) time.Duration {
		t.Helper()
		d, err := rdb.PTTL(ctx, key).Result()
		must(t, err)
		return d
	}
	must(t, rdb.Set(ctx, "k", "v", 500*time.Millisecond).Err())
	clk.add(499 * time.Millisecond)
	if got := left("k"); got != time.Millisecond {
		t.Errorf("1 ms before the end PTTL = %v", got)
	}
	// The same duration set again counts from now.
	must(t, rdb.PExpire(ctx, "k", 500*time.Millisecond).Err())
	if got := left("k"); got != 500*time.Millisecond {
		t.Errorf("after renewal PTTL = %v", got)
	}
	clk.add(400 * time.Millisecond)
	must(t, rdb.Do(ctx, "SET", "k", "w", "KEEPTTL").Err())
	if got := left("k"); got != 100*time.Millisecond {
		t.Errorf("after KEEPTTL PTTL = %v", got)
	}
	must(t, rdb.Do(ctx, "PEXPIRE", "k", 900, "NX").Err())
	if got := left("k"); got != 100*time.Millisecond {
		t.Errorf("after a renewal that NX forbids PTTL = %v", got)
	}
	clk.add(100 * time.Millisecond)
	if err := rdb.Get(ctx, "k").Err(); !errors.Is(err, redis.Nil) {
		t.Errorf("after the end GET: %v", err)
	}

	// A key is fresh after its end, and what is written then stays.
	must(t, rdb.RPush(ctx, "l", "old").Err())
	must(t, rdb.PExpire(ctx, "l", time.Second).Err())
	clk.add(time.Second)
	must(t, rdb.RPush(ctx, "l", "new").Err())
	clk.add(time.Hour)
	if diff := cmp.Diff([]string{"new"}, rdb.LRange(ctx, "l", 0, -1).Val()); diff != "" {
		t.Errorf("list (-want +got):\n%s", diff)
	}

	// Time passes while the store is closed.
	must(t, rdb.Set(ctx, "short", "v", time.Minute).Err())
	must(t, rdb.Set(ctx, "long", "v", time.Hour).Err())
	closeStore(t, s)
	clk.add(10 * time.Minute)
	_, rdb = open(t, Options{Dir: dir, Now: clk.now})
	if got := left("short"); got != -2 {
		t.Errorf("short PTTL = %v, want none", got)
	}
	if got := left("long"); got != 50*time.Minute {
		t.Errorf("long PTTL = %v", got)
	}
	if got := rdb.TTL(ctx, "long").Val(); got != 50*time.Minute {
		t.Errorf("long TTL = %v", got)
	}
}

func TestScriptSeesTheTimeToLiveItSet(t *testing.T) {
	clk := newClock()
	_, rdb := open(t, Options{Now: clk.now})
	ctx := bounded(t)
	must(t, rdb.Set(ctx, "old", "v", time.Second).Err())
	clk.add(400 * time.Millisecond)
	got, err := rdb.Eval(ctx, `
redis.call('PEXPIRE', KEYS[1], 7000)
return {redis.call('PTTL', KEYS[1]), redis.call('PTTL', KEYS[2]), redis.call('TTL', KEYS[3])}`,
		[]string{"new", "old", "none"}).Int64Slice()
	must(t, err)
	if diff := cmp.Diff([]int64{-2, 600, -2}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	must(t, rdb.Set(ctx, "new", "v", 0).Err())
	n, err := rdb.Eval(ctx, `redis.call('PEXPIRE', KEYS[1], 7000) return redis.call('PTTL', KEYS[1])`, []string{"new"}).Int64()
	must(t, err)
	if n != 7000 {
		t.Errorf("PTTL after PEXPIRE in one script = %d", n)
	}
}

func TestClockSetBackStopsTimeToLiveAndNothingElse(t *testing.T) {
	clk, dir := newClock(), t.TempDir()
	s, rdb := open(t, Options{Dir: dir, Now: clk.now})
	ctx := bounded(t)
	add := func() string {
		id, err := rdb.XAdd(ctx, &redis.XAddArgs{Stream: "x", Values: []any{"k", "v"}}).Result()
		must(t, err)
		return id
	}
	must(t, rdb.Set(ctx, "k", "v", time.Minute).Err())
	first := add()
	clk.add(-24 * time.Hour)
	second := add()
	if second <= first {
		t.Errorf("stream id %s after %s", second, first)
	}
	if got := rdb.PTTL(ctx, "k").Val(); got != time.Minute {
		t.Errorf("PTTL = %v", got)
	}
	want := state(t, rdb)
	closeStore(t, s)
	clk.add(-time.Hour)
	_, rdb = open(t, Options{Dir: dir, Now: clk.now})
	if diff := cmp.Diff(want, state(t, rdb)); diff != "" {
		t.Errorf("state after reopening in the past (-want +got):\n%s", diff)
	}
	clk.add(time.Minute)
	if n := rdb.Exists(ctx, "k").Val(); n != 0 {
		t.Error("key outlives its minute once the clock runs again")
	}
}

func TestHousekeepingExpiresWhileNobodyAsks(t *testing.T) {
	clk := newClock()
	s, rdb := open(t, Options{Now: clk.now, Dir: t.TempDir()})
	must(t, rdb.Set(bounded(t), "k", "v", time.Second).Err())
	clk.add(2 * time.Second)
	before := s.journal.size
	s.tick()
	if len(s.db.Keys()) != 0 {
		t.Error("the key is still held")
	}
	if s.journal.size == before {
		t.Error("the expiry is not in the journal")
	}
	before = s.journal.size
	s.tick()
	if s.journal.size != before {
		t.Error("an idle store writes to its journal")
	}
}

func TestTransactions(t *testing.T) {
	clk, dir := newClock(), t.TempDir()
	s, rdb := open(t, Options{Dir: dir, Now: clk.now})
	ctx := bounded(t)

	t.Run("watched key with a time to live commits", func(t *testing.T) {
		must(t, rdb.Set(ctx, "w", "1", time.Minute).Err())
		clk.add(time.Second)
		err := rdb.Watch(ctx, func(tx *redis.Tx) error {
			if err := tx.Get(ctx, "w").Err(); err != nil {
				return err
			}
			_, err := tx.TxPipelined(ctx, func(p redis.Pipeliner) error {
				p.Incr(ctx, "w")
				p.RPush(ctx, "wl", "a")
				return nil
			})
			return err
		}, "w")
		must(t, err)
		if got := rdb.Get(ctx, "w").Val(); got != "2" {
			t.Errorf("w = %s", got)
		}
	})
	t.Run("watched key that changed aborts and leaves no record", func(t *testing.T) {
		var before int64
		err := rdb.Watch(ctx, func(tx *redis.Tx) error {
			must(t, rdb.Set(ctx, "w", "other", 0).Err())
			before = s.journal.size
			_, err := tx.TxPipelined(ctx, func(p redis.Pipeliner) error { return p.Set(ctx, "w", "mine", 0).Err() })
			return err
		}, "w")
		if !errors.Is(err, redis.TxFailedErr) {
			t.Errorf("EXEC: %v, want TxFailedErr", err)
		}
		if s.journal.size != before {
			t.Error("an aborted transaction is in the journal")
		}
		if got := rdb.Get(ctx, "w").Val(); got != "other" {
			t.Errorf("w = %s", got)
		}
	})
	t.Run("wrong command aborts the whole", func(t *testing.T) {
		_, err := rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
			p.Set(ctx, "abort", "1", 0)
			p.Do(ctx, "SET", "abort")
			return nil
		})
		if err == nil {
			t.Error("a transaction with a wrong command succeeded")
		}
		if rdb.Exists(ctx, "abort").Val() != 0 {
			t.Error("part of it was done")
		}
	})
	t.Run("refused command aborts the whole", func(t *testing.T) {
		_, err := rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
			p.Set(ctx, "abort", "1", 0)
			p.SPop(ctx, "set")
			return nil
		})
		if err == nil || rdb.Exists(ctx, "abort").Val() != 0 {
			t.Errorf("err %v, key there: %d", err, rdb.Exists(ctx, "abort").Val())
		}
	})
	t.Run("command that fails when run does not undo the others", func(t *testing.T) {
		_, err := rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
			p.Set(ctx, "part", "text", 0)
			p.LPush(ctx, "part", "x")
			p.Set(ctx, "part2", "1", 0)
			return nil
		})
		if err == nil || rdb.Get(ctx, "part2").Val() != "1" {
			t.Errorf("err %v, part2 = %q", err, rdb.Get(ctx, "part2").Val())
		}
	})
	t.Run("connection is usable after DISCARD", func(t *testing.T) {
		conn := rdb.Conn()
		defer func() { _ = conn.Close() }()
		must(t, conn.Do(ctx, "MULTI").Err())
		must(t, conn.Do(ctx, "SET", "d", "1").Err())
		must(t, conn.Do(ctx, "DISCARD").Err())
		if got := conn.Exists(ctx, "d").Val(); got != 0 {
			t.Error("a discarded command was run")
		}
	})

	want := state(t, rdb)
	closeStore(t, s)
	_, rdb = open(t, Options{Dir: dir, Now: clk.now})
	if diff := cmp.Diff(want, state(t, rdb)); diff != "" {
		t.Errorf("state differs after reopening (-before +after):\n%s", diff)
	}
}

func TestScriptThatOnlyReadsLeavesNoRecord(t *testing.T) {
	s, rdb := open(t, Options{Dir: t.TempDir()})
	ctx := bounded(t)
	read := redis.NewScript(`return redis.call('GET', KEYS[1])`)
	must(t, read.Load(ctx, rdb).Err())
	must(t, rdb.Set(ctx, "k", "v", 0).Err())
	before := s.journal.size
	got, err := read.EvalSha(ctx, rdb, []string{"k"}).Result()
	must(t, err)
	if got != "v" || s.journal.size != before {
		t.Errorf("got %v, journal grew by %d", got, s.journal.size-before)
	}
}

func TestLargeReplyOfAWrite(t *testing.T) {
	_, rdb := open(t, Options{Dir: t.TempDir()})
	ctx := bounded(t)
	big := strings.Repeat("大", 100_000)
	got, err := rdb.Eval(ctx, `redis.call('SET', KEYS[1], ARGV[1]) return redis.call('GET', KEYS[1])`, []string{"k"}, big).Text()
	must(t, err)
	if got != big {
		t.Errorf("reply has %d bytes, want %d", len(got), len(big))
	}
}

func TestRefusalsSayWhy(t *testing.T) {
	_, rdb := open(t, Options{})
	ctx := bounded(t)
	for _, tc := range []struct {
		args []any
		want string
	}{
		{[]any{"XGROUP", "CREATE", "x", "g", "$"}, "consumer groups"},
		{[]any{"XREADGROUP", "GROUP", "g", "c", "STREAMS", "x", ">"}, "consumer groups"},
		{[]any{"BLPOP", "l", "1"}, "blocking"},
		{[]any{"XREAD", "BLOCK", "10", "STREAMS", "x", "0"}, "Block to -1"},
		{[]any{"SPOP", "s"}, "random write"},
		{[]any{"SELECT", "1"}, "only database 0"},
		{[]any{"HEXPIRE", "h", "1", "FIELDS", "1", "f"}, "newer than 6.2"},
		{[]any{"EXPIRE", "k", "1", "GT"}, "newer than 6.2"},
		{[]any{"PFADD", "k", "1"}, "not offered"},
		{[]any{"RENAME", "a", "b"}, "not offered"},
		{[]any{"EVAL", "return redis.call('XGROUP','CREATE','x','g','$')", "0"}, "consumer groups"},
		{[]any{"EVAL", "return redis.call('FLUSHALL')", "0"}, "not in a script"},
		{[]any{"EVAL", "return redis.call('SUBSCRIBE','c')", "0"}, "not in a script"},
		{[]any{"NOSUCH"}, "unknown command"},
	} {
		if err := rdb.Do(ctx, tc.args...).Err(); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%v: %v, want %q", tc.args, err, tc.want)
		}
	}
	// Reading streams without blocking is fine.
	if err := rdb.XRead(ctx, &redis.XReadArgs{Streams: []string{"x", "0"}, Block: -1}).Err(); !errors.Is(err, redis.Nil) {
		t.Errorf("XREAD: %v", err)
	}
}

func TestPublishedMessagesArrive(t *testing.T) {
	for _, protocol := range []int{2, 3} {
		t.Run(fmt.Sprintf("RESP%d", protocol), func(t *testing.T) {
			s, pub := open(t, Options{Dir: t.TempDir()})
			ctx := bounded(t)
			opts := *pub.Options()
			opts.Protocol = protocol
			subscriber := redis.NewClient(&opts)
			t.Cleanup(func() { _ = subscriber.Close() })

			sub := subscriber.Subscribe(ctx, "news")
			t.Cleanup(func() { _ = sub.Close() })
			must(t, sub.PSubscribe(ctx, "log:*"))
			for range 2 { // both confirmations
				_, err := sub.Receive(ctx)
				must(t, err)
			}
			if n := pub.Publish(ctx, "news", "one").Val(); n != 1 {
				t.Errorf("PUBLISH reached %d", n)
			}
			// From a script, after its write.
			must(t, pub.Eval(ctx, `redis.call('SET', KEYS[1], 'v') return redis.call('PUBLISH', 'log:{a}/1', 'two')`, []string{"k"}).Err())
			_, err := pub.TxPipelined(ctx, func(p redis.Pipeliner) error {
				p.Set(ctx, "k", "w", 0)
				p.Publish(ctx, "news", "three")
				return nil
			})
			must(t, err)
			var got []string
			for range 3 {
				m, err := sub.ReceiveMessage(ctx)
				must(t, err)
				got = append(got, m.Channel+"="+m.Payload)
			}
			if diff := cmp.Diff([]string{"news=one", "log:{a}/1=two", "news=three"}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			must(t, sub.Ping(ctx))
			if _, err := sub.Receive(ctx); err != nil {
				t.Errorf("ping of a subscription: %v", err)
			}
			if diff := cmp.Diff(map[string]int64{"news": 1}, pub.PubSubNumSub(ctx, "news").Val()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			must(t, sub.Unsubscribe(ctx, "news"))
			_, err = sub.Receive(ctx)
			must(t, err)
			if n := pub.Publish(ctx, "news", "four").Val(); n != 0 {
				t.Errorf("PUBLISH after UNSUBSCRIBE reached %d", n)
			}
			if s.broken != nil {
				t.Error(s.broken)
			}
		})
	}
}

func TestStuckSubscriberDoesNotStopTheStore(t *testing.T) {
	_, rdb := open(t, Options{})
	ctx := bounded(t)
	stuck := rdb.Subscribe(ctx, "c") // receives its confirmation and never reads again
	t.Cleanup(func() { _ = stuck.Close() })
	_, err := stuck.Receive(ctx)
	must(t, err)
	payload := strings.Repeat("x", 4<<10)
	for range 40 {
		_, err := rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
			for range 300 {
				p.Publish(ctx, "c", payload)
			}
			return nil
		})
		must(t, err)
	}
	short, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	must(t, rdb.Set(short, "k", "v", 0).Err())
}
