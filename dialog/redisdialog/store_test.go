package redisdialog_test

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

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

func TestEveryConversationIsVisited(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		st, want, got := &redisdialog.Store{RDB: rdb}, map[dialog.ID]bool{}, map[dialog.ID]bool{}
		for i := range 40 { // over many shards
			c, err := st.Open(t.Context(), fmt.Sprint("visited", i), dialog.ZH, time.Unix(0, 0))
			if err == nil {
				_, err = st.Append(t.Context(), c.ID, dialog.Append{Entry: dialog.Entry{Author: dialog.Author{Kind: dialog.FromBuyer}, Kind: dialog.Text, Client: "1", Text: "a"}})
			}
			if err != nil {
				t.Fatal(err)
			}
			want[c.ID] = true
		}
		if err := st.Each(t.Context(), func(id dialog.ID) error { got[id] = true; return nil }); err != nil || !maps.Equal(got, want) {
			t.Errorf("visited %d of %d conversations: %v", len(got), len(want), err)
		}
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
