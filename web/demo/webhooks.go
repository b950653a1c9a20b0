package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/web"
	"recourse/web/webhooks"
)

// Inbox is the demo merchants' own system as far as webhooks go: it verifies what comes, as WEBHOOKS.md says, and
// the merchant desk shows it.
type Inbox struct {
	RDB       redis.UniversalClient
	Endpoints webhooks.Endpoints
	Registrar *webhooks.Registrar
	Wall      func() time.Time
}

const (
	inboxNote = "demo merchant desk"
	inboxKept = 40
	inboxMost = 64 << 10
)

func inboxKey(shop string) string { return "recourse:demo:inbox:" + shop }

// Received is a webhook as the desk shows it.
type Received struct {
	ID       string    `json:"id"`
	Type     string    `json:"type"`
	At       time.Time `json:"at"` // wall clock
	Case     string    `json:"case,omitempty"`
	Seq      int64     `json:"seq"`
	Verified bool      `json:"verified"`
}

// Register makes a shop's endpoint lead here, at an address that may be another than at the last start.
func (b *Inbox) Register(ctx context.Context, shop, base string) error {
	url := base + "/demo/api/webhooks/" + shop
	have, err := b.Endpoints.Of(ctx, shop)
	if err != nil {
		return err
	}
	for _, ep := range have {
		if ep.Description == inboxNote {
			if ep.URL != url {
				_, err = b.Registrar.Update(ctx, shop, ep.ID, webhooks.Wish{URL: &url})
			}
			return err
		}
	}
	note, all := inboxNote, []string{"*", "case.changed"}
	_, err = b.Registrar.Create(ctx, shop, "", webhooks.Wish{URL: &url, Description: &note, Events: &all})
	return err
}

func (b *Inbox) verified(ctx context.Context, shop string, h http.Header, body []byte) (bool, error) {
	have, err := b.Endpoints.Of(ctx, shop)
	if err != nil {
		return false, err
	}
	for _, ep := range have {
		for _, s := range ep.Live(b.Wall()) {
			if webhooks.Verify(s.Key, h.Get(webhooks.HeaderID), h.Get(webhooks.HeaderTimestamp), h.Get(webhooks.HeaderSignature), body, b.Wall()) == nil {
				return true, nil
			}
		}
	}
	return false, nil
}

// receive takes a webhook that verifies; anything else is refused.
func (b *Inbox) receive(w http.ResponseWriter, r *http.Request) error {
	shop := r.PathValue("shop")
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, inboxMost))
	if err != nil {
		return web.ErrBadRequest
	}
	good, err := b.verified(r.Context(), shop, r.Header, body)
	if err != nil {
		return err
	}
	var m struct {
		Type string
		Data struct {
			Case string
			Seq  int64
		}
	}
	if !good || json.Unmarshal(body, &m) != nil {
		return web.ErrNoAccess
	}
	raw, err := json.Marshal(Received{
		ID: r.Header.Get(webhooks.HeaderID), Type: m.Type, At: b.Wall().UTC(), Case: m.Data.Case, Seq: m.Data.Seq, Verified: good,
	})
	if err != nil {
		return fmt.Errorf("keep a webhook: %w", err)
	}
	pipe := b.RDB.Pipeline()
	pipe.LPush(r.Context(), inboxKey(shop), raw)
	pipe.LTrim(r.Context(), inboxKey(shop), 0, inboxKept-1)
	if _, err := pipe.Exec(r.Context()); err != nil {
		return fmt.Errorf("keep a webhook: %w", err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// list shows what came, newest first.
func (b *Inbox) list(ctx context.Context, shop string) ([]json.RawMessage, error) {
	raw, err := b.RDB.LRange(ctx, inboxKey(shop), 0, inboxKept-1).Result()
	if err != nil {
		return nil, fmt.Errorf("list webhooks: %w", err)
	}
	out := make([]json.RawMessage, len(raw))
	for i, r := range raw {
		out[i] = json.RawMessage(r)
	}
	return out, nil
}
