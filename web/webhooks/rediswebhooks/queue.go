package rediswebhooks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/internal/ids"
	"recourse/web/webhooks"
)

// Enqueue makes an event wait for an endpoint.
func (st *Store) Enqueue(ctx context.Context, id webhooks.EndpointID, ev webhooks.Event, now time.Time) (webhooks.DeliveryID, bool, error) {
	k, err := keysOf(id)
	if err != nil {
		return "", false, err
	}
	d := ids.Derive(webhooks.DeliveryPrefix, k.shard, k.ep, ev.ID)
	now = now.UTC()
	raw, err := json.Marshal(ev)
	if err != nil {
		return "", false, fmt.Errorf("encode webhook event %s: %w", ev.ID, err)
	}
	progress, err := json.Marshal(webhooks.Progress{State: webhooks.Waiting, Queued: now, Next: now})
	if err != nil {
		return "", false, fmt.Errorf("encode webhook delivery %s: %w", d, err)
	}
	res, err := enqueueScript.Run(ctx, st.RDB, []string{
		k.endpoint(), dueKey(k.shard), k.lanes(), k.heads(), k.queue(ev.Lane), k.seq(ev.Lane), k.delivery(d), k.log(),
	}, k.ep, d, ev.Lane, raw, progress, ms(now), keepSeq.Milliseconds(), keepLog).Int()
	if err != nil {
		return "", false, fmt.Errorf("queue webhook event %s for %s: %w", ev.ID, id, err)
	}
	return webhooks.DeliveryID(d), res == 1, map[int]error{-1: webhooks.ErrNotFound, -2: webhooks.ErrDisabled}[res]
}

// Due lists endpoints for which something may be due.
func (st *Store) Due(ctx context.Context, now time.Time) ([]webhooks.EndpointID, error) {
	const most = 1000 // of a shard in one look
	pipe := st.RDB.Pipeline()
	cmds := make([]*redis.StringSliceCmd, ids.Shards)
	for s := range ids.Shard(ids.Shards) {
		cmds[s] = pipe.ZRangeArgs(ctx, redis.ZRangeArgs{
			Key: dueKey(s), ByScore: true, Start: "-inf", Stop: strconv.FormatInt(ms(now), 10), Count: most,
		})
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("list endpoints with due webhooks: %w", err)
	}
	var out []webhooks.EndpointID
	for _, c := range cmds {
		for _, id := range c.Val() {
			out = append(out, webhooks.EndpointID(id))
		}
	}
	return out, nil
}

// Claim takes deliveries that are due.
func (st *Store) Claim(ctx context.Context, id webhooks.EndpointID, now, lease time.Time, n int) (webhooks.Claim, error) {
	k, err := keysOf(id)
	if err != nil {
		return webhooks.Claim{}, err
	}
	vals, err := claimScript.Run(ctx, st.RDB, []string{k.endpoint(), dueKey(k.shard), k.lanes(), k.heads()},
		k.ep, ms(now), ms(lease), n).Slice()
	if err != nil {
		return webhooks.Claim{}, fmt.Errorf("claim webhooks of %s: %w", id, err)
	}
	if len(vals) == 0 {
		return webhooks.Claim{}, webhooks.ErrNotFound
	}
	head := len(endpointFields)
	ep, err := st.decode(vals[:head])
	if err != nil {
		return webhooks.Claim{}, fmt.Errorf("claim webhooks of %s: %w", id, err)
	}
	claimed := make([]string, 0, len(vals)-head)
	for _, v := range vals[head:] {
		if s, ok := v.(string); ok {
			claimed = append(claimed, s)
		}
	}
	list, err := st.deliveries(ctx, k, claimed)
	return webhooks.Claim{Endpoint: ep, Deliveries: list}, wrap("read claimed webhooks", err)
}

