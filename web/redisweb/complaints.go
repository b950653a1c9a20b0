package redisweb

import (
	"context"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"

	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/web"
)

var _ web.ComplaintIndex = (*Store)(nil)

// Keys of complaints that cross shards.
//
//	recourse:complaints           ZSET all that were filed, by when
//	recourse:complaints:waiting   ZSET those that wait for an agent, by when they are due
//	recourse:complaints:of:<shop> ZSET those that a shop has part in, by when they were filed
const (
	complaintsKey = "recourse:complaints"
	waitingKey    = "recourse:complaints:waiting"
)

func complaintsOfShop(shop string) string { return "recourse:complaints:of:" + shop }

// IndexComplaint makes the lists say what the complaint says. It may be repeated.
func (st *Store) IndexComplaint(ctx context.Context, c complaints.Complaint) error {
	if c.FiledAt.IsZero() {
		return nil
	}
	filed := redis.Z{Score: float64(c.FiledAt.UnixMilli()), Member: string(c.ID)}
	pipe := st.RDB.Pipeline() // the keys may lie on different nodes; each step may be repeated
	pipe.ZAdd(ctx, complaintsKey, filed)
	pipe.ZAdd(ctx, complaintsOfShop(c.Shop), filed)
	if c.State.Info().Waits == cases.Agent {
		due := 0.0 // its deadline has passed: first
		if at, ok := c.Deadlines[complaints.TimerAudit]; ok {
			due = float64(at.UnixMilli())
		}
		pipe.ZAdd(ctx, waitingKey, redis.Z{Score: due, Member: string(c.ID)})
	} else {
		pipe.ZRem(ctx, waitingKey, string(c.ID))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return fmt.Errorf("index complaint %s: %w", c.ID, err)
	}
	return nil
}

// OfShop lists the complaints that a shop has part in, newest first.
func (st *Store) OfShop(ctx context.Context, shop, cursor string, limit int) ([]complaints.ID, string, error) {
	return page[complaints.ID](ctx, st.RDB, complaintsOfShop(shop), true, cursor, limit)
}

// OfPlatform lists what waits for an agent, by when it is due, or all that were filed, newest first.
func (st *Store) OfPlatform(ctx context.Context, waiting bool, cursor string, limit int) ([]complaints.ID, string, error) {
	if waiting {
		return page[complaints.ID](ctx, st.RDB, waitingKey, false, cursor, limit)
	}
	return page[complaints.ID](ctx, st.RDB, complaintsKey, true, cursor, limit)
}

// page reads a part of an index from a position; down is the highest score first.
func page[T ~string](ctx context.Context, rdb redis.UniversalClient, key string, down bool, cursor string, limit int) ([]T, string, error) {
	from := 0
	if cursor != "" {
		n, err := strconv.Atoi(cursor)
		if err != nil || n < 0 {
			return nil, "", fmt.Errorf("page through complaints from %q: %w", cursor, web.ErrBadCursor)
		}
		from = n
	}
	read := rdb.ZRange
	if down {
		read = rdb.ZRevRange
	}
	raw, err := read(ctx, key, int64(from), int64(from+limit)).Result()
	if err != nil {
		return nil, "", fmt.Errorf("page through complaints: %w", err)
	}
	next := ""
	if len(raw) > limit {
		raw, next = raw[:limit], strconv.Itoa(from+limit)
	}
	ids := make([]T, len(raw))
	for i, r := range raw {
		ids[i] = T(r)
	}
	return ids, next, nil
}
