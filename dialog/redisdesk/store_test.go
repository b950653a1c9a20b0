package redisdesk_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"recourse/dialog"
	"recourse/dialog/desk"
	"recourse/dialog/redisdesk"
	"recourse/dialog/redisdialog"
	"recourse/internal/redistest"
)

// office is a desk on a store, with a clock that is pushed.
type office struct {
	t       *testing.T
	desk    *redisdesk.Store
	dialogs *redisdialog.Store
	router  *redisdesk.Router

	mu  sync.Mutex
	now desk.Now
}

func newOffice(t *testing.T, rdb redis.UniversalClient) *office {
	wall := time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC)
	o := &office{
		t: t, desk: &redisdesk.Store{RDB: rdb, Rules: desk.Default()}, dialogs: &redisdialog.Store{RDB: rdb},
		now: desk.Now{Wall: wall, Market: wall.AddDate(0, 3, 0)},
	}
	o.router = o.newRouter()
	return o
}

func (o *office) newRouter() *redisdesk.Router {
	return &redisdesk.Router{
		Desk: o.desk, Dialogs: o.dialogs, Each: o.dialogs.Each, Now: o.clock, Every: time.Second,
		Due: func(context.Context, dialog.Conversation) (time.Time, error) { return time.Time{}, nil },
		Requeue: func(ctx context.Context, id dialog.ID, login string, epoch int64) error {
			return o.commit(ctx, id, func(c dialog.Conversation) (dialog.Conversation, error) {
				return dialog.Requeue(c, login, epoch, o.clock().Market)
			})
		},
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
}

func (o *office) clock() desk.Now {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.now
}

func (o *office) pass(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = desk.Now{Wall: o.now.Wall.Add(d), Market: o.now.Market.Add(d)}
}

func (o *office) commit(ctx context.Context, id dialog.ID, f func(dialog.Conversation) (dialog.Conversation, error)) error {
	c, err := o.dialogs.Load(ctx, id)
	if err == nil {
		if c, err = f(c); err == nil {
			_, err = o.dialogs.Commit(ctx, id, dialog.Change{Expect: c.Version, Next: c, LiveAt: -1})
		}
	}
	return err
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// asks begins a conversation that waits.
func (o *office) asks(buyer string) dialog.ID {
	o.t.Helper()
	ctx := o.t.Context()
	c, err := o.dialogs.Open(ctx, buyer, dialog.ZH, o.clock().Market)
	o.must(err)
	o.must(o.commit(ctx, c.ID, func(c dialog.Conversation) (dialog.Conversation, error) {
		return dialog.Wait(c, dialog.HandoffAsked, o.clock().Market), nil
	}))
	o.must(o.router.Follow(ctx, c.ID))
	return c.ID
}

// claims is the claim of an agent up to the commit; the desk has not heard of it.
func (o *office) claims(id dialog.ID, login string) error {
	return o.commit(o.t.Context(), id, func(c dialog.Conversation) (dialog.Conversation, error) {
		return dialog.Claim(c, login, login, c.Epoch, o.clock().Market)
	})
}

func (o *office) comes(login string, capacity int) {
	o.t.Helper()
	o.must(o.desk.Arrive(o.t.Context(), desk.Agent{Login: login, Name: login, Capacity: capacity}, "1", o.clock()))
}

func (o *office) look() time.Time {
	o.t.Helper()
	next, err := o.router.Once(o.t.Context(), true)
	o.must(err)
	return next
}

func (o *office) state() *desk.State {
	o.t.Helper()
	s, err := o.desk.State(o.t.Context())
	o.must(err)
	return s
}

func TestAnOfferIsMadeRunsOutAndGoesOn(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		o := newOffice(t, rdb)
		id := o.asks("li")
		o.comes("a", 1)
		next := o.look()
		c := o.state().Chats[id]
		since := c.Since
		if c.Offer == nil || c.Offer.To != "a" || !next.Equal(c.Offer.Until) {
			t.Fatalf("offered %+v, next %s", c, next)
		}
		o.comes("b", 1)
		o.pass(o.desk.Rules.Accept)
		o.must(o.desk.Beat(t.Context(), "a", "1", o.clock()))
		o.must(o.desk.Beat(t.Context(), "b", "1", o.clock()))
		o.look()
		if c := o.state().Chats[id]; c.Offer == nil || c.Offer.To != "b" || !c.Since.Equal(since) {
			t.Errorf("went on to %+v", c)
		}
		if done, err := o.desk.Decline(t.Context(), id, "a", o.clock()); done || err != nil {
			t.Errorf("a declined what is b's: %v %v", done, err)
		}
		o.must(o.claims(id, "b"))
		o.must(o.router.Follow(t.Context(), id))
		if c := o.state().Chats[id]; c.Agent != "b" || c.Offer != nil {
			t.Errorf("taken: %+v", c)
		}
	})
}

