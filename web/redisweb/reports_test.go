package redisweb_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"recourse/cases"
	"recourse/cases/policy"
	"recourse/dialog"
	"recourse/dialog/redisdialog"
	"recourse/internal/redistest"
	"recourse/web"
	"recourse/web/redisweb"
)

// timeline is a store of cases of which only the timelines are read.
type timeline struct {
	cases.Store
	marks []cases.Mark
}

func (s timeline) Marks(context.Context, cases.ID) ([]cases.Mark, error) { return s.marks, nil }

// The whole way of a conversation over midnight, fed again and again and from several sides, is counted once, and each
// figure on its day in the zone.
func TestReportsCountOnceWhatIsFedTwice(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, _ := open(t, rdb)
		dialogs := &redisdialog.Store{RDB: rdb}
		reports := &redisweb.Reports{RDB: rdb, Zone: policy.Zone}
		// 23:50 in Shanghai is 15:50 in UTC: the day changes at 16:00.
		at := time.Date(2026, 3, 2, 15, 50, 0, 0, time.UTC)
		conv, err := dialogs.Open(ctx, "b-1", dialog.ZH, at)
		if err != nil {
			t.Fatal(err)
		}
		feed := func() {
			t.Helper()
			var both sync.WaitGroup
			for range 3 {
				both.Go(func() {
					// Another process, which remembers nothing.
					other := &redisweb.Reports{RDB: rdb, Zone: policy.Zone}
					for range 2 {
						if err := other.FollowTalk(ctx, dialogs, conv.ID); err != nil {
							t.Error(err)
						}
					}
				})
			}
			both.Wait()
			if err := reports.Talked(ctx, dialogs, conv.ID, at); err != nil {
				t.Error(err)
			}
		}
		say := func(after time.Duration, e dialog.Entry) {
			t.Helper()
			at = at.Add(after)
			e.At = at
			if e.Kind == "" {
				e.Kind = dialog.Text
			}
			if _, err := dialogs.Append(ctx, conv.ID, dialog.Append{Entry: e, Wants: e.Author.Kind == dialog.FromBuyer}); err != nil {
				t.Fatal(err)
			}
			feed()
		}
		buyer, agent, system := dialog.Author{Kind: dialog.FromBuyer}, dialog.Author{Kind: dialog.FromAgent, Name: "小周"}, dialog.Author{Kind: dialog.FromSystem}
		floor := func(from, to dialog.Holder, by dialog.AuthorKind, why dialog.Reason) dialog.Entry {
			return dialog.Entry{Author: system, Kind: dialog.Notice, Floor: &dialog.Boundary{From: from, To: to, By: by, Why: why}}
		}
		say(0, dialog.Entry{Author: buyer, Text: "退款"})
		say(time.Minute, dialog.Entry{Author: buyer, Text: "在吗"})
		say(8*time.Minute, floor(dialog.HeldByBot, dialog.HeldWaiting, dialog.FromBuyer, dialog.HandoffAsked))               // 23:59
		say(2*time.Minute, floor(dialog.HeldWaiting, dialog.HeldByHuman, dialog.FromAgent, ""))                              // 00:01
		say(time.Second, dialog.Entry{Author: agent, Kind: dialog.Note, Text: "老客户"})                                        // no response
		say(29*time.Second, dialog.Entry{Author: agent, Text: "您好"})                                                         // 150 s after the handoff
		say(time.Minute, dialog.Entry{Author: agent, Text: "请稍等"})                                                           // not the first
		say(time.Minute, floor(dialog.HeldByHuman, dialog.HeldWaiting, dialog.FromAgent, dialog.HandoffAsked))               // passed on
		say(time.Minute, floor(dialog.HeldWaiting, dialog.HeldByHuman, dialog.FromAgent, ""))                                // to another
		say(time.Minute, dialog.Entry{Author: buyer, Text: "好"})                                                             // on the next day
		say(time.Minute, floor(dialog.HeldByHuman, dialog.HeldByBot, dialog.FromAgent, dialog.BackReleased))                 // 450 s after
		say(time.Minute, floor(dialog.HeldByBot, dialog.HeldWaiting, dialog.FromBot, dialog.HandoffConfused))                // again
		say(time.Minute, floor(dialog.HeldWaiting, dialog.HeldByBot, dialog.FromBuyer, dialog.BackLeft))                     // and left
		say(time.Minute, dialog.Entry{Author: system, Kind: dialog.Notice, Floor: &dialog.Boundary{From: "bot", To: "bot"}}) // no change
		got, err := reports.Read(ctx, []string{"2026-03-01", "2026-03-02", "2026-03-03"})
		if err != nil {
			t.Fatal(err)
		}
		want := []map[string]int64{
			{},
			{"talks": 1, "handed": 1, "handoff": 1, "handoff:asked": 1},
			{
				"talks": 1, "handed": 1, "handoff": 1, "handoff:not_understood": 1, "left": 1,
				"first_response": 1, "first_response:sum": 150, "first_response:4": 1,
				"resolution": 1, "resolution:sum": 450, "resolution:5": 1,
			},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("counters (-want +got):\n%s", diff)
		}

		// A timeline, the same: what was counted up to a version is not counted with the next.
		mark := func(seq int, kind cases.EventKind, from, to cases.State) cases.Mark {
			return cases.Mark{Seq: seq, At: time.Date(2026, 3, 5, 16, seq, 0, 0, time.UTC), Event: cases.Event{Kind: kind}, From: from, To: to}
		}
		marks := []cases.Mark{
			mark(1, cases.EvAmend, cases.Draft, cases.Draft), mark(2, cases.EvSubmit, cases.Draft, cases.MerchantReview), mark(3, cases.EvReject, cases.MerchantReview, cases.MerchantRejected),
			mark(4, cases.EvEscalate, cases.MerchantRejected, cases.PlatformQueued), mark(5, cases.EvClaim, cases.PlatformQueued, cases.PlatformReview),
			mark(6, cases.EvRuleMerchant, cases.PlatformReview, cases.ClosedNotSupported), mark(7, cases.EvAppeal, cases.ClosedNotSupported, cases.AppealReview),
			mark(8, cases.EvOverturn, cases.AppealReview, cases.RulingExecution),
		}
		for _, n := range []int{2, 2, 6, 6, 8, 8, 4} {
			if err := reports.FollowCase(ctx, timeline{marks: marks[:n]}, "c_1", n); err != nil {
				t.Fatal(err)
			}
		}
		if got, err = reports.Read(ctx, []string{"2026-03-05", "2026-03-06"}); err != nil {
			t.Fatal(err)
		}
		want = []map[string]int64{{}, {"filed": 1, "escalated": 1, "ruling": 1, "ruling:rule_merchant": 1, "appeal": 1, "overturned": 1}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("counters of cases (-want +got):\n%s", diff)
		}

		// What is counted under a key.
		for _, c := range []struct {
			once string
			fact web.Fact
		}{
			{"d_1/7", web.Fact{Day: "2026-03-07", Name: web.CountCSATHuman, Value: 5}},
			{"d_1/7", web.Fact{Day: "2026-03-07", Name: web.CountCSATHuman, Value: 5}},
			{"d_1/7", web.Fact{Day: "2026-03-07", Name: web.CountCSATBot, Value: 2}}, // another figure
			{"d_2/1", web.Fact{Day: "2026-03-07", Name: web.CountCSATHuman, Value: 4}},
			{"d_1/4", web.Fact{Day: "2026-03-07", Name: web.CountMissed}},
		} {
			if err := reports.Count(ctx, c.once, c.fact); err != nil {
				t.Fatal(err)
			}
		}
		if got, err = reports.Read(ctx, []string{"2026-03-07"}); err != nil {
			t.Fatal(err)
		}
		want = []map[string]int64{{"csat_human": 2, "csat_human:sum": 9, "csat_human:5": 1, "csat_human:4": 1, "csat_bot": 1, "csat_bot:sum": 2, "csat_bot:2": 1, "missed": 1}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("counted under keys (-want +got):\n%s", diff)
		}
	})
}

