package rediscases

import (
	"context"
	"fmt"
	"strings"

	"recourse/cases"
	"recourse/internal/ids"
	"recourse/internal/redisconn"
)

// Each visits every stored case's id, in no order and each at least once; what is opened meanwhile may be left
// out. It reads the key space and is for tools, not for serving.
func (st *Store) Each(ctx context.Context, visit func(cases.ID) error) error {
	err := redisconn.EachKey(ctx, st.RDB, "{s*}:c:"+Prefix+"_*", func(key string) error {
		_, id, _ := strings.Cut(key, ":c:")
		if _, err := ids.ShardOf(Prefix, id); err != nil {
			return nil // its marks or its keys
		}
		return visit(cases.ID(id))
	})
	if err != nil {
		return fmt.Errorf("list the cases: %w", err)
	}
	return nil
}
