package rediscases

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/cases"
	"recourse/internal/ids"
	"recourse/internal/outbox"
)

var (
	//go:embed commit.lua
	commitSrc string
	//go:embed drop.lua
	dropSrc string
	//go:embed remind.lua
	remindSrc string

	commitScript = redis.NewScript(commitSrc)
	dropScript   = redis.NewScript(dropSrc)
	remindScript = redis.NewScript(remindSrc)
)

// entry is what one event changes, as commit.lua stores it: of a case or of a complaint.
type entry struct {
	shard    ids.Shard
	id       string
	doc      string // key of the document; marks and keys stand beside it
	line     string // key of the order line's record
	list     string // key of the buyer's list
	version  int    // after the event
	content  any
	mark     any
	key      string
	digest   string
	lineFrom int
	lineDoc  any
	due      map[cases.Timer]time.Time
	remind   []cases.Reminder
	records  [][2]string
	// The document that replaces this one, if nextID is set.
	next     string
	nextID   string
	nextDoc  any
	nextMark any
	nextDue  map[cases.Timer]time.Time
	nextSays []cases.Reminder
	now      time.Time // of the event: reminders before it are not made anew
}

func marksOf(doc string) string { return doc + ":marks" }
func keysOf(doc string) string  { return doc + ":keys" }

// lineKey quotes its parts: the names come from outside and may hold a colon.
func lineKey(s ids.Shard, kind, buyer, order, line string) string {
	return s.Tag() + ":" + kind + ":" + strconv.Quote(buyer) + ":" + strconv.Quote(order) + ":" + strconv.Quote(line)
}

// commit stores the entry, all or nothing; cases.ErrRaced if what it rests on was overtaken.
func (e entry) commit(ctx context.Context, rdb redis.UniversalClient) error {
	parts := []any{e.content, e.mark, e.lineDoc, e.members(e.due, e.remind), e.records}
	if e.nextID != "" {
		parts = append(parts, e.nextDoc, e.nextMark, e.members(e.nextDue, e.nextSays))
	}
	raw := make([][]byte, 8)
	for i, part := range parts {
		var err error
		if raw[i], err = json.Marshal(part); err != nil {
			return err
		}
	}
	res, err := commitScript.Run(ctx, rdb,
		[]string{
			e.doc, marksOf(e.doc), keysOf(e.doc), e.line, e.shard.Deadlines(), outbox.Key(e.shard), outbox.SeqKey(e.shard),
			e.list, e.next, marksOf(e.next),
		},
		e.version-1, e.version, raw[0], raw[1], e.key, e.digest, e.lineFrom, raw[2], raw[3], raw[4],
		raw[5], raw[6], e.nextID, raw[7], e.id, e.shard.String()).Int64()
	if err != nil {
		return err
	}
	if res < 0 {
		return cases.ErrRaced
	}
	return nil
}

// members are deadlines and reminders as [[name, ms, only if it is there], ...], in a fixed order.
func (e entry) members(deadlines map[cases.Timer]time.Time, remind []cases.Reminder) [][3]any {
	list := make([][3]any, 0, len(deadlines)+len(remind))
	for t, at := range deadlines {
		list = append(list, [3]any{string(t), at.UnixMilli(), false})
	}
	for _, r := range remind {
		list = append(list, [3]any{string(r.Name()), r.At.UnixMilli(), !r.At.After(e.now)})
	}
	slices.SortFunc(list, func(a, b [3]any) int { return strings.Compare(a[0].(string), b[0].(string)) })
	return list
}

// loadDoc reads a document; false if there is none.
func loadDoc[T any](ctx context.Context, rdb redis.UniversalClient, key string) (T, bool, error) {
	return docOf[T](rdb.HGet(ctx, key, "doc"))
}

// docOf is the document of an answer; false if there is none.
func docOf[T any](cmd *redis.StringCmd) (T, bool, error) {
	var v T
	raw, err := cmd.Bytes()
	if errors.Is(err, redis.Nil) {
		return v, false, nil
	}
	if err == nil {
		err = json.Unmarshal(raw, &v)
	}
	return v, err == nil, err
}

// loadLine reads the record of an order line and its version, both empty if there is none yet.
func loadLine[T any](ctx context.Context, rdb redis.UniversalClient, key string) (T, int, error) {
	return lineOf[T](askLine(ctx, rdb, key))
}

func askLine(ctx context.Context, rdb redis.Cmdable, key string) *redis.SliceCmd {
	return rdb.HMGet(ctx, key, "doc", "ver")
}

// lineOf is what the answer says of an order line.
func lineOf[T any](cmd *redis.SliceCmd) (T, int, error) {
	var rec T
	vals, err := cmd.Result()
	if err != nil {
		return rec, 0, err
	}
	doc, ok := vals[0].(string)
	if !ok {
		return rec, 0, nil
	}
	if err := json.Unmarshal([]byte(doc), &rec); err != nil {
		return rec, 0, err
	}
	ver, _ := vals[1].(string)
	n, err := strconv.Atoi(ver)
	return rec, n, err
}

// applied reads what an event key did before.
func applied(ctx context.Context, rdb redis.UniversalClient, keys, key string) (cases.Applied, bool, error) {
	return appliedOf(rdb.HGet(ctx, keys, key))
}

// appliedOf is what the answer says that an event key did; false if nothing.
func appliedOf(cmd *redis.StringCmd) (cases.Applied, bool, error) {
	raw, err := cmd.Result()
	if errors.Is(err, redis.Nil) {
		return cases.Applied{}, false, nil
	}
	if err != nil {
		return cases.Applied{}, false, err
	}
	digest, ver, _ := strings.Cut(raw, " ")
	n, err := strconv.Atoi(ver)
	return cases.Applied{Digest: digest, Version: n}, err == nil, err
}

// loadMarks reads a timeline.
func loadMarks[T any](ctx context.Context, rdb redis.UniversalClient, key string) ([]T, error) {
	return marksIn[T](rdb.LRange(ctx, key, 0, -1))
}

// marksIn is the timeline of an answer.
func marksIn[T any](cmd *redis.StringSliceCmd) ([]T, error) {
	raw, err := cmd.Result()
	if err != nil {
		return nil, err
	}
	marks := make([]T, len(raw))
	for i, r := range raw {
		if err := json.Unmarshal([]byte(r), &marks[i]); err != nil {
			return nil, err
		}
	}
	return marks, nil
}

// listIDs reads the newest of a buyer's list.
func listIDs[T ~string](ctx context.Context, rdb redis.UniversalClient, key string, limit int) ([]T, error) {
	if limit <= 0 {
		return nil, nil // to LRANGE an end before 0 would be the end of the list
	}
	raw, err := rdb.LRange(ctx, key, 0, int64(limit)-1).Result()
	if err != nil {
		return nil, err
	}
	out := make([]T, len(raw))
	for i, r := range raw {
		out[i] = T(r)
	}
	return out, nil
}
