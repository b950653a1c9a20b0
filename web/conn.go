package web

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/time/rate"

	"recourse/cases"
	"recourse/dialog"
	"recourse/web/wire"
)

// Timings and sizes of a socket, each with its reason.
const (
	helloWait = 5 * time.Second  // a socket that does not say who it is goes away
	writeWait = 5 * time.Second  // a client that takes no bytes for so long is slow
	pingEvery = 25 * time.Second // below the idle time-outs of common proxies
	pongWait  = 60 * time.Second // two pings may be lost
	storeWait = 10 * time.Second // one read or write of the store on behalf of a socket

	maxFrame     = 32 << 10 // bytes; longer frames close the socket
	maxTextRunes = 2000     // of one message
	queueLen     = 64       // jobs waiting for the writer; more means a slow client
	kernelBuffer = 64 << 10 // what the kernel may hold for a client that does not read
	batch        = 100      // log entries read at a time
	perSecond    = 10       // frames a client may send, on average
	burst        = 40

	troubleEvery = 10 * time.Second // between reports of failed uploads, on average
	troubleBurst = 8                // a picker gives several files at once
)

// Close codes carry advice: below 4000 by the RFC; 4001 come again with a new token; 4003 and 4009 stay away;
// 4008 and 4012 come again and resume.
const (
	closeAuth     = 4001
	closeForbid   = 4003
	closeSlow     = 4008
	closeTooMany  = 4009
	closeDraining = 4012
)

// view is one conversation that a socket shows.
type view struct {
	id     dialog.ID
	pos    int64  // entries up to here were sent
	sent   string // the last state frame, to send only changes
	queued string // the last queue frame
	// last is the case as it was read last: it spares reading it again while its versions are the same.
	last *cases.Whole
	// queuedAt is when it was sent, by the wall clock.
	queuedAt time.Time
}

// conn is one socket. The reader goroutine owns the fields set at hello; the writer goroutine owns views
// and is the only one to write.
type conn struct {
	s    *Server
	ws   *websocket.Conn
	id   string
	from origin
	rate *rate.Limiter
	// troubles keeps a page that fails over and over from filling the log.
	troubles *rate.Limiter

	locale dialog.Locale
	buyer  string
	only   []string // order ids the token is for; nil = all
	agent  *Agent
	token  string    // an agent's session
	conv   dialog.ID // a buyer's own conversation

	views map[dialog.ID]*view // owned by the writer
	desk  string              // the last view of the desk, agents; owned by the writer
	// listed are the conversations of an agent's list; owned by the writer.
	listed map[string]bool
	// placed are the places in the queue that the agent was told, by conversation; owned by the writer.
	placed map[string]int
	jobs   chan func()   // work for the writer; never closed
	wake   chan struct{} // capacity 1: some view is dirty

	mu    sync.Mutex
	dirty map[dialog.ID]bool // guarded by mu

	ctx    context.Context
	cancel context.CancelCauseFunc
}

// closing is why a socket is closed, as the client is told.
type closing struct {
	code int
	text string
}

func (c closing) Error() string { return c.text }

func (s *Server) serveSocket(ws *websocket.Conn, from origin) {
	ctx, cancel := context.WithCancelCause(s.base)
	c := &conn{
		s: s, ws: ws, id: newConnID(), from: from, rate: rate.NewLimiter(perSecond, burst), troubles: rate.NewLimiter(rate.Every(troubleEvery), troubleBurst),
		views: map[dialog.ID]*view{}, jobs: make(chan func(), queueLen), wake: make(chan struct{}, 1),
		dirty: map[dialog.ID]bool{}, ctx: ctx, cancel: cancel,
	}
	if tcp, ok := ws.NetConn().(*net.TCPConn); ok {
		_ = tcp.SetWriteBuffer(kernelBuffer) // only bounds memory; a failure leaves the default
	}
	ws.SetReadLimit(maxFrame)
	var writer sync.WaitGroup
	writer.Go(c.write)
	c.read()
	c.cancel(closing{websocket.CloseNormalClosure, ""})
	writer.Wait()
	s.hub.remove(c)
	if c.buyer != "" {
		s.present(c, c.conv, false)
	}
	if c.agent != nil {
		s.left(c)
	}
	_ = ws.Close()
}

