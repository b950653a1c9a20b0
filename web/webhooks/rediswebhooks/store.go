// Package rediswebhooks keeps webhook endpoints and deliveries in Redis.
//
// Everything of one owner lies in one shard, under its hash tag, so that each step is one script: an event is
// queued with its place in the lane, a claim leases lanes by moving their score, and what came of an attempt is
// stored together with what the lane does next. Leases need no renewal: a node that dies lets them run out.
// The package decides nothing about when or whether something is attempted.
package rediswebhooks

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/internal/ids"
	"recourse/web/webhooks"
)

const (
	// keepDelivered and keepDead are how long deliveries that have ended can be looked at and sent again.
	keepDelivered = 7 * 24 * time.Hour
	keepDead      = 30 * 24 * time.Hour
	// keepSeq is longer than any case lasts after its last event.
	keepSeq = 180 * 24 * time.Hour
	// keepLog is how many deliveries of an endpoint are listed.
	keepLog = 1000
	// wakeCh carries the id of an endpoint that something was queued for.
	wakeCh = "recourse:webhooks"
)

// Keys of a shard, all under its hash tag.
//
//	{sNNN}:wh:due               ZSET endpoints by when something of them is due, in ms
//	{sNNN}:wh:gone              SET  removed endpoints of which something is left
//	{sNNN}:wh:of:<owner>        SET  endpoints of an owner
//	{sNNN}:wh:e:<endpoint>      HASH doc, ver, off, waiting, failing, hold
//	{sNNN}:wh:e:<endpoint>:lanes    ZSET lanes by when their first delivery is due; a lease moves it
//	{sNNN}:wh:e:<endpoint>:heads    HASH lane -> its first delivery
//	{sNNN}:wh:e:<endpoint>:q:<lane> LIST those behind it
//	{sNNN}:wh:e:<endpoint>:n:<lane> STRING seq of the lane
//	{sNNN}:wh:e:<endpoint>:log      LIST the last deliveries, oldest first
//	{sNNN}:wh:e:<endpoint>:dead     ZSET dead letters by when they were set aside, in µs
//	{sNNN}:wh:d:<delivery>      HASH ev, st, s, n, seq
type keys struct {
	shard ids.Shard
	ep    string
}

func dueKey(s ids.Shard) string             { return s.Tag() + ":wh:due" }
func goneKey(s ids.Shard) string            { return s.Tag() + ":wh:gone" }
func ownerKey(s ids.Shard, o string) string { return s.Tag() + ":wh:of:" + o }
func (k keys) endpoint() string             { return k.shard.Tag() + ":wh:e:" + k.ep }
func (k keys) lanes() string                { return k.endpoint() + ":lanes" }
func (k keys) heads() string                { return k.endpoint() + ":heads" }
func (k keys) queue(lane string) string     { return k.endpoint() + ":q:" + lane }
func (k keys) seq(lane string) string       { return k.endpoint() + ":n:" + lane }
func (k keys) log() string                  { return k.endpoint() + ":log" }
func (k keys) dead() string                 { return k.endpoint() + ":dead" }
func (k keys) delivery(id string) string    { return k.shard.Tag() + ":wh:d:" + id }
func ms(t time.Time) int64                  { return t.UnixMilli() }
func instant(ms int64) time.Time            { return time.UnixMilli(ms).UTC() }
func keysOf(id webhooks.EndpointID) (keys, error) {
	s, err := ids.ShardOf(webhooks.EndpointPrefix, string(id))
	if err != nil {
		return keys{}, fmt.Errorf("%w: %w", webhooks.ErrNotFound, err)
	}
	return keys{s, string(id)}, nil
}

var (
	//go:embed add.lua
	addSrc string
	//go:embed save.lua
	saveSrc string
	//go:embed remove.lua
	removeSrc string
	//go:embed enqueue.lua
	enqueueSrc string
	//go:embed claim.lua
	claimSrc string
	//go:embed settle.lua
	settleSrc string
	//go:embed release.lua
	releaseSrc string
	//go:embed requeue.lua
	requeueSrc string

	addScript     = redis.NewScript(addSrc)
	saveScript    = redis.NewScript(saveSrc)
	removeScript  = redis.NewScript(removeSrc)
	enqueueScript = redis.NewScript(enqueueSrc)
	claimScript   = redis.NewScript(claimSrc)
	settleScript  = redis.NewScript(settleSrc)
	releaseScript = redis.NewScript(releaseSrc)
	requeueScript = redis.NewScript(requeueSrc)
)

