package rediscases_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"recourse/cases"
	"recourse/cases/casestest"
	"recourse/cases/complaints"
	"recourse/cases/policy"
	"recourse/cases/rediscases"
	"recourse/internal/ids"
	"recourse/internal/outbox"
	"recourse/internal/redistest"
)

func TestTheStoreKeepsComplaints(t *testing.T) {
	redistest.Each(t, complaintSuite)
}

func TestTheStoreKeepsComplaintsOnACluster(t *testing.T) {
	complaintSuite(t, redistest.Cluster(t).Client())
}

// grievance is a ledger of complaints on a store, one buyer, and a clock.
type grievance struct {
	*complaints.Ledger
	rdb   redis.UniversalClient
	t     *testing.T
	ctx   context.Context
	buyer string
	now   time.Time
}

func newGrievance(t *testing.T, rdb redis.UniversalClient, buyer string) *grievance {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	t.Cleanup(cancel)
	g := &grievance{rdb: rdb, t: t, ctx: ctx, buyer: buyer, now: casestest.Epoch}
	g.Ledger = &complaints.Ledger{
		Store: &rediscases.Complaints{RDB: rdb}, Policy: func(string) *policy.Policy { return policy.Default() }, Now: func() time.Time { return g.now },
	}
	return g
}

func (g *grievance) newID() complaints.ID {
	return complaints.ID(ids.New(complaints.Prefix, ids.Of(g.buyer)))
}

func (g *grievance) opening() complaints.Opening {
	return complaints.Opening{By: cases.Buyer, Who: g.buyer, Conversation: "d_001_X", Line: policy.Line{
		OrderID: "o:1", LineID: "l 1", BuyerID: g.buyer, ShopID: "s1", Title: "灯",
	}}
}

func (g *grievance) open(id complaints.ID) complaints.Complaint {
	g.t.Helper()
	c, err := g.Open(g.ctx, id, g.opening())
	if err != nil {
		g.t.Fatal(err)
	}
	return c
}

func (g *grievance) file(key string) complaints.Event {
	return complaints.Event{
		Key: key, Kind: complaints.EvFile, Actor: cases.Buyer, By: g.buyer, Complaint: "service_attitude", Text: "没人理我", Confirmed: true,
	}
}

func (g *grievance) apply(id complaints.ID, ev complaints.Event) complaints.Complaint {
	g.t.Helper()
	c, err := g.Apply(g.ctx, id, ev)
	if err != nil {
		g.t.Fatalf("%s: %v", ev.Kind, err)
	}
	return c
}

// agrees holds what one commit stores against each other: document, timeline, deadlines, index, outbox.
func (g *grievance) agrees(id complaints.ID, outboxes int) complaints.Complaint {
	g.t.Helper()
	c, err := g.Store.Load(g.ctx, id)
	if err != nil {
		g.t.Fatal(err)
	}
	marks, err := g.Store.Marks(g.ctx, id)
	if err != nil || len(marks) != c.Version {
		g.t.Fatalf("%d marks of version %d: %v", len(marks), c.Version, err)
	}
	if again, err := complaints.Replay(marks, policy.Default()); err != nil || !cmp.Equal(again, c) {
		g.t.Errorf("replay differs (%v): %s", err, cmp.Diff(c, again))
	}
	due := map[cases.Timer]time.Time{}
	list, err := (&rediscases.Store{RDB: g.rdb}).Due(g.ctx, g.now.AddDate(100, 0, 0), 10_000)
	if err != nil {
		g.t.Fatal(err)
	}
	for _, d := range list {
		if complaints.ID(d.Case) == id {
			due[d.Timer] = d.At
		}
	}
	if diff := cmp.Diff(c.Deadlines, due); diff != "" {
		g.t.Errorf("deadlines and index differ: %s", diff)
	}
	if n := g.records(id); n != outboxes {
		g.t.Errorf("%d outbox records, want %d", n, outboxes)
	}
	return c
}

func (g *grievance) records(id complaints.ID) int {
	g.t.Helper()
	list, err := g.rdb.XRange(g.ctx, outbox.Key(ids.Of(g.buyer)), "-", "+").Result()
	if err != nil {
		g.t.Fatal(err)
	}
	n := 0
	for _, r := range list {
		var b struct{ Complaint complaints.ID }
		if err := json.Unmarshal([]byte(r.Values["v"].(string)), &b); err != nil {
			g.t.Fatal(err)
		}
		if b.Complaint == id {
			n++
		}
	}
	return n
}