// read handles frames until the socket ends.
func (c *conn) read() {
	_ = c.ws.SetReadDeadline(time.Now().Add(helloWait))
	c.ws.SetPongHandler(func(string) error { return c.ws.SetReadDeadline(time.Now().Add(pongWait)) })
	for {
		kind, raw, err := c.ws.ReadMessage()
		if err != nil {
			if errors.Is(err, websocket.ErrReadLimit) {
				c.swallow()
				c.cancel(closing{websocket.CloseMessageTooBig, string(CodeTooLarge)})
			} else if c.buyer == "" && c.agent == nil {
				c.cancel(closing{closeAuth, string(CodeUnauthenticated)})
			}
			return
		}
		if kind != websocket.TextMessage {
			c.send(errorFrame(refuse(CodeBadFrame), "", c.locale))
			continue
		}
		head, err := decode[struct {
			T  wire.Type `json:"t"`
			ID string    `json:"id"`
		}](raw)
		if err != nil {
			c.send(errorFrame(refuse(CodeBadFrame), "", c.locale))
			continue
		}
		if !c.rate.Allow() {
			c.send(errorFrame(refuse(CodeRateLimited), head.ID, c.locale))
			continue
		}
		if err := c.handle(head.T, raw); err != nil {
			var end closing
			if errors.As(err, &end) {
				c.cancel(end)
				return
			}
			f := errorFrame(err, head.ID, c.locale)
			if f.Code == string(CodeInternal) {
				c.s.log.ErrorContext(c.ctx, "frame failed", "frame", head.T, "err", err)
			}
			c.send(f)
		}
	}
}

// swallow takes the rest of a frame that was too large: closing on unread bytes would reset the connection,
// and the client would not learn why.
func (c *conn) swallow() {
	const most, wait = 1 << 20, time.Second
	_ = c.ws.SetReadDeadline(time.Now().Add(wait))
	_, _ = io.CopyN(io.Discard, c.ws.NetConn(), most) // it ends with the client's close, or gives up
}

// decode reads a frame. Fields that it does not know are let pass: a newer client may say more.
func decode[T any](raw []byte) (T, error) {
	var v T
	if err := json.Unmarshal(raw, &v); err != nil {
		return v, refuse(CodeBadFrame)
	}
	return v, nil
}

// post gives the writer a job. If it has too many already, the client is too slow: it is closed and told
// to resume, rather than losing frames without knowing.
func (c *conn) post(job func()) {
	select {
	case c.jobs <- job:
	default:
		c.cancel(closing{closeSlow, "slow"})
	}
}

// send queues a frame.
func (c *conn) send(frame any) {
	raw, err := json.Marshal(frame)
	if err != nil {
		panic(err) // plain data, cannot happen
	}
	c.sendRaw(raw)
}

func (c *conn) sendRaw(raw []byte) {
	c.post(func() { c.out(raw) })
}

// outFrame is out for a frame as it is.
func (c *conn) outFrame(frame any) {
	raw, err := json.Marshal(frame)
	if err != nil {
		panic(err) // plain data, cannot happen
	}
	c.out(raw)
}

// out writes a frame. It runs on the writer.
func (c *conn) out(raw []byte) {
	_ = c.ws.SetWriteDeadline(time.Now().Add(writeWait))
	if err := c.ws.WriteMessage(websocket.TextMessage, raw); err != nil {
		c.cancel(closing{closeSlow, "slow"})
	}
}

