package embedredis

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"
)

// anyScript calls whatever it is given: one command per slash, going on after
// errors when it starts with pcall.
var anyScript = redis.NewScript(`
local words = {}
for i = 2, #ARGV do
  if ARGV[i] == '/' then
    redis[ARGV[1]](unpack(words))
    words = {}
  else
    words[#words + 1] = ARGV[i]
  end
end
return redis.call('TIME')`)

func TestReplayEqualsLifeWhateverWasDone(t *testing.T) {
	key := rapid.SampledFrom([]string{"a", "b", "c"})
	num := rapid.SampledFrom([]string{"1", "2", "-1", "700", "2500", "x"})
	shapes := [][]string{
		{"SET", "k", "n"},
		{"SET", "k", "n", "PX", "n"},
		{"SET", "k", "n", "KEEPTTL"},
		{"SET", "k", "n", "NX"},
		{"INCRBY", "k", "n"},
		{"APPEND", "k", "n"},
		{"GETEX", "k", "PX", "n"},
		{"GETDEL", "k"},
		{"DEL", "k", "k"},
		{"PEXPIRE", "k", "n"},
		{"PEXPIRE", "k", "n", "NX"},
		{"EXPIREAT", "k", "1772355603"},
		{"PERSIST", "k"},
		{"HSET", "k", "f", "n"},
		{"HINCRBY", "k", "f", "n"},
		{"HDEL", "k", "f"},
		{"RPUSH", "k", "n", "n"},
		{"LPOP", "k"},
		{"LMOVE", "k", "k", "LEFT", "RIGHT"},
		{"LTRIM", "k", "0", "n"},
		{"SADD", "k", "n"},
		{"SREM", "k", "n"},
		{"SMOVE", "k", "k", "n"},
		{"SUNIONSTORE", "k", "k", "k"},
		{"ZADD", "k", "n", "f"},
		{"ZINCRBY", "k", "n", "f"},
		{"ZPOPMIN", "k"},
		{"ZUNIONSTORE", "k", "2", "k", "k"},
		{"XADD", "k", "*", "f", "n"},
		{"XADD", "k", "MAXLEN", "2", "*", "f", "n"},
		{"XADD", "k", "5-1", "f", "n"},
		{"XTRIM", "k", "MAXLEN", "1"},
		{"MSET", "k", "n", "k", "n"},
		{"MSETNX", "k", "n", "k", "n"},
		{"PTTL", "k"},
		{"GET", "k"},
		{"FLUSHALL"},
	}
	command := rapid.Custom(func(t *rapid.T) []string {
		var words []string
		for _, w := range rapid.SampledFrom(shapes).Draw(t, "shape") {
			switch w {
			case "k":
				w = key.Draw(t, "key")
			case "n":
				w = num.Draw(t, "number")
			}
			words = append(words, w)
		}
		return words
	})

	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp("", "replay")
		must(t, err)
		defer func() { must(t, os.RemoveAll(dir)) }()
		clk := newClock()
		s, rdb := open(t, Options{Dir: dir, Now: clk.now})
		defer func() { closeStore(t, s) }()
		ctx := bounded(t)
		do := func(r redis.Cmdable, words []string) {
			args := make([]any, len(words))
			for i, w := range words {
				args[i] = w
			}
			_ = r.(interface {
				Process(context.Context, redis.Cmder) error
			}).Process(ctx, redis.NewCmd(ctx, args...))
		}
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			switch rapid.IntRange(0, 9).Draw(rt, "step") {
			default:
				do(rdb, command.Draw(rt, "command"))
			case 0:
				clk.add(time.Duration(rapid.SampledFrom([]int{1, 300, 700, 2600, -5000}).Draw(rt, "ms")) * time.Millisecond)
			case 1, 2:
				words := []any{rapid.SampledFrom([]string{"call", "pcall"}).Draw(rt, "how")}
				for range rapid.IntRange(1, 4).Draw(rt, "calls") {
					for _, w := range command.Draw(rt, "call") {
						words = append(words, w)
					}
					words = append(words, "/")
				}
				declared := []string{"a", "b", "c"}[:rapid.SampledFrom([]int{3, 3, 2}).Draw(rt, "declared")]
				_ = anyScript.Run(ctx, rdb, declared, words...).Err()
			case 3:
				_, _ = rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
					for range rapid.IntRange(1, 3).Draw(rt, "queued") {
						do(p, command.Draw(rt, "command"))
					}
					return nil
				})
			case 4: // whole, or begun, or taken further, or ended: commands come in between
				switch {
				case s.snap == nil && rapid.Bool().Draw(rt, "at once"):
					must(t, s.compact())
				case s.snap == nil:
					_, err := s.beginCompaction()
					must(t, err)
				case s.takeMore(rapid.IntRange(1, 3).Draw(rt, "keys")):
				default:
					if err := s.endCompaction(); err != nil && !errors.Is(err, errSpoiled) {
						t.Fatal(err)
					}
				}
			}
		}
		if s.snap != nil {
			for s.takeMore(1) {
			}
			if err := s.endCompaction(); err != nil && !errors.Is(err, errSpoiled) {
				t.Fatal(err)
			}
		}
		want := state(t, rdb)
		closeStore(t, s)
		s, rdb = open(t, Options{Dir: dir, Now: clk.now})
		if diff := cmp.Diff(want, state(t, rdb)); diff != "" {
			rt.Fatalf("state after replay (-life +replay):\n%s", diff)
		}
	})
}

// A snapshot is of the instant it began at, whatever is written to keys that it has not reached yet.
func TestASnapshotIsOfOneInstant(t *testing.T) {
	for name, c := range map[string]struct {
		write   func(context.Context, *redis.Client) error
		spoiled bool
	}{
		"a command":     {write: func(ctx context.Context, r *redis.Client) error { return r.RPush(ctx, "list", "new").Err() }},
		"a transaction": {write: func(ctx context.Context, r *redis.Client) error { return pushTwice(ctx, r) }},
		"a declared key": {write: func(ctx context.Context, r *redis.Client) error {
			return pushScript.Run(ctx, r, []string{"list"}).Err()
		}},
		"an undeclared key": {write: func(ctx context.Context, r *redis.Client) error { return pushScript.Run(ctx, r, nil).Err() }, spoiled: true},
		"everything": {write: func(ctx context.Context, r *redis.Client) error {
			return errors.Join(r.FlushAll(ctx).Err(), r.RPush(ctx, "list", "new").Err())
		}, spoiled: true},
	} {
		t.Run(name, func(t *testing.T) {
			dir, ctx := t.TempDir(), bounded(t)
			s, rdb := open(t, Options{Dir: dir})
			must(t, rdb.RPush(ctx, "list", "old").Err())
			_, err := s.beginCompaction()
			must(t, err)
			must(t, c.write(ctx, rdb))
			for s.takeMore(1) {
			}
			if err := s.endCompaction(); errors.Is(err, errSpoiled) != c.spoiled || err != nil && !c.spoiled {
				t.Fatalf("ended with %v", err)
			}
			want := state(t, rdb)
			closeStore(t, s)
			_, rdb = open(t, Options{Dir: dir})
			if diff := cmp.Diff(want, state(t, rdb)); diff != "" {
				t.Fatalf("state after reopening (-before +after):\n%s", diff)
			}
		})
	}
}

var pushScript = redis.NewScript(`return redis.call('RPUSH', 'list', 'new')`)

func pushTwice(ctx context.Context, r *redis.Client) error {
	_, err := r.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.RPush(ctx, "list", "new")
		p.RPush(ctx, "list", "newer")
		return nil
	})
	return err
}
