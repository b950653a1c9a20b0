// Package redisdialog keeps conversations in Redis.
//
// Every change is one script on one shard: the entry, its dedupe mark, the index of conversations owed
// a turn, the record for the agents' desk and the wake-up of all views go together or not at all. Entries
// are a list, so the position is the sequence. The package decides nothing: which change to make comes
// from package dialog, and the only rule enforced here is the one that must hold at the moment of
// writing — the bot does not speak while a human has the floor.
package redisdialog

import (
	"cmp"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/dialog"
	"recourse/internal/ids"
	"recourse/internal/outbox"
)

// WakeChannel is where scripts announce "<conversation> <length of its log>".
const WakeChannel = "recourse:wake"

// DeskRecord is the kind of the outbox records that keep the agents' desk in step.
const DeskRecord = "desk"

// ScoreRecord is the kind of the outbox records that tell of scores; its body is a DeskBody.
const ScoreRecord = "score"

// DeskBody is the body of a desk record: look at this conversation again.
type DeskBody struct {
	Conversation dialog.ID `json:"conversation"`
}

var (
	//go:embed open.lua
	openSrc string
	//go:embed append.lua
	appendSrc string
	//go:embed commit.lua
	commitSrc string
	//go:embed seen.lua
	seenSrc string
	//go:embed look.lua
	lookSrc string

	openScript   = redis.NewScript(openSrc)
	appendScript = redis.NewScript(appendSrc)
	commitScript = redis.NewScript(commitSrc)
	seenScript   = redis.NewScript(seenSrc)
	lookScript   = redis.NewScript(lookSrc)
)

// Store keeps conversations in Redis.
type Store struct {
	RDB redis.UniversalClient
	// NewID makes the ids of a conversation and its log; nil: ids.New. A replay makes the same ones every time.
	NewID func(prefix string, s ids.Shard) string
}

var _ dialog.Store = (*Store)(nil)

// shardOf also refuses what is not an id of a conversation: to the outside that is the same as unknown.
func shardOf(id dialog.ID) (ids.Shard, error) {
	s, err := ids.ShardOf(Prefix, string(id))
	if err != nil {
		return 0, fmt.Errorf("%w: %w", dialog.ErrNotFound, err)
	}
	return s, nil
}

// Open finds the buyer's conversation or begins it.
func (st *Store) Open(ctx context.Context, buyer string, locale dialog.Locale, now time.Time) (dialog.Conversation, error) {
	s := ids.Of(buyer)
	// Looking first spares the script on every reconnect.
	have, err := st.RDB.Get(ctx, buyerKey(s, buyer)).Result()
	if err == nil {
		return st.Load(ctx, dialog.ID(have))
	}
	if !errors.Is(err, redis.Nil) {
		return dialog.Conversation{}, fmt.Errorf("find the conversation of a buyer: %w", err)
	}
	draw := st.NewID
	if draw == nil {
		draw = ids.New
	}
	c := dialog.Conversation{
		ID: dialog.ID(draw(Prefix, s)), Buyer: buyer, Locale: locale, Holder: dialog.HeldByBot, Epoch: 1,
		Log: draw("log", s), CreatedAt: now.UTC(), UpdatedAt: now.UTC(),
	}
	doc, err := json.Marshal(c)
	if err != nil {
		return dialog.Conversation{}, fmt.Errorf("encode conversation: %w", err)
	}
	id, err := openScript.Run(ctx, st.RDB, []string{buyerKey(s, buyer), convKey(s, c.ID)},
		string(c.ID), doc, string(c.Holder)).Text()
	if err != nil {
		return dialog.Conversation{}, fmt.Errorf("begin a conversation: %w", err)
	}
	return st.Load(ctx, dialog.ID(id))
}

// Load reads the state of a conversation.
func (st *Store) Load(ctx context.Context, id dialog.ID) (dialog.Conversation, error) {
	s, err := shardOf(id)
	if err != nil {
		return dialog.Conversation{}, err
	}
	pipe := st.RDB.Pipeline()
	hash := pipe.HGetAll(ctx, convKey(s, id))
	length := pipe.LLen(ctx, logKey(s, id))
	if _, err := pipe.Exec(ctx); err != nil {
		return dialog.Conversation{}, fmt.Errorf("load conversation %s: %w", id, err)
	}
	return conversation(id, hash, length)
}

