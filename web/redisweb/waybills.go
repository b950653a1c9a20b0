package redisweb

import (
	"context"
	"fmt"
	"slices"
	"time"

	"recourse/cases"
	"recourse/cases/waybill"
)

// waybillTTL is how long a number is known: longer than any case on its parcel is open, and not for ever,
// because carriers use numbers again.
const waybillTTL = 180 * 24 * time.Hour

// recourse:waybill:<number> SET cases whose goods travel back under it, with a TTL.
func waybillKey(number string) string { return "recourse:waybill:" + waybill.Clean(number) }

// IndexWaybill makes the parcel of a case's return lead to the case. It may be repeated. A number that was
// corrected goes on leading there; the case refuses what is not about its parcel.
func (st *Store) IndexWaybill(ctx context.Context, c cases.Case) error {
	if c.Return.Waybill == "" {
		return nil
	}
	key := waybillKey(c.Return.Waybill)
	pipe := st.RDB.TxPipeline()
	pipe.SAdd(ctx, key, string(c.ID))
	pipe.Expire(ctx, key, waybillTTL)
	if _, err := pipe.Exec(ctx); err != nil {
		return fmt.Errorf("index the waybill of case %s: %w", c.ID, err)
	}
	return nil
}

// CasesOf are the cases whose goods travel back under a waybill number.
func (st *Store) CasesOf(ctx context.Context, number string) ([]cases.ID, error) {
	raw, err := st.RDB.SMembers(ctx, waybillKey(number)).Result()
	if err != nil {
		return nil, fmt.Errorf("look up a waybill: %w", err)
	}
	slices.Sort(raw)
	out := make([]cases.ID, len(raw))
	for i, r := range raw {
		out[i] = cases.ID(r)
	}
	return out, nil
}
