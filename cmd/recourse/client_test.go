package main

import (
	crand "crypto/rand"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"recourse/dialog"
	"recourse/web/wire"
)

// client is a buyer's or agent's socket that reconnects and resumes, as the real ones do.
type client struct {
	t      testing.TB
	w      *world
	token  string
	locale string
	conv   string // agents: the conversation watched
	agent  bool
	notes  bool // notes for agents are in the log, which a buyer is not sent

	ws      *websocket.Conn
	log     string
	session string
	entries []dialog.Entry
	state   wire.State
	acks    map[string]int64
	errs    map[string]wire.Error
	inbox   map[string]wire.InboxItem
	desk    wire.DeskView
	leases  []wire.Lease
	queue   []wire.Queue
	inboxes int // frames
	typing  map[dialog.AuthorKind]bool
	drafts  []wire.Draft
	unsent  map[string]any // frames sent and not acknowledged
	order   []string
	name    string // makes its ids its own
	next    int

	// Where tests cut the server off: after a frame was sent, after its ack, and so that the ack is lost.
	onSent, onAck, onLost func()
	lost                  map[string]int64
}

func newClient(w *world, token, locale string, agent bool) *client {
	c := &client{
		t: w.t, w: w, token: token, locale: locale, agent: agent, acks: map[string]int64{}, errs: map[string]wire.Error{},
		inbox: map[string]wire.InboxItem{}, typing: map[dialog.AuthorKind]bool{}, unsent: map[string]any{}, lost: map[string]int64{}, name: crand.Text()[:6],
	}
	c.connect()
	w.t.Cleanup(c.hangUp)
	return c
}

func (c *client) hangUp() {
	if c.ws != nil {
		_ = c.ws.Close()
		c.ws = nil
	}
}

func (c *client) connect() {
	c.t.Helper()
	until(c.t, "socket", func() bool {
		d := websocket.Dialer{Subprotocols: []string{wire.Subprotocol}, HandshakeTimeout: time.Second}
		ws, res, err := d.Dial("ws://"+c.w.addr+"/ws", nil)
		if err != nil {
			return false
		}
		_ = res.Body.Close()
		c.ws = ws
		return true
	})
	token := c.token
	if c.session != "" {
		token = c.session
	}
	since := int64(len(c.entries))
	hello := wire.Hello{T: wire.THello, Token: token, Locale: c.locale}
	if !c.agent {
		hello.Conversation, hello.Since, hello.Log = c.conv, since, c.log
	}
	c.write(hello)
	if c.agent && c.conv != "" {
		c.write(wire.Watch{T: wire.TWatch, Conversation: c.conv, Since: since})
	}
	for _, id := range c.order {
		if f, open := c.unsent[id]; open {
			c.write(f)
		}
	}
}

func (c *client) write(f any) {
	raw, err := json.Marshal(f)
	if err != nil {
		c.t.Fatal(err)
	}
	if c.ws != nil {
		_ = c.ws.WriteMessage(websocket.TextMessage, raw) // a dead socket shows at the next read
	}
}

// pump reads one frame into the client's picture of the world; a broken socket is opened again.
func (c *client) pump(deadline time.Time) error {
	if c.ws == nil {
		c.connect()
	}
	_ = c.ws.SetReadDeadline(deadline)
	_, raw, err := c.ws.ReadMessage()
	if err != nil {
		c.hangUp()
		if time.Now().After(deadline) {
			return err
		}
		c.connect()
		return nil
	}
	var head struct{ T wire.Type }
	if err := json.Unmarshal(raw, &head); err != nil {
		c.t.Fatalf("frame %s: %v", raw, err)
	}
	switch head.T {
	case wire.TWelcome:
		f := frame[wire.Welcome](c.t, raw)
		if f.Reset {
			c.t.Fatalf("the log was reset: %s", raw)
		}
		if !c.agent {
			c.conv, c.log, c.session = f.Conversation, f.Log, f.Session
		}
	case wire.TEntry:
		f := frame[wire.Entry](c.t, raw)
		if want := int64(len(c.entries)) + 1; !c.agent && f.Entry.Seq != want && !(c.notes && f.Entry.Seq > want) {
			c.t.Fatalf("entry %d, want %d: the log has a gap or a double for its reader", f.Entry.Seq, want)
		}
		c.entries = append(c.entries, f.Entry)
	case wire.TState:
		c.state = frame[wire.State](c.t, raw)
	case wire.TAck:
		f := frame[wire.Ack](c.t, raw)
		if c.onLost != nil && c.lost[f.ID] == 0 {
			c.lost[f.ID] = f.Seq + 1 // this ack never arrived; 0 is a good seq for a claim
			c.onLost()
			return nil
		}
		if was := c.lost[f.ID]; was != 0 && was != f.Seq+1 && f.Seq != 0 {
			c.t.Fatalf("message %s was stored at %d and again at %d", f.ID, was-1, f.Seq)
		}
		c.acks[f.ID] = f.Seq
		delete(c.unsent, f.ID)
	case wire.TError:
		f := frame[wire.Error](c.t, raw)
		c.errs[f.For] = f
		delete(c.unsent, f.For)
	case wire.TTyping:
		f := frame[wire.Typing](c.t, raw)
		c.typing[f.Who] = f.On
	case wire.TLease:
		c.leases = append(c.leases, frame[wire.Lease](c.t, raw))
	case wire.TQueue:
		c.queue = append(c.queue, frame[wire.Queue](c.t, raw))
	case wire.TDraft:
		c.drafts = append(c.drafts, frame[wire.Draft](c.t, raw))
	case wire.TInbox:
		f := frame[wire.Inbox](c.t, raw)
		c.inboxes++
		if f.Desk != nil {
			c.desk = *f.Desk
		}
		for _, item := range f.Items {
			c.inbox[item.Conversation] = item
		}
		for id, place := range f.Places {
			if item, known := c.inbox[id]; known {
				item.Place = place
				c.inbox[id] = item
			}
		}
	}
	return nil
}