// deliveries reads deliveries of an endpoint; those that are gone are left out.
func (st *Store) deliveries(ctx context.Context, k keys, list []string) ([]webhooks.Delivery, error) {
	if len(list) == 0 {
		return nil, nil
	}
	pipe := st.RDB.Pipeline()
	cmds := make([]*redis.SliceCmd, len(list))
	for i, id := range list {
		cmds[i] = pipe.HMGet(ctx, k.delivery(id), "ev", "st", "seq", "n")
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, err
	}
	out := make([]webhooks.Delivery, 0, len(list))
	for i, c := range cmds {
		field := func(n int) string { s, _ := c.Val()[n].(string); return s }
		if field(0) == "" {
			continue
		}
		d := webhooks.Delivery{ID: webhooks.DeliveryID(list[i]), Endpoint: webhooks.EndpointID(k.ep)}
		seq, seqErr := strconv.ParseInt(field(2), 10, 64)
		tries, triesErr := strconv.Atoi(field(3))
		d.Seq, d.Tries = seq, tries
		err := errors.Join(json.Unmarshal([]byte(field(0)), &d.Event), json.Unmarshal([]byte(field(1)), &d.Progress), seqErr, triesErr)
		if err != nil {
			return nil, fmt.Errorf("decode delivery %s: %w", list[i], err)
		}
		out = append(out, d)
	}
	return out, nil
}

// Settle stores what became of a claimed delivery.
func (st *Store) Settle(ctx context.Context, s webhooks.Settlement) (time.Time, error) {
	d := s.Delivery
	k, err := keysOf(d.Endpoint)
	if err != nil {
		return time.Time{}, err
	}
	progress, err := json.Marshal(d.Progress)
	if err != nil {
		return time.Time{}, fmt.Errorf("encode webhook delivery %s: %w", d.ID, err)
	}
	took := ""
	if s.Attempted {
		took = "0"
	}
	if s.OK {
		took = "1"
	}
	keep := keepDelivered
	if d.State == webhooks.Dead {
		keep = keepDead
	}
	var due, hold int64
	if d.State == webhooks.Waiting {
		due = ms(d.Next)
	}
	if !s.Hold.IsZero() {
		hold = ms(s.Hold)
	}
	res, err := settleScript.Run(ctx, st.RDB, []string{
		k.endpoint(), dueKey(k.shard), k.lanes(), k.heads(), k.queue(d.Event.Lane), k.delivery(string(d.ID)), k.dead(),
	}, k.ep, string(d.ID), d.Event.Lane, d.Tries, progress, string(d.State), ms(s.Now), due, keep.Milliseconds(), took, hold).Int64()
	switch {
	case err != nil:
		return time.Time{}, fmt.Errorf("settle webhook delivery %s: %w", d.ID, err)
	case res < 0:
		return time.Time{}, webhooks.ErrConflict
	case res == 0:
		return time.Time{}, nil
	}
	return instant(res), nil
}

// Release gives a claimed delivery back.
func (st *Store) Release(ctx context.Context, d webhooks.Delivery, lease, now time.Time) error {
	k, err := keysOf(d.Endpoint)
	if err != nil {
		return err
	}
	err = releaseScript.Run(ctx, st.RDB, []string{dueKey(k.shard), k.lanes()}, k.ep, d.Event.Lane, ms(lease), ms(now)).Err()
	return wrap("release webhook delivery "+string(d.ID), err)
}

// Listen calls wake for endpoints that something was queued for until ctx ends.
func (st *Store) Listen(ctx context.Context, wake func(webhooks.EndpointID)) error {
	sub := st.RDB.Subscribe(ctx, wakeCh)
	defer sub.Close()
	msgs := sub.Channel(redis.WithChannelSize(1024))
	for {
		select {
		case <-ctx.Done():
			return nil
		case m, ok := <-msgs:
			if !ok {
				return nil
			}
			wake(webhooks.EndpointID(m.Payload))
		}
	}
}

