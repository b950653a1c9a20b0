package main

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/dialog"
	"recourse/internal/redistest"
	"recourse/web"
	"recourse/web/redisweb"
	"recourse/web/wire"
)

// hire makes an account on the store of a world.
func hire(t testing.TB, rdb redis.UniversalClient, agents ...web.Agent) {
	t.Helper()
	st := &redisweb.Store{RDB: rdb, Wall: time.Now}
	for _, a := range agents {
		if a.Name == "" {
			a.Name = a.Login
		}
		if a.Role == "" {
			a.Role = web.RoleAgent
		}
		if err := st.SetAgent(t.Context(), a, "recourse-demo"); err != nil {
			t.Fatal(err)
		}
	}
}

// office is a served demo on a Redis, with accounts for two agents and a buyer.
type office struct {
	w     *world
	buyer *client
	rdb   redis.UniversalClient
}

func newOffice(t testing.TB, args ...string) *office {
	t.Helper()
	server := redistest.Server(t)
	hire(t, server.Client(), web.Agent{Login: "li", Name: "小李"}, web.Agent{Login: "wang", Name: "小王", Skills: []string{"appeal"}}, web.Agent{Login: "zhao", Name: "小赵"})
	w := newWorld(t, append([]string{"--redis", server.URL()}, args...)...)
	o := &office{w: w, rdb: server.Client()}
	o.buyer = newClient(w, w.token("demo-xiaoli"), "zh-CN", false)
	o.buyer.await("the welcome", func() bool { return o.buyer.conv != "" })
	return o
}

func (o *office) agent(who string) *client {
	c := newClient(o.w, login(o.w, who), "zh-CN", true)
	c.await("the desk", func() bool { return c.desk.Capacity > 0 })
	return c
}

// held is the agent who has the buyer's conversation, and reads it.
func (o *office) held() *client {
	li := o.agent("li")
	o.asks()
	li.claims(li.offered(o.buyer.conv, "li"))
	li.watches(o.buyer.conv)
	li.await("the floor", func() bool { return li.state.Holder == dialog.HeldByHuman })
	return li
}

func (o *office) asks() {
	o.w.t.Helper()
	o.buyer.say("转人工")
	o.buyer.await("the queue", func() bool { return o.buyer.state.Holder == dialog.HeldWaiting })
}

// offered waits until a conversation is offered to somebody and returns its line.
func (c *client) offered(conv, to string) wire.InboxItem {
	c.t.Helper()
	c.await(conv+" to be offered to "+to, func() bool {
		i := c.inbox[conv]
		return i.Offered != nil && i.Offered.To == to
	})
	return c.inbox[conv]
}

func (c *client) claims(item wire.InboxItem) string {
	c.t.Helper()
	return c.post(func(id string) any {
		return wire.Claim{T: wire.TClaim, ID: id, Conversation: item.Conversation, Epoch: item.Epoch}
	})
}

// watches opens a view of a conversation and waits for it.
func (c *client) watches(conv string) {
	c.t.Helper()
	c.conv = conv
	c.write(wire.Watch{T: wire.TWatch, Conversation: conv})
	c.await("the view", func() bool { return c.state.Conversation == conv })
}

func (c *client) refused(id, code string) wire.Error {
	c.t.Helper()
	c.await("the refusal of "+id, func() bool { return c.errs[id].Code != "" })
	if c.errs[id].Code != code {
		c.t.Fatalf("refused with %+v, want %s", c.errs[id], code)
	}
	return c.errs[id]
}

