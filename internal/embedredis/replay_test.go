package embedredis

import (
	"context"
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
				_ = anyScript.Run(ctx, rdb, []string{"a", "b", "c"}, words...).Err()
			case 3:
				_, _ = rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
					for range rapid.IntRange(1, 3).Draw(rt, "queued") {
						do(p, command.Draw(rt, "command"))
					}
					return nil
				})
			case 4:
				must(t, s.compact())
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