// Store keeps it all.
type Store struct {
	RDB    redis.UniversalClient
	Sealer *Sealer // required; the zero one keeps secrets in plain
	Now    func() time.Time
}

var (
	_ webhooks.Endpoints = (*Store)(nil)
	_ webhooks.Queue     = (*Store)(nil)
	_ webhooks.History   = (*Store)(nil)
)

func flag(off webhooks.Off) string {
	if off != "" {
		return "1"
	}
	return "0"
}

// encode makes the document of an endpoint, its secrets sealed.
func (st *Store) encode(ep webhooks.Endpoint) ([]byte, error) {
	ep.Secrets = slices.Clone(ep.Secrets)
	for i, s := range ep.Secrets {
		var err error
		if ep.Secrets[i].Key, err = st.Sealer.seal(s.Key, string(ep.ID)); err != nil {
			return nil, err
		}
	}
	return json.Marshal(ep)
}

// decode reads an endpoint as scripts and HMGET answer it: doc, ver, waiting, failing, hold.
func (st *Store) decode(vals []any) (webhooks.Endpoint, error) {
	var ep webhooks.Endpoint
	doc, ok := vals[0].(string)
	if !ok {
		return ep, webhooks.ErrNotFound
	}
	if err := json.Unmarshal([]byte(doc), &ep); err != nil {
		return ep, fmt.Errorf("decode webhook endpoint: %w", err)
	}
	for i, s := range ep.Secrets {
		ep.Secrets[i].Key = st.Sealer.open(s.Key, string(ep.ID))
	}
	nums := [4]int64{}
	for i := range nums {
		if s, ok := vals[i+1].(string); ok {
			n, err := strconv.ParseInt(s, 10, 64)
			if err != nil {
				return ep, fmt.Errorf("decode webhook endpoint %s: %w", ep.ID, err)
			}
			nums[i] = n
		}
	}
	ep.Version, ep.Health.Waiting = int(nums[0]), int(nums[1])
	if nums[2] > 0 {
		ep.Health.FailingSince = instant(nums[2])
	}
	if nums[3] > ms(st.Now()) {
		ep.Health.HeldUntil = instant(nums[3])
	}
	return ep, nil
}

var endpointFields = []string{"doc", "ver", "waiting", "failing", "hold"}

// Add stores a new endpoint.
func (st *Store) Add(ctx context.Context, ep webhooks.Endpoint) error {
	k, err := keysOf(ep.ID)
	if err != nil {
		return err
	}
	doc, err := st.encode(ep)
	if err != nil {
		return fmt.Errorf("encode webhook endpoint %s: %w", ep.ID, err)
	}
	res, err := addScript.Run(ctx, st.RDB, []string{k.endpoint(), ownerKey(k.shard, ep.Owner)},
		k.ep, doc, webhooks.MaxEndpoints, flag(ep.Off)).Int()
	if err != nil {
		return fmt.Errorf("add webhook endpoint %s: %w", ep.ID, err)
	}
	switch {
	case res == -2:
		return webhooks.ErrExists
	case res < 0:
		return webhooks.ErrTooMany
	}
	return nil
}

// Save stores a changed endpoint.
func (st *Store) Save(ctx context.Context, ep webhooks.Endpoint) error {
	k, err := keysOf(ep.ID)
	if err != nil {
		return err
	}
	doc, err := st.encode(ep)
	if err != nil {
		return fmt.Errorf("encode webhook endpoint %s: %w", ep.ID, err)
	}
	res, err := saveScript.Run(ctx, st.RDB, []string{k.endpoint(), dueKey(k.shard)},
		k.ep, doc, ep.Version, flag(ep.Off), ms(st.Now())).Int()
	if err != nil {
		return fmt.Errorf("save webhook endpoint %s: %w", ep.ID, err)
	}
	return map[int]error{-1: webhooks.ErrNotFound, -2: webhooks.ErrConflict}[res]
}

// Endpoint reads an endpoint.
func (st *Store) Endpoint(ctx context.Context, id webhooks.EndpointID) (webhooks.Endpoint, error) {
	k, err := keysOf(id)
	if err != nil {
		return webhooks.Endpoint{}, err
	}
	list, err := st.load(ctx, []keys{k})
	if err != nil {
		return webhooks.Endpoint{}, fmt.Errorf("read webhook endpoint %s: %w", id, err)
	}
	if len(list) == 0 {
		return webhooks.Endpoint{}, webhooks.ErrNotFound
	}
	return list[0], nil
}

