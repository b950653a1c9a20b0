// Package redisweb keeps in Redis what crosses the shards of buyers: agents and their sessions, merchants'
// keys, the desk's list, the index of a shop's cases, the secrets that all nodes share, and the wake-ups
// between nodes.
//
// None of it is the truth about a conversation or a case: lists and indexes are fed from the outbox and
// may be rebuilt; secrets and passwords are kept as hashes where a hash will do. The package decides
// nothing about who may do what.
package redisweb

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/dialog"
	"recourse/dialog/redisdialog"
	"recourse/web"
)

// Keys that cross shards.
//
//	recourse:secret:<name>     STRING shared random secret, hex
//	recourse:agents            HASH   login -> account as JSON
//	recourse:session:<digest>  STRING login, with a TTL
//	recourse:login:<login>     STRING failed logins, with a TTL
//	recourse:shopkeys          HASH   digest of a key -> ShopKey as JSON (first layout: the shop)
//	recourse:shopkeys:used     HASH   id of a key -> the hour of its last use
//	recourse:desk              ZSET   conversations a human has or is wanted for, by waiting since
//	recourse:atwork            ZSET   logins by when they were last seen, wall clock
//
// The keys of shops' cases are in shopindex.go, those of parcels in waybills.go.
const (
	agentsKey = "recourse:agents"
	shopsKey  = "recourse:shopkeys"

	shopsUsedKey = "recourse:shopkeys:used"

	deskKey    = "recourse:desk"
	atWorkKey  = "recourse:atwork"
	deskCh     = "recourse:desk"
	signalCh   = "recourse:signal"
	atWorkFor  = time.Minute // two heartbeats may be lost
	secretSize = 32
)

// Store is all of it.
type Store struct {
	RDB redis.UniversalClient
	// Wall is the wall clock; sessions and presence do not follow a demo's clock.
	Wall func() time.Time
}

var (
	_ web.Accounts = (*Store)(nil)
	_ web.Desk     = (*Store)(nil)
	_ web.Shops    = (*Store)(nil)
	_ web.Parcels  = (*Store)(nil)
	_ web.Bus      = (*Store)(nil)
)

// Secret returns the secret of a name that all nodes share, made by whoever asks first.
func (st *Store) Secret(ctx context.Context, name string) ([]byte, error) {
	fresh := make([]byte, secretSize)
	if _, err := rand.Read(fresh); err != nil {
		return nil, fmt.Errorf("make secret %s: %w", name, err)
	}
	key := "recourse:secret:" + name
	if err := st.RDB.SetNX(ctx, key, hex.EncodeToString(fresh), 0).Err(); err != nil {
		return nil, fmt.Errorf("store secret %s: %w", name, err)
	}
	have, err := st.RDB.Get(ctx, key).Result()
	if err != nil {
		return nil, fmt.Errorf("read secret %s: %w", name, err)
	}
	secret, err := hex.DecodeString(have)
	if err != nil || len(secret) < secretSize {
		return nil, fmt.Errorf("read secret %s: not %d bytes of hex", name, secretSize)
	}
	return secret, nil
}

// SyncDesk makes the desk's list say what the conversation says. It may be repeated.
func (st *Store) SyncDesk(ctx context.Context, conv dialog.Conversation) error {
	var err error
	if conv.Holder == dialog.HeldByBot {
		err = st.RDB.ZRem(ctx, deskKey, string(conv.ID)).Err()
	} else {
		err = st.RDB.ZAdd(ctx, deskKey, redis.Z{Score: float64(conv.WaitingSince.UnixMilli()), Member: deskMember(conv)}).Err()
	}
	if err == nil {
		err = st.RDB.Publish(ctx, deskCh, string(conv.ID)).Err()
	}
	if err != nil {
		return fmt.Errorf("sync the desk with %s: %w", conv.ID, err)
	}
	return nil
}

func deskMember(conv dialog.Conversation) string { return string(conv.ID) }

// Conversations lists the desk, longest waiting first.
func (st *Store) Conversations(ctx context.Context) ([]dialog.ID, error) {
	raw, err := st.RDB.ZRange(ctx, deskKey, 0, -1).Result()
	if err != nil {
		return nil, fmt.Errorf("list the desk: %w", err)
	}
	out := make([]dialog.ID, len(raw))
	for i, r := range raw {
		out[i] = dialog.ID(r)
	}
	return out, nil
}

