package embedredis

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		serveChild(dir)
	}
	goleak.VerifyTestMain(m)
}

// clock is set by hand.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func bounded(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func dial(t testing.TB, addr string) *redis.Client {
	t.Helper()
	rdb := redis.NewClient(&redis.Options{
		Addr:                     addr,
		MaxRetries:               -1,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	})
	t.Cleanup(func() { _ = rdb.Close() })
	return rdb
}

func open(t testing.TB, opts Options) (*Store, *redis.Client) {
	t.Helper()
	s, err := Open(bounded(t), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeStore(t, s) })
	return s, dial(t, s.Addr())
}

func closeStore(t testing.TB, s *Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// state reads everything a client can see.
func state(t testing.TB, rdb *redis.Client) map[string]string {
	t.Helper()
	ctx := bounded(t)
	keys, err := rdb.Keys(ctx, "*").Result()
	must(t, err)
	out := map[string]string{}
	for _, k := range keys {
		typ, err := rdb.Type(ctx, k).Result()
		must(t, err)
		var v any
		switch typ {
		case "string":
			v, err = rdb.Get(ctx, k).Result()
		case "hash":
			v, err = rdb.HGetAll(ctx, k).Result()
		case "list":
			v, err = rdb.LRange(ctx, k, 0, -1).Result()
		case "set":
			v, err = rdb.SMembers(ctx, k).Result()
		case "zset":
			v, err = rdb.ZRangeWithScores(ctx, k, 0, -1).Result()
		case "stream":
			var last string
			if info, e := rdb.Do(ctx, "XINFO", "STREAM", k).Result(); e == nil {
				last = fmt.Sprint(info)
			}
			v, err = rdb.XRange(ctx, k, "-", "+").Result()
			v = fmt.Sprint(v, last)
		default:
			t.Fatalf("key %s has type %q", k, typ)
		}
		must(t, err)
		left, err := rdb.PTTL(ctx, k).Result()
		must(t, err)
		out[k] = fmt.Sprintf("%s %v %v", typ, v, left)
	}
	return out
}

var (
	moveScript = redis.NewScript(`
local n = redis.call('HINCRBY', KEYS[1], 'n', ARGV[1])
redis.call('PEXPIRE', KEYS[1], 60000)
redis.call('XADD', KEYS[2], '*', 'n', n)
redis.call('ZADD', KEYS[3], n, 'm' .. n)
return redis.call('HGETALL', KEYS[1])`)
	halfScript = redis.NewScript(`
redis.call('SET', KEYS[1], 'written before the mistake')
redis.call('LPUSH', KEYS[1], 'x')
redis.call('SET', KEYS[1], 'never')`)
)

func fill(t testing.TB, rdb *redis.Client, clk *clock) {
	t.Helper()
	ctx := bounded(t)
	must(t, rdb.Set(ctx, "s", "bytes \x00\xff\r\n", 0).Err())
	must(t, rdb.Set(ctx, "s:ttl", "v", 90*time.Second).Err())
	must(t, rdb.Set(ctx, "s:gone", "v", 2*time.Second).Err())
	must(t, rdb.IncrByFloat(ctx, "f", 0.1).Err())
	must(t, rdb.IncrByFloat(ctx, "f", 0.2).Err())
	must(t, rdb.HSet(ctx, "h", "a", "1", "b", "", "长", "字").Err())
	must(t, rdb.Expire(ctx, "h", time.Hour).Err())
	clk.add(1500 * time.Millisecond)
	must(t, rdb.HSet(ctx, "h", "c", "3").Err())
	must(t, rdb.HDel(ctx, "h", "a").Err())
	must(t, rdb.RPush(ctx, "l", "a", "b", "c", "d").Err())
	must(t, rdb.LMove(ctx, "l", "l2", "LEFT", "RIGHT").Err())
	must(t, rdb.LTrim(ctx, "l", 0, 1).Err())
	must(t, rdb.SAdd(ctx, "set", "x", "y", "z").Err())
	must(t, rdb.SRem(ctx, "set", "y").Err())
	must(t, rdb.ZAdd(ctx, "z", redis.Z{Score: 0.1, Member: "p"}, redis.Z{Score: 1e300, Member: "q"}, redis.Z{Score: -3, Member: "r"}).Err())
	must(t, rdb.ZIncrBy(ctx, "z", 0.2, "p").Err())
	for i := range 5 {
		must(t, rdb.XAdd(ctx, &redis.XAddArgs{Stream: "x", MaxLen: 3, Values: []any{"i", i}}).Err())
		clk.add(time.Millisecond)
	}
	must(t, rdb.XAdd(ctx, &redis.XAddArgs{Stream: "x:seq", ID: "7-0", Values: []any{"k", "v"}}).Err())
	must(t, rdb.XAdd(ctx, &redis.XAddArgs{Stream: "x:seq", ID: "8-0", Values: []any{"k", "v"}}).Err())
	must(t, rdb.XDel(ctx, "x:seq", "8-0").Err())
	must(t, rdb.XAdd(ctx, &redis.XAddArgs{Stream: "x:empty", ID: "5-5", Values: []any{"k", "v"}}).Err())
	must(t, rdb.XDel(ctx, "x:empty", "5-5").Err())
	for range 3 {
		must(t, moveScript.Run(ctx, rdb, []string{"{e}h", "{e}x", "{e}z"}, 2).Err())
		clk.add(10 * time.Millisecond)
	}
	if err := halfScript.Run(ctx, rdb, []string{"half"}).Err(); err == nil || !strings.Contains(err.Error(), "WRONGTYPE") {
		t.Fatalf("half script: %v, want WRONGTYPE", err)
	}
	if err := rdb.LPush(ctx, "s", "x").Err(); err == nil {
		t.Fatal("LPUSH on a string succeeded")
	}
	if err := rdb.Do(ctx, "SET", "s").Err(); err == nil {
		t.Fatal("SET without a value succeeded")
	}
	_, err := rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.Set(ctx, "tx", "1", time.Minute)
		p.Incr(ctx, "tx")
		moveScript.Eval(ctx, p, []string{"{e}h", "{e}x", "{e}z"}, 5)
		return nil
	})
	must(t, err)
	_, err = rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i := range 300 {
			p.Set(ctx, fmt.Sprintf("pipe:%03d", i), i, 0)
		}
		return nil
	})
	must(t, err)
	clk.add(time.Second) // s:gone goes
	must(t, rdb.Set(ctx, "after", "1", 0).Err())
}

