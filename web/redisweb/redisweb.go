// Package redisweb keeps in Redis what crosses the shards of buyers: agents and their sessions, merchants'
// keys, the index of a shop's cases, the secrets that all nodes share, and the wake-ups
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
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/dialog"
	"recourse/dialog/redisdesk"
	"recourse/dialog/redisdialog"
	"recourse/web"
)

// Keys that cross shards.
//
//	recourse:secret:<name>     STRING shared random secret, hex
//	recourse:agents            HASH   login -> account as JSON
//	recourse:login:<login>     STRING failed logins, with a TTL
//	recourse:logins:from:<ip>  STRING failed logins from an address, with a TTL
//	recourse:shopkeys          HASH   digest of a key -> ShopKey as JSON (first layout: the shop)
//	recourse:shopkeys:used     HASH   id of a key -> the hour of its last use
//
// The keys of sessions are in sessions.go, those of the audit trail in audit.go, of shops' cases in shopindex.go, of parcels in waybills.go.
const (
	agentsKey = "recourse:agents"
	shopsKey  = "recourse:shopkeys"

	shopsUsedKey = "recourse:shopkeys:used"

	signalCh   = "recourse:signal"
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

// Listen passes messages on until ctx ends. What was said before a channel is confirmed was missed, at the start as after a
// reconnect, and is told so: a socket that was open before would wait for ever for what it was to be woken for.
func (st *Store) Listen(ctx context.Context, h web.BusHandlers) error {
	channels := []string{redisdialog.WakeChannel, redisdesk.Channel, signalCh, sessionsCh}
	sub := st.RDB.Subscribe(ctx, channels...)
	defer sub.Close()
	// Receive does not look at the context while it waits; closing the subscription ends it.
	defer context.AfterFunc(ctx, func() { _ = sub.Close() })()
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
			if m.Count == len(channels) { // all of them are confirmed
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
	case redisdesk.Channel:
		ids, _ := redisdesk.News(m.Payload)
		h.Desk(ids)
	case sessionsCh:
		login, id, _ := strings.Cut(m.Payload, " ")
		h.Ended(login, id)
	case signalCh:
		var s signal
		if json.Unmarshal([]byte(m.Payload), &s) == nil {
			h.Signal(s.Conversation, s.From, s.Frame)
		}
	}
}