// A node that remembers that somebody talked today counts him tomorrow all the same.
func TestWhoTalkedTodayIsCountedTomorrow(t *testing.T) {
	rdb := redistest.Embedded(t)
	ctx, _ := open(t, rdb)
	dialogs, reports := &redisdialog.Store{RDB: rdb}, &redisweb.Reports{RDB: rdb, Zone: policy.Zone}
	at := time.Date(2026, 3, 2, 15, 59, 59, 0, time.UTC)
	conv, err := dialogs.Open(ctx, "b-1", dialog.ZH, at)
	if err != nil {
		t.Fatal(err)
	}
	// The turn of what was written before midnight is done after it.
	for i, turn := range []time.Duration{2 * time.Second, 5 * time.Second, 9 * time.Second} {
		e := dialog.Entry{At: at.Add(time.Duration(i) * 4 * time.Second), Author: dialog.Author{Kind: dialog.FromBuyer}, Kind: dialog.Text, Text: "在吗"}
		if _, err := dialogs.Append(ctx, conv.ID, dialog.Append{Entry: e, Wants: true}); err != nil {
			t.Fatal(err)
		}
		if err := reports.Talked(ctx, dialogs, conv.ID, at.Add(turn)); err != nil {
			t.Fatal(err)
		}
	}
	got, err := reports.Read(ctx, []string{"2026-03-02", "2026-03-03"})
	if diff := cmp.Diff([]map[string]int64{{"talks": 1}, {"talks": 1}}, got); diff != "" || err != nil {
		t.Errorf("%v, counters (-want +got):\n%s", err, diff)
	}
}
