package bot

import (
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"recourse/bot/faq"
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

// BenchmarkTalk is a conversation of six turns without stores: understood, its question found, decided, worded.
func BenchmarkTalk(b *testing.B) {
	if _, err := faq.Builtin().Learn(""); err != nil {
		b.Fatal(err)
	}
	lines := goods(dialog.ZH)
	for b.Loop() {
		k := newTalk(b, dialog.ZH, lines, roadTime("2026-11-10 09:00"))
		k.say("你好")
		k.say("手环充了一晚上电都开不了机，我要退款")
		k.press(dialog.ActPickOrder, dialog.Args{"order": k.lines[0].OrderID}, nil)
		k.say("退货的邮费谁出？")
		k.say("等一下，我找找照片")
		k.say("现在到哪一步了")
	}
}

// BenchmarkFiledTalk is a turn about a case that was filed.
func BenchmarkFiledTalk(b *testing.B) {
	if _, err := faq.Builtin().Learn(""); err != nil {
		b.Fatal(err)
	}
	var filed *talk
	for _, r := range roads() {
		k := newTalk(b, dialog.ZH, goods(dialog.ZH), roadTime("2026-11-10 09:00"))
		k.walk(r)
		if c := k.theCase(); c != nil && c.State == cases.MerchantReview {
			filed = k
			break
		}
	}
	if filed == nil {
		b.Fatal("no road ends with the merchant")
	}
	for i := 0; b.Loop(); i++ {
		k := *filed
		k.log = slices.Clip(k.log)
		k.say([]string{"现在到哪一步了？", "商家一直不处理怎么办", "退款多久到账"}[i%3])
	}
}
