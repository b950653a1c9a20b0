package redisweb_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"recourse/internal/redistest"
	"recourse/web"
	"recourse/web/redisweb"
	"recourse/web/wire"
)

func recordAll(ctx context.Context, t *testing.T, au *redisweb.Audit, list ...wire.AuditEntry) {
	t.Helper()
	for _, e := range list {
		if err := au.Record(ctx, e); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheTrailIsListedNewestFirstByWhatIsAskedFor(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, _ := open(t, rdb)
		au := &redisweb.Audit{RDB: rdb}
		for i := range 30 {
			e := wire.AuditEntry{At: wall.Add(time.Duration(i) * time.Minute), Actor: "zhou", Action: "chat.reply", Conversation: fmt.Sprint("d_", i%3), Outcome: "done"}
			if i%5 == 0 {
				e.Actor, e.Action, e.Case = "chen", "case.dismiss", "c_1"
			}
			recordAll(ctx, t, au, e)
		}
		for name, c := range map[string]struct {
			q    web.AuditQuery
			want int
		}{
			"all": {web.AuditQuery{}, 30}, "actor": {web.AuditQuery{Actor: "chen"}, 6}, "conversation": {web.AuditQuery{Conversation: "d_1"}, 10},
			"case": {web.AuditQuery{Case: "c_1"}, 6}, "action": {web.AuditQuery{Action: "case.dismiss"}, 6}, "subject": {web.AuditQuery{Action: "chat"}, 24},
			"no such subject": {web.AuditQuery{Action: "cha"}, 0}, "from": {web.AuditQuery{From: wall.Add(20 * time.Minute)}, 10},
			"to": {web.AuditQuery{To: wall.Add(20 * time.Minute)}, 20}, "both": {web.AuditQuery{From: wall.Add(5 * time.Minute), To: wall.Add(6 * time.Minute)}, 1},
			"several": {web.AuditQuery{Actor: "chen", Conversation: "d_0", From: wall.Add(time.Minute)}, 1}, "nobody": {web.AuditQuery{Actor: "nobody"}, 0},
		} {
			// In pages of four, so that every cursor is gone through.
			c.q.Limit = 4
			var got []wire.AuditEntry
			for {
				page, next, err := au.List(ctx, c.q)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				got = append(got, page...)
				if c.q.Cursor = next; next == "" {
					break
				}
			}
			if len(got) != c.want {
				t.Errorf("%s: %d entries, want %d", name, len(got), c.want)
			}
			for i, e := range got {
				if !c.q.Wants(e) || i > 0 && got[i-1].N <= e.N {
					t.Errorf("%s: entry %d is %+v", name, i, e)
				}
			}
		}
		for _, cursor := range []string{"x", "1", "1-", "-1", "1-0", "1-2-3"} {
			if _, _, err := au.List(ctx, web.AuditQuery{Cursor: cursor, Limit: 1}); !errors.Is(err, web.ErrBadCursor) {
				t.Errorf("cursor %q: %v", cursor, err)
			}
		}
	})
}

