package desk

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"recourse/dialog"
)

// office is a desk and the conversations it follows, driven at random.
type office struct {
	t     *rapid.T
	s     *State
	now   Now
	convs map[dialog.ID]dialog.Conversation // the truth
	asked map[dialog.ID]time.Time           // since when somebody waits, as it was at first
	due   map[dialog.ID]time.Time
}

var logins = []string{"a", "b", "c", "d"}

func (o *office) login() string { return rapid.SampledFrom(logins).Draw(o.t, "login") }

// some draws a conversation of those that hold; false if none does.
func (o *office) some(holds func(dialog.Conversation) bool) (dialog.Conversation, bool) {
	var ids []dialog.ID
	for id, c := range o.convs {
		if holds(c) {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return dialog.Conversation{}, false
	}
	slices.Sort(ids)
	return o.convs[rapid.SampledFrom(ids).Draw(o.t, "conversation")], true
}

func held(c dialog.Conversation) bool    { return c.Holder == dialog.HeldByHuman }
func waiting(c dialog.Conversation) bool { return c.Holder == dialog.HeldWaiting }

// commit stores a change and lets the desk follow, perhaps twice and perhaps with what it was before once more.
func (o *office) commit(c dialog.Conversation) {
	before := o.convs[c.ID]
	c.Version++
	o.convs[c.ID] = c
	o.s.Follow(c, o.due[c.ID], o.now)
	if rapid.Bool().Draw(o.t, "told again") {
		o.s.Follow(c, o.due[c.ID], o.now)
		if before.ID != "" && c.Holder != dialog.HeldByBot {
			o.s.Follow(before, o.due[c.ID], o.now)
		}
	}
}

func (o *office) write(c dialog.Conversation, buyer bool) {
	c.Last++
	if buyer {
		c.Inbound = c.Last
	} else {
		c.Answered = c.Last
	}
	o.convs[c.ID] = c
	o.s.Follow(c, o.due[c.ID], o.now)
}

func TestAtNoTimeIsTheDeskUnfairOrForgetful(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := &office{t: t, s: New(), now: at(0), convs: map[dialog.ID]dialog.Conversation{}, asked: map[dialog.ID]time.Time{}, due: map[dialog.ID]time.Time{}}
		t.Repeat(map[string]func(*rapid.T){
			"a buyer asks": func(*rapid.T) {
				c, again := o.some(func(c dialog.Conversation) bool { return c.Holder == dialog.HeldByBot })
				if !again || rapid.Bool().Draw(t, "a new one") {
					c = dialog.Conversation{ID: dialog.ID(fmt.Sprintf("d%d", len(o.convs))), Holder: dialog.HeldByBot}
				}
				c.Locale = rapid.SampledFrom([]dialog.Locale{dialog.ZH, dialog.EN}).Draw(t, "locale")
				c.Work.Skill = rapid.SampledFrom([]string{"", "", "appeal", "nobody has it"}).Draw(t, "skill")
				if left := rapid.IntRange(-1, 30).Draw(t, "hours to the deadline"); left >= 0 {
					o.due[c.ID] = o.now.Market.Add(time.Duration(left) * time.Hour)
				}
				c = dialog.Wait(c, dialog.HandoffAsked, o.now.Market)
				o.asked[c.ID] = c.WaitingSince
				o.commit(c)
			},
			"an agent comes": func(*rapid.T) {
				o.s.Arrive(Agent{
					Login: o.login(), Name: "n", Capacity: rapid.IntRange(0, 3).Draw(t, "capacity"),
					Languages: rapid.SampledFrom([][]dialog.Locale{nil, {dialog.ZH}, {dialog.EN}}).Draw(t, "languages"),
					Skills:    rapid.SampledFrom([][]string{nil, {"appeal"}}).Draw(t, "skills"),
				}, rules)
			},
			"an agent vanishes": func(*rapid.T) { o.s.Present(o.login(), false, o.now) },
			"an agent changes his status": func(*rapid.T) {
				o.s.Set(o.login(), rapid.SampledFrom([]Status{Online, Away}).Draw(t, "status"))
			},
			"an offer is taken": func(*rapid.T) {
				c, ok := o.some(func(c dialog.Conversation) bool { return waiting(c) && o.s.Chats[c.ID].Offer != nil })
				if !ok {
					return
				}
				login := o.s.Chats[c.ID].Offer.To
				c, err := dialog.Claim(c, login, login, c.Epoch, o.now.Market)
				if err != nil {
					t.Fatal(err)
				}
				o.commit(c)
			},
			"an offer is declined": func(*rapid.T) {
				if c, ok := o.some(func(c dialog.Conversation) bool { return waiting(c) && o.s.Chats[c.ID].Offer != nil }); ok {
					to := o.s.Chats[c.ID].Offer.To
					if !o.s.Decline(c.ID, to, o.now) || o.s.Chats[c.ID].Passed[to].IsZero() {
						t.Fatalf("%s declined %s: %+v", to, c.ID, o.s.Chats[c.ID])
					}
				}
			},
			"somebody takes what was not offered to him": func(*rapid.T) {
				if c, ok := o.some(waiting); ok {
					login := o.login()
					if c, err := dialog.Claim(c, login, login, c.Epoch, o.now.Market); err == nil {
						o.commit(c)
					}
				}
			},
			"a conversation is passed on": func(*rapid.T) {
				if c, ok := o.some(held); ok {
					to := dialog.Target{Agent: o.login()}
					if c, err := dialog.Transfer(c, c.Agent, to, c.Epoch, o.now.Market); err == nil {
						o.commit(c)
					}
				}
			},
			"the bot has it back": func(*rapid.T) {
				if c, ok := o.some(held); ok {
					o.commit(dialog.Return(c, o.now.Market))
					delete(o.asked, c.ID)
				}
			},
			"a buyer writes": func(*rapid.T) {
				if c, ok := o.some(func(c dialog.Conversation) bool { return waiting(c) || held(c) }); ok {
					o.write(c, true)
				}
			},
			"an agent writes": func(*rapid.T) {
				if c, ok := o.some(held); ok {
					o.write(c, false)
				}
			},
			"time passes": func(*rapid.T) {
				o.now = o.now.plus(time.Duration(rapid.IntRange(1, 700).Draw(t, "seconds")) * time.Second)
			},
			"the router looks": func(*rapid.T) { o.look() },
			"":                 func(*rapid.T) { o.check() },
		})
		o.look()
		o.check()
	})
}

