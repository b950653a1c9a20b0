package rediswebhooks_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"recourse/internal/redistest"
	"recourse/web/webhooks"
)

func TestTheOrderOfACaseIsKeptWhileItsReceiverFails(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		y := newYard(t, rdb)
		const lanes, each = 12, 8
		var mu sync.Mutex
		rnd := rand.New(rand.NewPCG(1, 2))
		r := newReceiver(t, func(message) int {
			mu.Lock()
			defer mu.Unlock()
			return []int{200, 200, 500, 429, 302}[rnd.IntN(5)]
		})
		ep := y.endpoint(r.URL)
		r.verify(ep.Secrets[0].Key)
		y.node(quick, nil)
		for n := 1; n <= each; n++ {
			for lane := range lanes {
				y.publish(fmt.Sprint(lane), n)
			}
		}
		y.until("every delivery", func() bool { return len(r.taken()) >= lanes*each })
		checkOrder(t, r.taken(), lanes, each)
		// No attempt of an event was made before the one ahead of it was taken.
		ahead := map[string]int{}
		for _, m := range r.requests() {
			if m.N < ahead[m.Case] {
				t.Errorf("case %s: %d was attempted after %d", m.Case, m.N, ahead[m.Case])
			}
			ahead[m.Case] = m.N
		}
		y.until("an empty queue", func() bool { return y.reload(ep).Health.Waiting == 0 })
		if h := y.reload(ep).Health; h.Dead != 0 {
			t.Errorf("health %+v", h)
		}
	})
}

// Two nodes relay the same records and dispatch at once: every event is one delivery, and the order holds.
func TestTwoNodesAtOnceDeliverEachEventInOrder(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		y := newYard(t, rdb)
		const lanes, each = 10, 10
		r := newReceiver(t, nil)
		ep := y.endpoint(r.URL)
		r.verify(ep.Secrets[0].Key)
		y.node(quick, nil)
		y.node(quick, nil)
		var relays sync.WaitGroup
		for range 2 {
			relays.Go(func() {
				for n := 1; n <= each; n++ {
					for lane := range lanes {
						y.publish(fmt.Sprint(lane), n)
					}
				}
			})
		}
		relays.Wait()
		y.until("an empty queue", func() bool { return y.reload(ep).Health.Waiting == 0 })
		checkOrder(t, r.taken(), lanes, each)
		if n := y.count.Queued.Load(); n != lanes*each {
			t.Errorf("%d deliveries were queued, want %d", n, lanes*each)
		}
		if n := len(r.requests()); n != lanes*each {
			t.Errorf("%d requests, want %d", n, lanes*each)
		}
	})
}

func TestADeadLetterLetsItsLaneFlowAndIsSentAgainUnderItsID(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		y := newYard(t, rdb)
		var mu sync.Mutex
		mended := false
		r := newReceiver(t, func(m message) int {
			mu.Lock()
			defer mu.Unlock()
			if m.N == 1 && !mended {
				return 500
			}
			return 200
		})
		ep := y.endpoint(r.URL)
		r.verify(ep.Secrets[0].Key)
		d, _ := y.node(webhooks.Day, nil)
		y.publish("a", 1)
		y.publish("a", 2)
		y.publish("b", 2)
		// The whole day of the schedule, an hour at a time; other cases do not wait for it.
		// Pushing the clock ends leases, so that what is on its way comes twice; arrivals are counted by id.
		y.until("the other lane", func() bool { return r.times("msg_b_2") > 0 })
		y.until("the dead letter", func() bool {
			y.clock.push(time.Hour)
			return len(y.dead(ep)) == 1
		})
		y.until("what was behind it", func() bool { return r.times("msg_a_2") > 0 && y.reload(ep).Health.Waiting == 0 })
		dead := y.dead(ep)[0]
		if dead.Reason != webhooks.DeadExpired || dead.Event.ID != "msg_a_1" || len(dead.Attempts) < 3 || dead.Attempts[0].Status != 500 || dead.Attempts[0].Class != webhooks.ClassServer {
			t.Errorf("dead letter %+v", dead)
		}
		if spent := dead.Ended.Sub(dead.Attempts[0].At); spent < d.Schedule.For {
			t.Errorf("given up after %s", spent)
		}
		if h := y.reload(ep).Health; h.Dead != 1 || h.Waiting != 0 {
			t.Errorf("health %+v", h)
		}
		mu.Lock()
		mended = true
		mu.Unlock()
		if _, err := y.reg.Resend(y.ctx, owner, ep.ID, dead.ID); err != nil {
			t.Fatal(err)
		}
		y.until("the dead letter to arrive", func() bool { return r.times("msg_a_1") == 1 })
		last := r.taken()[len(r.taken())-1]
		if last.ID != "msg_a_1" || last.Seq != 1 {
			t.Errorf("sent again as %+v", last)
		}
		y.until("no dead letter", func() bool { return len(y.dead(ep)) == 0 && y.reload(ep).Health.Waiting == 0 })
		// A delivered one can be sent again, too.
		if _, err := y.reg.Resend(y.ctx, owner, ep.ID, dead.ID); err != nil {
			t.Fatal(err)
		}
		y.until("it to arrive once more", func() bool { return r.times("msg_a_1") == 2 })
	})
}

