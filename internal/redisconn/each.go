package redisconn

import (
	"context"
	"sync"

	"github.com/redis/go-redis/v9"
)

// EachKey visits every key that matches a pattern, in no order and each at least once; what is made meanwhile may be left
// out. It reads the key space, of all masters of a cluster, and is for tools, not for serving. The visitor is not called
// side by side.
func EachKey(ctx context.Context, rdb redis.UniversalClient, pattern string, visit func(key string) error) error {
	scan := func(ctx context.Context, node redis.Cmdable) error {
		it := node.Scan(ctx, 0, pattern, 500).Iterator()
		for it.Next(ctx) {
			if err := visit(it.Val()); err != nil {
				return err
			}
		}
		return it.Err()
	}
	cluster, ok := rdb.(*redis.ClusterClient)
	if !ok {
		return scan(ctx, rdb)
	}
	var mu sync.Mutex // masters are asked side by side
	outer := visit
	visit = func(key string) error {
		mu.Lock()
		defer mu.Unlock()
		return outer(key)
	}
	return cluster.ForEachMaster(ctx, func(ctx context.Context, node *redis.Client) error { return scan(ctx, node) })
}
