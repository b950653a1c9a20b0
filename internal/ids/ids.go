// Package ids makes and reads the identifiers of Recourse.
//
// Every identifier carries the shard of the buyer it belongs to, so that whoever holds an id
// knows the Redis hash tag of its data without a lookup: "c_017_3V…" lives under "{s017}".
// Ids are random names, never credentials. The package knows nothing of what an id names.
package ids

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
)

// Shards is how many hash tags the buyers are spread over. It is written into every id, so a
// later change moves new buyers only where a migration moves the old ones; do not change it lightly.
const Shards = 64

// ErrMalformed says that a text is not an id of the expected kind.
var ErrMalformed = errors.New("malformed id")

// Shard is the number of a hash tag.
type Shard uint16

// Of returns the shard of a buyer. It must never change for a given buyer id.
func Of(buyer string) Shard {
	h := fnv.New32a()
	_, _ = h.Write([]byte(buyer)) // never fails, by the contract of hash.Hash
	return Shard(h.Sum32() % Shards)
}

// String is the three-digit form used in ids.
func (s Shard) String() string { return fmt.Sprintf("%03d", uint16(s)) }

// Tag is the Redis Cluster hash tag; every key of the shard starts with it.
func (s Shard) Tag() string { return "{s" + s.String() + "}" }

// Deadlines is the key of the shard's deadlines, which the stores of its records share: a ZSET of "<id>|<name>" by when
// they are due, in ms.
func (s Shard) Deadlines() string { return s.Tag() + ":c:due" }

// New makes an id "<prefix>_<shard>_<random>".
func New(prefix string, s Shard) string {
	return prefix + "_" + s.String() + "_" + rand.Text()
}

// ShardOf reads the shard out of an id made by New with the same prefix.
func ShardOf(prefix, id string) (Shard, error) {
	rest, ok := strings.CutPrefix(id, prefix+"_")
	if !ok || len(rest) < 5 || rest[3] != '_' || len(rest) > 64 {
		return 0, fmt.Errorf("%q is not a %s_ id: %w", clip(id), prefix, ErrMalformed)
	}
	n, err := strconv.ParseUint(rest[:3], 10, 16)
	if err != nil || n >= Shards {
		return 0, fmt.Errorf("%q has no shard: %w", clip(id), ErrMalformed)
	}
	for _, r := range rest[4:] {
		if (r < 'A' || r > 'Z') && (r < '0' || r > '9') {
			return 0, fmt.Errorf("%q has other characters than an id: %w", clip(id), ErrMalformed)
		}
	}
	return Shard(n), nil
}

// clip keeps hostile input out of error texts beyond what helps to find it.
func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}

// Derive makes the id that a step will make again when it runs a second time: the same prefix, shard
// and parts give the same id. The parts must be unforgeable names themselves, such as a conversation and
// a position in its log.
func Derive(prefix string, s Shard, parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return prefix + "_" + s.String() + "_" + base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16])
}
