package dialogtest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"recourse/dialog"
)

// kept are the fields of a conversation that the store keeps and no commit sets.
var kept = cmpopts.IgnoreFields(dialog.Conversation{}, "Version", "Last", "Inbound", "SeenBuyer", "SeenAgent")

func compareAndSet(r *room) {
	r.append(buyerSays("m1", "hello"))
	next := r.load()
	next.Flow = dialog.Flow{Step: dialog.StepReason, Story: "坏了", Misses: 2}
	next.Answered, next.UpdatedAt = 1, Epoch.Add(time.Minute)
	got, err := r.Store.Commit(r.ctx, r.id, dialog.Change{Expect: next.Version, Next: next, LiveAt: -1})
	if err != nil {
		r.t.Fatal(err)
	}
	if got.Version != next.Version+1 {
		r.t.Errorf("version %d after %d", got.Version, next.Version)
	}
	is := r.load()
	if diff := cmp.Diff(next, is, kept); diff != "" {
		r.t.Errorf("stored (-committed +read):\n%s", diff)
	}
	if diff := cmp.Diff(marksOf(is), marksOf(got)); diff != "" {
		r.t.Errorf("marks (-stored +returned):\n%s", diff)
	}
	if is.Version != got.Version || is.Last != 1 || is.Inbound != 1 {
		r.t.Errorf("version %d, last %d, inbound %d", is.Version, is.Last, is.Inbound)
	}
	for _, stale := range []int64{next.Version, is.Version + 1, 0} {
		_, err = r.Store.Commit(r.ctx, r.id, dialog.Change{Expect: stale, Next: next, Entries: []dialog.Entry{says(dialog.FromBot, "b", "late")}, LiveAt: 0})
		r.want(err, dialog.ErrConflict)
	}
	if diff := cmp.Diff([]string{"hello"}, r.texts()); diff != "" {
		r.t.Errorf("a refused commit said something:\n%s", diff)
	}
	// What is answered stays answered, even if a slower reader commits an older mark.
	back := r.load()
	back.Answered = 0
	r.commit(back)
	if c := r.load(); c.Answered != 1 {
		r.t.Errorf("answered went back to %d", c.Answered)
	}
	// Who commits is told what came since he read, and that no mark went back.
	since := r.load()
	r.append(dialog.Append{Wants: true, Turn: true, Entry: says(dialog.FromBuyer, "m2", "again")})
	since.Answered = 0
	got, err = r.Store.Commit(r.ctx, r.id, dialog.Change{Expect: since.Version, Next: since, Entries: []dialog.Entry{says(dialog.FromBot, "b2", "yes")}, LiveAt: -1})
	if err != nil {
		r.t.Fatal(err)
	}
	is = r.load()
	if got.Last != 3 || got.Inbound != 2 || got.Pressed != 2 || got.Answered != 1 || marksOf(got) != marksOf(is) {
		r.t.Errorf("the commit returned the marks %v, the store has %v", marksOf(got), marksOf(is))
	}
}

// marksOf are the length of the log and the marks in it.
func marksOf(c dialog.Conversation) [5]int64 {
	return [...]int64{c.Last, c.Inbound, c.Answered, c.Pressed, c.Carried}
}

func commitAtOnce(r *room) {
	start := r.load()
	won := make([]bool, 8)
	var wg sync.WaitGroup
	for i := range won {
		wg.Go(func() {
			next := start
			next.Flow.Story = fmt.Sprint(i)
			_, err := r.Store.Commit(r.ctx, r.id, dialog.Change{
				Expect: start.Version, Next: next, Entries: []dialog.Entry{says(dialog.FromBot, fmt.Sprint(i), fmt.Sprint(i))}, LiveAt: 0,
			})
			won[i] = err == nil
			if err != nil && !errors.Is(err, dialog.ErrConflict) {
				r.t.Error(err)
			}
		})
	}
	wg.Wait()
	winner := slices.Index(won, true)
	if winner < 0 || slices.Contains(won[winner+1:], true) {
		r.t.Fatalf("winners: %v", won)
	}
	c := r.load()
	if c.Version != start.Version+1 || c.Flow.Story != fmt.Sprint(winner) {
		r.t.Errorf("version %d, state of %s, won by %d", c.Version, c.Flow.Story, winner)
	}
	if diff := cmp.Diff([]string{fmt.Sprint(winner)}, r.texts()); diff != "" {
		r.t.Errorf("log (-want +got):\n%s", diff)
	}
}