// conversation is what Redis answered for a conversation.
func conversation(id dialog.ID, hash *redis.MapStringStringCmd, length *redis.IntCmd) (dialog.Conversation, error) {
	if len(hash.Val()) == 0 {
		return dialog.Conversation{}, fmt.Errorf("load conversation %s: %w", id, dialog.ErrNotFound)
	}
	c, err := decode(hash.Val())
	if err != nil {
		return dialog.Conversation{}, fmt.Errorf("load conversation %s: %w", id, err)
	}
	c.Last = length.Val()
	return c, nil
}

// Read reads the state of a conversation and a part of its log, in one round trip and of one moment.
func (st *Store) Read(ctx context.Context, id dialog.ID, after int64, limit int) (dialog.Conversation, []dialog.Entry, error) {
	s, err := shardOf(id)
	if err != nil {
		return dialog.Conversation{}, nil, err
	}
	from, to := after, after+int64(limit)-1
	if after < 0 {
		from, to = -int64(limit), -1
	}
	pipe := st.RDB.TxPipeline()
	hash, length := pipe.HGetAll(ctx, convKey(s, id)), pipe.LLen(ctx, logKey(s, id))
	var log *redis.StringSliceCmd
	if limit > 0 { // to LRANGE an end before 0 would be the end of the list
		log = pipe.LRange(ctx, logKey(s, id), from, to)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return dialog.Conversation{}, nil, fmt.Errorf("read conversation %s: %w", id, err)
	}
	c, err := conversation(id, hash, length)
	if err != nil || log == nil {
		return c, nil, err
	}
	if after < 0 {
		after = c.Last - int64(len(log.Val()))
	}
	entries, err := entriesOf(id, after, log.Val())
	return c, entries, err
}

// decode joins the document with the fields that scripts keep beside it.
func decode(h map[string]string) (dialog.Conversation, error) {
	var c dialog.Conversation
	if err := json.Unmarshal([]byte(h["doc"]), &c); err != nil {
		return c, fmt.Errorf("decode conversation: %w", err)
	}
	c.Holder, c.Agent = dialog.Holder(h["holder"]), h["agent"]
	for field, dst := range map[string]*int64{
		"ver": &c.Version, "epoch": &c.Epoch, "inbound": &c.Inbound, "answered": &c.Answered,
		"pressed": &c.Pressed, "carried": &c.Carried, "seenb": &c.SeenBuyer, "seena": &c.SeenAgent, "live": &c.Flow.Live,
	} {
		if h[field] == "" {
			continue
		}
		n, err := strconv.ParseInt(h[field], 10, 64)
		if err != nil {
			return c, fmt.Errorf("decode field %s: %w", field, err)
		}
		*dst = n
	}
	for field, dst := range map[string]*time.Time{"asked": &c.AskedAt, "spoke": &c.SpokeAt} {
		*dst = time.Time{}
		if h[field] == "" {
			continue
		}
		ms, err := strconv.ParseInt(h[field], 10, 64)
		if err != nil {
			return c, fmt.Errorf("decode field %s: %w", field, err)
		}
		*dst = time.UnixMilli(ms).UTC()
	}
	return c, nil
}

// Entries returns at most limit entries after a position.
func (st *Store) Entries(ctx context.Context, id dialog.ID, after int64, limit int) ([]dialog.Entry, error) {
	s, err := shardOf(id)
	if err != nil {
		return nil, err
	}
	after = max(after, 0)
	if limit <= 0 {
		return nil, nil // to LRANGE an end before 0 would be the end of the list
	}
	raw, err := st.RDB.LRange(ctx, logKey(s, id), after, after+int64(limit)-1).Result()
	if err != nil {
		return nil, fmt.Errorf("read log of %s after %d: %w", id, after, err)
	}
	if len(raw) == 0 {
		there, err := st.RDB.Exists(ctx, convKey(s, id)).Result()
		if err != nil {
			return nil, fmt.Errorf("read log of %s after %d: %w", id, after, err)
		}
		if there == 0 {
			return nil, fmt.Errorf("read log of %s: %w", id, dialog.ErrNotFound)
		}
	}
	return entriesOf(id, after, raw)
}

