package demolab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/bot/replay/stage"
	"recourse/cases"
	"recourse/cases/policy"
)

// Prefix begins the ids of the lab's buyers and shops, so that none is anybody else's.
const Prefix = "lab-"

func ours(buyer string) bool { return strings.HasPrefix(buyer, Prefix) }

// Orders is the order system of a demo server: the lab's buyers have the orders of their fixtures, which are kept in
// the store, and all others those of the demo shop.
type Orders struct {
	Shop cases.Orders
	RDB  redis.UniversalClient
}

var _ cases.Orders = (*Orders)(nil)

// keep is how long the orders of a buyer of the lab are kept, by the wall clock: longer than any run.
const keep = 7 * 24 * time.Hour

func ordersKey(buyer string) string { return "recourse:demo:lab:" + buyer }

func (o *Orders) put(ctx context.Context, buyer string, lines stage.Lines) error {
	raw, err := json.Marshal(lines)
	if err == nil {
		err = o.RDB.Set(ctx, ordersKey(buyer), raw, keep).Err()
	}
	if err != nil {
		return fmt.Errorf("keep the orders of %s: %w", buyer, err)
	}
	return nil
}

func (o *Orders) of(ctx context.Context, buyer string) (stage.Lines, error) {
	raw, err := o.RDB.Get(ctx, ordersKey(buyer)).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	var lines stage.Lines
	if err == nil {
		err = json.Unmarshal(raw, &lines)
	}
	if err != nil {
		return nil, fmt.Errorf("read the orders of %s: %w", buyer, err)
	}
	return lines, nil
}

// Lines returns the buyer's order lines.
func (o *Orders) Lines(ctx context.Context, buyer string) ([]policy.Line, error) {
	if !ours(buyer) {
		return o.Shop.Lines(ctx, buyer)
	}
	return o.of(ctx, buyer)
}

// Line returns one line of the buyer.
func (o *Orders) Line(ctx context.Context, buyer, order, line string) (policy.Line, error) {
	if !ours(buyer) {
		return o.Shop.Line(ctx, buyer, order, line)
	}
	lines, err := o.of(ctx, buyer)
	if err != nil {
		return policy.Line{}, err
	}
	return lines.Line(ctx, buyer, order, line)
}