// Delivery reads one delivery.
func (st *Store) Delivery(ctx context.Context, ep webhooks.EndpointID, id webhooks.DeliveryID) (webhooks.Delivery, error) {
	k, err := keysOf(ep)
	if err != nil {
		return webhooks.Delivery{}, err
	}
	list, err := st.deliveries(ctx, k, []string{string(id)})
	if err != nil {
		return webhooks.Delivery{}, fmt.Errorf("read webhook delivery %s: %w", id, err)
	}
	// The id is made of endpoint and event, so it cannot be another endpoint's.
	if len(list) == 0 || ids.Derive(webhooks.DeliveryPrefix, k.shard, k.ep, list[0].Event.ID) != string(id) {
		return webhooks.Delivery{}, webhooks.ErrNotFound
	}
	return list[0], nil
}

// position reads a cursor, which is how many entries were passed.
func position(cursor string) (int64, error) {
	if cursor == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(cursor, 10, 31)
	if err != nil {
		return 0, &webhooks.Invalid{Field: "cursor", Why: "is not one that a page answered"}
	}
	return int64(n), nil
}

// Recent lists deliveries, newest first. What comes in between two pages may repeat an entry.
func (st *Store) Recent(ctx context.Context, ep webhooks.EndpointID, cursor string, limit int) ([]webhooks.Delivery, string, error) {
	k, err := keysOf(ep)
	if err != nil {
		return nil, "", err
	}
	from, err := position(cursor)
	if err != nil {
		return nil, "", err
	}
	end := from + int64(limit)
	raw, err := st.RDB.LRange(ctx, k.log(), -end-1, -from-1).Result()
	if err != nil {
		return nil, "", fmt.Errorf("list webhook deliveries of %s: %w", ep, err)
	}
	next := ""
	if len(raw) > limit {
		raw, next = raw[1:], strconv.FormatInt(end, 10)
	}
	for i, j := 0, len(raw)-1; i < j; i, j = i+1, j-1 {
		raw[i], raw[j] = raw[j], raw[i]
	}
	list, err := st.deliveries(ctx, k, raw)
	return list, next, wrap("list webhook deliveries", err)
}

// DeadLetters lists dead letters, oldest first.
func (st *Store) DeadLetters(ctx context.Context, ep webhooks.EndpointID, since time.Time, cursor string, limit int) ([]webhooks.Delivery, string, error) {
	k, err := keysOf(ep)
	if err != nil {
		return nil, "", err
	}
	from, err := position(cursor)
	if err != nil {
		return nil, "", err
	}
	if least := st.Now().Add(-keepDead); since.Before(least) {
		since = least // what is older has gone
	}
	raw, err := st.RDB.ZRangeArgs(ctx, redis.ZRangeArgs{
		Key: k.dead(), ByScore: true, Start: strconv.FormatInt(since.UnixMicro(), 10), Stop: "+inf", Offset: from, Count: int64(limit) + 1,
	}).Result()
	if err != nil {
		return nil, "", fmt.Errorf("list dead letters of %s: %w", ep, err)
	}
	next := ""
	if len(raw) > limit {
		raw, next = raw[:limit], strconv.FormatInt(from+int64(limit), 10)
	}
	list, err := st.deliveries(ctx, k, raw)
	return list, next, wrap("list dead letters", err)
}

// Requeue puts a delivery that has ended behind the others of its lane.
func (st *Store) Requeue(ctx context.Context, d webhooks.Delivery, now time.Time) error {
	k, err := keysOf(d.Endpoint)
	if err != nil {
		return err
	}
	progress, err := json.Marshal(d.Again(now.UTC()).Progress)
	if err != nil {
		return fmt.Errorf("encode webhook delivery %s: %w", d.ID, err)
	}
	res, err := requeueScript.Run(ctx, st.RDB, []string{
		k.endpoint(), dueKey(k.shard), k.lanes(), k.heads(), k.queue(d.Event.Lane), k.delivery(string(d.ID)), k.dead(),
	}, k.ep, string(d.ID), d.Event.Lane, progress, ms(now)).Int()
	if err != nil {
		return fmt.Errorf("queue webhook delivery %s again: %w", d.ID, err)
	}
	return map[int]error{-1: webhooks.ErrNotFound, -2: webhooks.ErrDisabled, -3: webhooks.ErrWaiting}[res]
}