func TestAnOfferIsDeclinedTakenAndWhoComesLateIsToldWho(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	li, wang := o.agent("li"), o.agent("wang")
	o.asks()
	item := li.offered(o.buyer.conv, "li")
	if item.Place != 1 || item.Epoch == 0 || item.Mine {
		t.Errorf("the line: %+v", item)
	}
	o.buyer.await("his place", func() bool { return len(o.buyer.queue) > 0 })
	if q := o.buyer.queue[0]; q.Position != 1 || q.Agents != 2 || q.Of != 1 {
		t.Errorf("the buyer's place: %+v", q)
	}
	li.sure(func(id string) any { return wire.Decline{T: wire.TDecline, ID: id, Conversation: o.buyer.conv} })
	wang.offered(o.buyer.conv, "wang")
	item = li.offered(o.buyer.conv, "wang")

	// Wang takes it, and Li, who is too late, reads who has it.
	won := wang.claims(item)
	wang.await("the chat", func() bool { _, ok := wang.acks[won]; return ok })
	lost := li.claims(item)
	var who wire.Winner
	if err := json.Unmarshal(li.refused(lost, "ALREADY_CLAIMED").Details, &who); err != nil || who.Login != "wang" || who.Name != "小王" {
		t.Errorf("who won: %+v %v", who, err)
	}
	o.buyer.awaitKey("handoff.joined")
	wang.await("his own line", func() bool { return wang.inbox[o.buyer.conv].Mine && wang.desk.Open == 1 })
	li.await("the line to leave his list", func() bool { i := li.inbox[o.buyer.conv]; return i.Holder == dialog.HeldByBot && i.Offered == nil })
}

func TestAnOfferThatNobodyTakesGoesOnAndWhoMissesTwoIsAway(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "--offer-for", "300ms")
	li := o.agent("li")
	since := func() any { return li.inbox[o.buyer.conv].WaitingSince }
	o.asks()
	li.offered(o.buyer.conv, "li")
	asked := since()
	wang := o.agent("wang")
	wang.offered(o.buyer.conv, "wang")
	li.await("the offer to go on", func() bool { i := li.inbox[o.buyer.conv].Offered; return i != nil && i.To == "wang" })
	if since() != asked {
		t.Errorf("waits since %v, was %v", since(), asked)
	}
	// A second buyer is offered to Li, who lets it pass too.
	other := newClient(o.w, o.w.token("demo-anna"), "zh-CN", false)
	other.say("转人工")
	li.await("to be away", func() bool { return li.desk.Status == "away" })
	li.sure(func(id string) any { return wire.Status{T: wire.TStatus, ID: id, Status: "online"} })
	li.await("to be back", func() bool { return li.desk.Status == "online" })
	id := li.post(func(id string) any { return wire.Status{T: wire.TStatus, ID: id, Status: "asleep"} })
	li.refused(id, "BAD_FRAME")
}

func TestALaptopLidClosesAndAfterAGraceTheChatIsAColleagues(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "--agent-grace", "500ms")
	li := o.agent("li")
	o.asks()
	item := li.offered(o.buyer.conv, "li")
	id := li.claims(item)
	li.await("the chat", func() bool { _, ok := li.acks[id]; return ok })
	wang := o.agent("wang")
	li.hangUp()
	wang.await("the agent to be gone", func() bool { return len(wang.desk.Agents) == 1 })
	o.buyer.awaitKey("handoff.requeued")
	back := wang.offered(o.buyer.conv, "wang")
	if !back.WaitingSince.Equal(item.WaitingSince) {
		t.Errorf("waits since %s, was %s", back.WaitingSince, item.WaitingSince)
	}
	id = wang.claims(back)
	wang.await("the chat", func() bool { _, ok := wang.acks[id]; return ok })
	// The lid opens: what he wrote for the time when he had it is refused.
	li = o.agent("li")
	id = li.post(func(id string) any {
		return wire.Say{T: wire.TSay, ID: id, Conversation: o.buyer.conv, Epoch: item.Epoch + 1, Text: "还在吗"}
	})
	li.refused(id, "NOT_HOLDER")
}

