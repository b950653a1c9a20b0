package main

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"recourse/dialog"
	"recourse/dialog/redisdialog"
	"recourse/internal/redistest"
	"recourse/web"
	"recourse/web/wire"
)

// pauseOfFrames is for how long at least the server gathers changes of the desk between two frames to an agent (web,
// boardPause).
const pauseOfFrames = 20 * time.Millisecond

// framePace keeps an agent of the benchmark below the frames a second that a socket may send.
const framePace = 500 * time.Millisecond

// waitsInRedis begins a conversation that waits for a human, without a buyer's socket and without the assistant.
func waitsInRedis(t testing.TB, st *redisdialog.Store, buyer string) dialog.ID {
	t.Helper()
	ctx := t.Context()
	now := time.Now().UTC()
	c, err := st.Open(ctx, buyer, dialog.ZH, now)
	if err == nil {
		_, err = st.Commit(ctx, c.ID, dialog.Change{Expect: c.Version, Next: dialog.Wait(c, dialog.HandoffAsked, now), LiveAt: -1})
	}
	if err != nil {
		t.Fatal(err)
	}
	return c.ID
}

// Fifty agents look at a desk where five hundred buyers come to wait all at once: each agent gets a frame for what has
// changed since his last one, however much that is, and none of it is missing.
func TestFiftyAgentsAndFiveHundredWaitingBuyersCostAFrameAnAgentAndBurst(t *testing.T) {
	if testing.Short() {
		t.Skip("50 passwords are slow to check")
	}
	t.Parallel()
	const agents, buyers = 50, 500
	server := redistest.Server(t)
	var team []web.Agent
	for i := range agents {
		team = append(team, web.Agent{Login: fmt.Sprintf("a%02d", i)})
	}
	hire(t, server.Client(), team...)
	w := newWorld(t, "--redis", server.URL())
	var desks []*client
	for _, a := range team {
		c := newClient(w, login(w, a.Login), "zh-CN", true)
		c.await("the desk", func() bool { return c.desk.Capacity > 0 })
		desks = append(desks, c)
	}
	for _, c := range desks {
		c.await("everybody", func() bool { return len(c.desk.Agents) == agents })
		c.inboxes = 0
	}
	st := &redisdialog.Store{RDB: server.Client()}
	begun := time.Now()
	var all sync.WaitGroup
	for i := range buyers {
		all.Go(func() { waitsInRedis(t, st, fmt.Sprint("waits-", i)) })
	}
	took := make([]time.Duration, agents)
	for i, c := range desks {
		all.Go(func() {
			c.await("all of them", func() bool { return len(c.inbox) == buyers && c.desk.Waiting == buyers && inLine(c.inbox) })
			took[i] = time.Since(begun)
		})
	}
	all.Wait()
	for i, c := range desks {
		if most := min(buyers/5, 2+int(took[i]/pauseOfFrames)); c.inboxes > most || c.inboxes == 0 {
			t.Errorf("%s got %d frames for %d changes in %s, at most %d are due", team[i].Login, c.inboxes, buyers, took[i], most)
		}
	}
	t.Logf("%d frames for %d changes in %s", desks[0].inboxes, buyers, took[0])
}

// inLine says whether what waits has the places from 1 on, each once.
func inLine(inbox map[string]wire.InboxItem) bool {
	places := map[int]bool{}
	for _, item := range inbox {
		places[item.Place] = item.Place >= 1 && item.Place <= len(inbox)
	}
	return len(places) == len(inbox) && !slices.Contains(slices.Collect(maps.Values(places)), false)
}

// How long it takes from a buyer beginning to wait to the offer on a free agent's screen, and from an agent becoming
// free to what waits: real Redis, real sockets, the program in a process of its own.
func BenchmarkAFreeAgentGetsAWaitingChat(b *testing.B) {
	server := redistest.Server(b)
	hire(b, server.Client(), web.Agent{Login: "li", Capacity: 1})
	w := newWorld(b, "--redis", server.URL(), "--log", "error")
	li := newClient(w, login(w, "li"), "zh-CN", true)
	li.await("the desk", func() bool { return li.desk.Capacity > 0 })
	st := &redisdialog.Store{RDB: server.Client()}
	measure := func(b *testing.B, begin func(n int) (dialog.ID, time.Time)) {
		var times []time.Duration
		for n := range b.N {
			b.StopTimer()
			<-time.NewTimer(framePace).C
			id, begun := begin(n)
			b.StartTimer()
			item := li.offered(string(id), "li")
			times = append(times, time.Since(begun))
			b.StopTimer()
			li.claims(item)
			li.await("the chat", func() bool { return li.inbox[string(id)].Mine })
			li.sure(func(f string) any {
				return wire.Release{T: wire.TRelease, ID: f, Conversation: string(id), Epoch: li.inbox[string(id)].Epoch}
			})
			li.await("the bot to have it", func() bool { return li.inbox[string(id)].Holder == dialog.HeldByBot && li.desk.Open == 0 })
		}
		slices.Sort(times)
		b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "ms/median")
		b.ReportMetric(float64(times[len(times)*95/100].Microseconds())/1000, "ms/p95")
	}
	b.Run("who begins to wait", func(b *testing.B) {
		measure(b, func(n int) (dialog.ID, time.Time) {
			begun := time.Now()
			return waitsInRedis(b, st, fmt.Sprint("buyer-", b.N, "-", n)), begun
		})
	})
	b.Run("whose agent becomes free", func(b *testing.B) {
		status := func(s string) {
			li.sure(func(id string) any { return wire.Status{T: wire.TStatus, ID: id, Status: s} })
		}
		measure(b, func(n int) (dialog.ID, time.Time) {
			status("away")
			id := waitsInRedis(b, st, fmt.Sprint("waiting-", b.N, "-", n))
			li.await("the line", func() bool { return li.inbox[string(id)].Place > 0 })
			begun := time.Now()
			li.write(wire.Status{T: wire.TStatus, ID: fmt.Sprint("on-", b.N, "-", n), Status: "online"})
			return id, begun
		})
	})
}