// look is what a router does, with what must hold after it.
func (o *office) look() {
	o.s.Expire(o.now, rules)
	for _, c := range o.s.Lost(o.now, rules) {
		next, err := dialog.Requeue(o.convs[c.Conversation], c.Agent, c.Epoch, o.now.Market)
		if err != nil {
			o.t.Fatalf("lost %+v: %v", c, err)
		}
		o.commit(next)
	}
	before := o.s.Loads(o.now, rules)
	for _, c := range o.s.Assign(o.now, rules) {
		a := o.s.Agents[c.Offer.To]
		if !a.Free() || !c.Passed[a.Login].IsZero() && o.now.Wall.Before(c.again(rules)) {
			o.t.Fatalf("%+v was offered to %+v", c, a)
		}
		before[a.Login]++
		if before[a.Login] > a.Capacity {
			o.t.Fatalf("%s has %d, and room for %d", a.Login, before[a.Login], a.Capacity)
		}
	}
	// Nothing waits beside an agent who could have it; and of two that compete, the first has the offer.
	pool := o.s.newPool(o.now, rules)
	for _, c := range o.s.Queue(o.now, rules) {
		if login := pool.pick(c); c.Offer == nil && login != "" {
			o.t.Fatalf("%+v waits while %s is free", c, login)
		}
	}
	if offers, next := o.s.Next(o.now, rules), false; offers.IsZero() {
		for _, c := range o.s.Chats {
			next = next || c.Offer != nil || c.Waits() && len(c.Passed) > 0 && o.now.Wall.Before(c.again(rules))
		}
		if next {
			o.t.Fatal("an offer runs out, and nobody will look")
		}
	}
}

// check is what holds at any time.
func (o *office) check() {
	for id, conv := range o.convs {
		c, there := o.s.Chats[id]
		if there != (conv.Holder != dialog.HeldByBot) {
			o.t.Fatalf("%s is with %s, on the desk: %v", id, conv.Holder, there)
		}
		if !there {
			continue
		}
		if c.Holder != conv.Holder || c.Agent != conv.Agent || c.Epoch != conv.Epoch {
			o.t.Fatalf("the desk says %+v of %+v", c, conv)
		}
		if c.Agent != "" && c.Offer != nil {
			o.t.Fatalf("two have it: %+v", c)
		}
		if !c.Since.Equal(o.asked[id]) {
			o.t.Fatalf("%s waits since %s, not %s", id, c.Since, o.asked[id])
		}
		if len(logins) < len(c.Passed) {
			o.t.Fatalf("passed by %v", c.Passed)
		}
	}
	places := o.s.Places(o.now, rules)
	seen := map[int]bool{}
	for _, p := range places {
		if p < 1 || p > len(places) || seen[p] {
			o.t.Fatalf("places %v", places)
		}
		seen[p] = true
	}
}
