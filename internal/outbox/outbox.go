// Package outbox carries what happened in one shard to whoever must hear of it elsewhere.
//
// Scripts of the domain stores append records to the outbox of their shard in the same step as the
// change itself, so a record exists if and only if the change does. A Relay on every node reads them
// in order and hands each to the handler of its kind, then removes it. Delivery is at least once and
// may happen on two nodes at the same time: handlers must be idempotent. A handler's error keeps the
// record, and those after it, for a later try; one wrapped in Poison is set aside as a dead letter, because
// no later try would end otherwise and everything behind it would wait for ever.
//
// The package knows Redis and nothing of what the records mean.
package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/internal/ids"
)

// Channel is where scripts announce "<shard>" after they appended a record.
const Channel = "recourse:out"

// Key is the outbox of a shard (STREAM: field "k" = kind, "v" = JSON).
func Key(s ids.Shard) string { return s.Tag() + ":out" }

// SeqKey numbers the records of a shard (STRING).
func SeqKey(s ids.Shard) string { return s.Tag() + ":outseq" }

// Record is one thing that happened, ready to be passed to a script as JSON.
type Record struct {
	Kind string          `json:"k"`
	Body json.RawMessage `json:"v"`
}

// New makes a record; the body must be plain data.
func New(kind string, body any) Record {
	raw, err := json.Marshal(body)
	if err != nil {
		panic(fmt.Sprintf("outbox: %s record cannot be encoded: %v", kind, err)) // a programming error
	}
	return Record{Kind: kind, Body: raw}
}

// Handler takes one record. It must be safe to call again with the same record.
type Handler func(ctx context.Context, body json.RawMessage) error

// Relay hands records to handlers.
type Relay struct {
	RDB      redis.UniversalClient
	Handlers map[string]Handler
	Log      *slog.Logger
	// Sweep is how often every shard is looked at even without an announcement.
	Sweep time.Duration
	// Took, if set, is called after each record that was handled; tests wait on it.
	Took func(kind string)

	mu sync.Mutex // one pass at a time in this process, so that records keep their order
}

// DeadKey holds the dead letters of a shard (STREAM: fields "k", "v", "err").
func DeadKey(s ids.Shard) string { return s.Tag() + ":dead" }

// poison marks an error that no later try would mend.
type poison struct{ err error }

func (p poison) Error() string { return p.err.Error() }
func (p poison) Unwrap() error { return p.err }

// Poison says that a record can never be handled.
func Poison(err error) error { return poison{err} }

const batch = 64

// Run relays until ctx ends. Announcements make it quick, the sweep makes it sure.
func (r *Relay) Run(ctx context.Context) error {
	sub := r.RDB.Subscribe(ctx, Channel)
	defer sub.Close()
	hints := sub.Channel(redis.WithChannelSize(1024))
	tick := time.NewTicker(r.Sweep)
	defer tick.Stop()
	r.sweep(ctx) // what a crash left behind
	for {
		select {
		case <-ctx.Done():
			return nil
		case m := <-hints:
			if m == nil {
				return nil
			}
			n, err := strconv.ParseUint(m.Payload, 10, 16)
			if err != nil || n >= ids.Shards {
				continue // somebody else's message on our channel
			}
			r.report(ctx, r.Pass(ctx, ids.Shard(n)))
		case <-tick.C:
			r.sweep(ctx)
		}
	}
}

// sweep passes over every shard that has something. What is announced meanwhile waits for it, so that it asks for all
// shards at once.
func (r *Relay) sweep(ctx context.Context) {
	var lens [ids.Shards]*redis.IntCmd
	_, err := r.RDB.Pipelined(ctx, func(p redis.Pipeliner) error {
		for s := range ids.Shard(ids.Shards) {
			lens[s] = p.XLen(ctx, Key(s))
		}
		return nil
	})
	if err != nil {
		r.report(ctx, fmt.Errorf("look for records: %w", err)) // of the shards that answered, what is there is passed on
	}
	for s := range ids.Shard(ids.Shards) {
		if lens[s].Val() > 0 {
			r.report(ctx, r.Pass(ctx, s))
		}
	}
}

func (r *Relay) report(ctx context.Context, err error) {
	if err != nil && ctx.Err() == nil {
		r.Log.WarnContext(ctx, "outbox record kept for a later try", "err", err)
	}
}

// Mark is the number of the newest record of a shard, 0 if there was none.
func (r *Relay) Mark(ctx context.Context, s ids.Shard) (int64, error) {
	n, err := r.RDB.Get(ctx, SeqKey(s)).Int64()
	if errors.Is(err, redis.Nil) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the number of outbox %s: %w", s, err)
	}
	return n, nil
}

// Passed says whether every record of a shard up to a mark has been handled or set aside.
func (r *Relay) Passed(ctx context.Context, s ids.Shard, mark int64) (bool, error) {
	first, err := r.RDB.XRangeN(ctx, Key(s), "-", strconv.FormatInt(mark, 10), 1).Result()
	if err != nil {
		return false, fmt.Errorf("read outbox %s: %w", s, err)
	}
	return len(first) == 0, nil
}

// Pass empties the outbox of one shard, in order, until it is empty or a handler fails.
func (r *Relay) Pass(ctx context.Context, s ids.Shard) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for {
		records, err := r.RDB.XRangeN(ctx, Key(s), "-", "+", batch).Result()
		if err != nil {
			return fmt.Errorf("read outbox %s: %w", s, err)
		}
		for _, rec := range records {
			kind, _ := rec.Values["k"].(string)
			body, _ := rec.Values["v"].(string)
			handle, ok := r.Handlers[kind]
			if !ok {
				return fmt.Errorf("outbox %s: no handler for %q", s, kind) // a newer node's; it will take it
			}
			err := handle(ctx, json.RawMessage(body))
			if dead, isDead := errors.AsType[poison](err); isDead {
				r.Log.ErrorContext(ctx, "outbox record set aside", "kind", kind, "record", rec.ID, "shard", s.String(), "err", dead.err)
				dead := &redis.XAddArgs{Stream: DeadKey(s), Values: []any{"k", kind, "v", body, "err", dead.Error()}}
				if err = r.RDB.XAdd(ctx, dead).Err(); err != nil {
					err = fmt.Errorf("set it aside: %w", err)
				}
			}
			if err != nil {
				return fmt.Errorf("handle %s record %s of outbox %s: %w", kind, rec.ID, s, err)
			}
			if err := r.RDB.XDel(ctx, Key(s), rec.ID).Err(); err != nil {
				return fmt.Errorf("remove record %s of outbox %s: %w", rec.ID, s, err)
			}
			if r.Took != nil {
				r.Took(kind)
			}
		}
		if len(records) < batch {
			return nil
		}
	}
}
