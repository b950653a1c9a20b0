package redisweb

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/web"
	"recourse/web/wire"
)

// Keys of the audit trail, in one slot:
//
//	recourse:{audit}             STREAM n, h, e (number, hash, entry as JSON), ids ms-n; only ever appended to
//	recourse:{audit}:head        HASH n, h, ms of the last entry
//	recourse:{audit}:by:KIND:ID  ZSET stream ids by number: the entries of an actor, a conversation, a case
const (
	auditKey     = "recourse:{audit}"
	auditHeadKey = "recourse:{audit}:head"
)

func auditIndex(kind, id string) string { return "recourse:{audit}:by:" + kind + ":" + id }

//go:embed audit_append.lua
var auditAppendSrc string

var auditAppendScript = redis.NewScript(auditAppendSrc)

const (
	auditBatch  = 500   // entries read at a time
	auditWindow = 20000 // entries looked through for one page; then the page ends short
)

// Audit is the audit trail. Each entry's hash covers the hash of the one before, so that whoever changes, takes out or
// puts in an entry must make all later hashes anew; against that, note the last number and hash elsewhere from time to
// time and verify against them.
type Audit struct {
	RDB redis.UniversalClient

	mu   sync.Mutex
	n    int64  // number of the last entry, as far as known; guarded by mu
	last string // its hash; guarded by mu
}

var _ web.Audit = (*Audit)(nil)

// auditHash is the hash of an entry as it is written, after the one before.
func auditHash(before string, n int64, entry []byte) string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\n%d\n", before, n)
	sum.Write(entry)
	return hex.EncodeToString(sum.Sum(nil))
}

// Record appends an entry. Its number and hash are the trail's to give.
func (au *Audit) Record(ctx context.Context, e wire.AuditEntry) error {
	e.ID, e.N, e.Hash, e.At = "", 0, "", e.At.UTC()
	raw, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("encode an entry of the audit trail: %w", err)
	}
	keys := []string{auditKey, auditHeadKey}
	for kind, id := range map[string]string{"actor": e.Actor, "conversation": e.Conversation, "case": e.Case} {
		if id != "" {
			keys = append(keys, auditIndex(kind, id))
		}
	}
	au.mu.Lock()
	defer au.mu.Unlock()
	for {
		n := au.n + 1
		hash := auditHash(au.last, n, raw)
		out, err := auditAppendScript.Run(ctx, au.RDB, keys, n, au.last, hash, raw, e.At.UnixMilli()).Slice()
		if err != nil {
			return fmt.Errorf("record %s of %s: %w", e.Action, e.Actor, err)
		}
		if ok, _ := out[0].(int64); ok == 1 {
			au.n, au.last = n, hash
			return nil
		}
		text, _ := out[1].(string)
		if au.n, err = strconv.ParseInt(text, 10, 64); err != nil {
			return fmt.Errorf("record %s of %s: read the head: %w", e.Action, e.Actor, err)
		}
		au.last, _ = out[2].(string)
	}
}

// List lists entries, newest first. It answers web.ErrBadCursor for a cursor that was not made here.
func (au *Audit) List(ctx context.Context, q web.AuditQuery) ([]wire.AuditEntry, string, error) {
	before := int64(0)
	if q.Cursor != "" {
		ms, n, ok := strings.Cut(q.Cursor, "-")
		_, badMS := strconv.ParseInt(ms, 10, 64)
		var badN error
		if before, badN = strconv.ParseInt(n, 10, 64); !ok || badMS != nil || badN != nil || before < 1 {
			return nil, "", web.ErrBadCursor
		}
	}
	read := au.readStream
	switch {
	case q.Conversation != "":
		read = au.readIndex(auditIndex("conversation", q.Conversation))
	case q.Case != "":
		read = au.readIndex(auditIndex("case", q.Case))
	case q.Actor != "":
		read = au.readIndex(auditIndex("actor", q.Actor))
	}
	var out []wire.AuditEntry
	at := q.Cursor
	for seen := 0; seen < auditWindow; {
		page, err := read(ctx, q, at)
		if err != nil {
			return nil, "", fmt.Errorf("list the audit trail: %w", err)
		}
		for _, e := range page {
			at = e.ID
			if !q.From.IsZero() && e.At.Before(q.From) {
				return out, "", nil
			}
			if q.Wants(e) {
				out = append(out, e)
			}
			if len(out) == q.Limit {
				return out, at, nil
			}
		}
		if len(page) < auditBatch {
			return out, "", nil
		}
		seen += len(page)
	}
	return out, at, nil
}

// readStream reads the trail itself, backwards from before a cursor.
func (au *Audit) readStream(ctx context.Context, q web.AuditQuery, cursor string) ([]wire.AuditEntry, error) {
	start := "+"
	switch {
	case cursor != "":
		start = "(" + cursor
	case !q.To.IsZero():
		// Ids follow the clock of whoever was ahead, so a few entries before To may stand after it.
		start = strconv.FormatInt(q.To.Add(time.Minute).UnixMilli(), 10)
	}
	msgs, err := au.RDB.XRevRangeN(ctx, auditKey, start, "-", auditBatch).Result()
	if err != nil {
		return nil, err
	}
	return auditEntries(msgs)
}

// readIndex reads what an index leads to.
func (au *Audit) readIndex(key string) func(context.Context, web.AuditQuery, string) ([]wire.AuditEntry, error) {
	return func(ctx context.Context, _ web.AuditQuery, cursor string) ([]wire.AuditEntry, error) {
		most := "+inf"
		if _, n, ok := strings.Cut(cursor, "-"); ok {
			most = "(" + n
		}
		ids, err := au.RDB.ZRevRangeByScore(ctx, key, &redis.ZRangeBy{Min: "-inf", Max: most, Count: auditBatch}).Result()
		if err != nil || len(ids) == 0 {
			return nil, err
		}
		pipe := au.RDB.Pipeline()
		reads := make([]*redis.XMessageSliceCmd, len(ids))
		for i, id := range ids {
			reads[i] = pipe.XRange(ctx, auditKey, id, id)
		}
		if _, err := pipe.Exec(ctx); err != nil {
			return nil, err
		}
		var msgs []redis.XMessage
		for i, r := range reads {
			if len(r.Val()) != 1 {
				return nil, fmt.Errorf("%w: %s is missing", ErrAuditBroken, ids[i])
			}
			msgs = append(msgs, r.Val()[0])
		}
		return auditEntries(msgs)
	}
}

func auditEntries(msgs []redis.XMessage) ([]wire.AuditEntry, error) {
	out := make([]wire.AuditEntry, len(msgs))
	for i, m := range msgs {
		e, _, err := auditEntry(m)
		if err != nil {
			return nil, err
		}
		out[i] = e
	}
	return out, nil
}

// auditEntry is an entry with its number and hash, and as it was written.
func auditEntry(m redis.XMessage) (wire.AuditEntry, []byte, error) {
	var e wire.AuditEntry
	raw, _ := m.Values["e"].(string)
	if err := json.Unmarshal([]byte(raw), &e); err != nil {
		return e, nil, &brokenTrail{fault: web.AuditUnreadable, why: fmt.Sprintf("%s cannot be read: %v", m.ID, err)}
	}
	text, _ := m.Values["n"].(string)
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return e, nil, &brokenTrail{fault: web.AuditUnreadable, why: fmt.Sprintf("%s has no number: %v", m.ID, err)}
	}
	e.ID, e.N = m.ID, n
	e.Hash, _ = m.Values["h"].(string)
	return e, []byte(raw), nil
}
