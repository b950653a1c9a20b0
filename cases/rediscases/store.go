// Package rediscases keeps refund cases in Redis.
//
// One script stores everything that one event changes: the document, its mark on the timeline, the
// event's key, the record of the order line, the deadlines, and the outbox records from which merchants,
// agents and the conversation hear of it. The package applies no rules; it refuses a commit whose
// reading was overtaken.
package rediscases

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/cases"
	"recourse/internal/ids"
	"recourse/internal/outbox"
)

// Prefix is the id prefix of cases.
const Prefix = "c"

// The kinds of outbox records of a case.
const (
	NoticeRecord  = "notice"  // somebody must be told: NoticeBody
	OrderRecord   = "order"   // an outer system must act: OrderBody
	ChangedRecord = "changed" // the case has a new version: ChangedBody
)

// NoticeBody is a notice and the case version it speaks of.
type NoticeBody struct {
	Case    cases.ID     `json:"case"`
	Version int          `json:"version"`
	Notice  cases.Notice `json:"notice"`
}

// OrderBody is a command to an outer system.
type OrderBody struct {
	Case    cases.ID    `json:"case"`
	Version int         `json:"version"`
	Order   cases.Order `json:"order"`
}

// ChangedBody feeds the indexes that cross shards.
type ChangedBody struct {
	Case         cases.ID    `json:"case"`
	Version      int         `json:"version"`
	Shop         string      `json:"shop"`
	State        cases.State `json:"state"`
	Conversation string      `json:"conversation"`
	CreatedAt    time.Time   `json:"created_at"`
}

var (
	//go:embed commit.lua
	commitSrc string
	//go:embed drop.lua
	dropSrc string

	commitScript = redis.NewScript(commitSrc)
	dropScript   = redis.NewScript(dropSrc)
)

// Keys of a shard, all under its hash tag.
//
//	{sNNN}:c:<id>          HASH doc, ver, due
//	{sNNN}:c:<id>:marks    LIST the timeline as JSON
//	{sNNN}:c:<id>:keys     HASH event key -> "<digest> <version>"
//	{sNNN}:l:<buyer>:<order>:<line> HASH doc, ver
//	{sNNN}:c:due           ZSET "<case>|<timer>" by instant in ms
//	{sNNN}:bc:<buyer>      LIST case ids, newest first
func caseKey(s ids.Shard, id cases.ID) string   { return s.Tag() + ":c:" + string(id) }
func marksKey(s ids.Shard, id cases.ID) string  { return caseKey(s, id) + ":marks" }
func keysKey(s ids.Shard, id cases.ID) string   { return caseKey(s, id) + ":keys" }
func dueKey(s ids.Shard) string                 { return s.Tag() + ":c:due" }
func buyerKey(s ids.Shard, buyer string) string { return s.Tag() + ":bc:" + buyer }

// lineKey quotes its parts: the names come from outside and may hold a colon.
func lineKey(s ids.Shard, buyer, order, line string) string {
	return s.Tag() + ":l:" + strconv.Quote(buyer) + ":" + strconv.Quote(order) + ":" + strconv.Quote(line)
}

// Store keeps cases in Redis.
type Store struct{ RDB redis.UniversalClient }

var _ cases.Store = (*Store)(nil)

func shardOf(id cases.ID) (ids.Shard, error) {
	s, err := ids.ShardOf(Prefix, string(id))
	if err != nil {
		return 0, fmt.Errorf("%w: %w", cases.ErrNoCase, err)
	}
	return s, nil
}

// Load reads a case.
func (st *Store) Load(ctx context.Context, id cases.ID) (cases.Case, error) {
	s, err := shardOf(id)
	if err != nil {
		return cases.Case{}, err
	}
	raw, err := st.RDB.HGet(ctx, caseKey(s, id), "doc").Bytes()
	if errors.Is(err, redis.Nil) {
		return cases.Case{}, fmt.Errorf("load case %s: %w", id, cases.ErrNoCase)
	}
	if err != nil {
		return cases.Case{}, fmt.Errorf("load case %s: %w", id, err)
	}
	var c cases.Case
	if err := json.Unmarshal(raw, &c); err != nil {
		return cases.Case{}, fmt.Errorf("decode case %s: %w", id, err)
	}
	return c, nil
}

// Line reads the record of an order line.
func (st *Store) Line(ctx context.Context, buyer, order, line string) (cases.LineRecord, error) {
	s := ids.Of(buyer)
	vals, err := st.RDB.HMGet(ctx, lineKey(s, buyer, order, line), "doc", "ver").Result()
	if err != nil {
		return cases.LineRecord{}, fmt.Errorf("load the record of order line %s/%s: %w", order, line, err)
	}
	doc, ok := vals[0].(string)
	if !ok {
		return cases.LineRecord{}, nil
	}
	var rec cases.LineRecord
	if err := json.Unmarshal([]byte(doc), &rec); err != nil {
		return cases.LineRecord{}, fmt.Errorf("decode the record of order line %s/%s: %w", order, line, err)
	}
	ver, _ := vals[1].(string)
	if rec.Version, err = strconv.Atoi(ver); err != nil {
		return cases.LineRecord{}, fmt.Errorf("decode the record of order line %s/%s: %w", order, line, err)
	}
	return rec, nil
}