func TestNodesThatRecordAtOnceMakeOneChain(t *testing.T) {
	rdb := redistest.Server(t).Client()
	ctx, _ := open(t, rdb)
	var g errgroup.Group
	for node := range 4 {
		au := &redisweb.Audit{RDB: rdb}
		for who := range 3 {
			g.Go(func() error {
				for i := range 20 {
					err := au.Record(ctx, wire.AuditEntry{At: wall.Add(time.Duration(i) * time.Second), Actor: fmt.Sprint(node, who), Action: "chat.note", Outcome: "done"})
					if err != nil {
						return err
					}
				}
				return nil
			})
		}
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	head, err := (&redisweb.Audit{RDB: rdb}).Walk(ctx, func(e wire.AuditEntry) error {
		seen[e.Actor]++
		return nil
	})
	if err != nil || head.N != 240 || len(seen) != 12 {
		t.Errorf("%d entries of %d agents, %v", head.N, len(seen), err)
	}
}

// Whatever is done to the trail behind the program's back is seen.
func TestAChangedTrailIsSeen(t *testing.T) {
	const stream, head = "recourse:{audit}", "recourse:{audit}:head"
	ids := func(ctx context.Context, t *testing.T, rdb redis.UniversalClient) []redis.XMessage {
		t.Helper()
		msgs, err := rdb.XRange(ctx, stream, "-", "+").Result()
		if err != nil || len(msgs) != 5 {
			t.Fatalf("%d messages, %v", len(msgs), err)
		}
		return msgs
	}
	// rewrite makes the trail anew from its entries as change leaves them.
	rewrite := func(change func([]redis.XMessage) []redis.XMessage) func(context.Context, *testing.T, redis.UniversalClient) {
		return func(ctx context.Context, t *testing.T, rdb redis.UniversalClient) {
			t.Helper()
			list := change(ids(ctx, t, rdb))
			rdb.Del(ctx, stream)
			for _, m := range list {
				if err := rdb.XAdd(ctx, &redis.XAddArgs{Stream: stream, ID: m.ID, Values: m.Values}).Err(); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	for name, c := range map[string]struct {
		tamper func(context.Context, *testing.T, redis.UniversalClient)
		fault  web.AuditFault
		at     int64
	}{
		"an entry is taken out": {func(ctx context.Context, t *testing.T, rdb redis.UniversalClient) {
			rdb.XDel(ctx, stream, ids(ctx, t, rdb)[2].ID)
		}, web.AuditMissing, 3},
		"the last entry is taken out": {func(ctx context.Context, t *testing.T, rdb redis.UniversalClient) {
			rdb.XDel(ctx, stream, ids(ctx, t, rdb)[4].ID)
		}, web.AuditMissing, 5},
		"all is gone": {func(ctx context.Context, _ *testing.T, rdb redis.UniversalClient) { rdb.Del(ctx, stream) }, web.AuditMissing, 1},
		"the head is another": {func(ctx context.Context, _ *testing.T, rdb redis.UniversalClient) {
			rdb.HSet(ctx, head, "h", strings.Repeat("0", 64))
		}, web.AuditReplaced, 5},
		"an entry says something else": {rewrite(func(list []redis.XMessage) []redis.XMessage {
			text, _ := list[1].Values["e"].(string)
			list[1].Values["e"] = strings.Replace(text, "chat.note", "chat.claim", 1)
			return list
		}), web.AuditChanged, 2},
		"an entry is no entry": {rewrite(func(list []redis.XMessage) []redis.XMessage {
			list[3].Values["e"] = "{"
			return list
		}), web.AuditUnreadable, 4},
		"two have changed places": {rewrite(func(list []redis.XMessage) []redis.XMessage {
			list[1].Values, list[2].Values = list[2].Values, list[1].Values
			return list
		}), web.AuditMissing, 2},
		"the first is gone and all are counted anew": {rewrite(func(list []redis.XMessage) []redis.XMessage {
			list = list[1:]
			for i := range list {
				list[i].Values["n"] = fmt.Sprint(i + 1)
			}
			return list
		}), web.AuditChanged, 1},
	} {
		t.Run(name, func(t *testing.T) {
			rdb := redistest.Embedded(t)
			ctx, _ := open(t, rdb)
			au := &redisweb.Audit{RDB: rdb}
			for i := range 5 {
				recordAll(ctx, t, au, wire.AuditEntry{At: wall.Add(time.Duration(i) * time.Second), Actor: "zhou", Action: "chat.note", Object: fmt.Sprint("m", i), Outcome: "done"})
			}
			if was, err := au.Walk(ctx, nil); err != nil || was.N != 5 {
				t.Fatalf("before: %v, %v", was, err)
			}
			c.tamper(ctx, t, rdb)
			if _, err := (&redisweb.Audit{RDB: rdb}).Walk(ctx, nil); !errors.Is(err, redisweb.ErrAuditBroken) {
				t.Errorf("the trail passes for whole: %v", err)
			}
			// A node that has recorded something itself sees it, too.
			if got, err := au.Check(ctx, "", 100); err != nil || got.Fault != c.fault || got.At != c.at || got.N != c.at-1 && c.fault != web.AuditReplaced {
				t.Errorf("checked: %+v, %v", got, err)
			}
		})
	}
}

// A long trail is checked in stretches.
func TestATrailIsCheckedInStretches(t *testing.T) {
	rdb := redistest.Embedded(t)
	ctx, _ := open(t, rdb)
	au := &redisweb.Audit{RDB: rdb}
	if got, err := au.Check(ctx, "", 1); err != nil || got != (web.AuditChecked{}) {
		t.Errorf("an empty trail: %+v, %v", got, err)
	}
	const all = 1100
	for i := range all {
		recordAll(ctx, t, au, wire.AuditEntry{At: wall.Add(time.Duration(i) * time.Second), Actor: "zhou", Action: "chat.note", Outcome: "done"})
	}
	var at []int64
	var cursors []string
	for next := ""; ; {
		got, err := au.Check(ctx, next, 400)
		if err != nil || got.Fault != "" || got.All != all {
			t.Fatalf("%+v, %v", got, err)
		}
		at = append(at, got.N)
		if next = got.Next; next == "" {
			break
		}
		cursors = append(cursors, next)
	}
	if !slices.Equal(at, []int64{500, 1000, 1100}) {
		t.Errorf("checked up to %v", at)
	}
	// Whoever goes on from an entry that is another now, sees it.
	id, hash, _ := strings.Cut(cursors[0], ":")
	forged := id + ":" + strings.Repeat("0", len(hash))
	if got, err := au.Check(ctx, forged, 400); err != nil || got.Fault != web.AuditChanged || got.At != 501 {
		t.Errorf("from another hash: %+v, %v", got, err)
	}
	for _, bad := range []string{"x", id, id + ":", "1-:" + hash, "-1:" + hash, "1-0:" + hash, id + ":" + hash[1:]} {
		if _, err := au.Check(ctx, bad, 1); !errors.Is(err, web.ErrBadCursor) {
			t.Errorf("cursor %q: %v", bad, err)
		}
	}
}