// A turn that was cut off after its commit, or whose commit was answered by nobody, runs again.
func commitOnce(r *room) {
	r.append(buyerSays("m1", "hello"))
	said := []dialog.Entry{says(dialog.FromBot, "re:1:0", "one"), says(dialog.FromBot, "re:1:1", "two")}
	r.commit(r.load(), said...)
	// The second run may word it differently; the place in the turn is what counts.
	r.commit(r.load(), says(dialog.FromBot, "re:1:0", "one, again"), said[1], says(dialog.FromBot, "re:1:2", "three"))
	if diff := cmp.Diff([]string{"hello", "one", "two", "three"}, r.texts()); diff != "" {
		r.t.Errorf("log (-want +got):\n%s", diff)
	}
}

func liveCard(r *room) {
	r.append(buyerSays("m1", "hello"))
	set := func(live int64, at int, entries ...dialog.Entry) int64 {
		r.t.Helper()
		next := r.load()
		next.Flow.Live = live
		got, err := r.Store.Commit(r.ctx, r.id, dialog.Change{Expect: next.Version, Next: next, Entries: entries, LiveAt: at})
		if err != nil {
			r.t.Fatal(err)
		}
		if is := r.load(); is.Flow.Live != got.Flow.Live {
			r.t.Errorf("commit says that %d is live, the store %d", got.Flow.Live, is.Flow.Live)
		}
		return got.Flow.Live
	}
	a, b, c := says(dialog.FromBot, "a", "a"), says(dialog.FromBot, "b", "b"), says(dialog.FromBot, "c", "c")
	for _, tt := range []struct {
		name string
		got  int64
		want int64
	}{
		{"the second of two", set(0, 1, a, b), 3},
		{"left as it is", set(3, -1), 3},
		{"left as it is by a commit that speaks", set(3, -1, c), 3},
		{"an entry said before", set(3, 0, a), 2},
		{"none any more", set(0, -1), 0},
	} {
		if tt.got != tt.want {
			r.t.Errorf("%s: %d is live, want %d", tt.name, tt.got, tt.want)
		}
	}
}

func botNeedsFloor(r *room) {
	bot := says(dialog.FromBot, "re:1:0", "I think")
	queued := dialog.Wait(r.load(), dialog.HandoffAsked, Epoch)
	// The turn that asks for a human may speak in the same commit: it has the floor until then.
	r.commit(queued, says(dialog.FromBot, "re:0:0", "one moment"))
	for _, hold := range []func() dialog.Conversation{r.load, func() dialog.Conversation { return r.claimed("li") }} {
		c := hold()
		_, err := r.Store.Commit(r.ctx, r.id, dialog.Change{Expect: c.Version, Next: c, Entries: []dialog.Entry{bot}, LiveAt: -1})
		r.want(err, dialog.ErrNotHolder)
		// Not even while giving the floor to itself.
		_, err = r.Store.Commit(r.ctx, r.id, dialog.Change{
			Expect: c.Version, Next: dialog.Return(c, Epoch), Entries: []dialog.Entry{says(dialog.FromSystem, "s", "s"), bot}, LiveAt: -1,
		})
		r.want(err, dialog.ErrNotHolder)
		if is := r.load(); is.Version != c.Version || is.Holder != c.Holder {
			r.t.Errorf("a refused commit changed the conversation: %+v", is)
		}
		// The system may tell what happened.
		if _, err := r.Store.Commit(r.ctx, r.id, dialog.Change{
			Expect: c.Version, Next: c, Entries: []dialog.Entry{says(dialog.FromSystem, "t"+string(c.Holder), "told")}, LiveAt: -1,
		}); err != nil {
			r.t.Error(err)
		}
	}
	r.commit(dialog.Return(r.load(), Epoch))
	r.commit(r.load(), bot)
	if diff := cmp.Diff([]string{"one moment", "told", "told", "I think"}, r.texts()); diff != "" {
		r.t.Errorf("log (-want +got):\n%s", diff)
	}
}