func TestAChatIsPassedOnTakenOverAndAssigned(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	li := o.held()
	wang := o.agent("wang")
	li.await("a colleague", func() bool { return len(li.desk.Agents) == 2 })

	// To a skill, with a note: who has the skill is offered it, and it keeps its age.
	since := li.inbox[o.buyer.conv].WaitingSince
	pass := wire.Transfer{T: wire.TTransfer, Conversation: o.buyer.conv, Epoch: li.state.Epoch}
	bad := pass
	id := li.post(func(id string) any { bad.ID = id; return bad })
	li.refused(id, "BAD_FRAME")
	bad.Agent = "chen"
	id = li.post(func(id string) any { bad.ID = id; return bad })
	li.refused(id, "AGENT_AWAY")
	li.sure(func(id string) any { pass.ID, pass.Skill, pass.Note = id, "appeal", "买家要申诉"; return pass })
	o.buyer.awaitKey("handoff.transferred")
	item := wang.offered(o.buyer.conv, "wang")
	if !item.WaitingSince.Equal(since) || item.Skill != "appeal" {
		t.Errorf("passed on: %+v, waited since %s", item, since)
	}
	wang.watches(o.buyer.conv)
	if note := wang.awaitKey("note.transfer"); note.Kind != dialog.Note || note.Text != "小李 把这个对话转给了 appeal。备注：买家要申诉" {
		t.Errorf("the note: %+v", note)
	}
	wang.claims(item)
	wang.await("the floor", func() bool { return wang.state.Holder == dialog.HeldByHuman && wang.state.AgentName == "小王" })

	// What Li still writes is refused, and the text is his.
	id = li.post(func(id string) any {
		return wire.Say{T: wire.TSay, ID: id, Conversation: o.buyer.conv, Epoch: pass.Epoch, Text: "好的"}
	})
	li.refused(id, "NOT_HOLDER")

	// He takes it back, but not without saying why.
	over := wire.Takeover{T: wire.TTakeover, Conversation: o.buyer.conv, Epoch: wang.state.Epoch}
	id = li.post(func(id string) any { over.ID = id; return over })
	li.refused(id, "REASON_REQUIRED")
	li.sure(func(id string) any { over.ID, over.Reason = id, "买家是我的老客户"; return over })
	wang.await("to be told", func() bool { return wang.state.AgentName == "小李" })
	if note := wang.awaitKey("note.takeover"); note.Text != "小李 接管了这个对话。原因：买家是我的老客户" {
		t.Errorf("the note: %+v", note)
	}

	// Only a supervisor assigns.
	give := wire.Assign{T: wire.TAssign, Conversation: o.buyer.conv, Epoch: wang.state.Epoch, Agent: "wang"}
	id = li.post(func(id string) any { give.ID = id; return give })
	li.refused(id, "FORBIDDEN")
	lead := newClient(o.w, login(o.w, "lead"), "zh-CN", true)
	lead.sure(func(id string) any { give.ID = id; return give })
	wang.await("the floor", func() bool { return wang.state.AgentName == "小王" })
	give.Epoch--
	id = lead.post(func(id string) any { give.ID = id; give.Agent = "li"; return give })
	lead.refused(id, "ALREADY_CLAIMED")
	for _, e := range o.buyer.entries {
		if e.Kind == dialog.Note {
			t.Errorf("the buyer reads %+v", e)
		}
	}
}