func complaintSuite(t *testing.T, rdb redis.UniversalClient) {
	buyer := casestest.Buyers("k")
	begin := func(t *testing.T) *grievance { return newGrievance(t, rdb, buyer()) }

	t.Run("an unknown or malformed id is no complaint", func(t *testing.T) {
		g := begin(t)
		for _, id := range []complaints.ID{g.newID(), "", "k_999_X", "c_001_ABC", "k_001_}{"} {
			if _, err := g.Store.Load(g.ctx, id); !errors.Is(err, complaints.ErrNotFound) || !errors.Is(err, cases.ErrNoCase) {
				t.Errorf("%q: %v", id, err)
			}
		}
	})
	t.Run("all that belongs together is stored together", func(t *testing.T) {
		g := begin(t)
		id := g.newID()
		g.open(id)
		g.agrees(id, 1)
		g.apply(id, g.file("f"))
		g.agrees(id, 3) // changed twice, the receipt
		g.apply(id, complaints.Event{Key: "w", Kind: complaints.EvForward, Actor: cases.System})
		g.apply(id, complaints.Event{Key: "r", Kind: complaints.EvReply, Actor: cases.Merchant, By: "s1", Text: "我们道歉"})
		g.apply(id, complaints.Event{Key: "c", Kind: complaints.EvClaim, Actor: cases.Agent, By: "a1"})
		g.apply(id, complaints.Event{Key: "u", Kind: complaints.EvUphold, Actor: cases.Agent, By: "a1", Text: "聊天记录显示不当言辞", Measure: complaints.Warning})
		c := g.agrees(id, 3+2+3+2+4) // the last: changed, told both, the measure
		if c.State != complaints.UserConfirm {
			t.Errorf("%s", c.State)
		}
		rec, err := g.Store.Line(g.ctx, g.buyer, "o:1", "l 1")
		if err != nil || rec.Open["buyer:service_attitude"] != id || len(rec.All) != 1 || rec.Version != c.Version {
			t.Errorf("%+v, %v", rec, err)
		}
	})
	t.Run("a step that runs twice is done once, and a key is for one request", func(t *testing.T) {
		g := begin(t)
		id := g.newID()
		first, again := g.open(id), g.open(id)
		if first.Version != 1 || again.Version != 1 {
			t.Errorf("opened twice: %d, %d", first.Version, again.Version)
		}
		other := g.opening()
		other.Case = "c_001_X"
		if _, err := g.Open(g.ctx, id, other); cases.CodeOf(err) != cases.CodeIdempotencyMismatch {
			t.Errorf("another opening under the same id: %v", err)
		}
		for range 3 {
			if c := g.apply(id, g.file("f")); c.Version != 2 {
				t.Errorf("version %d", c.Version)
			}
		}
		ev := g.file("f")
		ev.Text = "别的话"
		if _, err := g.Apply(g.ctx, id, ev); cases.CodeOf(err) != cases.CodeIdempotencyMismatch {
			t.Errorf("another request under the same key: %v", err)
		}
		g.agrees(id, 3)
	})
	t.Run("the same grievance is filed once however many file it at once", func(t *testing.T) {
		g := begin(t)
		list := []complaints.ID{g.newID(), g.newID(), g.newID(), g.newID()}
		for _, id := range list {
			g.open(id)
		}
		var wg sync.WaitGroup
		refused := make([]error, len(list))
		for i, id := range list {
			wg.Go(func() { _, refused[i] = g.Apply(g.ctx, id, g.file(fmt.Sprint(i))) })
		}
		wg.Wait()
		won := 0
		for _, err := range refused {
			switch {
			case err == nil:
				won++
			case cases.CodeOf(err) != cases.CodeAlreadyOpen:
				t.Error(err)
			}
		}
		if won != 1 {
			t.Errorf("%d were filed", won)
		}
	})
	t.Run("a commit on an old reading is raced", func(t *testing.T) {
		g := begin(t)
		id := g.newID()
		c := g.open(id)
		line, err := g.Store.Line(g.ctx, g.buyer, "o:1", "l 1")
		if err != nil {
			t.Fatal(err)
		}
		res, err := c.Apply(complaints.Env{Policy: policy.Default(), Line: line, Now: g.now}, g.file("late"))
		if err != nil {
			t.Fatal(err)
		}
		g.apply(id, g.file("first"))
		err = g.Store.Commit(g.ctx, complaints.Commit{Complaint: res.Complaint, Mark: res.Mark, Key: "late", Digest: "d", Line: res.Line, LineFrom: line.Version})
		if !errors.Is(err, cases.ErrRaced) {
			t.Errorf("%v", err)
		}
		g.agrees(id, 3)
	})
	t.Run("a deadline of a complaint is dropped like one of a case", func(t *testing.T) {
		g := begin(t)
		id := g.newID()
		c := g.open(id)
		st := &rediscases.Store{RDB: rdb}
		list, err := st.Due(g.ctx, c.Deadlines[complaints.TimerDraft], 10_000)
		if err != nil {
			t.Fatal(err)
		}
		dropped := false
		for _, d := range list {
			if complaints.ID(d.Case) == id {
				dropped = true
				if err := st.Drop(g.ctx, d); err != nil {
					t.Fatal(err)
				}
			}
		}
		if n := rdb.ZCard(g.ctx, ids.Of(g.buyer).Tag()+":c:due").Val(); !dropped || n != 0 {
			t.Errorf("found: %v, still due: %d", dropped, n)
		}
	})
	t.Run("the buyer's complaints are listed newest first", func(t *testing.T) {
		g := begin(t)
		want := []complaints.ID{g.newID(), g.newID(), g.newID()}
		for i := range want {
			g.open(want[len(want)-1-i])
		}
		got, err := g.Store.OfBuyer(g.ctx, g.buyer, 10)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v %s", err, diff)
		}
		if got, err := g.Store.OfBuyer(g.ctx, g.buyer, 0); err != nil || len(got) != 0 {
			t.Errorf("none asked for: %v, %v", got, err)
		}
	})
}