func agentNeedsFloor(r *room) {
	refused := func(a dialog.Append) {
		r.t.Helper()
		_, err := r.Store.Append(r.ctx, r.id, a)
		r.want(err, dialog.ErrNotHolder)
	}
	refused(agentSays("li", 0, "a1", "hello")) // the bot holds
	r.commit(dialog.Wait(r.load(), dialog.HandoffAsked, Epoch))
	refused(agentSays("li", 0, "a1", "hello")) // nobody does
	held := r.claimed("li")
	refused(agentSays("wang", 0, "a1", "hello")) // another does
	refused(agentSays("li", held.Epoch-1, "a1", "hello"))
	refused(agentSays("li", held.Epoch+1, "a1", "hello"))
	r.append(agentSays("li", held.Epoch, "a1", "named epoch"))
	r.append(agentSays("li", 0, "a2", "any epoch"))
	r.commit(dialog.Return(r.load(), Epoch))
	again := r.claimed("li")
	refused(agentSays("li", held.Epoch, "a3", "from the time before")) // he holds again, but saw the time before
	r.append(agentSays("li", again.Epoch, "a4", "now"))
	r.commit(dialog.Return(r.load(), Epoch))
	refused(agentSays("li", 0, "a5", "after the release"))
	if again := r.append(agentSays("li", again.Epoch, "a4", "now")); !again.Dup || again.Seq != 3 {
		r.t.Errorf("the repeat of what was stored while he held: %+v", again)
	}
	if diff := cmp.Diff([]string{"named epoch", "any epoch", "now"}, r.texts()); diff != "" {
		r.t.Errorf("log (-want +got):\n%s", diff)
	}
}

func agentAnswers(r *room) {
	held := r.claimed("li")
	r.append(buyerSays("m1", "are you there?"))
	r.append(agentSays("li", held.Epoch, "a1", "yes"))
	if c := r.load(); c.Inbound != 1 || c.Answered != 2 {
		r.t.Errorf("inbound %d, answered %d", c.Inbound, c.Answered)
	}
	r.append(buyerSays("m2", "good"))
	if c := r.load(); c.Inbound != 3 || c.Answered != 2 {
		r.t.Errorf("inbound %d, answered %d", c.Inbound, c.Answered)
	}
	// A note is for agents: it needs no floor and answers nobody.
	note := agentSays("", 0, "n1", "he is right")
	note.Entry.Kind, note.Scope = dialog.Note, "wang"
	r.append(note)
	if c := r.load(); c.Inbound != 3 || c.Answered != 2 {
		r.t.Errorf("after a note: inbound %d, answered %d", c.Inbound, c.Answered)
	}
	// The release gives what he left open to the bot.
	r.commit(dialog.Return(r.load(), Epoch))
	if !slices.Contains(r.waiting(), r.id) {
		r.t.Error("what the agent left open is owed a turn by nobody")
	}
}

func pressOutlivesAgent(r *room) {
	held := r.claimed("li")
	r.append(presses("p1"))
	r.append(agentSays("li", held.Epoch, "a1", "one moment"))
	if !slices.Contains(r.waiting(), r.id) {
		r.t.Error("the press was forgotten when the agent spoke")
	}
	if c := r.load(); c.Pressed != 1 || c.Carried != 0 {
		r.t.Errorf("pressed %d, carried out %d", c.Pressed, c.Carried)
	}
	done := r.load()
	done.Carried = 1
	r.commit(done)
	if slices.Contains(r.waiting(), r.id) {
		r.t.Error("the press was carried out and is still waited for")
	}
	// A claim does not forget a press that came just before it.
	r.commit(dialog.Return(r.load(), Epoch))
	r.append(presses("p2"))
	r.claimed("wang")
	if !slices.Contains(r.waiting(), r.id) {
		r.t.Error("the press was forgotten when an agent took the floor")
	}
	// Nor does a slower commit bring one back.
	done = r.load()
	done.Carried = done.Pressed
	r.commit(done)
	done = r.load()
	done.Carried = 0
	r.commit(done)
	if c := r.load(); c.Carried != c.Pressed || slices.Contains(r.waiting(), r.id) {
		r.t.Errorf("pressed %d, carried out %d", c.Pressed, c.Carried)
	}
}