func TestManyDeadLettersAreSentAgainInTheirOrder(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		y := newYard(t, rdb)
		r := newReceiver(t, func(message) int { return 500 })
		ep := y.endpoint(r.URL)
		_, stop := y.node(webhooks.Schedule{Steps: []time.Duration{time.Millisecond}, For: time.Millisecond}, nil)
		const lanes, each = 30, 5 // more than a page
		for n := 1; n <= each; n++ {
			for lane := range lanes {
				y.publish(fmt.Sprint(lane), n)
			}
		}
		y.until("every dead letter", func() bool { return len(y.dead(ep)) == lanes*each })
		stop()
		r.answering(nil)
		// Not those before a moment.
		if n, _, err := y.reg.ResendSince(y.ctx, owner, ep.ID, y.clock.now().Add(time.Minute), 1000); err != nil || n != 0 {
			t.Errorf("sent %d again, %v", n, err)
		}
		n, _, err := y.reg.ResendSince(y.ctx, owner, ep.ID, time.Time{}, 1000)
		if err != nil || n != lanes*each {
			t.Fatalf("sent %d again, %v", n, err)
		}
		y.node(quick, nil)
		y.until("all of them", func() bool { return len(r.taken()) == lanes*each })
		checkOrder(t, r.taken(), lanes, each)
	})
}

func TestAnEndpointThatIsGoneIsSwitchedOffAndTheOthersHearOfIt(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		y := newYard(t, rdb)
		gone := newReceiver(t, func(message) int { return http.StatusGone })
		other := newReceiver(t, nil)
		ep, good := y.endpoint(gone.URL), y.endpoint(other.URL)
		_, stop := y.node(quick, nil)
		y.publish("a", 1)
		y.until("the endpoint to be off", func() bool { return y.reload(ep).Off == webhooks.OffGone })
		y.until("the other endpoint to hear of it", func() bool { return len(other.taken()) == 2 })
		if told := other.taken()[1]; told.Type != "webhook.disabled" && other.taken()[0].Type != "webhook.disabled" {
			t.Errorf("the other endpoint got %+v", other.taken())
		}
		if d := y.dead(ep); len(d) != 1 || d[0].Reason != webhooks.DeadGone {
			t.Errorf("dead letters %+v", d)
		}
		// What comes now is not kept for it, but counts, so that the gap shows.
		y.publish("a", 2)
		y.until("the good one to go on", func() bool { return len(other.taken()) == 3 })
		if h := y.reload(ep).Health; h.Waiting != 0 || h.Dead != 1 {
			t.Errorf("health %+v", h)
		}
		if n := len(gone.requests()); n != 1 {
			t.Errorf("%d requests to an endpoint that is gone", n)
		}
		if _, err := y.reg.Resend(y.ctx, owner, ep.ID, y.dead(ep)[0].ID); err != webhooks.ErrDisabled {
			t.Errorf("sent again to an endpoint that is off: %v", err)
		}
		gone.answering(nil)
		if _, err := y.reg.Update(y.ctx, owner, ep.ID, webhooks.Wish{Enabled: ptr(true)}); err != nil {
			t.Fatal(err)
		}
		y.publish("a", 3)
		y.until("it to go on", func() bool { return len(gone.taken()) == 1 })
		if m := gone.taken()[0]; m.N != 3 || m.Seq != 3 {
			t.Errorf("after the gap came %+v", m)
		}
		stop()
		if y.reload(good).Off != "" {
			t.Error("the other endpoint is off, too")
		}
	})
}

