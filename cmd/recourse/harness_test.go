package main

import (
	"bytes"
	"context"
	crand "crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"recourse/dialog"
	"recourse/web/wire"
)

// TestMain lets the test binary be the server: a process of its own can be killed with -9.
func TestMain(m *testing.M) {
	if os.Getenv("RECOURSE_TEST_CHILD") == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// world is a served demo: the program in a process of its own, on one address across restarts.
type world struct {
	t    *testing.T
	addr string
	args []string
	cmd  *exec.Cmd
	log  *bytes.Buffer
}

// b64 is the encoding of upload metadata.
var b64 = base64.StdEncoding

const patience = 20 * time.Second

func newWorld(t *testing.T, extra ...string) *world {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, addr: addr, log: &bytes.Buffer{}}
	w.args = append([]string{"serve", "--demo", "--addr", addr, "--data", t.TempDir(), "--log", "warn"}, extra...)
	w.start()
	t.Cleanup(func() {
		w.kill()
		if t.Failed() {
			t.Logf("server log:\n%s", w.log)
		}
	})
	return w
}

func (w *world) start() {
	w.t.Helper()
	w.cmd = exec.Command(os.Args[0], w.args...)
	w.cmd.Env = append(os.Environ(), "RECOURSE_TEST_CHILD=1")
	w.cmd.Stdout, w.cmd.Stderr = w.log, w.log
	if err := w.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	until(w.t, "server ready", func() bool {
		res, err := http.Get("http://" + w.addr + "/readyz")
		if err != nil {
			return false
		}
		_ = res.Body.Close()
		return res.StatusCode == http.StatusOK
	})
}

func (w *world) kill() {
	if w.cmd == nil {
		return
	}
	_ = w.cmd.Process.Kill()
	_ = w.cmd.Wait() // the kill is the expected end
	w.cmd = nil
}

// crash is kill -9 and a restart.
func (w *world) crash() {
	w.kill()
	w.start()
}

// until polls for something the outside can only see by asking again.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("waited %s for %s", patience, what)
		}
		pause()
	}
}

// pause gives the other process a moment between two looks.
func pause() {
	timer := time.NewTimer(20 * time.Millisecond)
	<-timer.C
}

// call is one HTTP request; a server that is away is asked again.
func (w *world) call(method, path, token string, header map[string]string, body any) (int, []byte) {
	w.t.Helper()
	raw, isRaw := body.([]byte)
	if !isRaw && body != nil {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			w.t.Fatal(err)
		}
	}
	var status int
	var answer []byte
	until(w.t, method+" "+path, func() bool {
		req, err := http.NewRequest(method, "http://"+w.addr+path, bytes.NewReader(raw))
		if err != nil {
			w.t.Fatal(err)
		}
		if token != "" {
			req.Header.Set("Authorization", "Bearer "+token)
		}
		for k, v := range header {
			req.Header.Set(k, v)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return false
		}
		defer res.Body.Close()
		status = res.StatusCode
		answer, err = io.ReadAll(res.Body)
		if loc := res.Header.Get("Location"); loc != "" {
			answer = []byte(loc)
		}
		return err == nil && status != http.StatusServiceUnavailable
	})
	return status, answer
}

func (w *world) token(buyer string) string {
	w.t.Helper()
	_, raw := w.call("POST", "/demo/api/token", "", nil, map[string]string{"buyer": buyer})
	var out struct{ Token string }
	if err := json.Unmarshal(raw, &out); err != nil || out.Token == "" {
		w.t.Fatalf("no token: %s", raw)
	}
	return out.Token
}

func (w *world) advance(d string) {
	w.t.Helper()
	if status, raw := w.call("POST", "/demo/api/clock", "", nil, map[string]string{"advance": d}); status != 200 {
		w.t.Fatalf("advance: %d %s", status, raw)
	}
}

// caseAct is a merchant's or agent's write; the body must be a case view.
func (w *world) caseAct(side, token, id, action, key string, in wire.CaseAction) dialog.CaseView {
	w.t.Helper()
	status, raw := w.call("POST", "/api/"+side+"/cases/"+id+"/"+action, token, map[string]string{"Idempotency-Key": key}, in)
	if status != 200 {
		w.t.Fatalf("%s %s: %d %s", side, action, status, raw)
	}
	return view(w.t, raw)
}