// Applied tells what an event key did before.
func (st *Store) Applied(ctx context.Context, id cases.ID, key string) (cases.Applied, bool, error) {
	s, err := shardOf(id)
	if err != nil {
		return cases.Applied{}, false, err
	}
	raw, err := st.RDB.HGet(ctx, keysKey(s, id), key).Result()
	if errors.Is(err, redis.Nil) {
		return cases.Applied{}, false, nil
	}
	if err != nil {
		return cases.Applied{}, false, fmt.Errorf("look up a key of case %s: %w", id, err)
	}
	digest, ver, _ := strings.Cut(raw, " ")
	n, err := strconv.Atoi(ver)
	if err != nil {
		return cases.Applied{}, false, fmt.Errorf("decode a key of case %s: %w", id, err)
	}
	return cases.Applied{Digest: digest, Version: n}, true, nil
}

// dueMembers are a case's deadlines as [[timer, ms], ...], in a fixed order.
func dueMembers(c cases.Case) ([]byte, error) {
	type pair [2]any
	list := make([]pair, 0, len(c.Deadlines))
	for t, at := range c.Deadlines {
		list = append(list, pair{string(t), at.UnixMilli()})
	}
	slices.SortFunc(list, func(a, b pair) int { return strings.Compare(a[0].(string), b[0].(string)) })
	return json.Marshal(list)
}

// Commit stores an applied event.
func (st *Store) Commit(ctx context.Context, c cases.Commit) error {
	if err := st.commit(ctx, c); err != nil {
		return fmt.Errorf("commit %s of case %s: %w", c.Mark.Event.Kind, c.Case.ID, err)
	}
	return nil
}

func (st *Store) commit(ctx context.Context, c cases.Commit) error {
	s, err := shardOf(c.Case.ID)
	if err != nil {
		return err
	}
	doc, err := json.Marshal(c.Case)
	if err != nil {
		return err
	}
	mark, err := json.Marshal(c.Mark)
	if err != nil {
		return err
	}
	line, err := json.Marshal(c.Line)
	if err != nil {
		return err
	}
	due, err := dueMembers(c.Case)
	if err != nil {
		return err
	}
	records, err := json.Marshal(recordsOf(c))
	if err != nil {
		return err
	}
	var newDoc, newMark, newDue []byte
	newID := cases.ID("")
	if c.New != nil {
		newID = c.New.ID
		if newDoc, err = json.Marshal(c.New); err != nil {
			return err
		}
		if newMark, err = json.Marshal(c.NewMark); err != nil {
			return err
		}
		if newDue, err = dueMembers(*c.New); err != nil {
			return err
		}
	}
	res, err := commitScript.Run(ctx, st.RDB,
		[]string{
			caseKey(s, c.Case.ID), marksKey(s, c.Case.ID), keysKey(s, c.Case.ID),
			lineKey(s, c.Case.Buyer, c.Case.Line.OrderID, c.Case.Line.LineID), dueKey(s), outbox.Key(s), outbox.SeqKey(s),
			buyerKey(s, c.Case.Buyer), caseKey(s, newID), marksKey(s, newID),
		},
		c.Case.Version-1, c.Case.Version, doc, mark, c.Key, c.Digest, c.LineFrom, line, due, records,
		newDoc, newMark, string(newID), newDue, string(c.Case.ID), s.String()).Int64()
	if err != nil {
		return err
	}
	if res < 0 {
		return cases.ErrRaced
	}
	return nil
}

// recordsOf are the outbox records of a commit as [kind, body] pairs.
func recordsOf(c cases.Commit) [][2]string {
	var out [][2]string
	add := func(kind string, body any) {
		out = append(out, [2]string{kind, string(outbox.New(kind, body).Body)})
	}
	// The index first, so that a merchant who is told of a case finds it in his list.
	add(ChangedRecord, ChangedBody{
		Case: c.Case.ID, Version: c.Case.Version, Shop: c.Case.Shop, State: c.Case.State,
		Conversation: c.Case.Conversation, CreatedAt: c.Case.CreatedAt,
	})
	for _, n := range c.Notices {
		add(NoticeRecord, NoticeBody{Case: c.Case.ID, Version: c.Case.Version, Notice: n})
	}
	for _, o := range c.Orders {
		add(OrderRecord, OrderBody{Case: c.Case.ID, Version: c.Case.Version, Order: o})
	}
	return out
}

// Marks returns the timeline of a case.
func (st *Store) Marks(ctx context.Context, id cases.ID) ([]cases.Mark, error) {
	s, err := shardOf(id)
	if err != nil {
		return nil, err
	}
	raw, err := st.RDB.LRange(ctx, marksKey(s, id), 0, -1).Result()
	if err != nil {
		return nil, fmt.Errorf("read the timeline of case %s: %w", id, err)
	}
	marks := make([]cases.Mark, len(raw))
	for i, r := range raw {
		if err := json.Unmarshal([]byte(r), &marks[i]); err != nil {
			return nil, fmt.Errorf("decode mark %d of case %s: %w", i+1, id, err)
		}
	}
	return marks, nil
}

// OfBuyer lists the buyer's cases, newest first.
func (st *Store) OfBuyer(ctx context.Context, buyer string, limit int) ([]cases.ID, error) {
	if limit <= 0 {
		return nil, nil // to LRANGE an end before 0 would be the end of the list
	}
	raw, err := st.RDB.LRange(ctx, buyerKey(ids.Of(buyer), buyer), 0, int64(limit)-1).Result()
	if err != nil {
		return nil, fmt.Errorf("list the cases of a buyer: %w", err)
	}
	out := make([]cases.ID, len(raw))
	for i, r := range raw {
		out[i] = cases.ID(r)
	}
	return out, nil
}
