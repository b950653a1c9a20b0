// Package wsclient is the other end of recourse.v1: it opens a socket, says hello, keeps the picture that the frames
// paint, and sends under ids of its own until what it sent is acknowledged. Tests, replay and load come in through it,
// as a buyer's page does. It decides nothing about what to say.
package wsclient

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gorilla/websocket"

	"recourse/web/wire"
)

// ErrClosed: the socket was closed by this side.
var ErrClosed = errors.New("the socket is closed")

// ClosedError says that the server closed the socket, or that it broke (Code 1006).
type ClosedError struct {
	Code int // see web/PROTOCOL.md, "Close codes"
	Text string
}

func (e *ClosedError) Error() string {
	return fmt.Sprintf("the socket was closed: %d %s", e.Code, e.Text)
}

// Lasting says that coming again with the same token would end the same way.
func (e *ClosedError) Lasting() bool {
	switch e.Code {
	case websocket.CloseProtocolError, websocket.CloseMessageTooBig, 4001, 4003, 4009:
		return true
	}
	return false
}

// Frame is what came over the socket.
type Frame struct {
	T   wire.Type
	Raw []byte
	At  time.Time // when it was read, by this machine's clock
}

const (
	dialWait  = 10 * time.Second
	writeWait = 10 * time.Second
	unread    = 128 // frames that wait for their reader; more wait in the kernel, and then at the server
)

// Conn is one socket. It is read and written by one goroutine.
type Conn struct {
	ws     *websocket.Conn
	frames chan Frame
	gone   chan struct{} // closed when nobody reads any more
	err    error         // why reading ended; to be read after frames is closed
	closed bool
}

// Dial opens a socket to a ws:// or wss:// address.
func Dial(ctx context.Context, url string) (*Conn, error) {
	d := websocket.Dialer{Subprotocols: []string{wire.Subprotocol}, HandshakeTimeout: dialWait, Proxy: http.ProxyFromEnvironment}
	ws, res, err := d.DialContext(ctx, url, nil)
	if err != nil {
		if res != nil {
			return nil, fmt.Errorf("open %s: %w (HTTP %d)", url, err, res.StatusCode)
		}
		return nil, fmt.Errorf("open %s: %w", url, err)
	}
	c := &Conn{ws: ws, frames: make(chan Frame, unread), gone: make(chan struct{})}
	go c.read() // ends with the socket; Close waits for it
	return c, nil
}

func (c *Conn) read() {
	defer close(c.frames)
	for {
		_, raw, err := c.ws.ReadMessage()
		if err != nil {
			c.err = &ClosedError{websocket.CloseAbnormalClosure, err.Error()}
			if e, ok := errors.AsType[*websocket.CloseError](err); ok {
				c.err = &ClosedError{e.Code, e.Text}
			}
			return
		}
		f := Frame{T: typeOf(raw), Raw: raw, At: time.Now()}
		select {
		case c.frames <- f:
		case <-c.gone:
			return
		}
	}
}

// typeOf reads the discriminator. The server writes it first; whoever does not is read in full.
func typeOf(raw []byte) wire.Type {
	if rest, ok := bytes.CutPrefix(raw, []byte(`{"t":"`)); ok {
		if name, _, ok := bytes.Cut(rest, []byte(`"`)); ok {
			return wire.Type(name)
		}
	}
	var head struct{ T wire.Type }
	_ = json.Unmarshal(raw, &head) // what is no frame has no type
	return head.T
}

// Write sends a frame. That the socket is broken shows at the next Read.
func (c *Conn) Write(frame any) error {
	raw, err := json.Marshal(frame)
	if err != nil {
		return fmt.Errorf("encode a frame: %w", err)
	}
	_ = c.ws.SetWriteDeadline(time.Now().Add(writeWait))
	_ = c.ws.WriteMessage(websocket.TextMessage, raw)
	return nil
}

// Read returns the next frame. When the socket has ended and all frames are read it answers *ClosedError.
func (c *Conn) Read(ctx context.Context) (Frame, error) {
	select { // what has come is read, whatever the time
	case f, ok := <-c.frames:
		return c.took(f, ok)
	default:
	}
	select {
	case f, ok := <-c.frames:
		return c.took(f, ok)
	case <-ctx.Done():
		return Frame{}, ctx.Err()
	}
}

// Next is Read that waits for at most a time; false if nothing came.
func (c *Conn) Next(ctx context.Context, wait time.Duration) (Frame, bool, error) {
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case f, ok := <-c.frames:
		f, err := c.took(f, ok)
		return f, err == nil, err
	case <-t.C:
		return Frame{}, false, nil
	case <-ctx.Done():
		return Frame{}, false, ctx.Err()
	}
}

func (c *Conn) took(f Frame, ok bool) (Frame, error) {
	if !ok {
		return f, c.err
	}
	return f, nil
}

// Close ends the socket and waits until nothing of it runs.
func (c *Conn) Close() {
	if c.closed {
		return
	}
	c.closed = true
	bye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	_ = c.ws.WriteControl(websocket.CloseMessage, bye, time.Now().Add(time.Second)) // out of courtesy
	close(c.gone)
	_ = c.ws.Close()
	for range c.frames { // until read has ended
	}
}
