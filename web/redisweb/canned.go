package redisweb

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"

	"recourse/web"
	"recourse/web/wire"
)

// Keys of canned replies, in one slot:
//
//	recourse:{canned}           HASH "<owner>/<id>" -> reply as JSON; the desk's owner is ""
//	recourse:{canned}:shortcuts HASH "<owner>/<shortcut>" -> "<owner>/<id>"
//	recourse:{canned}:has       HASH "<owner>/<id>" -> "<owner>/<shortcut>"
var cannedKeys = []string{"recourse:{canned}", "recourse:{canned}:shortcuts", "recourse:{canned}:has"}

var (
	//go:embed canned_put.lua
	cannedPutSrc string
	//go:embed canned_delete.lua
	cannedDeleteSrc string

	cannedPutScript    = redis.NewScript(cannedPutSrc)
	cannedDeleteScript = redis.NewScript(cannedDeleteSrc)
)

var _ web.CannedReplies = (*Store)(nil)

// Canned lists the replies of the desk and an agent's own.
func (st *Store) Canned(ctx context.Context, login string) ([]wire.Canned, error) {
	all, err := st.RDB.HVals(ctx, cannedKeys[0]).Result()
	if err != nil {
		return nil, fmt.Errorf("list canned replies: %w", err)
	}
	var out []wire.Canned
	for _, raw := range all {
		var c wire.Canned
		if err := json.Unmarshal([]byte(raw), &c); err != nil {
			return nil, fmt.Errorf("read a canned reply: %w", err)
		}
		if c.Owner == "" || c.Owner == login {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b wire.Canned) int {
		return strings.Compare(a.Shortcut+"/"+a.ID, b.Shortcut+"/"+b.ID)
	})
	return out, nil
}

// PutCanned keeps a reply under its id; two of one owner cannot have the same shortcut.
func (st *Store) PutCanned(ctx context.Context, c wire.Canned) error {
	raw, err := json.Marshal(c)
	if err == nil {
		var kept int64
		kept, err = cannedPutScript.Run(ctx, st.RDB, cannedKeys, c.Owner+"/"+c.ID, string(raw), shortcutOf(c)).Int64()
		if err == nil && kept == 0 {
			return web.ErrShortcutTaken
		}
	}
	if err != nil {
		return fmt.Errorf("keep canned reply %s: %w", c.ID, err)
	}
	return nil
}

// DeleteCanned forgets a reply.
func (st *Store) DeleteCanned(ctx context.Context, owner, id string) error {
	if err := cannedDeleteScript.Run(ctx, st.RDB, cannedKeys, owner+"/"+id).Err(); err != nil {
		return fmt.Errorf("forget canned reply %s: %w", id, err)
	}
	return nil
}

// shortcutOf is what must be its alone: letter case does not tell two apart.
func shortcutOf(c wire.Canned) string { return c.Owner + "/" + strings.ToLower(c.Shortcut) }
