// Package redisevidence keeps in Redis the index in which evidence of all cases is looked for again.
//
// It is an adapter of evidence.Similar: it knows keys and commands, and neither what a match means nor what becomes of
// it. The index crosses shards: a key per hash of bytes, and for the look a key per band of the perceptual hash, so
// that it spreads over a cluster and no list grows with the number of files.
//
// # How near files are found
//
// The 64 bits are cut into four bands of 16. If two hashes differ in at most seven bits, one of the bands differs in at
// most one. A file is noted under its four bands; it is looked for under each band and under that band's sixteen
// neighbours, 68 small sets in one round trip; what is found is compared bit by bit. Every command touches one key and
// may be repeated, so nothing needs a script.
package redisevidence

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/cases/evidence"
)

const (
	bands    = 4
	bandBits = 64 / bands

	// setMax bounds one set: of a picture that everybody sends, the newest are kept.
	setMax = 500
)

// Index is the index. Keep is how long a file is remembered.
type Index struct {
	RDB  redis.UniversalClient
	Keep time.Duration
}

var _ evidence.Similar = (*Index)(nil)

func bytesKey(sha string) string { return "recourse:seen:{b" + sha + "}" }

func bandKey(band int, value uint16) string {
	return "recourse:seen:{p" + strconv.Itoa(band) + ":" + strconv.FormatUint(uint64(value), 16) + "}"
}

func bandOf(h evidence.Hash, band int) uint16 { return uint16(uint64(h) >> (bandBits * band)) }

// keys are those that a file is noted under.
func keys(s evidence.Seen) []string {
	out := []string{bytesKey(s.SHA256)}
	if looks(s.Like) {
		for b := range bands {
			out = append(out, bandKey(b, bandOf(s.Like.P, b)))
		}
	}
	return out
}

func looks(l evidence.Likeness) bool { return l.Known && !l.Plain }

// entry is a member of a set: the same file is always the same member, whenever it was noted.
type entry struct {
	Seen evidence.Seen
	raw  string
}

func encode(s evidence.Seen) (entry, error) {
	s.At = time.Time{}
	s.Like.Sharp, s.Like.Light = 0, 0
	raw, err := json.Marshal(s)
	if err != nil {
		return entry{}, fmt.Errorf("encode a seen file: %w", err)
	}
	return entry{Seen: s, raw: string(raw)}, nil
}

// Add notes a file under its keys, drops what is too old there, and bounds them.
func (x *Index) Add(ctx context.Context, s evidence.Seen) error {
	e, err := encode(s)
	if err != nil {
		return err
	}
	pipe := x.RDB.Pipeline()
	for _, k := range keys(s) {
		pipe.ZAdd(ctx, k, redis.Z{Score: float64(s.At.UnixMilli()), Member: e.raw})
		pipe.ZRemRangeByScore(ctx, k, "-inf", "("+strconv.FormatInt(s.At.Add(-x.Keep).UnixMilli(), 10))
		pipe.ZRemRangeByRank(ctx, k, 0, -setMax-1)
		pipe.PExpire(ctx, k, x.Keep)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return fmt.Errorf("note evidence %s in the index: %w", s.ID, err)
	}
	return nil
}

// Remove forgets a file.
func (x *Index) Remove(ctx context.Context, s evidence.Seen) error {
	e, err := encode(s)
	if err != nil {
		return err
	}
	pipe := x.RDB.Pipeline()
	for _, k := range keys(s) {
		pipe.ZRem(ctx, k, e.raw)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return fmt.Errorf("take evidence %s out of the index: %w", s.ID, err)
	}
	return nil
}

// Find lists the other files with the same bytes, then those that look the same, the most alike first.
func (x *Index) Find(ctx context.Context, s evidence.Seen) ([]evidence.Match, error) {
	look := []string{bytesKey(s.SHA256)}
	if looks(s.Like) {
		for b := range bands {
			v := bandOf(s.Like.P, b)
			look = append(look, bandKey(b, v))
			for bit := range bandBits {
				look = append(look, bandKey(b, v^1<<bit))
			}
		}
	}
	pipe := x.RDB.Pipeline()
	sets := make([]*redis.ZSliceCmd, len(look))
	for i, k := range look {
		sets[i] = pipe.ZRangeWithScores(ctx, k, 0, -1)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("look for the like of evidence %s: %w", s.ID, err)
	}
	var out []evidence.Match
	met := map[string]bool{}
	for _, set := range sets {
		for _, z := range set.Val() {
			raw, _ := z.Member.(string)
			if met[raw] {
				continue
			}
			met[raw] = true
			var other evidence.Seen
			if err := json.Unmarshal([]byte(raw), &other); err != nil {
				return nil, fmt.Errorf("read a seen file: %w", err)
			}
			if m, ok := match(s, other, int64(z.Score)); ok {
				out = append(out, m)
			}
		}
	}
	slices.SortFunc(out, func(a, b evidence.Match) int {
		return cmp.Or(order(a)-order(b), a.At.Compare(b.At), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

func match(s, other evidence.Seen, at int64) (evidence.Match, bool) {
	m := evidence.Match{
		ID: other.ID, Case: other.Case, Party: other.Party, Exact: other.SHA256 == s.SHA256, At: time.UnixMilli(at).UTC(),
	}
	if other.ID == s.ID {
		return m, false
	}
	if m.Exact {
		return m, true
	}
	like, bits := s.Like.Like(other.Like)
	m.Bits = bits
	return m, like
}

// order puts the same bytes before the same look.
func order(m evidence.Match) int {
	if m.Exact {
		return -1
	}
	return m.Bits
}
