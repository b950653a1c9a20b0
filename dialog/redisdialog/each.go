package redisdialog

import (
	"context"
	"fmt"
	"strings"

	"recourse/dialog"
	"recourse/internal/ids"
	"recourse/internal/redisconn"
)

// Each visits every stored conversation's id, in no order and each at least once; what begins meanwhile may be left
// out. It reads the key space and is for tools, not for serving.
func (st *Store) Each(ctx context.Context, visit func(dialog.ID) error) error {
	err := redisconn.EachKey(ctx, st.RDB, "{s*}:d:"+Prefix+"_*", func(key string) error {
		_, id, _ := strings.Cut(key, ":d:")
		if _, err := ids.ShardOf(Prefix, id); err != nil {
			return nil // its log or what was seen of it
		}
		return visit(dialog.ID(id))
	})
	if err != nil {
		return fmt.Errorf("list the conversations: %w", err)
	}
	return nil
}
