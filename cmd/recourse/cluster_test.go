package main

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/dialog"
	"recourse/internal/ids"
	"recourse/internal/redistest"
	"recourse/web"
	"recourse/web/redisweb"
	"recourse/web/wire"
)

// Every script of the program runs on a real cluster of three masters, where a script that touches two
// slots is refused: the stories of two buyers on different masters, and then each script is asked for.
func TestEveryScriptRunsOnARedisClusterOfThreeMasters(t *testing.T) {
	t.Parallel()
	cluster := redistest.Cluster(t)
	w := newWorld(t, "--redis", cluster.URL())
	talk := "" // the last buyer's
	var buyer *client
	for _, locale := range []string{"zh-CN", "en"} {
		b := newBand(w, locale)
		for _, s := range bandStory {
			s.do(b)
			if s.name == "merchant refuses" && locale == "en" {
				w.advance("45h") // of the buyer's 48 to escalate: the last reminder, which quiet hours do not hold
				b.buyer.awaitKey("notice.remind_escalate_window")
			}
		}
		b.buyer.write(wire.Seen{T: wire.TSeen, Seq: 3})
		b.buyer.await("the read mark", func() bool { return b.buyer.state.SeenBuyer == 3 })
		b.checkLog()
		talk, buyer = b.buyer.conv, b.buyer
		b.agent.hangUp()
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	rdb := cluster.Client()
	// The rulings made tickets for the systems that keep scores; one is noted as done.
	desk := login(w, "agent")
	var open wire.TicketList
	until(t, "a ticket", func() bool {
		_, raw := w.call("GET", "/api/agent/tickets", desk, nil, nil)
		return json.Unmarshal(raw, &open) == nil && len(open.Tickets) > 0
	})
	if status, raw := w.call("POST", "/api/agent/tickets/"+open.Tickets[0].ID+"/done", desk, nil, nil); status != 200 {
		t.Errorf("ticket done: %d %s", status, raw)
	}
	// An agent keeps a canned reply of his own, and forgets it.
	for _, ask := range []struct{ method, path string }{{"PUT", "/api/agent/canned/own"}, {"DELETE", "/api/agent/canned/own?own=true"}} {
		var body any
		if ask.method == "PUT" {
			body = wire.PutCanned{Shortcut: "own", Title: "own", ZH: "好的", Own: true}
		}
		if status, raw := w.call(ask.method, ask.path, desk, nil, body); status != 200 {
			t.Errorf("canned reply, %s: %d %s", ask.method, status, raw)
		}
	}
	// A deadline that the case no longer has: the runner drops it.
	due := ids.Of("demo-xiaoli").Tag() + ":c:due"
	member := ids.New("c", ids.Of("demo-xiaoli")) + "|offer"
	if err := rdb.ZAdd(ctx, due, redis.Z{Score: float64(time.Now().UnixMilli()), Member: member}).Err(); err != nil {
		t.Fatal(err)
	}
	until(t, "the stale deadline to be dropped", func() bool {
		return rdb.ZScore(ctx, due, member).Err() == redis.Nil
	})

	// An agent writes an answer, which his colleague sees, and closes his laptop.
	agent, colleague := newClient(w, desk, "zh-CN", true), newClient(w, login(w, "lead"), "zh-CN", true)
	colleague.watches(talk)
	agent.write(wire.Lease{T: wire.TLease, Conversation: talk, On: true})
	colleague.await("who is writing", func() bool { return len(colleague.leases) > 0 })
	// He takes the conversation and says nothing: the runner of deadlines looks at it.
	buyer.say("I want to talk to a person")
	agent.await("the buyer to wait", func() bool { return agent.inbox[talk].Holder == dialog.HeldWaiting })
	agent.claims(agent.inbox[talk])
	agent.await("the line to be his", func() bool { return agent.inbox[talk].Mine })
	buyer.say("Are you there?")
	w.advance("10m")
	buyer.await("to be told that he is slow", func() bool {
		return buyer.conv == talk && slices.ContainsFunc(buyer.entries, func(e dialog.Entry) bool { return e.Key == "handoff.slow" })
	})
	agent.hangUp()
	colleague.await("him to be gone", func() bool { return len(colleague.desk.Agents) == 1 })

	// A fact of the day, counted once.
	if err := (&redisweb.Reports{RDB: rdb}).Count(ctx, "x", web.Fact{Day: "2026-03-02", Name: web.CountCSATBot, Value: 5}); err != nil {
		t.Error(err)
	}

	checkScripts(ctx, t, rdb)
}

// The same program behind Sentinel, which says where the master is.
func TestTheStoryRunsBehindSentinel(t *testing.T) {
	t.Parallel()
	b := newBand(newWorld(t, "--redis", redistest.Sentinel(t).URL()), "en")
	for _, s := range bandStory {
		s.do(b)
	}
	b.checkLog()
	b.checkCase()
}

// checkScripts wants every script of the program to be known to a master, as it is once it has run there.
func checkScripts(ctx context.Context, t *testing.T, rdb *redis.ClusterClient) {
	t.Helper()
	scripts, err := filepath.Glob("../../*/*/*.lua")
	if err != nil {
		t.Fatal(err)
	}
	if len(scripts) < 6 {
		t.Fatalf("only %d scripts found", len(scripts))
	}
	for _, file := range scripts {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha1.Sum(src)
		masters := 0
		err = rdb.ForEachMaster(ctx, func(ctx context.Context, node *redis.Client) error {
			known, err := node.ScriptExists(ctx, hex.EncodeToString(sum[:])).Result()
			if err == nil && known[0] {
				masters++
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if masters == 0 {
			t.Errorf("%s ran on no master of the cluster", file)
		}
	}
}