// poke marks a view as dirty and wakes the writer. It never blocks.
func (c *conn) poke(id dialog.ID) {
	c.mu.Lock()
	c.dirty[id] = true
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// write owns the socket's outgoing half until the socket ends, and closes it with the reason.
func (c *conn) write() {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		select {
		case <-c.ctx.Done():
			c.drainJobs()
			end := closing{websocket.CloseGoingAway, ""}
			errors.As(context.Cause(c.ctx), &end)
			msg := websocket.FormatCloseMessage(end.code, end.text)
			_ = c.ws.WriteControl(websocket.CloseMessage, msg, time.Now().Add(writeWait))
			_ = c.ws.Close() // ends the reader
			return
		case job := <-c.jobs:
			job()
		case <-c.wake:
			c.mu.Lock()
			dirty := c.dirty
			c.dirty = map[dialog.ID]bool{}
			c.mu.Unlock()
			for id := range dirty {
				if v := c.views[id]; v != nil {
					c.sync(v)
				}
			}
		case <-ping.C:
			if err := c.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeWait)); err != nil {
				c.cancel(closing{closeSlow, "slow"})
			}
		}
	}
}

// drainJobs writes what was queued before the end, so that an error frame explains a close.
func (c *conn) drainJobs() {
	end := closing{}
	if errors.As(context.Cause(c.ctx), &end) && end.code == closeSlow {
		return // it takes nothing
	}
	for {
		select {
		case job := <-c.jobs:
			job()
		default:
			return
		}
	}
}

// sync brings a view up to date: entries after its position, then the state if it has changed. What the state speaks of
// has been sent before it: it is of the moment at which the last entries were read.
func (c *conn) sync(v *view) {
	ctx, cancel := context.WithTimeout(c.ctx, storeWait)
	defer cancel()
	if ok, err := c.stillSees(ctx, v.id); err != nil {
		c.later(v.id, err)
		return
	} else if !ok {
		return
	}
	conv, ok := c.syncLog(ctx, v)
	if !ok {
		return
	}
	state, queue, err := c.s.state(ctx, conv, c, v)
	if err != nil {
		c.later(v.id, err)
		return
	}
	if raw := encodeState(state); raw != v.sent {
		v.sent = raw
		c.out([]byte(raw))
	}
	if queue != nil {
		c.outQueue(v, queue)
	} else {
		v.queued = ""
	}
}

// syncLog sends entries after a view's position and returns the conversation as it was with the last of them; false if
// it must be tried again, or the socket is at its end.
func (c *conn) syncLog(ctx context.Context, v *view) (dialog.Conversation, bool) {
	for {
		conv, entries, err := c.s.Dialogs.Read(ctx, v.id, v.pos, batch)
		if err != nil {
			c.later(v.id, err)
			return conv, false
		}
		for _, e := range entries {
			v.pos = e.Seq
			if c.agent == nil && e.Kind == dialog.Note {
				continue
			}
			if c.agent == nil {
				e = e.ForBuyer()
			}
			raw, err := json.Marshal(wire.Entry{T: wire.TEntry, Conversation: string(v.id), Entry: e})
			if err != nil {
				panic(err) // plain data, cannot happen
			}
			c.out(raw)
			if c.ctx.Err() != nil {
				return conv, false
			}
		}
		if v.pos >= conv.Last {
			return conv, true
		}
	}
}

// outQueue tells a buyer his place if it has changed, and not too often.
func (c *conn) outQueue(v *view, queue *wire.Queue) {
	raw, err := json.Marshal(queue)
	if err != nil {
		panic(err) // plain data, cannot happen
	}
	if string(raw) == v.queued {
		return
	}
	if wait := placeEvery - c.s.wall().Sub(v.queuedAt); v.queued != "" && wait > 0 {
		time.AfterFunc(wait, func() { c.poke(v.id) })
		return
	}
	v.queued, v.queuedAt = string(raw), c.s.wall()
	c.out(raw)
}

// encodeState is a state as sent and as compared with the one sent last. Links of evidence are signed anew at
// each reading, but for a rounded time (viewOf), so that they alone are seldom news.
func encodeState(s wire.State) string {
	raw, err := json.Marshal(s)
	if err != nil {
		panic(err) // plain data, cannot happen
	}
	return string(raw)
}

// later tries a view again after a fault of the store; the socket stays open meanwhile.
func (c *conn) later(id dialog.ID, err error) {
	if c.ctx.Err() != nil {
		return
	}
	c.s.log.WarnContext(c.ctx, "view waits for the store", "dialog", id, "err", err)
	time.AfterFunc(time.Second, func() { c.poke(id) })
}
