package embedredis

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/redis/go-redis/v9"
)

// BenchmarkServe measures commands through go-redis over TCP, client and
// server in one process.
func BenchmarkServe(b *testing.B) {
	touch := redis.NewScript(`
local v = redis.call('HGET', KEYS[1], 'n')
redis.call('HSET', KEYS[1], 'n', (tonumber(v) or 0) + 1)
redis.call('PEXPIRE', KEYS[1], 60000)
return 1`)
	stores := []struct {
		name  string
		fsync bool
		disk  bool
	}{{"memory", false, false}, {"journal", false, true}, {"journal+fsync", true, true}}
	for _, store := range stores {
		for _, clients := range []int{1, 25} { // per core
			opts := Options{Fsync: store.fsync}
			if store.disk {
				opts.Dir = b.TempDir()
			}
			run := func(name string, op func(rdb *redis.Client, key string) error) {
				b.Run(fmt.Sprintf("%s/%s/clients=%d", store.name, name, clients), func(b *testing.B) {
					if store.disk {
						opts.Dir = b.TempDir()
					}
					_, rdb := open(b, opts)
					must(b, touch.Load(b.Context(), rdb).Err())
					var n atomic.Int64
					one := func() error { return op(rdb, fmt.Sprint("key", n.Add(1)%1000)) }
					b.ResetTimer()
					if clients == 1 {
						for b.Loop() {
							must(b, one())
						}
					} else {
						b.SetParallelism(clients)
						b.RunParallel(func(pb *testing.PB) {
							for pb.Next() {
								if err := one(); err != nil {
									b.Error(err)
									return
								}
							}
						})
					}
					b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "ops/s")
				})
			}
			run("SET", func(rdb *redis.Client, key string) error {
				return rdb.Set(b.Context(), key, "a value of some length", 0).Err()
			})
			run("GET", func(rdb *redis.Client, key string) error {
				if err := rdb.Get(b.Context(), key).Err(); err != redis.Nil {
					return err
				}
				return nil
			})
			run("EVALSHA", func(rdb *redis.Client, key string) error {
				return touch.EvalSha(b.Context(), rdb, []string{key}).Err()
			})
		}
	}
}

// BenchmarkReplay measures opening a journal of script effects.
func BenchmarkReplay(b *testing.B) {
	dir := b.TempDir()
	s, rdb := open(b, Options{Dir: dir})
	const records = 20_000
	pipe := rdb.Pipeline()
	for i := range records {
		pipe.Eval(b.Context(), `redis.call('HSET', KEYS[1], 'n', ARGV[1]) redis.call('PEXPIRE', KEYS[1], 60000) return 1`,
			[]string{fmt.Sprint("key", i%1000)}, i)
		if pipe.Len() == 500 {
			_, err := pipe.Exec(b.Context())
			must(b, err)
		}
	}
	closeStore(b, s)
	b.ResetTimer()
	for b.Loop() {
		s, err := Open(b.Context(), Options{Dir: dir})
		must(b, err)
		closeStore(b, s)
	}
	b.ReportMetric(records*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}