func TestStateIsTheSameAfterReopening(t *testing.T) {
	for _, compact := range []bool{false, true} {
		t.Run(fmt.Sprintf("compact=%v", compact), func(t *testing.T) {
			clk, dir := newClock(), t.TempDir()
			s, rdb := open(t, Options{Dir: dir, Now: clk.now, Fsync: compact})
			fill(t, rdb, clk)
			want := state(t, rdb)
			if _, there := want["s:gone"]; there || want["s:ttl"] == "" || len(want) < 300 {
				t.Fatalf("state is not what was written: %v", want)
			}
			if compact {
				must(t, s.compact())
				if diff := cmp.Diff(want, state(t, rdb)); diff != "" {
					t.Fatalf("compaction changed the state (-before +after):\n%s", diff)
				}
			}
			closeStore(t, s)

			// Twice, because a replay must not change what it reads.
			for range 2 {
				s, rdb := open(t, Options{Dir: dir, Now: clk.now})
				if diff := cmp.Diff(want, state(t, rdb)); diff != "" {
					t.Fatalf("state differs after reopening (-before +after):\n%s", diff)
				}
				closeStore(t, s)
			}

			// And the scripts are still there by their sums.
			_, rdb = open(t, Options{Dir: dir, Now: clk.now})
			must(t, moveScript.EvalSha(bounded(t), rdb, []string{"{e}h", "{e}x", "{e}z"}, 1).Err())
		})
	}
}

func TestStreamIDIsNotGivenTwiceAfterCompaction(t *testing.T) {
	clk, dir := newClock(), t.TempDir()
	s, rdb := open(t, Options{Dir: dir, Now: clk.now})
	ctx := bounded(t)
	first, err := rdb.XAdd(ctx, &redis.XAddArgs{Stream: "x", Values: []any{"k", "v"}}).Result()
	must(t, err)
	must(t, rdb.XDel(ctx, "x", first).Err())
	must(t, s.compact())
	closeStore(t, s)
	_, rdb = open(t, Options{Dir: dir, Now: clk.now})
	second, err := rdb.XAdd(ctx, &redis.XAddArgs{Stream: "x", Values: []any{"k", "v"}}).Result()
	must(t, err)
	if second == first {
		t.Errorf("id %s was given twice", first)
	}
}