// A node that is killed between the claim and its record leaves the desk behind; whoever looks next mends it, and
// the agent has not missed anything.
func TestAClaimWhoseNodeDiedLeavesNothingStuck(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		o := newOffice(t, rdb)
		id := o.asks("li")
		o.comes("a", 1)
		o.comes("b", 1)
		o.look()
		to := o.state().Chats[id].Offer.To
		o.must(o.claims(id, to))
		o.pass(o.desk.Rules.Accept)
		o.look()
		s := o.state()
		if c := s.Chats[id]; c.Agent != to || c.Offer != nil {
			t.Errorf("the desk says %+v", c)
		}
		if a := s.Agents[to]; a.Misses != 0 || a.Status != desk.Online {
			t.Errorf("who took it in time: %+v", a)
		}
	})
}

func TestWithHisLastConsoleAnAgentIsGoneAndAfterAGraceWhatHeHasWaitsAgain(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		o, ctx := newOffice(t, rdb), t.Context()
		id := o.asks("li")
		since := o.state().Chats[id].Since
		o.comes("a", 1)
		o.must(o.desk.Arrive(ctx, desk.Agent{Login: "a", Name: "a", Capacity: 1}, "2", o.clock()))
		o.must(o.claims(id, "a"))
		o.must(o.router.Follow(ctx, id))
		o.must(o.desk.Leave(ctx, "a", "1", o.clock()))
		if a := o.state().Agents["a"]; !a.There() {
			t.Errorf("gone with one of two consoles: %+v", a)
		}
		o.must(o.desk.Leave(ctx, "a", "2", o.clock()))
		o.pass(o.desk.Rules.Grace - time.Second)
		o.look()
		if c := o.state().Chats[id]; c.Agent != "a" {
			t.Errorf("within the grace: %+v", c)
		}
		o.pass(time.Second)
		o.look()
		if c := o.state().Chats[id]; !c.Waits() || !c.Since.Equal(since) || c.LastAgent != "a" {
			t.Errorf("after the grace: %+v, waited since %s", c, since)
		}
	})
}

func TestConsolesThatDiedWithTheirNodeAreFound(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		o := newOffice(t, rdb)
		o.comes("a", 1)
		o.pass(redisdesk.ConsoleFor + time.Second)
		o.look()
		if a := o.state().Agents["a"]; a.There() || !a.Gone.Equal(o.clock().Wall) {
			t.Errorf("no sign for long: %+v", a)
		}
		o.must(o.desk.Beat(t.Context(), "a", "1", o.clock()))
		o.look()
		if a := o.state().Agents["a"]; !a.There() {
			t.Errorf("a sign again: %+v", a)
		}
	})
}

func TestALostDeskIsBuiltAgainFromTheConversations(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		o, ctx := newOffice(t, rdb), t.Context()
		o.comes("a", 2)
		waits, has, left := o.asks("waits"), o.asks("has"), o.asks("left")
		o.must(o.claims(has, "a"))
		o.must(o.commit(ctx, left, func(c dialog.Conversation) (dialog.Conversation, error) {
			return dialog.Return(c, o.clock().Market), nil
		}))
		for _, id := range []dialog.ID{has, left} {
			o.must(o.router.Follow(ctx, id))
		}
		want := o.state()
		if len(want.Chats) != 2 {
			t.Fatalf("on the desk: %+v", want.Chats)
		}
		o.must(rdb.Del(ctx, "{desk}:chats", "{desk}:agents", "{desk}:rest", "{desk}:consoles").Err())
		o.must(o.router.Rebuild(ctx, false))
		got := o.state()
		if diff := cmp.Diff(want.Chats, got.Chats); diff != "" {
			t.Errorf("built again (-want +got):\n%s", diff)
		}
		if got.Chats[waits].Waits() == false || got.Agents["a"].There() {
			t.Errorf("built again: %+v", got)
		}
		// Once built, it is not read again at every start.
		o.must(rdb.Del(ctx, "{desk}:chats").Err())
		o.must(o.router.Rebuild(ctx, false))
		if n := len(o.state().Chats); n != 0 {
			t.Errorf("read again: %d", n)
		}
	})
}

// stale answers once with what a conversation was before.
type stale struct {
	dialog.Store
	mu  sync.Mutex
	was *dialog.Conversation
}

func (s *stale) Load(ctx context.Context, id dialog.ID) (dialog.Conversation, error) {
	s.mu.Lock()
	was := s.was
	s.was = nil
	s.mu.Unlock()
	if was != nil {
		return *was, nil
	}
	return s.Store.Load(ctx, id)
}

