package bot

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/orders"
	"recourse/cases/policy"
	"recourse/cases/rediscases"
	"recourse/dialog"
	"recourse/dialog/redisdialog"
	"recourse/internal/redistest"
)

// One message and its answer: stored, understood, decided, worded, committed.
func BenchmarkTurn(b *testing.B) {
	b.Run("embedded", func(b *testing.B) {
		rdb := redistest.Embedded(b)
		benchTurn(b, &redisdialog.Store{RDB: rdb}, &rediscases.Store{RDB: rdb}, &rediscases.Complaints{RDB: rdb})
	})
	b.Run("redis", func(b *testing.B) {
		rdb := redistest.Server(b).Client()
		benchTurn(b, &redisdialog.Store{RDB: rdb}, &rediscases.Store{RDB: rdb}, &rediscases.Complaints{RDB: rdb})
	})
}

func benchTurn(b *testing.B, dialogs dialog.Store, stored cases.Store, filed complaints.Store) {
	now := func() time.Time { return turnNow }
	byVersion := func(string) *policy.Policy { return policy.Default() }
	as := &Assistant{
		Dialogs: dialogs, Policy: byVersion, Now: now, Log: slog.New(slog.DiscardHandler),
		Ledger:     &cases.Ledger{Store: stored, Orders: orders.NewDemo(turnNow), Policy: byVersion, Now: now},
		Complaints: &complaints.Ledger{Store: filed, Policy: byVersion, Now: now},
	}
	conv, err := dialogs.Open(b.Context(), buyer, dialog.ZH, turnNow)
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		_, err := dialogs.Append(b.Context(), conv.ID, dialog.Append{Wants: true, Entry: dialog.Entry{
			At: turnNow, Author: dialog.Author{Kind: dialog.FromBuyer}, Kind: dialog.Text, Client: fmt.Sprint("b", i), Text: "现在到哪一步了？",
		}})
		if err != nil {
			b.Fatal(err)
		}
		if err := as.Turn(b.Context(), conv.ID); err != nil {
			b.Fatal(err)
		}
	}
}
