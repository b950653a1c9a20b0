package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/redis/go-redis/v9"

	"recourse/bot/replay/stage"
	"recourse/cases/memcases"
	"recourse/cases/rediscases"
	"recourse/internal/ids"
	"recourse/internal/outbox"
)

// recordsOf takes the outbox records of the one buyer that a stage has, as its relay would.
func recordsOf(rdb redis.UniversalClient) func(context.Context) ([]memcases.Record, error) {
	key := outbox.Key(ids.Of(stage.Buyer))
	return func(ctx context.Context) ([]memcases.Record, error) {
		list, err := rdb.XRange(ctx, key, "-", "+").Result()
		if err != nil || len(list) == 0 {
			return nil, err
		}
		var out []memcases.Record
		done := make([]string, 0, len(list))
		for _, m := range list {
			kind, _ := m.Values["k"].(string)
			body, _ := m.Values["v"].(string)
			r, err := recordOf(kind, []byte(body))
			if err != nil {
				return nil, fmt.Errorf("read record %s: %w", m.ID, err)
			}
			out, done = append(out, r), append(done, m.ID)
		}
		return out, rdb.XDel(ctx, key, done...).Err()
	}
}

func recordOf(kind string, body []byte) (memcases.Record, error) {
	var r memcases.Record
	switch kind {
	case rediscases.NoticeRecord:
		var b rediscases.NoticeBody
		err := json.Unmarshal(body, &b)
		r.Case, r.Version, r.Notice = b.Case, b.Version, &b.Notice
		return r, err
	case rediscases.OrderRecord:
		var b rediscases.OrderBody
		err := json.Unmarshal(body, &b)
		r.Case, r.Version, r.Order = b.Case, b.Version, &b.Order
		return r, err
	case rediscases.ComplaintNoticeRecord:
		var b rediscases.ComplaintNoticeBody
		err := json.Unmarshal(body, &b)
		r.Complaint, r.Version, r.Notice = b.Complaint, b.Version, &b.Notice
		return r, err
	}
	return r, nil // an index or a measure: nobody in the conversation hears of it
}