// entriesOf are the entries of a log after a position.
func entriesOf(id dialog.ID, after int64, raw []string) ([]dialog.Entry, error) {
	entries := make([]dialog.Entry, len(raw))
	for i, r := range raw {
		if err := json.Unmarshal([]byte(r), &entries[i]); err != nil {
			return nil, fmt.Errorf("decode entry %d of %s: %w", after+int64(i)+1, id, err)
		}
		entries[i].Seq = after + int64(i) + 1
	}
	return entries, nil
}

// encode returns an entry as stored, its dedupe key and the digest of its content.
func encode(e dialog.Entry, scope string) (raw []byte, key, digest string, err error) {
	e.Seq = 0 // the position in the list is the sequence
	raw, err = json.Marshal(e)
	if err != nil {
		return nil, "", "", fmt.Errorf("encode entry: %w", err)
	}
	if e.Client == "" {
		return raw, "", "", nil
	}
	said := e
	said.At = time.Time{} // a repeat comes later and is still the same
	content, err := json.Marshal(said)
	if err != nil {
		return nil, "", "", fmt.Errorf("encode entry: %w", err)
	}
	sum := sha256.Sum256(content)
	return raw, string(e.Author.Kind) + ":" + scope + e.Client, base64.RawStdEncoding.EncodeToString(sum[:12]), nil
}

func scopeOf(a dialog.Append) string {
	if a.Scope == "" {
		return ""
	}
	return a.Scope + ":"
}