// Whoever passes a chat on to a skill is told before if nobody else has it, now or at all, and keeps the chat. If the
// one who has it leaves only then, the skill is not asked for any more, so that the buyer does not wait for ever: who is
// offered the chat instead reads it and takes it like any other, and it is not the one who has passed it on.
func TestAChatIsPassedOnToASkillOnlyWhileSomebodyHasIt(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	li := o.held()
	wang, zhao := o.agent("wang"), o.agent("zhao")
	li.await("his colleagues", func() bool { return len(li.desk.Agents) == 3 && len(li.desk.Skills) == 1 })
	to := func(skill string) func(string) any {
		return func(id string) any {
			return wire.Transfer{T: wire.TTransfer, ID: id, Conversation: o.buyer.conv, Epoch: li.state.Epoch, Skill: skill}
		}
	}
	li.refused(li.post(to("customs")), "SKILL_UNKNOWN")
	wang.sure(func(id string) any { return wire.Status{T: wire.TStatus, ID: id, Status: "away"} })
	li.await("that nobody has a skill now", func() bool { return len(li.desk.Skills) == 0 })
	li.refused(li.post(to("appeal")), "SKILL_AWAY")
	if li.state.Holder != dialog.HeldByHuman || !li.inbox[o.buyer.conv].Mine {
		t.Fatalf("held by %s", li.state.Holder)
	}
	wang.sure(func(id string) any { return wire.Status{T: wire.TStatus, ID: id, Status: "online"} })
	li.sure(to("appeal"))
	wang.offered(o.buyer.conv, "wang")
	wang.sure(func(id string) any { return wire.Decline{T: wire.TDecline, ID: id, Conversation: o.buyer.conv} })
	wang.hangUp()
	item := zhao.offered(o.buyer.conv, "zhao")
	zhao.watches(o.buyer.conv)
	zhao.claims(item)
	zhao.await("the floor", func() bool { return zhao.inbox[o.buyer.conv].Mine })
}

func TestColleaguesSeeWhoIsWritingAndTwoWindowsDoNotBothSend(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	li := o.held()
	tab, wang := o.agent("li"), newClient(o.w, login(o.w, "lead"), "zh-CN", true) // a supervisor sees every chat
	wang.watches(o.buyer.conv)
	li.write(wire.Lease{T: wire.TLease, Conversation: o.buyer.conv, On: true})
	wang.await("who is writing", func() bool { return len(wang.leases) > 0 })
	if l := wang.leases[0]; l.Name != "小李" || !l.On {
		t.Errorf("who is writing: %+v", l)
	}
	say := func(id string) any {
		return wire.Say{T: wire.TSay, ID: id, Conversation: o.buyer.conv, Epoch: li.state.Epoch, Text: "您好"}
	}
	tab.refused(tab.post(say), "REPLY_LEASED")
	li.sure(say)
	li.write(wire.Lease{T: wire.TLease, Conversation: o.buyer.conv})
	wang.await("that nobody is", func() bool { return !wang.leases[len(wang.leases)-1].On })
	tab.sure(say)
	if n := fmt.Sprint(o.buyer.leases); n != "[]" {
		t.Errorf("the buyer is shown %s", n)
	}
}

// The server is killed when the claim was sent, when it was stored, and when its ack is lost: the agent has the chat,
// once, and nothing is offered that is taken.
func TestKilledInTheMiddleOfAClaimNothingIsStuck(t *testing.T) {
	for place, cut := range map[string]func(c *client, crash func()){
		"when it was sent":         func(c *client, crash func()) { c.onSent = crash },
		"when its ack is lost":     func(c *client, crash func()) { c.onLost = crash },
		"when it was acknowledged": func(c *client, crash func()) { c.onAck = crash },
	} {
		t.Run(place, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, "--offer-for", "2s", "--agent-grace", "20s")
			li := o.agent("li")
			o.asks()
			item := li.offered(o.buyer.conv, "li")
			cut(li, o.w.crash)
			li.sure(func(id string) any {
				return wire.Claim{T: wire.TClaim, ID: id, Conversation: item.Conversation, Epoch: item.Epoch}
			})
			li.onSent, li.onLost, li.onAck = nil, nil, nil
			li.await("the line to be his, and no offer", func() bool {
				i := li.inbox[o.buyer.conv]
				return i.Mine && i.Offered == nil && li.desk.Open == 1 && li.desk.Waiting == 0
			})
			o.buyer.awaitKey("handoff.joined")
			o.buyer.await("the agent", func() bool { return o.buyer.state.AgentName == "小李" })
			joined := 0
			for _, e := range o.buyer.entries {
				if e.Key == "handoff.joined" {
					joined++
				}
			}
			if joined != 1 {
				t.Errorf("joined %d times", joined)
			}
		})
	}
}