func TestAnEndpointThatFailsForDaysIsSwitchedOffAndWhatWaitsIsSetAside(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		y := newYard(t, rdb)
		r := newReceiver(t, func(message) int { return 503 })
		ep := y.endpoint(r.URL)
		y.node(webhooks.Day, nil)
		for lane := range 3 {
			for n := 1; n <= 20; n++ { // each waits a day for the one ahead
				y.publish(fmt.Sprint(lane), n)
			}
		}
		day := 0
		y.until("the endpoint to be off", func() bool {
			y.clock.push(3 * time.Hour)
			day++
			return y.reload(ep).Off == webhooks.OffFailing
		})
		if day < 5*8-1 {
			t.Errorf("off after %d hours", 3*day)
		}
		y.until("everything to be set aside", func() bool {
			y.clock.push(time.Hour)
			h := y.reload(ep).Health
			return h.Waiting == 0 && h.Dead == 60
		})
		asked := len(r.requests())
		reasons := map[webhooks.DeadReason]int{}
		for _, d := range y.dead(ep) {
			reasons[d.Reason]++
		}
		if reasons[webhooks.DeadDisabled] == 0 || reasons[webhooks.DeadExpired] == 0 {
			t.Errorf("dead letters by reason: %v", reasons)
		}
		// Mended and switched on, everything can be had.
		r.answering(nil)
		if _, err := y.reg.Update(y.ctx, owner, ep.ID, webhooks.Wish{Enabled: ptr(true)}); err != nil {
			t.Fatal(err)
		}
		if h := y.reload(ep).Health; !h.FailingSince.IsZero() {
			t.Errorf("still failing since %s", h.FailingSince)
		}
		if n, _, err := y.reg.ResendSince(y.ctx, owner, ep.ID, time.Time{}, 1000); err != nil || n != 60 {
			t.Fatalf("sent %d again, %v", n, err)
		}
		y.until("all of it", func() bool { return len(r.taken()) == 60 })
		checkOrder(t, r.taken(), 3, 20)
		if asked == 0 {
			t.Error("it was never asked")
		}
	})
}

func TestAnEndpointThatAsksForAPauseHasItForAllItsCases(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		y := newYard(t, rdb)
		r := newReceiver(t, func(message) int { return http.StatusTooManyRequests })
		r.pause = "600"
		ep := y.endpoint(r.URL)
		y.publish("a", 1)
		_, stop := y.node(webhooks.Day, nil)
		y.until("the pause", func() bool { return !y.reload(ep).Health.HeldUntil.IsZero() })
		stop()
		if pause := y.reload(ep).Health.HeldUntil.Sub(y.clock.now()); pause < 9*time.Minute || pause > 10*time.Minute {
			t.Errorf("it asked for ten minutes and has %s", pause)
		}
		r.answering(nil)
		for lane := range 5 {
			y.publish(fmt.Sprint(lane), 1)
		}
		y.publish("a", 2)
		claim := func(at time.Time) int {
			t.Helper()
			c, err := y.store.Claim(y.ctx, ep.ID, at, at, 10)
			if err != nil {
				t.Fatal(err)
			}
			return len(c.Deliveries)
		}
		if n := claim(y.clock.now().Add(9 * time.Minute)); n != 0 {
			t.Errorf("%d deliveries are due in the pause", n)
		}
		y.clock.push(10 * time.Minute)
		y.node(webhooks.Day, nil)
		y.until("all of it", func() bool { return len(r.taken()) == 7 })
	})
}

