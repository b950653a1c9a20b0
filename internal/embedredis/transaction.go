package embedredis

import (
	"strconv"
	"strings"

	"github.com/alicebob/miniredis/v2/server"
)

// tx is what a connection has queued since MULTI. The server sees MULTI and
// EXEC only, so that WATCH works, and an empty queue between them: the queued
// commands run here one by one, each through the same path as outside of a
// transaction, and share one record.
type tx struct {
	queue    []queued
	poisoned bool // a queued command was wrong: EXEC must refuse
}

type queued struct {
	kind class
	cmd  string
	args []string
}

const queuedReply = "+QUEUED\r\n"

func (s *Store) transact(c *server.Peer, kind class, why, cmd string, args []string) string {
	t := s.txs[c]
	switch cmd {
	case "MULTI":
		reply := s.dispatchFor(c, cmd, args)
		if t == nil && reply == "+OK\r\n" {
			s.txs[c] = new(tx)
			if !s.farewell[c] {
				s.farewell[c] = true
				c.OnDisconnect(func() {
					s.mu.Lock()
					defer s.mu.Unlock()
					delete(s.txs, c)
					delete(s.farewell, c)
				})
			}
		}
		return reply
	case "DISCARD":
		delete(s.txs, c)
		return s.dispatchFor(c, cmd, args)
	case "EXEC":
		if t == nil || len(args) > 0 {
			return s.dispatchFor(c, cmd, args) // an error
		}
		delete(s.txs, c)
		if t.poisoned {
			s.dispatchFor(c, "DISCARD", nil)
			return "-EXECABORT Transaction discarded because of previous errors.\r\n"
		}
		return s.execute(c, t)
	}

	// Something to queue.
	switch kind {
	case read, write, ttl, script:
		// A second connection state, always in a transaction, judges the
		// arguments without running anything.
		reply := s.dispatch(s.judge, false, append([]string{cmd}, args...)...)
		s.dispatch(s.judge, false, "DISCARD")
		s.dispatch(s.judge, false, "MULTI")
		if reply != queuedReply {
			t.poisoned = true
			return reply
		}
	case pubsub:
		if cmd != "PUBLISH" {
			t.poisoned = true
			return "-" + refusal(cmd, "not in a transaction") + "\r\n"
		}
	case refused:
		t.poisoned = true
		return "-" + refusal(cmd, why) + "\r\n"
	default:
		t.poisoned = true
		return "-" + refusal(cmd, "not in a transaction") + "\r\n"
	}
	t.queue = append(t.queue, queued{kind: kind, cmd: cmd, args: args})
	return queuedReply
}

// execute ends the server's (empty) transaction, which checks the watched
// keys, and then runs the queue.
func (s *Store) execute(c *server.Peer, t *tx) string {
	if reply := s.dispatchFor(c, "EXEC", nil); reply != "*0\r\n" {
		return reply
	}
	var b strings.Builder
	b.WriteString("*" + strconv.Itoa(len(t.queue)) + "\r\n")
	for _, q := range t.queue {
		b.WriteString(s.run(c, q.kind, "", q.cmd, q.args))
	}
	return b.String()
}

// dispatchFor runs a command with the state of a client's connection.
func (s *Store) dispatchFor(c *server.Peer, cmd string, args []string) string {
	reply := s.dispatch(c.Ctx, c.Resp3, append([]string{cmd}, args...)...)
	if c.Ctx == nil {
		c.Ctx = s.exec.peer.Ctx
	}
	return reply
}
