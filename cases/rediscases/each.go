package rediscases

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"

	"recourse/cases"
	"recourse/internal/ids"
)

// Each visits every stored case's id, in no order and each at least once; what is opened meanwhile may be left
// out. It reads the key space and is for tools, not for serving.
func (st *Store) Each(ctx context.Context, visit func(cases.ID) error) error {
	scan := func(ctx context.Context, node redis.Cmdable) error {
		it := node.Scan(ctx, 0, "{s*}:c:"+Prefix+"_*", 500).Iterator()
		for it.Next(ctx) {
			_, id, _ := strings.Cut(it.Val(), ":c:")
			if _, err := ids.ShardOf(Prefix, id); err != nil {
				continue // its marks or its keys
			}
			if err := visit(cases.ID(id)); err != nil {
				return err
			}
		}
		return it.Err()
	}
	var err error
	if cluster, ok := st.RDB.(*redis.ClusterClient); ok {
		var mu sync.Mutex // masters are asked side by side; the visitor is not
		outer := visit
		visit = func(id cases.ID) error {
			mu.Lock()
			defer mu.Unlock()
			return outer(id)
		}
		err = cluster.ForEachMaster(ctx, func(ctx context.Context, node *redis.Client) error { return scan(ctx, node) })
	} else {
		err = scan(ctx, st.RDB)
	}
	if err != nil {
		return fmt.Errorf("list the cases: %w", err)
	}
	return nil
}