// One receiver hangs with many cases; another owner's, on the same node, gets everything meanwhile.
func TestAReceiverThatHangsDelaysNobodyElse(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		y := newYard(t, rdb)
		release := make(chan struct{})
		var once sync.Once
		open := func() { once.Do(func() { close(release) }) }
		t.Cleanup(open)
		hanging := newReceiver(t, func(message) int { <-release; return 200 })
		good := newReceiver(t, nil)
		bad := y.endpoint(hanging.URL)
		const lanes = 60
		for lane := range lanes {
			y.publish(fmt.Sprint(lane), 1)
		}
		y.node(quick, nil)
		y.until("it to hang", func() bool { return len(hanging.requests()) == 8 })
		if _, err := y.reg.Create(y.ctx, "shop-2", "", webhooks.Wish{URL: &good.URL}); err != nil {
			t.Fatal(err)
		}
		for lane := range lanes {
			err := y.pub.Publish(y.ctx, "shop-2", submitted, func() (webhooks.Event, error) { return event(fmt.Sprint(lane), 1), nil })
			if err != nil {
				t.Fatal(err)
			}
		}
		y.until("the other to have everything", func() bool { return len(good.taken()) == lanes })
		if n := len(hanging.requests()); n != 8 {
			t.Errorf("%d requests hang at one receiver", n)
		}
		open()
		y.until("an empty queue", func() bool { return y.reload(bad).Health.Waiting == 0 })
	})
}

// A node that dies in the middle of an attempt holds the lane until its lease ends, and no longer; what it
// would have told later changes nothing.
func TestALeaseThatRanOutIsTakenOver(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		y := newYard(t, rdb)
		ep := y.endpoint("https://shop.example/")
		y.publish("a", 1)
		y.publish("a", 2)
		now := y.clock.now()
		claim := func(at time.Time) []webhooks.Delivery {
			t.Helper()
			c, err := y.store.Claim(y.ctx, ep.ID, at, at.Add(15*time.Second), 10)
			if err != nil {
				t.Fatal(err)
			}
			return c.Deliveries
		}
		lost := claim(now)
		if len(lost) != 1 || lost[0].Event.ID != "msg_a_1" {
			t.Fatalf("claimed %+v", lost)
		}
		if again := claim(now.Add(14 * time.Second)); len(again) != 0 {
			t.Fatalf("claimed twice: %+v", again)
		}
		due, err := y.store.Due(y.ctx, now.Add(15*time.Second))
		if err != nil || len(due) != 1 {
			t.Fatalf("due %v, %v", due, err)
		}
		taken := claim(now.Add(15 * time.Second))
		if len(taken) != 1 || taken[0].ID != lost[0].ID {
			t.Fatalf("taken over %+v", taken)
		}
		fail := webhooks.Attempt{At: now.Add(15 * time.Second), Class: webhooks.ClassTimeout}
		settle := func(d webhooks.Delivery, a webhooks.Attempt) error {
			_, err := y.store.Settle(y.ctx, webhooks.Settlement{Delivery: webhooks.Day.After(d, a), Attempted: true, OK: a.OK(), Now: a.At})
			return err
		}
		if err := settle(taken[0], fail); err != nil {
			t.Fatal(err)
		}
		// The one that was thought dead comes back: its failure was counted already, its success counts.
		if err := settle(lost[0], fail); err != webhooks.ErrConflict {
			t.Errorf("a late failure: %v", err)
		}
		if err := settle(lost[0], webhooks.Attempt{At: now.Add(16 * time.Second), Status: 200}); err != nil {
			t.Errorf("a late success: %v", err)
		}
		if err := settle(taken[0], fail); err != webhooks.ErrConflict {
			t.Errorf("a failure after the success: %v", err)
		}
		next := claim(now.Add(17 * time.Second))
		if len(next) != 1 || next[0].Event.ID != "msg_a_2" || next[0].Seq != 2 {
			t.Errorf("next is %+v", next)
		}
		if h := y.reload(ep).Health; h.Waiting != 1 {
			t.Errorf("health %+v", h)
		}
	})
}

