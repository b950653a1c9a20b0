package evidence

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"recourse/cases"
)

var (
	errBusy      = errors.New("the upload is in use")
	errTakenOver = errors.New("a later request took the upload over")
)

// claims gives each upload one holder at a time.
type claims struct {
	mu   sync.Mutex
	held map[cases.EvidenceID]*claim // guarded by mu
}

// claim is the right to read and change one upload.
type claim struct {
	all  *claims
	id   cases.EvidenceID
	done chan struct{} // closed at release

	mu      sync.Mutex
	awaited bool   // guarded by mu: somebody waits for this claim
	hurry   func() // guarded by mu: makes the holder give way if it hangs; nil when it does not read
}

// take waits for the upload and tells its holder that somebody waits: the usual reason for a
// second request is that the client lost the first one and we have not noticed yet. A holder whose
// bytes still flow, or that is past receiving (checking, accepting), goes on; then the wait ends
// with errBusy. If it gave way at once, two clients could stop each other for ever.
func (c *claims) take(ctx context.Context, id cases.EvidenceID) (*claim, error) {
	for {
		mine, other := c.try(id)
		if mine != nil {
			return mine, nil
		}
		other.await()
		select {
		case <-other.done:
		case <-ctx.Done():
			return nil, errBusy
		}
	}
}

// try takes the upload if it is free, else it tells who has it.
func (c *claims) try(id cases.EvidenceID) (mine, other *claim) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if other := c.held[id]; other != nil {
		return nil, other
	}
	if c.held == nil {
		c.held = make(map[cases.EvidenceID]*claim)
	}
	mine = &claim{all: c, id: id, done: make(chan struct{})}
	c.held[id] = mine
	return mine, nil
}

func (c *claim) release() {
	c.all.mu.Lock()
	delete(c.all.held, c.id)
	c.all.mu.Unlock()
	close(c.done)
}

func (c *claim) await() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.awaited = true
	if c.hurry != nil {
		c.hurry()
	}
}

// whenAwaited has hurry called once somebody waits for the claim, until the returned function is
// called.
func (c *claim) whenAwaited(hurry func()) (end func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hurry = hurry
	if c.awaited {
		hurry()
	}
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.hurry = nil
	}
}

// body reads a request body under deadlines: each read on its own, so that a client that has
// fallen silent does not hold the upload for ever, and the whole. When somebody waits for the
// upload the reads get less time: a body that flows goes on, one that hangs gives way.
type body struct {
	src   io.Reader
	conn  *http.ResponseController
	idle  time.Duration
	stall time.Duration // instead of idle once somebody waits
	end   time.Time     // by the clock of the sockets, not of the cases

	mu      sync.Mutex
	hurried bool  // guarded by mu: somebody waits
	err     error // guarded by mu: how the last read ended
}

func (b *body) Read(p []byte) (int, error) {
	b.arm()
	n, err := b.src.Read(p)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.hurried && errors.Is(err, os.ErrDeadlineExceeded) {
		err = errTakenOver
	}
	b.err = err
	return n, err
}

// arm sets the deadline of the next read. Not every connection has deadlines (a recorder in a
// test); then a read takes as long as it takes.
func (b *body) arm() {
	b.mu.Lock()
	defer b.mu.Unlock()
	wait := b.idle
	if b.hurried {
		wait = min(b.idle, b.stall)
	}
	_ = b.conn.SetReadDeadline(earlier(time.Now().Add(wait), b.end)) // see above
}

// hurry shortens the read under way and those to come.
func (b *body) hurry() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.hurried = true
	_ = b.conn.SetReadDeadline(earlier(time.Now().Add(min(b.idle, b.stall)), b.end)) // as in arm
}

// disarm is for when the reading is over; hurry must not be called any more. After a whole body
// the connection has no deadline: a long check after the last byte would look to net/http like a
// client that has gone. After anything else it reads no more: net/http would wait for the rest.
func (b *body) disarm() {
	b.mu.Lock()
	defer b.mu.Unlock()
	var next time.Time
	if !errors.Is(b.err, io.EOF) {
		next = time.Unix(1, 0)
	}
	_ = b.conn.SetReadDeadline(next) // as in arm
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