func TestMemoryOnlyStoreLeavesNoFile(t *testing.T) {
	s, rdb := open(t, Options{})
	must(t, rdb.Set(bounded(t), "k", "v", 0).Err())
	if s.journal != nil {
		t.Error("a store without a directory has a journal")
	}
}

func TestDirectoryHasOneOwner(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, Options{Dir: dir})
	if _, err := Open(bounded(t), Options{Dir: dir}); !errors.Is(err, ErrLocked) {
		t.Fatalf("second open: %v, want ErrLocked", err)
	}
	closeStore(t, s)
	open(t, Options{Dir: dir})
}

func TestPasswordIsDemanded(t *testing.T) {
	s, bare := open(t, Options{Password: "sesame", Dir: t.TempDir()})
	ctx := bounded(t)
	if err := bare.Set(ctx, "k", "v", 0).Err(); err == nil {
		t.Fatal("a client without the password may write")
	}
	rdb := redis.NewClient(&redis.Options{
		Addr: s.Addr(), Password: "sesame",
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	})
	t.Cleanup(func() { _ = rdb.Close() })
	must(t, moveScript.Run(ctx, rdb, []string{"{e}h", "{e}x", "{e}z"}, 2).Err())
	_, err := rdb.TxPipelined(ctx, func(p redis.Pipeliner) error { return p.Set(ctx, "k", "v", 0).Err() })
	must(t, err)
	if _, there := state(t, rdb)["k"]; !there {
		t.Error("the write is not there")
	}
}

func TestClosedStoreRefuses(t *testing.T) {
	s, rdb := open(t, Options{})
	closeStore(t, s)
	if err := rdb.Set(bounded(t), "k", "v", 0).Err(); err == nil {
		t.Error("a closed store took a write")
	}
	closeStore(t, s)
}

func TestUnwritableJournalStopsTheStore(t *testing.T) {
	s, rdb := open(t, Options{Dir: t.TempDir()})
	ctx := bounded(t)
	must(t, rdb.Set(ctx, "k", "1", 0).Err())
	s.mu.Lock()
	readOnly, err := os.Open(s.journal.path())
	must(t, err)
	must(t, s.journal.f.Close())
	s.journal.f = readOnly
	s.mu.Unlock()
	if err := rdb.Set(ctx, "k", "2", 0).Err(); err == nil || !strings.HasPrefix(err.Error(), "MISCONF") {
		t.Errorf("write that could not be journalled: %v", err)
	}
	if v, err := rdb.Get(ctx, "k").Result(); err == nil {
		t.Errorf("a value that is in no journal can be read: %q", v)
	}
}

func TestTornTailIsCutAndTheRestKept(t *testing.T) {
	clk := newClock()
	for _, tail := range []struct {
		name string
		make func(frame []byte) []byte
	}{
		{"half a header", func(f []byte) []byte { return f[:headerSize/2] }},
		{"header only", func(f []byte) []byte { return f[:headerSize] }},
		{"all but one byte", func(f []byte) []byte { return f[:len(f)-1] }},
		{"zeroes, as some file systems leave", func([]byte) []byte { return make([]byte, 500) }},
		{"a damaged last record", func(f []byte) []byte { f[len(f)-2] ^= 1; return f }},
	} {
		t.Run(tail.name, func(t *testing.T) {
			dir := t.TempDir()
			s, rdb := open(t, Options{Dir: dir, Now: clk.now})
			must(t, rdb.Set(bounded(t), "k", "kept", 0).Err())
			closeStore(t, s)

			path := filepath.Join(dir, journalName)
			whole, err := os.ReadFile(path)
			must(t, err)
			var e effects
			e.add("SET", "k", "torn")
			cut := tail.make(appendFrame(nil, s.wall, s.age, e.buf))
			must(t, os.WriteFile(path, append(whole, cut...), 0o600))

			s, rdb = open(t, Options{Dir: dir, Now: clk.now})
			if v := rdb.Get(bounded(t), "k").Val(); v != "kept" {
				t.Errorf("k = %q after the cut", v)
			}
			must(t, rdb.Set(bounded(t), "k", "again", 0).Err())
			closeStore(t, s)
			_, rdb = open(t, Options{Dir: dir, Now: clk.now})
			if v := rdb.Get(bounded(t), "k").Val(); v != "again" {
				t.Errorf("k = %q: what was written after the cut is lost", v)
			}
		})
	}
}