func deskRecord(id dialog.ID) []byte {
	return outbox.New(DeskRecord, DeskBody{Conversation: id}).Body
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Append stores one entry once.
func (st *Store) Append(ctx context.Context, id dialog.ID, a dialog.Append) (dialog.Appended, error) {
	s, err := shardOf(id)
	if err != nil {
		return dialog.Appended{}, err
	}
	raw, key, digest, err := encode(a.Entry, scopeOf(a))
	if err != nil {
		return dialog.Appended{}, err
	}
	res, err := appendScript.Run(ctx, st.RDB,
		[]string{convKey(s, id), logKey(s, id), seenKey(s, id), waitKey(s), outbox.Key(s), outbox.SeqKey(s), s.Deadlines()},
		raw, key, digest, flag(a.Wants), flag(a.Turn), a.Agent, a.Epoch, string(id), a.Entry.At.UnixMilli(),
		s.String(), deskRecord(id), member(id), a.Entry.At.Add(dialog.LookAfter).UnixMilli()).Int64Slice()
	if err != nil {
		return dialog.Appended{}, fmt.Errorf("append to conversation %s: %w", id, err)
	}
	switch res[0] {
	case -1:
		return dialog.Appended{}, fmt.Errorf("append to conversation %s: %w", id, dialog.ErrNotFound)
	case -2:
		return dialog.Appended{}, fmt.Errorf("append to conversation %s: %w", id, dialog.ErrNotHolder)
	case -3:
		return dialog.Appended{}, fmt.Errorf("append to conversation %s: %w", id, dialog.ErrIDReused)
	}
	return dialog.Appended{Seq: res[1], Dup: res[0] == 1}, nil
}

// Commit changes the state of a conversation and appends what is said with it.
func (st *Store) Commit(ctx context.Context, id dialog.ID, c dialog.Change) (dialog.Conversation, error) {
	s, err := shardOf(id)
	if err != nil {
		return dialog.Conversation{}, err
	}
	next := c.Next
	doc, err := json.Marshal(next)
	if err != nil {
		return dialog.Conversation{}, fmt.Errorf("encode conversation: %w", err)
	}
	live := c.LiveAt
	if live < 0 && next.Flow.Live == 0 {
		live = -2 // no card is current any more
	}
	argv := []any{
		c.Expect, doc, string(next.Holder), next.Epoch, next.Agent, next.Answered, live,
		string(id), next.UpdatedAt.UnixMilli(), s.String(), deskRecord(id), 0, next.Carried,
		member(id), next.UpdatedAt.Add(dialog.LookAfter).UnixMilli(), flag(c.Scored),
	}
	for _, e := range c.Entries {
		if e.Author.Kind == dialog.FromBot {
			argv[11] = 1
		}
		raw, key, digest, err := encode(e, "")
		if err != nil {
			return dialog.Conversation{}, err
		}
		argv = append(argv, raw, key, digest)
	}
	res, err := commitScript.Run(ctx, st.RDB,
		[]string{convKey(s, id), logKey(s, id), seenKey(s, id), waitKey(s), outbox.Key(s), outbox.SeqKey(s), s.Deadlines()},
		argv...).Int64Slice()
	if err != nil {
		return dialog.Conversation{}, fmt.Errorf("commit conversation %s: %w", id, err)
	}
	switch res[0] {
	case -1:
		return dialog.Conversation{}, fmt.Errorf("commit conversation %s: %w", id, dialog.ErrNotFound)
	case -2:
		return dialog.Conversation{}, fmt.Errorf("commit conversation %s: %w", id, dialog.ErrConflict)
	case -3:
		return dialog.Conversation{}, fmt.Errorf("commit conversation %s: %w", id, dialog.ErrNotHolder)
	}
	next.Version, next.Last, next.Inbound, next.Pressed, next.Answered, next.Carried = res[1], res[3], res[4], res[5], res[6], res[7]
	if res[2] > 0 {
		next.Flow.Live = res[2]
	}
	return next, nil
}

// Seen moves a read mark forward.
func (st *Store) Seen(ctx context.Context, id dialog.ID, who dialog.AuthorKind, seq int64) (int64, error) {
	s, err := shardOf(id)
	if err != nil {
		return 0, err
	}
	field := "seenb"
	if who == dialog.FromAgent {
		field = "seena"
	}
	mark, err := seenScript.Run(ctx, st.RDB, []string{convKey(s, id), logKey(s, id)}, field, seq, string(id)).Int64()
	if err != nil {
		return 0, fmt.Errorf("move read mark of %s: %w", id, err)
	}
	if mark < 0 {
		return 0, fmt.Errorf("move read mark of %s: %w", id, dialog.ErrNotFound)
	}
	return mark, nil
}

// Unanswered lists conversations owed a turn since before a time, over all shards.
func (st *Store) Unanswered(ctx context.Context, before time.Time, limit int) ([]dialog.ID, error) {
	pipe := st.RDB.Pipeline()
	cmds := make([]*redis.ZSliceCmd, ids.Shards)
	for s := range ids.Shard(ids.Shards) {
		cmds[s] = pipe.ZRangeArgsWithScores(ctx, redis.ZRangeArgs{
			Key: waitKey(s), ByScore: true, Start: "-inf", Stop: strconv.FormatInt(before.UnixMilli(), 10), Count: int64(limit),
		})
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("list conversations owed a turn: %w", err)
	}
	var owed []redis.Z
	for _, cmd := range cmds {
		owed = append(owed, cmd.Val()...)
	}
	slices.SortStableFunc(owed, func(a, b redis.Z) int { return cmp.Compare(a.Score, b.Score) })
	out := make([]dialog.ID, 0, min(limit, len(owed)))
	for _, z := range owed[:min(limit, len(owed))] {
		id, _ := z.Member.(string)
		out = append(out, dialog.ID(id))
	}
	return out, nil
}

// FloorTimer names, among the deadlines of a shard, that a conversation is to be looked at.
const FloorTimer = "floor"

func member(id dialog.ID) string { return string(id) + "|" + FloorTimer }

// Look sets when a conversation that was due by now is looked at next; zero: not until somebody writes. If that was set
// anew meanwhile, it stays.
func (st *Store) Look(ctx context.Context, id dialog.ID, now, next time.Time) error {
	s, err := shardOf(id)
	if err != nil {
		return err
	}
	at := int64(0)
	if !next.IsZero() {
		at = next.UnixMilli()
	}
	if err := lookScript.Run(ctx, st.RDB, []string{s.Deadlines()}, member(id), now.UnixMilli(), at).Err(); err != nil {
		return fmt.Errorf("look at conversation %s later: %w", id, err)
	}
	return nil
}