func view(t *testing.T, raw []byte) dialog.CaseView {
	t.Helper()
	var v dialog.CaseView
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatalf("case view: %v in %s", err, raw)
	}
	return v
}

// errorCode is the public code of an HTTP refusal.
func errorCode(t *testing.T, raw []byte) string {
	t.Helper()
	var e wire.APIError
	if err := json.Unmarshal(raw, &e); err != nil {
		t.Fatalf("not an error: %s", raw)
	}
	return e.Error.Code
}

// client is a buyer's or agent's socket that reconnects and resumes, as the real ones do.
type client struct {
	t      *testing.T
	w      *world
	token  string
	locale string
	conv   string // agents: the conversation watched
	agent  bool

	ws      *websocket.Conn
	log     string
	session string
	entries []dialog.Entry
	state   wire.State
	acks    map[string]int64
	errs    map[string]wire.Error
	inbox   map[string]wire.InboxItem
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
		inbox: map[string]wire.InboxItem{}, unsent: map[string]any{}, lost: map[string]int64{}, name: crand.Text()[:6],
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
		if want := int64(len(c.entries)) + 1; !c.agent && f.Entry.Seq != want {
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
	case wire.TInbox:
		f := frame[wire.Inbox](c.t, raw)
		for _, item := range f.Items {
			c.inbox[item.Conversation] = item
		}
	}
	return nil
}

func frame[T any](t *testing.T, raw []byte) T {
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

// photo is a picture with something on it.
func photo(seed int) []byte {
	img := image.NewRGBA(image.Rect(0, 0, 800, 600))
	for y := range 600 {
		for x := range 800 {
			img.Set(x, y, color.RGBA{uint8(x + seed*40), uint8(y * 2), uint8(x ^ y), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 80}); err != nil {
		panic(err) // into memory
	}
	return b.Bytes()
}

// upload sends a file as a tus client does: ask for the offset, go on from there, also after a crash.
func (c *client) upload(caseID, kind string, file []byte, between func()) {
	c.t.Helper()
	session := c.session
	if session == "" {
		session = c.token
	}
	uploadAs(c.w, session, caseID, kind, file, between)
}

// uploadAs is upload for anybody who has a token.
func uploadAs(w *world, token, caseID, kind string, file []byte, between func()) string {
	w.t.Helper()
	status, loc := w.call("POST", "/api/uploads", token, map[string]string{
		"Tus-Resumable": "1.0.0", "Upload-Length": fmt.Sprint(len(file)), "Upload-Metadata": uploadMeta(caseID, kind),
	}, nil)
	if status != http.StatusCreated {
		w.t.Fatalf("create upload: %d %s", status, loc)
	}
	path := strings.TrimPrefix(string(loc), "http://"+w.addr)
	half := len(file) / 2
	for _, end := range []int{half, len(file)} {
		status := 0
		for tries := 0; status != http.StatusNoContent; tries++ {
			offset, done := uploadOffset(w, path, token)
			if done || offset >= end {
				break
			}
			if tries > 50 {
				w.t.Fatalf("upload does not go on: %d", status)
			}
			status, _ = w.call("PATCH", path, token, map[string]string{
				"Tus-Resumable": "1.0.0", "Upload-Offset": fmt.Sprint(offset), "Content-Type": "application/offset+octet-stream",
			}, file[offset:end])
		}
		if between != nil {
			between()
		}
	}
	return path[strings.LastIndex(path, "/")+1:]
}

// uploadOffset asks how much of an upload has arrived.
func uploadOffset(w *world, path, token string) (int, bool) {
	w.t.Helper()
	offset := 0
	until(w.t, "upload offset", func() bool {
		req, err := http.NewRequest("HEAD", "http://"+w.addr+path, nil)
		if err != nil {
			w.t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Tus-Resumable", "1.0.0")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return false
		}
		_ = res.Body.Close()
		if res.StatusCode != 200 && res.StatusCode != 204 {
			return false
		}
		_, err = fmt.Sscan(res.Header.Get("Upload-Offset"), &offset)
		return err == nil
	})
	return offset, false
}