// A dispatcher that is asked to end waits for its attempts a moment, gives back those that hang, and leaves
// nothing running; the next one makes them at once.
func TestAStoppedDispatcherLeavesNothingRunningAndLosesNothing(t *testing.T) {
	rdb := redistest.Server(t).Client()
	before := goleak.IgnoreCurrent()
	y := newYard(t, rdb)
	release := make(chan struct{})
	r := newReceiver(t, func(message) int { <-release; return 200 })
	ep := y.endpoint(r.URL)
	_, stop := y.node(webhooks.Day, nil)
	y.publish("a", 1)
	y.until("the attempt", func() bool { return len(r.requests()) == 1 })
	stop()
	recent, _, err := y.store.Recent(y.ctx, ep.ID, "", 10)
	if err != nil || len(recent) != 1 || len(recent[0].Attempts) != 0 {
		t.Errorf("after the stop: %+v, %v", recent, err)
	}
	close(release)
	_, stop = y.node(webhooks.Day, nil)
	y.until("the delivery", func() bool { return y.reload(ep).Health.Waiting == 0 })
	stop()
	r.Close()
	goleak.VerifyNone(t, before)
}

func TestEveryScriptRunsOnACluster(t *testing.T) {
	rdb := redistest.Cluster(t).Client()
	y := newYard(t, rdb)
	failing := newReceiver(t, func(message) int { return 500 })
	good := newReceiver(t, nil)
	bad, ep := y.endpoint(failing.URL), y.endpoint(good.URL)
	_, stop := y.node(webhooks.Schedule{Steps: []time.Duration{time.Millisecond}, For: time.Millisecond}, nil)
	for n := 1; n <= 5; n++ {
		for lane := range 5 {
			y.publish(fmt.Sprint(lane), n)
		}
	}
	y.until("what is good and what is not", func() bool { return len(good.taken()) == 25 && len(y.dead(bad)) == 25 })
	checkOrder(t, good.taken(), 5, 5)
	if _, err := y.reg.Rotate(y.ctx, owner, bad.ID, "", time.Hour); err != nil {
		t.Error(err)
	}
	failing.answering(nil)
	if n, _, err := y.reg.ResendSince(y.ctx, owner, bad.ID, time.Time{}, 1000); err != nil || n != 25 {
		t.Errorf("sent %d again, %v", n, err)
	}
	y.until("those sent again", func() bool { return len(failing.taken()) == 25 })
	stop()
	y.publish("z", 1)
	now := y.clock.now()
	c, err := y.store.Claim(y.ctx, ep.ID, now, now.Add(time.Minute), 1)
	if err != nil || len(c.Deliveries) != 1 {
		t.Fatalf("claimed %+v, %v", c, err)
	}
	if err := y.store.Release(y.ctx, c.Deliveries[0], now.Add(time.Minute), now); err != nil {
		t.Error(err)
	}
	if err := y.reg.Delete(y.ctx, owner, ep.ID); err != nil {
		t.Error(err)
	}
	if err := y.store.Clear(y.ctx); err != nil {
		t.Error(err)
	}
	if err := rdb.ForEachMaster(y.ctx, func(ctx context.Context, node *redis.Client) error {
		left, err := node.Keys(ctx, "*wh:e:"+string(ep.ID)+"*").Result()
		left = slices.DeleteFunc(left, func(key string) bool { return strings.Contains(key, ":n:") }) // these have a TTL
		if err == nil && len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}
