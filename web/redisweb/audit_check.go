package redisweb

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"recourse/web"
	"recourse/web/wire"
)

// ErrAuditBroken: the trail is not what was written.
var ErrAuditBroken = errors.New("the audit trail is broken")

// brokenTrail is ErrAuditBroken with the entry where it shows.
type brokenTrail struct {
	n     int64
	fault web.AuditFault
	why   string
}

func (b *brokenTrail) Error() string { return fmt.Sprintf("%v: %s", ErrAuditBroken, b.why) }

func (b *brokenTrail) Unwrap() error { return ErrAuditBroken }

// AuditHead is where a trail ends: how many entries it has, and the hash of the last.
type AuditHead struct {
	N    int64
	Hash string
}

// String is a head as Verify's anchors are given.
func (h AuditHead) String() string { return fmt.Sprintf("%d:%s", h.N, h.Hash) }

// auditPlace is an entry up to which a trail was checked, and where it stands; none: nothing was.
type auditPlace struct {
	AuditHead
	id string
}

// Walk reads the whole trail, oldest first, checks every number and hash on the way, and calls f for each entry (f may
// be nil). A trail that is not what was written is ErrAuditBroken, with the entry where it shows.
func (au *Audit) Walk(ctx context.Context, f func(wire.AuditEntry) error) (AuditHead, error) {
	// The head first: what is appended while the trail is read comes after it.
	want, err := au.head(ctx)
	if err != nil {
		return AuditHead{}, err
	}
	var at auditPlace
	for more := true; more; {
		if at, more, err = au.stretch(ctx, at, want, f); err != nil {
			return at.AuditHead, err
		}
	}
	return at.AuditHead, nil
}

// Check checks a stretch of the trail, oldest first: at most most entries, rounded up to whole batches. It answers
// web.ErrBadCursor for a cursor that was not made here.
func (au *Audit) Check(ctx context.Context, cursor string, most int) (web.AuditChecked, error) {
	at, err := placeOf(cursor)
	if err != nil {
		return web.AuditChecked{}, err
	}
	want, err := au.head(ctx)
	for more, begun := true, at.N; err == nil && more; {
		if at.N-begun >= int64(most) {
			return web.AuditChecked{N: at.N, Hash: at.Hash, All: want.N, Next: at.id + ":" + at.Hash}, nil
		}
		at, more, err = au.stretch(ctx, at, want, nil)
	}
	out := web.AuditChecked{N: at.N, Hash: at.Hash, All: max(want.N, at.N)}
	if broken, ok := errors.AsType[*brokenTrail](err); ok {
		out.Fault, out.At = broken.fault, broken.n
		return out, nil
	}
	return out, err
}

// placeOf is the place that a cursor names: the id of an entry, which ends with its number, and its hash.
func placeOf(cursor string) (auditPlace, error) {
	if cursor == "" {
		return auditPlace{}, nil
	}
	id, hash, ok := strings.Cut(cursor, ":")
	ms, num, isID := strings.Cut(id, "-")
	_, badMS := strconv.ParseInt(ms, 10, 64)
	n, badN := strconv.ParseInt(num, 10, 64)
	if !ok || !isID || badMS != nil || badN != nil || n < 1 || len(hash) != 64 {
		return auditPlace{}, web.ErrBadCursor
	}
	return auditPlace{AuditHead{n, hash}, id}, nil
}

// stretch checks the batch of entries after a place, and answers the place that it came to and whether there may be more.
func (au *Audit) stretch(ctx context.Context, at auditPlace, want AuditHead, f func(wire.AuditEntry) error) (auditPlace, bool, error) {
	start := "-"
	if at.id != "" {
		start = "(" + at.id
	}
	msgs, err := au.RDB.XRangeN(ctx, auditKey, start, "+", auditBatch).Result()
	if err != nil {
		return at, false, fmt.Errorf("read the audit trail: %w", err)
	}
	for _, m := range msgs {
		e, raw, err := auditEntry(m)
		if broken, ok := errors.AsType[*brokenTrail](err); ok {
			broken.n = at.N + 1
		}
		if err != nil {
			return at, false, err
		}
		if e.N != at.N+1 {
			return at, false, &brokenTrail{at.N + 1, web.AuditMissing, fmt.Sprintf("after entry %d comes %d", at.N, e.N)}
		}
		if e.Hash != auditHash(at.Hash, e.N, raw) {
			return at, false, &brokenTrail{e.N, web.AuditChanged, fmt.Sprintf("the hash of entry %d is not that of what stands there", e.N)}
		}
		at = auditPlace{AuditHead{e.N, e.Hash}, m.ID}
		if at.N == want.N && at.Hash != want.Hash {
			return at, false, &brokenTrail{at.N, web.AuditReplaced, fmt.Sprintf("entry %d is not the one that was written last", at.N)}
		}
		if f != nil {
			if err := f(e); err != nil {
				return at, false, err
			}
		}
	}
	if len(msgs) == auditBatch {
		return at, true, nil
	}
	if at.N < want.N {
		return at, false, &brokenTrail{at.N + 1, web.AuditMissing, fmt.Sprintf("it ends at entry %d, and %d were written", at.N, want.N)}
	}
	return at, false, nil
}

func (au *Audit) head(ctx context.Context) (AuditHead, error) {
	raw, err := au.RDB.HMGet(ctx, auditHeadKey, "n", "h").Result()
	if err != nil {
		return AuditHead{}, fmt.Errorf("read the head of the audit trail: %w", err)
	}
	text, _ := raw[0].(string)
	if text == "" {
		return AuditHead{}, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return AuditHead{}, fmt.Errorf("%w: its head has no number: %w", ErrAuditBroken, err)
	}
	hash, _ := raw[1].(string)
	return AuditHead{n, hash}, nil
}
