package main

import (
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"recourse/web/wire"
)

// SIGTERM asks every client to come again, closes with the code that says so, and ends the process.
func TestAStopDrainsTheSocketsAndEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := newClient(w, w.token("demo-xiaoli"), "en", false)
	c.say("hello")
	c.awaitKey("greet")
	if err := w.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	drained, code := false, 0
	_ = c.ws.SetReadDeadline(time.Now().Add(patience))
	for code == 0 {
		_, raw, err := c.ws.ReadMessage()
		if e, ok := err.(*websocket.CloseError); ok {
			code = e.Code
		} else if err != nil {
			t.Fatal(err)
		} else if frame[struct{ T wire.Type }](t, raw).T == wire.TDrain {
			drained = true
		}
	}
	if !drained || code != 4012 {
		t.Errorf("drain frame %v, close code %d, want true and 4012", drained, code)
	}
	ended := make(chan error, 1)
	go func() { ended <- w.cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("the process ended with %v", err)
		}
	case <-time.After(patience):
		t.Fatalf("the process has not ended %s after SIGTERM", patience)
	}
	w.cmd = nil
	w.start()
	c.hangUp()
	c.say("still here")
	c.await("what was said before and after", func() bool { return len(c.entries) >= 3 })
}
