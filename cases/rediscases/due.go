package rediscases

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/cases"
	"recourse/cases/timer"
	"recourse/internal/ids"
)

var _ timer.Index = (*Store)(nil)

// Due lists deadlines that have passed, over all shards, at most limit of each. The index is one for both
// records: the id of a Due is that of a case or of a complaint, and says which by its prefix.
func (st *Store) Due(ctx context.Context, now time.Time, limit int) ([]timer.Due, error) {
	pipe := st.RDB.Pipeline()
	cmds := make([]*redis.ZSliceCmd, ids.Shards)
	for s := range ids.Shard(ids.Shards) {
		cmds[s] = pipe.ZRangeArgsWithScores(ctx, dueArgs(s, now, 0, limit))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("list due deadlines: %w", err)
	}
	var out []timer.Due
	for _, cmd := range cmds {
		out = append(out, dueOf(cmd.Val())...)
	}
	return out, nil
}

// Lanes lists the shards in which something is due.
func (st *Store) Lanes(ctx context.Context, now time.Time) ([]int, error) {
	pipe := st.RDB.Pipeline()
	cmds := make([]*redis.StringSliceCmd, ids.Shards)
	for s := range ids.Shard(ids.Shards) {
		cmds[s] = pipe.ZRangeArgs(ctx, dueArgs(s, now, 0, 1))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("look for due deadlines: %w", err)
	}
	var out []int
	for s, cmd := range cmds {
		if len(cmd.Val()) > 0 {
			out = append(out, s)
		}
	}
	return out, nil
}

// DueIn lists deadlines of a shard that have passed, earliest first, after the first skip.
func (st *Store) DueIn(ctx context.Context, lane int, now time.Time, skip, limit int) ([]timer.Due, error) {
	list, err := st.RDB.ZRangeArgsWithScores(ctx, dueArgs(ids.Shard(lane), now, skip, limit)).Result()
	if err != nil {
		return nil, fmt.Errorf("list due deadlines of shard %d: %w", lane, err)
	}
	return dueOf(list), nil
}

func dueArgs(s ids.Shard, now time.Time, skip, limit int) redis.ZRangeArgs {
	return redis.ZRangeArgs{
		Key: s.Deadlines(), ByScore: true, Start: "-inf", Stop: strconv.FormatInt(now.UnixMilli(), 10), Offset: int64(skip), Count: int64(limit),
	}
}

func dueOf(list []redis.Z) []timer.Due {
	out := make([]timer.Due, len(list))
	for i, z := range list {
		member, _ := z.Member.(string)
		id, name, _ := strings.Cut(member, "|")
		out[i] = timer.Due{Case: cases.ID(id), Timer: cases.Timer(name), At: time.UnixMilli(int64(z.Score)).UTC()}
	}
	return out
}

// Drop forgets a deadline that no longer applies, unless it was set anew meanwhile.
func (st *Store) Drop(ctx context.Context, d timer.Due) error {
	prefix, _, _ := strings.Cut(string(d.Case), "_")
	s, err := ids.ShardOf(prefix, string(d.Case))
	if err != nil {
		return fmt.Errorf("drop deadline %s of %s: %w", d.Timer, d.Case, err)
	}
	err = dropScript.Run(ctx, st.RDB, []string{s.Deadlines()},
		string(d.Case)+"|"+string(d.Timer), d.At.UnixMilli()).Err()
	if err != nil {
		return fmt.Errorf("drop deadline %s of %s: %w", d.Timer, d.Case, err)
	}
	return nil
}
