package redisdialog_test

import (
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/dialog"
	"recourse/dialog/redisdialog"
	"recourse/internal/ids"
	"recourse/internal/redistest"
)

// A conversation that a human has stands among the deadlines of its shard until he gives it back, and a look at it that
// came too late does not put off what was written meanwhile.
func TestAConversationThatAHumanHasIsAmongTheDeadlines(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx := t.Context()
		st := &redisdialog.Store{RDB: rdb}
		now := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
		conv, err := st.Open(ctx, "b1", dialog.ZH, now)
		if err != nil {
			t.Fatal(err)
		}
		at := func() time.Duration {
			t.Helper()
			list, err := rdb.ZRangeWithScores(ctx, ids.Of("b1").Deadlines(), 0, -1).Result()
			if err != nil {
				t.Fatal(err)
			}
			if len(list) == 0 {
				return -1
			}
			if len(list) > 1 || list[0].Member != string(conv.ID)+"|floor" {
				t.Fatalf("due: %v", list)
			}
			return time.UnixMilli(int64(list[0].Score)).Sub(now)
		}
		want := func(what string, d time.Duration) {
			t.Helper()
			if got := at(); got != d {
				t.Errorf("%s: due after %v, want %v", what, got, d)
			}
		}
		commit := func(next dialog.Conversation, after time.Duration) {
			t.Helper()
			next.UpdatedAt = now.Add(after)
			if conv, err = st.Commit(ctx, conv.ID, dialog.Change{Expect: conv.Version, Next: next, LiveAt: -1}); err != nil {
				t.Fatal(err)
			}
		}
		say := func(client string, after time.Duration) {
			t.Helper()
			if _, err := st.Append(ctx, conv.ID, dialog.Append{Wants: true, Entry: dialog.Entry{
				At: now.Add(after), Author: dialog.Author{Kind: dialog.FromBuyer}, Kind: dialog.Text, Client: client, Text: "在吗",
			}}); err != nil {
				t.Fatal(err)
			}
		}
		look := func(seen, next time.Duration) {
			t.Helper()
			at := time.Time{}
			if next > 0 {
				at = now.Add(next)
			}
			if err := st.Look(ctx, conv.ID, now.Add(seen), at); err != nil {
				t.Fatal(err)
			}
		}
		say("m0", 0)
		commit(dialog.Wait(conv, dialog.HandoffAsked, now), 0)
		want("while he waits", -1)
		held, err := dialog.Claim(conv, "li", "小李", conv.Epoch, now)
		if err != nil {
			t.Fatal(err)
		}
		commit(held, 0)
		want("taken", time.Minute)
		look(time.Minute, 30*time.Minute)
		want("looked at", 30*time.Minute)
		say("m1", 10*time.Minute)
		want("written to", 11*time.Minute)
		say("m2", 10*time.Minute+time.Second)
		want("written to again", 11*time.Minute)
		say("m3", 11*time.Minute+time.Second) // while somebody looks at it
		look(11*time.Minute+time.Second, 40*time.Minute)
		want("written to during the look", 12*time.Minute+time.Second)
		if c, err := st.Load(ctx, conv.ID); err != nil || !c.AskedAt.Equal(now) {
			t.Errorf("asked at %v, %v", c.AskedAt, err)
		}
		if _, err := st.Append(ctx, conv.ID, dialog.Append{Agent: "li", Scope: "li", Entry: dialog.Entry{
			At: now.Add(13 * time.Minute), Author: dialog.Author{Kind: dialog.FromAgent}, Kind: dialog.Text, Client: "a1", Text: "在的",
		}}); err != nil {
			t.Fatal(err)
		}
		say("m4", 14*time.Minute)
		if c, err := st.Load(ctx, conv.ID); err != nil || !c.AskedAt.Equal(now.Add(14*time.Minute)) || !c.SpokeAt.Equal(now.Add(13*time.Minute)) {
			t.Errorf("asked at %v, spoke at %v, %v", c.AskedAt, c.SpokeAt, err)
		}
		commit(dialog.Return(conv, now), 15*time.Minute)
		want("given back", -1)
	})
}
