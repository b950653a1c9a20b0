package redisweb

import (
	"cmp"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/web"
	"recourse/web/wire"
)

// Keys of the tickets, in one slot:
//
//	recourse:{tickets}       HASH id -> ticket as JSON
//	recourse:{tickets}:open  ZSET ids that are not done, by when they came up
const (
	ticketsKey     = "recourse:{tickets}"
	openTicketsKey = "recourse:{tickets}:open"
)

var (
	//go:embed ticket_file.lua
	ticketFileSrc string
	//go:embed ticket_done.lua
	ticketDoneSrc string

	ticketFileScript = redis.NewScript(ticketFileSrc)
	ticketDoneScript = redis.NewScript(ticketDoneSrc)
)

var _ web.Tickets = (*Store)(nil)

// ticketWindow is how many open tickets are looked at for the most urgent ones.
const ticketWindow = 1000

// FileTicket keeps a ticket under a key, which makes a repeat harmless.
func (st *Store) FileTicket(ctx context.Context, key string, t wire.Ticket) error {
	sum := sha256.Sum256([]byte(key))
	t.ID, t.At = strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10])), t.At.UTC()
	raw, err := json.Marshal(t)
	if err == nil {
		err = ticketFileScript.Run(ctx, st.RDB, []string{ticketsKey, openTicketsKey}, t.ID, string(raw), t.At.UnixMilli()).Err()
	}
	if err != nil {
		return fmt.Errorf("file %s of case %s: %w", t.Kind, t.Case, err)
	}
	return nil
}

// OpenTickets lists what is not done.
func (st *Store) OpenTickets(ctx context.Context, kind string, limit int) ([]wire.Ticket, error) {
	ids, err := st.RDB.ZRange(ctx, openTicketsKey, 0, ticketWindow-1).Result()
	if err != nil || len(ids) == 0 {
		return nil, wrapTickets(err)
	}
	raw, err := st.RDB.HMGet(ctx, ticketsKey, ids...).Result()
	if err != nil {
		return nil, wrapTickets(err)
	}
	var out []wire.Ticket
	for _, r := range raw {
		text, ok := r.(string)
		if !ok {
			continue
		}
		var t wire.Ticket
		if err := json.Unmarshal([]byte(text), &t); err != nil {
			return nil, wrapTickets(err)
		}
		if kind == "" || t.Kind == kind {
			out = append(out, t)
		}
	}
	slices.SortStableFunc(out, func(a, b wire.Ticket) int { return cmp.Compare(b.Priority, a.Priority) })
	return out[:min(len(out), limit)], nil
}

func wrapTickets(err error) error {
	if err != nil {
		return fmt.Errorf("list tickets: %w", err)
	}
	return nil
}

// TicketDone notes that a ticket is done.
func (st *Store) TicketDone(ctx context.Context, id, by string, now time.Time) (wire.Ticket, error) {
	for {
		was, err := st.RDB.HGet(ctx, ticketsKey, id).Result()
		if errors.Is(err, redis.Nil) {
			return wire.Ticket{}, web.ErrNoTicket
		}
		var t wire.Ticket
		if err == nil {
			err = json.Unmarshal([]byte(was), &t)
		}
		if err != nil {
			return t, fmt.Errorf("read ticket %s: %w", id, err)
		}
		if !t.DoneAt.IsZero() {
			return t, nil
		}
		t.DoneAt, t.DoneBy = now.UTC(), by
		raw, err := json.Marshal(t)
		if err != nil {
			return t, fmt.Errorf("end ticket %s: %w", id, err)
		}
		done, err := ticketDoneScript.Run(ctx, st.RDB, []string{ticketsKey, openTicketsKey}, id, was, string(raw)).Int64()
		if err != nil {
			return t, fmt.Errorf("end ticket %s: %w", id, err)
		}
		if done == 1 {
			return t, nil // else somebody else was quicker: read what he left
		}
	}
}
