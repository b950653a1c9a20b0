package redisdialog_test

import (
	"context"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"recourse/dialog"
	"recourse/dialog/dialogtest"
	"recourse/dialog/redisdialog"
	"recourse/internal/ids"
	"recourse/internal/outbox"
	"recourse/internal/redistest"
)

func TestTheStoreKeepsWhatDialogStoresPromise(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		dialogtest.Run(t, dialogtest.Backend{
			Store: &redisdialog.Store{RDB: rdb}, Buyer: dialogtest.Buyers("b"), DeskRecords: deskRecords(rdb),
		})
	})
}

// deskRecords counts the records that nobody has relayed.
func deskRecords(rdb redis.UniversalClient) func(context.Context, dialog.ID) (int, error) {
	return func(ctx context.Context, id dialog.ID) (int, error) {
		s, err := ids.ShardOf(redisdialog.Prefix, string(id))
		if err != nil {
			return 0, err
		}
		records, err := rdb.XRange(ctx, outbox.Key(s), "-", "+").Result()
		n := 0
		for _, r := range records {
			body, _ := r.Values["v"].(string)
			if r.Values["k"] == redisdialog.DeskRecord && strings.Contains(body, string(id)) {
				n++
			}
		}
		return n, err
	}
}
