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
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/dialog"
	"recourse/web"
	"recourse/web/wire"
)

// Keys of the tickets, in one slot:
//
//	recourse:{tickets}       HASH id -> ticket as JSON
//	recourse:{tickets}:open  ZSET ids that are not done, by when they came up
//	recourse:{tickets}:d:ID  SET ids of the wrong answers of a conversation, done or not
const (
	ticketsKey     = "recourse:{tickets}"
	openTicketsKey = "recourse:{tickets}:open"
)

func flagsKey(id dialog.ID) string { return "recourse:{tickets}:d:" + string(id) }

var (
	//go:embed ticket_file.lua
	ticketFileSrc string
	//go:embed ticket_put.lua
	ticketPutSrc string

	ticketFileScript = redis.NewScript(ticketFileSrc)
	ticketPutScript  = redis.NewScript(ticketPutSrc)
)

var _ web.Tickets = (*Store)(nil)

// ticketWindow is how many open tickets are looked at for the most urgent ones.
const ticketWindow = 1000

// FileTicket keeps a ticket under a key, which makes a repeat harmless.
func (st *Store) FileTicket(ctx context.Context, key string, t wire.Ticket) error {
	t.ID, t.At = ticketID(key), t.At.UTC()
	raw, err := json.Marshal(t)
	if err == nil {
		err = ticketFileScript.Run(ctx, st.RDB, []string{ticketsKey, openTicketsKey}, t.ID, string(raw), t.At.UnixMilli()).Err()
	}
	if err != nil {
		return fmt.Errorf("file %s of case %s: %w", t.Kind, t.Case, err)
	}
	return nil
}

func ticketID(key string) string {
	sum := sha256.Sum256([]byte(key))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
}

// OpenTickets lists what is not done.
func (st *Store) OpenTickets(ctx context.Context, kind string, limit int) ([]wire.Ticket, error) {
	ids, err := st.RDB.ZRange(ctx, openTicketsKey, 0, ticketWindow-1).Result()
	if err != nil || len(ids) == 0 {
		return nil, wrapTickets(err)
	}
	out, err := st.ticketsOf(ctx, ids)
	if err != nil {
		return nil, wrapTickets(err)
	}
	out = slices.DeleteFunc(out, func(t wire.Ticket) bool { return kind != "" && t.Kind != kind })
	slices.SortStableFunc(out, func(a, b wire.Ticket) int { return cmp.Compare(b.Priority, a.Priority) })
	return out[:min(len(out), limit)], nil
}

func wrapTickets(err error) error {
	if err != nil {
		return fmt.Errorf("list tickets: %w", err)
	}
	return nil
}

// ticketsOf reads tickets; one that is not there is left out.
func (st *Store) ticketsOf(ctx context.Context, ids []string) ([]wire.Ticket, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	raw, err := st.RDB.HMGet(ctx, ticketsKey, ids...).Result()
	if err != nil {
		return nil, err
	}
	var out []wire.Ticket
	for _, r := range raw {
		text, ok := r.(string)
		if !ok {
			continue
		}
		var t wire.Ticket
		if err := json.Unmarshal([]byte(text), &t); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// Ticket reads one, done or not.
func (st *Store) Ticket(ctx context.Context, id string) (wire.Ticket, error) {
	list, err := st.ticketsOf(ctx, []string{id})
	if err != nil {
		return wire.Ticket{}, fmt.Errorf("read ticket %s: %w", id, err)
	}
	if len(list) == 0 {
		return wire.Ticket{}, fmt.Errorf("read ticket %s: %w", id, web.ErrNoTicket)
	}
	return list[0], nil
}

// TicketDone notes that a ticket is done.
func (st *Store) TicketDone(ctx context.Context, id, by, outcome string, now time.Time) (wire.Ticket, error) {
	return st.changeTicket(ctx, id, func(t *wire.Ticket) error {
		switch {
		case t.ID == "":
			return web.ErrNoTicket
		case t.DoneAt.IsZero():
			t.DoneAt, t.DoneBy, t.Outcome = now.UTC(), by, outcome
		}
		return nil
	})
}

// FlagAnswer keeps that an entry is wrong, one ticket an entry.
func (st *Store) FlagAnswer(ctx context.Context, t wire.Ticket) (wire.Ticket, error) {
	t.ID, t.At = ticketID(fmt.Sprintf("wrong/%s/%d", t.Conversation, t.Entry)), t.At.UTC()
	return st.changeTicket(ctx, t.ID, func(was *wire.Ticket) error {
		same := t
		same.At = was.At
		if *was != same {
			*was = t
		}
		return nil
	})
}

// Flags lists the wrong answers of a conversation, by where they stand.
func (st *Store) Flags(ctx context.Context, id dialog.ID) ([]wire.Ticket, error) {
	var list []wire.Ticket
	ids, err := st.RDB.SMembers(ctx, flagsKey(id)).Result()
	if err == nil {
		list, err = st.ticketsOf(ctx, ids)
	}
	if err != nil {
		return nil, fmt.Errorf("list the wrong answers of %s: %w", id, err)
	}
	slices.SortFunc(list, func(a, b wire.Ticket) int { return cmp.Compare(a.Entry, b.Entry) })
	return list, nil
}

// changeTicket reads a ticket (one that is not there is empty), has it changed, and keeps it unless nothing changed;
// again if somebody else was quicker.
func (st *Store) changeTicket(ctx context.Context, id string, change func(*wire.Ticket) error) (wire.Ticket, error) {
	for {
		var t wire.Ticket
		was, err := st.RDB.HGet(ctx, ticketsKey, id).Result()
		if err == nil {
			err = json.Unmarshal([]byte(was), &t)
		}
		if err != nil && !errors.Is(err, redis.Nil) {
			return t, fmt.Errorf("read ticket %s: %w", id, err)
		}
		before := t
		if err := change(&t); err != nil || t == before {
			return t, err
		}
		raw, err := json.Marshal(t)
		if err != nil {
			return t, fmt.Errorf("change ticket %s: %w", id, err)
		}
		keys, ms := []string{ticketsKey, openTicketsKey}, ""
		if t.Conversation != "" {
			keys = append(keys, flagsKey(dialog.ID(t.Conversation)))
		}
		if t.DoneAt.IsZero() {
			ms = strconv.FormatInt(t.At.UnixMilli(), 10)
		}
		kept, err := ticketPutScript.Run(ctx, st.RDB, keys, id, was, string(raw), ms).Int64()
		if err != nil {
			return t, fmt.Errorf("change ticket %s: %w", id, err)
		}
		if kept == 1 {
			return t, nil
		}
	}
}