func TestDamageInTheMiddleIsAnErrorWithItsPlace(t *testing.T) {
	dir := t.TempDir()
	s, rdb := open(t, Options{Dir: dir})
	for i := range 10 {
		must(t, rdb.Set(bounded(t), fmt.Sprint("key", i), "value", 0).Err())
	}
	closeStore(t, s)
	path := filepath.Join(dir, journalName)
	whole, err := os.ReadFile(path)
	must(t, err)
	frame := (len(whole) - len(magic)) / 10
	third := len(magic) + 2*frame

	for name, at := range map[string]int{"length": third, "payload": third + frame - 1} {
		t.Run(name, func(t *testing.T) {
			bad := append([]byte(nil), whole...)
			bad[at] ^= 0x40
			must(t, os.WriteFile(path, bad, 0o600))
			_, err := Open(bounded(t), Options{Dir: dir})
			var corrupt *CorruptError
			if !errors.As(err, &corrupt) {
				t.Fatalf("open: %v, want a CorruptError", err)
			}
			if corrupt.File != path || corrupt.Offset != int64(third) {
				t.Errorf("error names %s:%d, want %s:%d", corrupt.File, corrupt.Offset, path, third)
			}
			left, err := os.ReadFile(path)
			must(t, err)
			if !cmp.Equal(left, bad) {
				t.Error("the damaged file was changed")
			}
		})
	}

	t.Run("another file", func(t *testing.T) {
		must(t, os.WriteFile(path, []byte("*1\r\n$4\r\nPING\r\n"), 0o600))
		_, err := Open(bounded(t), Options{Dir: dir})
		var corrupt *CorruptError
		if !errors.As(err, &corrupt) || corrupt.Offset != 0 {
			t.Errorf("open: %v, want a CorruptError at 0", err)
		}
	})
}

func TestRecordThatEndsOtherwiseThanBeforeIsAnError(t *testing.T) {
	dir := t.TempDir()
	var e effects
	e.add("LPUSH", "k", "v")
	e.ended("-WRONGTYPE") // but here k does not exist
	must(t, os.WriteFile(filepath.Join(dir, journalName), appendFrame([]byte(magic), 1, 0, e.buf), 0o600))
	var corrupt *CorruptError
	if _, err := Open(bounded(t), Options{Dir: dir}); !errors.As(err, &corrupt) {
		t.Errorf("open: %v, want a CorruptError", err)
	}
}

func TestCompactionUnderLoadLosesNothing(t *testing.T) {
	dir := t.TempDir()
	s, rdb := open(t, Options{Dir: dir, CompactAfterBytes: 4 << 10})
	ctx := bounded(t)
	const writers, each = 4, 400
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				if err := rdb.RPush(ctx, fmt.Sprint("list", w), i).Err(); err != nil {
					t.Errorf("writer %d: %v", w, err)
					return
				}
				if err := rdb.Set(ctx, fmt.Sprint("last", w), i, time.Hour).Err(); err != nil {
					t.Errorf("writer %d: %v", w, err)
					return
				}
			}
		})
	}
	for range 10 {
		must(t, s.compact())
	}
	wg.Wait()
	must(t, s.compact())
	small, err := os.Stat(filepath.Join(dir, journalName))
	must(t, err)
	if small.Size() > 64<<10 {
		t.Errorf("journal has %d bytes after compaction", small.Size())
	}
	closeStore(t, s)

	_, rdb = open(t, Options{Dir: dir})
	for w := range writers {
		got, err := rdb.LRange(ctx, fmt.Sprint("list", w), 0, -1).Result()
		must(t, err)
		for i := range each {
			if i >= len(got) || got[i] != fmt.Sprint(i) {
				t.Fatalf("writer %d: entry %d of %d is wrong or missing", w, i, len(got))
			}
		}
	}
}

func TestGrownJournalIsCompactedAtOpen(t *testing.T) {
	dir := t.TempDir()
	s, rdb := open(t, Options{Dir: dir})
	for i := range 500 {
		must(t, rdb.Set(bounded(t), "k", fmt.Sprint(i), 0).Err())
	}
	closeStore(t, s)
	s, rdb = open(t, Options{Dir: dir, CompactAfterBytes: 1024})
	if s.journal.size > 1024 {
		t.Errorf("journal still has %d bytes", s.journal.size)
	}
	if v := rdb.Get(bounded(t), "k").Val(); v != "499" {
		t.Errorf("k = %q", v)
	}
}
