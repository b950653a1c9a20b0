package redisweb

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/dialog"
	"recourse/web"
)

// Keys of scores, in one slot. They follow the conversations, which keep only their latest.
//
//	recourse:{score}     HASH "<conversation>/<segment>" -> web.Scored as JSON
//	recourse:{score}:at  ZSET the same names by when the buyer was asked, ms
const (
	scoreKey   = "recourse:{score}"
	scoreAtKey = "recourse:{score}:at"
)

// scoreBatch is how many scores are read at once.
const scoreBatch = 500

var _ web.Scores = (*Store)(nil)

// KeepScores keeps the scores of a conversation as they are now. It may be repeated.
func (st *Store) KeepScores(ctx context.Context, id dialog.ID, scores []dialog.Score) error {
	if len(scores) == 0 {
		return nil
	}
	pipe := st.RDB.TxPipeline()
	for _, s := range scores {
		raw, err := json.Marshal(web.Scored{Conversation: id, Score: s})
		if err != nil {
			return fmt.Errorf("encode score %s of %s: %w", s.ID, id, err)
		}
		name := string(id) + "/" + s.ID
		pipe.HSet(ctx, scoreKey, name, raw)
		pipe.ZAdd(ctx, scoreAtKey, redis.Z{Score: float64(s.AskedAt.UnixMilli()), Member: name})
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return fmt.Errorf("keep scores of %s: %w", id, err)
	}
	return nil
}

// Scores lists what buyers were asked in [from, to), answered or not, by when.
func (st *Store) Scores(ctx context.Context, from, to time.Time) ([]web.Scored, error) {
	var out []web.Scored
	for at := int64(0); ; at += scoreBatch {
		names, err := st.RDB.ZRangeArgs(ctx, redis.ZRangeArgs{
			Key: scoreAtKey, ByScore: true, Start: strconv.FormatInt(from.UnixMilli(), 10), Stop: "(" + strconv.FormatInt(to.UnixMilli(), 10), Offset: at, Count: scoreBatch,
		}).Result()
		if err != nil {
			return nil, fmt.Errorf("list scores: %w", err)
		}
		if len(names) == 0 {
			return out, nil
		}
		docs, err := st.RDB.HMGet(ctx, scoreKey, names...).Result()
		if err != nil {
			return nil, fmt.Errorf("read scores: %w", err)
		}
		for i, doc := range docs {
			raw, there := doc.(string)
			if !there {
				continue // both are written at once; it was deleted by hand
			}
			var s web.Scored
			if err := json.Unmarshal([]byte(raw), &s); err != nil {
				return nil, fmt.Errorf("decode score %s: %w", names[i], err)
			}
			out = append(out, s)
		}
	}
}