func frame[T any](t testing.TB, raw []byte) T {
	t.Helper()
	var f T
	if err := json.Unmarshal(raw, &f); err != nil {
		t.Fatalf("frame %s: %v", raw, err)
	}
	return f
}

// await reads frames until something holds.
func (c *client) await(what string, ok func() bool) {
	c.t.Helper()
	deadline := time.Now().Add(patience)
	for !ok() {
		if err := c.pump(deadline); err != nil {
			last := ""
			for _, e := range c.entries[max(0, len(c.entries)-4):] {
				last += fmt.Sprintf("\n  %d %s %s %s", e.Seq, e.Author.Kind, e.Key, e.Text)
			}
			c.t.Fatalf("waited %s for %s; state %+v; errors %+v; last entries:%s", patience, what, c.state, c.errs, last)
		}
	}
}

// post sends a frame that is acknowledged, under an id of its own.
func (c *client) post(make func(id string) any) string {
	c.next++
	id := fmt.Sprintf("%s-%d", c.name, c.next)
	f := make(id)
	c.unsent[id] = f
	c.order = append(c.order, id)
	c.write(f)
	if c.onSent != nil {
		c.onSent()
	}
	return id
}

// sure posts and waits for the ack.
func (c *client) sure(make func(id string) any) {
	c.t.Helper()
	id := c.post(make)
	c.await("ack of "+id, func() bool {
		if e, refused := c.errs[id]; refused {
			c.t.Fatalf("refused: %+v", e)
		}
		_, ok := c.acks[id]
		return ok
	})
	if c.onAck != nil {
		c.onAck()
	}
}

func (c *client) say(text string) {
	c.t.Helper()
	c.sure(func(id string) any { return wire.Say{T: wire.TSay, ID: id, Conversation: c.talk(), Text: text} })
}

func (c *client) talk() string {
	if c.agent {
		return c.conv
	}
	return ""
}

// button is the latest button of an action that is current.
func (c *client) button(a dialog.Action, args dialog.Args) (int64, dialog.Button, bool) {
	for i := len(c.entries) - 1; i >= 0; i-- {
		e := c.entries[i]
		if e.Card == nil {
			continue
		}
		if a.FlowBound() && e.Seq != c.state.Live {
			if flowCard(*e.Card) {
				return 0, dialog.Button{}, false // a newer step is here, and its state is still to come
			}
			continue
		}
		for _, b := range e.Card.Buttons {
			if b.Action == a && subset(args, b.Args) {
				return e.Seq, b, true
			}
		}
	}
	return 0, dialog.Button{}, false
}

// flowCard says whether a card is a step of the guided flow.
func flowCard(card dialog.Card) bool {
	for _, b := range card.Buttons {
		if b.Action.FlowBound() {
			return true
		}
	}
	return len(card.Orders) > 0
}

func subset(want, have dialog.Args) bool {
	for k, v := range want {
		if have[k] != v {
			return false
		}
	}
	return true
}

// press waits for a current button and presses it.
func (c *client) press(a dialog.Action, args dialog.Args) {
	c.t.Helper()
	var seq int64
	var b dialog.Button
	c.await("button "+string(a), func() bool {
		var ok bool
		seq, b, ok = c.button(a, args)
		return ok
	})
	c.sure(func(id string) any { return wire.Press{T: wire.TPress, ID: id, Seq: seq, Action: a, Args: b.Args} })
}

// pick presses the order whose title holds a text.
func (c *client) pick(title string) {
	c.t.Helper()
	var seq int64
	var item dialog.OrderItem
	c.await("order card with "+title, func() bool {
		for _, e := range c.entries {
			if e.Card == nil || e.Seq != c.state.Live {
				continue
			}
			for _, o := range e.Card.Orders {
				if strings.Contains(o.Title, title) {
					seq, item = e.Seq, o
					return true
				}
			}
		}
		return false
	})
	c.sure(func(id string) any {
		return wire.Press{T: wire.TPress, ID: id, Seq: seq, Action: dialog.ActPickOrder, Args: dialog.Args{"order": item.Order, "line": item.Line}}
	})
}

// awaitKey waits for an entry of a wording.
func (c *client) awaitKey(key string) dialog.Entry {
	c.t.Helper()
	var found dialog.Entry
	c.await("entry "+key, func() bool {
		for _, e := range c.entries {
			if e.Key == key {
				found = e
				return true
			}
		}
		return false
	})
	return found
}

func (c *client) awaitState(s string) dialog.CaseView {
	c.t.Helper()
	c.await("case state "+s, func() bool { return c.state.Case != nil && c.state.Case.State == s })
	return *c.state.Case
}