// load reads endpoints of one shard; those that are gone are left out.
func (st *Store) load(ctx context.Context, list []keys) ([]webhooks.Endpoint, error) {
	pipe := st.RDB.Pipeline()
	docs, dead := make([]*redis.SliceCmd, len(list)), make([]*redis.IntCmd, len(list))
	for i, k := range list {
		docs[i], dead[i] = pipe.HMGet(ctx, k.endpoint(), endpointFields...), pipe.ZCard(ctx, k.dead())
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, err
	}
	var out []webhooks.Endpoint
	for i := range list {
		ep, err := st.decode(docs[i].Val())
		if errors.Is(err, webhooks.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		ep.Health.Dead = int(dead[i].Val())
		out = append(out, ep)
	}
	return out, nil
}

// Of lists the endpoints of an owner, oldest first.
func (st *Store) Of(ctx context.Context, owner string) ([]webhooks.Endpoint, error) {
	s := ids.Of(owner)
	raw, err := st.RDB.SMembers(ctx, ownerKey(s, owner)).Result()
	if err != nil || len(raw) == 0 {
		return nil, wrap("list webhook endpoints", err)
	}
	list := make([]keys, len(raw))
	for i, id := range raw {
		list[i] = keys{s, id}
	}
	out, err := st.load(ctx, list)
	slices.SortFunc(out, func(a, b webhooks.Endpoint) int { return a.CreatedAt.Compare(b.CreatedAt) })
	return out, wrap("list webhook endpoints", err)
}

func wrap(what string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// Remove forgets an endpoint and what waits for it.
func (st *Store) Remove(ctx context.Context, ep webhooks.Endpoint) error {
	k, err := keysOf(ep.ID)
	if err != nil {
		return err
	}
	err = removeScript.Run(ctx, st.RDB,
		[]string{k.endpoint(), ownerKey(k.shard, ep.Owner), dueKey(k.shard), goneKey(k.shard)}, k.ep).Err()
	if err == nil {
		err = st.clear(ctx, k)
	}
	return wrap("remove webhook endpoint "+k.ep, err)
}

// Clear takes away what removed endpoints left when their removal was cut off.
func (st *Store) Clear(ctx context.Context) error {
	for s := range ids.Shard(ids.Shards) {
		gone, err := st.RDB.SMembers(ctx, goneKey(s)).Result()
		if err != nil {
			return wrap("list removed webhook endpoints", err)
		}
		for _, id := range gone {
			if err := st.clear(ctx, keys{s, id}); err != nil {
				return wrap("clear webhook endpoint "+id, err)
			}
		}
	}
	return nil
}

// clear takes away what waits for an endpoint that nobody can reach any more, lane by lane; a lane is in the
// index until all of it is gone. What has ended already, and the seq of
// its lane, goes by its own time.
func (st *Store) clear(ctx context.Context, k keys) error {
	for {
		lanes, err := st.RDB.ZRange(ctx, k.lanes(), 0, 99).Result()
		if err != nil {
			return err
		}
		if len(lanes) == 0 {
			break
		}
		for _, lane := range lanes {
			waiting, err := st.RDB.LRange(ctx, k.queue(lane), 0, -1).Result()
			if err != nil {
				return err
			}
			head, err := st.RDB.HGet(ctx, k.heads(), lane).Result()
			if err != nil && !errors.Is(err, redis.Nil) {
				return err
			}
			pipe := st.RDB.Pipeline()
			for _, id := range append(waiting, head) {
				pipe.Unlink(ctx, k.delivery(id))
			}
			pipe.Unlink(ctx, k.queue(lane), k.seq(lane))
			pipe.HDel(ctx, k.heads(), lane)
			pipe.ZRem(ctx, k.lanes(), lane)
			if _, err := pipe.Exec(ctx); err != nil {
				return err
			}
		}
	}
	if err := st.RDB.Unlink(ctx, k.lanes(), k.heads(), k.log(), k.dead()).Err(); err != nil {
		return err
	}
	return st.RDB.SRem(ctx, goneKey(k.shard), k.ep).Err()
}