func unanswered(r *room) {
	r.append(dialog.Append{Entry: says(dialog.FromSystem, "s", "told")})
	if slices.Contains(r.waiting(), r.id) {
		r.t.Error("what nobody wants an answer to is waited for")
	}
	r.append(buyerSays("m1", "one"))
	r.append(buyerSays("m2", "two"))
	if early, err := r.Store.Unanswered(r.ctx, Epoch.Add(-time.Millisecond), 1000); err != nil || slices.Contains(early, r.id) {
		r.t.Errorf("listed before it came: %v", err)
	}
	if !slices.Contains(r.waiting(), r.id) {
		r.t.Fatal("not listed")
	}
	half := r.load()
	half.Answered = 2
	r.commit(half)
	if !slices.Contains(r.waiting(), r.id) {
		r.t.Error("not listed any more though one is left")
	}
	all := r.load()
	all.Answered = 3
	r.commit(all)
	if slices.Contains(r.waiting(), r.id) {
		r.t.Error("still listed when all is answered")
	}
	if r.append(buyerSays("m2", "two")); slices.Contains(r.waiting(), r.id) {
		r.t.Error("a repeat is owed another answer")
	}
}

func oldestFirst(r *room) {
	var want []dialog.ID
	// Enough conversations to lie on several shards.
	for i := range 12 {
		c, err := r.Store.Open(r.ctx, r.Buyer(), dialog.ZH, Epoch)
		if err != nil {
			r.t.Fatal(err)
		}
		a := buyerSays("m", "x")
		a.Entry.At = Epoch.Add(-time.Duration(24+i) * time.Hour)
		if _, err := r.Store.Append(r.ctx, c.ID, a); err != nil {
			r.t.Fatal(err)
		}
		want = slices.Insert(want, 0, c.ID)
	}
	for _, limit := range []int{12, 5, 1} {
		got, err := r.Store.Unanswered(r.ctx, Epoch.Add(-24*time.Hour), limit)
		if err != nil {
			r.t.Fatal(err)
		}
		if diff := cmp.Diff(want[:limit], got); diff != "" {
			r.t.Errorf("the %d oldest (-want +got):\n%s", limit, diff)
		}
	}
	for _, id := range want {
		c, err := r.Store.Load(r.ctx, id)
		if err != nil {
			r.t.Fatal(err)
		}
		c.Answered = c.Inbound
		if _, err := r.Store.Commit(r.ctx, id, dialog.Change{Expect: c.Version, Next: c, LiveAt: -1}); err != nil {
			r.t.Fatal(err)
		}
	}
}

func unansweredUnderHuman(r *room) {
	r.claimed("li")
	r.append(buyerSays("m1", "hello"))
	if slices.Contains(r.waiting(), r.id) {
		r.t.Error("a text to a human is waited for by the bot")
	}
	r.append(presses("p1"))
	if !slices.Contains(r.waiting(), r.id) {
		r.t.Error("a press on the case waits for no turn")
	}
}

func desk(r *room) {
	steps := []struct {
		name string
		do   func()
		more bool
	}{
		{"buyer speaks to the bot", func() { r.append(buyerSays("m1", "hello")) }, false},
		{"bot answers", func() { r.commit(r.load(), says(dialog.FromBot, "b1", "hello")) }, false},
		{"bot asks for a human", func() { r.commit(dialog.Wait(r.load(), dialog.HandoffAsked, Epoch)) }, true},
		{"buyer speaks while waiting", func() { r.append(buyerSays("m2", "still here")) }, true},
		{"the same again", func() { r.append(buyerSays("m2", "still here")) }, false},
		{"agent claims", func() { r.claimed("li") }, true},
		{"agent speaks", func() { r.append(agentSays("li", 0, "a1", "hello")) }, true},
		{"agent returns it", func() { r.commit(dialog.Return(r.load(), Epoch)) }, true},
		{"buyer speaks to the bot again", func() { r.append(buyerSays("m3", "thanks")) }, false},
	}
	for _, s := range steps {
		before := r.desk()
		s.do()
		if more := r.desk() > before; more != s.more {
			r.t.Errorf("%s: the desk hears of it: %v, want %v", s.name, more, s.more)
		}
	}
}
