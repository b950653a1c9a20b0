// Package redisllm keeps what models cost, and the book of their calls, in Redis.
//
// A purse is counted by one script on one key, so that nodes that spend at the same time stay within its limits
// together. Both purse and book are kept for a time and then forgotten. The package does not know what a call is for.
package redisllm

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/bot/llm"
	"recourse/dialog"
	"recourse/dialog/redisdialog"
	"recourse/internal/ids"
)

var (
	//go:embed take.lua
	takeSrc    string
	takeScript = redis.NewScript(takeSrc)
)

// How long things are kept after their last change. A day's purse outlives the day everywhere on earth.
const (
	dayFor    = 3 * 24 * time.Hour
	dialogFor = 90 * 24 * time.Hour
	callsFor  = 30 * 24 * time.Hour
	callsMost = 200 // of a conversation
)

// Store keeps purses and calls.
type Store struct{ RDB redis.UniversalClient }

var (
	_ llm.Purse = (*Store)(nil)
	_ llm.Book  = (*Store)(nil)
)

// Keys:
//
//	{sNNN}:d:<id>:model      HASH tokens, micro: spent for a conversation
//	{sNNN}:d:<id>:calls      LIST of calls as JSON, newest first
//	recourse:model:day:<day> HASH tokens, micro: spent on a day
func keyOf(id dialog.ID, what string) (string, error) {
	s, err := ids.ShardOf(redisdialog.Prefix, string(id))
	if err != nil {
		return "", err
	}
	return s.Tag() + ":d:" + string(id) + ":" + what, nil
}

func dayKey(day string) string { return "recourse:model:day:" + day }

// Take reserves an amount for a conversation and its day.
func (s *Store) Take(ctx context.Context, id dialog.ID, day string, a, perDialog, perDay llm.Amount) error {
	key, err := keyOf(id, "model")
	if err != nil {
		return fmt.Errorf("pay for a model: %w", err)
	}
	ok, err := s.take(ctx, key, a, perDialog, dialogFor)
	if err != nil {
		return fmt.Errorf("pay for a model: %w", err)
	}
	if !ok {
		return llm.ErrSpent
	}
	ok, err = s.take(ctx, dayKey(day), a, perDay, dayFor)
	if err == nil && ok {
		return nil
	}
	if err == nil {
		err = llm.DaySpent()
	}
	back := llm.Amount{Tokens: -a.Tokens, Micro: -a.Micro}
	return errors.Join(err, s.add(ctx, map[string]time.Duration{key: dialogFor}, back))
}

func (s *Store) take(ctx context.Context, key string, a, most llm.Amount, keep time.Duration) (bool, error) {
	n, err := takeScript.Run(ctx, s.RDB, []string{key}, a.Tokens, a.Micro, most.Tokens, most.Micro, int(keep.Seconds())).Int()
	return n == 1, err
}

// Settle corrects what was reserved.
func (s *Store) Settle(ctx context.Context, id dialog.ID, day string, more llm.Amount) error {
	key, err := keyOf(id, "model")
	if err == nil {
		err = s.add(ctx, map[string]time.Duration{key: dialogFor, dayKey(day): dayFor}, more)
	}
	if err != nil {
		return fmt.Errorf("settle the cost of a model: %w", err)
	}
	return nil
}

func (s *Store) add(ctx context.Context, keys map[string]time.Duration, a llm.Amount) error {
	_, err := s.RDB.Pipelined(ctx, func(p redis.Pipeliner) error {
		for key, keep := range keys {
			p.HIncrBy(ctx, key, "tokens", a.Tokens)
			p.HIncrBy(ctx, key, "micro", a.Micro)
			p.Expire(ctx, key, keep)
		}
		return nil
	})
	return err
}

// Spent is what a day has cost so far.
func (s *Store) Spent(ctx context.Context, day string) (llm.Amount, error) {
	var a struct {
		Tokens int64 `redis:"tokens"`
		Micro  int64 `redis:"micro"`
	}
	if err := s.RDB.HGetAll(ctx, dayKey(day)).Scan(&a); err != nil {
		return llm.Amount{}, fmt.Errorf("read what models cost on %s: %w", day, err)
	}
	return llm.Amount(a), nil
}

// Note keeps a call.
func (s *Store) Note(ctx context.Context, call llm.Call) error {
	key, err := keyOf(call.Conversation, "calls")
	if err != nil {
		return err
	}
	raw, err := json.Marshal(call)
	if err != nil {
		return fmt.Errorf("encode a call: %w", err)
	}
	_, err = s.RDB.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.LPush(ctx, key, raw)
		p.LTrim(ctx, key, 0, callsMost-1)
		p.Expire(ctx, key, callsFor)
		return nil
	})
	if err != nil {
		return fmt.Errorf("keep a call: %w", err)
	}
	return nil
}

// Calls are the latest calls of a conversation, oldest first.
func (s *Store) Calls(ctx context.Context, id dialog.ID, limit int) ([]llm.Call, error) {
	key, err := keyOf(id, "calls")
	if err != nil {
		return nil, err
	}
	list, err := s.RDB.LRange(ctx, key, 0, int64(limit)-1).Result()
	if err != nil {
		return nil, fmt.Errorf("read calls: %w", err)
	}
	out := make([]llm.Call, len(list))
	for i, raw := range list {
		if err := json.Unmarshal([]byte(raw), &out[len(list)-1-i]); err != nil {
			return nil, fmt.Errorf("decode a call: %w", err)
		}
	}
	return out, nil
}