func TestWhatWasTakenOffTheDeskIsNotPutBackByALateRecord(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		o, ctx := newOffice(t, rdb), t.Context()
		id := o.asks("li")
		before, err := o.dialogs.Load(ctx, id)
		o.must(err)
		o.must(o.commit(ctx, id, func(c dialog.Conversation) (dialog.Conversation, error) {
			return dialog.Return(c, o.clock().Market), nil
		}))
		o.must(o.router.Follow(ctx, id))
		late := o.newRouter()
		late.Dialogs = &stale{Store: o.dialogs, was: &before}
		o.must(late.Follow(ctx, id))
		if c, there := o.state().Chats[id]; there {
			t.Errorf("back on the desk: %+v", c)
		}
	})
}

// Many nodes look at once, agents claim what they are offered and what they are not: every conversation has one owner,
// who is the one its log says, and the routers gave nobody more than he has room for.
func TestManyNodesAtOnceGiveEveryConversationToOneAgentWithRoom(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		o, ctx := newOffice(t, rdb), t.Context()
		const nodes, chats, agents, room = 4, 24, 6, 4
		var ids []dialog.ID
		for i := range chats {
			ids = append(ids, o.asks(fmt.Sprint("b", i)))
		}
		for i := range agents {
			o.comes(fmt.Sprint("a", i), room)
		}
		var all sync.WaitGroup
		for range nodes {
			r := o.newRouter()
			all.Go(func() {
				for range 12 {
					if _, err := r.Once(ctx, false); err != nil {
						t.Error(err)
					}
					s, err := r.Desk.State(ctx)
					if err != nil {
						t.Error(err)
						return
					}
					for login, n := range s.Loads(o.clock(), o.desk.Rules) {
						if n > room {
							t.Errorf("%s has %d", login, n)
						}
					}
					for id, c := range s.Chats {
						if c.Offer == nil {
							continue
						}
						if o.claims(id, c.Offer.To) == nil { // of the nodes that see the offer, one commits
							if err := r.Follow(ctx, id); err != nil {
								t.Error(err)
							}
						}
					}
				}
			})
		}
		all.Wait()
		s := o.state()
		for _, id := range ids {
			conv, err := o.dialogs.Load(ctx, id)
			o.must(err)
			if c := s.Chats[id]; conv.Holder != dialog.HeldByHuman || c.Agent != conv.Agent || c.Epoch != conv.Epoch || c.Offer != nil {
				t.Errorf("%s is with %q at %d, the desk says %+v", id, conv.Agent, conv.Epoch, c)
			}
		}
	})
}

func TestWhatChangesIsAnnounced(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		o, ctx := newOffice(t, rdb), t.Context()
		sub := rdb.Subscribe(ctx, redisdesk.Channel)
		t.Cleanup(func() { _ = sub.Close() })
		if _, err := sub.Receive(ctx); err != nil {
			t.Fatal(err)
		}
		id := o.asks("li")
		o.comes("a", 1)
		o.look()
		var got [][]string
		for range 3 {
			m, err := sub.ReceiveMessage(ctx)
			o.must(err)
			chats, logins := redisdesk.News(m.Payload)
			for _, c := range chats {
				logins = append(logins, string(c))
			}
			slices.Sort(logins)
			got = append(got, logins)
		}
		if diff := cmp.Diff([][]string{{string(id)}, {"a"}, {"a", string(id)}}, got); diff != "" {
			t.Errorf("announced (-want +got):\n%s", diff)
		}
	})
}

// away fails the first look at the desk.
type away struct{ done atomic.Bool }

func (*away) DialHook(next redis.DialHook) redis.DialHook          { return next }
func (*away) ProcessHook(next redis.ProcessHook) redis.ProcessHook { return next }

func (a *away) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if cmds[0].Name() == "hgetall" && !a.done.Swap(true) {
			return errors.New("the store went away")
		}
		return next(ctx, cmds)
	}
}

// A look that failed is made again soon: what woke the router for it does not wake it twice.
func TestALookThatFailedIsMadeAgain(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		o := newOffice(t, rdb)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		id := o.asks("li")
		o.comes("a", 1)
		sub := rdb.Subscribe(ctx, redisdesk.Channel)
		defer sub.Close()
		if _, err := sub.Receive(ctx); err != nil {
			t.Fatal(err)
		}
		failing := &away{}
		rdb.AddHook(failing)
		o.router.Every = time.Hour
		ended := make(chan error, 1)
		running, stop := context.WithCancel(ctx)
		go func() { ended <- o.router.Run(running) }()
		for {
			m, err := sub.ReceiveMessage(ctx)
			if err != nil {
				t.Fatalf("it is offered to nobody: %v", err)
			}
			if ids, _ := redisdesk.News(m.Payload); slices.Contains(ids, id) && o.state().Chats[id].Offer != nil {
				break
			}
		}
		stop()
		o.must(<-ended)
		if !failing.done.Load() {
			t.Error("nothing failed")
		}
	})
}