// Place is a waiting conversation's place. Conversations that an agent has stand in the list too, so the
// place is an upper bound until they are returned.
func (st *Store) Place(ctx context.Context, id dialog.ID) (int, int, error) {
	pipe := st.RDB.Pipeline()
	rank := pipe.ZRank(ctx, deskKey, string(id))
	since := strconv.FormatInt(st.Wall().Add(-atWorkFor).UnixMilli(), 10)
	agents := pipe.ZCount(ctx, atWorkKey, since, "+inf")
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return 0, 0, fmt.Errorf("place of %s in the queue: %w", id, err)
	}
	if errors.Is(rank.Err(), redis.Nil) {
		return 0, int(agents.Val()), nil
	}
	return int(rank.Val()) + 1, int(agents.Val()), nil
}

// Desk is how many conversations are on the desk and how many agents are at work.
func (st *Store) Desk(ctx context.Context) (dialog.Desk, error) {
	pipe := st.RDB.Pipeline()
	waiting := pipe.ZCard(ctx, deskKey)
	agents := pipe.ZCount(ctx, atWorkKey, strconv.FormatInt(st.Wall().Add(-atWorkFor).UnixMilli(), 10), "+inf")
	if _, err := pipe.Exec(ctx); err != nil {
		return dialog.Desk{}, fmt.Errorf("look at the desk: %w", err)
	}
	return dialog.Desk{Known: true, Waiting: int(waiting.Val()), Agents: int(agents.Val())}, nil
}

// AtWork notes that an agent is connected.
func (st *Store) AtWork(ctx context.Context, login string, now time.Time) error {
	err := st.RDB.ZAdd(ctx, atWorkKey, redis.Z{Score: float64(now.UnixMilli()), Member: login}).Err()
	if err != nil {
		return fmt.Errorf("note agent at work: %w", err)
	}
	return nil
}

// signal is a passing frame on its way between nodes.
type signal struct {
	Conversation dialog.ID       `json:"c"`
	From         string          `json:"f"`
	Frame        json.RawMessage `json:"d"`
}

// Signal sends a passing frame.
func (st *Store) Signal(ctx context.Context, id dialog.ID, from string, frame []byte) error {
	raw, err := json.Marshal(signal{id, from, frame})
	if err == nil {
		err = st.RDB.Publish(ctx, signalCh, raw).Err()
	}
	if err != nil {
		return fmt.Errorf("signal to %s: %w", id, err)
	}
	return nil
}

// WakeConversation tells all nodes to look at a conversation again.
func (st *Store) WakeConversation(ctx context.Context, id string) error {
	if err := st.RDB.Publish(ctx, redisdialog.WakeChannel, id+" 0").Err(); err != nil {
		return fmt.Errorf("wake %s: %w", id, err)
	}
	return nil
}

// Listen passes messages on until ctx ends. After a reconnect anything may have been missed, and is told so.
func (st *Store) Listen(ctx context.Context, h web.BusHandlers) error {
	sub := st.RDB.Subscribe(ctx, redisdialog.WakeChannel, deskCh, signalCh)
	defer sub.Close()
	// Receive does not look at the context while it waits; closing the subscription ends it.
	defer context.AfterFunc(ctx, func() { _ = sub.Close() })()
	confirmed := 0
	for {
		msg, err := sub.Receive(ctx) // reconnects by itself, then confirms the channels anew
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(200 * time.Millisecond):
			}
			continue
		}
		switch m := msg.(type) {
		case *redis.Subscription:
			if confirmed++; confirmed > 3 {
				h.Lost()
			}
		case *redis.Message:
			dispatch(m, h)
		}
	}
}

func dispatch(m *redis.Message, h web.BusHandlers) {
	switch m.Channel {
	case redisdialog.WakeChannel:
		id, _, _ := strings.Cut(m.Payload, " ")
		h.Wake(dialog.ID(id))
	case deskCh:
		h.Desk(dialog.ID(m.Payload))
	case signalCh:
		var s signal
		if json.Unmarshal([]byte(m.Payload), &s) == nil {
			h.Signal(s.Conversation, s.From, s.Frame)
		}
	}
}
