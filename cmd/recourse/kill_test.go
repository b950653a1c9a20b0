package main

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"recourse/dialog"
	"recourse/internal/redistest"
)

// stores are the two kinds of store that the story must survive on.
var stores = map[string]func(t *testing.T) []string{
	"embedded": func(*testing.T) []string { return nil },
	"redis":    func(t *testing.T) []string { return []string{"--redis", redistest.Server(t).URL()} },
}

// cuts are the places of every step at which the server is killed with -9.
var cuts = map[string]func(b *band, crash func()){
	"when a message was sent and not yet acknowledged":          func(b *band, crash func()) { b.buyer.onSent = crash },
	"when a message was stored and its acknowledgement is lost": func(b *band, crash func()) { b.buyer.onLost = crash },
	"when a message was acknowledged and not yet answered":      func(b *band, crash func()) { b.buyer.onAck = crash },
}

// run goes through the story; after every step it may be cut off once more.
func (b *band) run(cut func(b *band, crash func()), after func()) {
	for _, s := range bandStory {
		if cut != nil {
			cut(b, b.w.crash)
			if b.agent != nil {
				b.agent.onSent, b.agent.onAck, b.agent.onLost = b.buyer.onSent, b.buyer.onAck, b.buyer.onLost
			}
		}
		s.do(b)
		if after != nil {
			after()
		}
	}
	b.checkLog()
	b.checkCase()
}

// checkCase: nothing happened twice to the case or to the money.
func (b *band) checkCase() {
	t := b.w.t
	t.Helper()
	v := agentView(b)
	times := map[string]int{}
	for _, line := range v.Timeline {
		times[line.Rule[:3]]++
	}
	for _, once := range []string{"T01", "T06", "T24", "T29", "T31", "T32", "T35", "T40", "T41"} {
		if times[once] != 1 {
			t.Errorf("%s happened %d times: %+v", once, times[once], v.Timeline)
		}
	}
	if len(v.Evidence) != 3 {
		t.Errorf("%d pieces of evidence, want 3: %+v", len(v.Evidence), v.Evidence)
	}
	if v.Refund == nil || v.Refund.Status != "succeeded" || v.Refund.AmountFen != 19900 {
		t.Errorf("refund %+v", v.Refund)
	}
	said := map[string]int{}
	for _, e := range b.buyer.entries {
		if e.Author.Kind == dialog.FromBuyer && e.Kind == dialog.Text {
			said[e.Text]++
		}
	}
	for text, n := range said {
		if n != 1 {
			t.Errorf("the buyer's %q stands %d times", text, n)
		}
	}
}

func TestKilledAtEveryStepTheStoryLosesAndDoublesNothing(t *testing.T) {
	for store, args := range stores {
		for place, cut := range cuts {
			t.Run(store+" "+place, func(t *testing.T) {
				t.Parallel()
				newBand(newWorld(t, args(t)...), "zh-CN").run(cut, nil)
			})
		}
		t.Run(store+" between the steps", func(t *testing.T) {
			t.Parallel()
			b := newBand(newWorld(t, args(t)...), "en")
			b.run(nil, b.w.crash)
		})
	}
}

// The same with kills at moments nobody chose: between the bytes of an upload, in the middle of a
// merchant's request, while deadlines fire.
func TestKilledAtRandomMomentsTheStoryLosesAndDoublesNothing(t *testing.T) {
	for store, args := range stores {
		t.Run(store, func(t *testing.T) {
			t.Parallel()
			b := newBand(newWorld(t, args(t)...), "zh-CN")
			rnd := rand.New(rand.NewPCG(7, uint64(len(store))))
			stop := make(chan struct{})
			var killer sync.WaitGroup
			killer.Go(func() {
				for {
					moment := time.NewTimer(time.Duration(30+rnd.IntN(300)) * time.Millisecond)
					select {
					case <-stop:
						moment.Stop()
						return
					case <-moment.C:
						b.w.crash()
					}
				}
			})
			var once sync.Once
			end := func() { once.Do(func() { close(stop); killer.Wait() }) }
			t.Cleanup(end)
			for _, s := range bandStory {
				s.do(b)
			}
			end()
			b.checkLog()
			b.checkCase()
		})
	}
}
