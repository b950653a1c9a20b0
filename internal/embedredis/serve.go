package embedredis

import (
	"bufio"
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"reflect"
	"strings"

	"github.com/alicebob/miniredis/v2/server"
)

// line is a Peer of our own: commands that are dispatched for it answer into
// a buffer, so that a reply can be held back until its record is written.
type line struct {
	peer *server.Peer
	w    *bufio.Writer
	out  bytes.Buffer
}

func newLine() *line {
	l := new(line)
	l.w = bufio.NewWriter(&l.out)
	l.peer = server.NewPeer(l.w)
	return l
}

func (l *line) dispatch(srv *server.Server, words []string) string {
	l.out.Reset()
	srv.Dispatch(l.peer, words)
	l.peer.Flush()
	return l.out.String()
}

// dispatch runs a command with the connection state ctx, which may be nil.
func (s *Store) dispatch(ctx any, resp3 bool, words ...string) string {
	s.exec.peer.Ctx, s.exec.peer.Resp3, s.exec.peer.SwitchResp3 = ctx, resp3, nil
	return s.exec.dispatch(s.srv, words)
}

// ask runs a command from inside a script, with the nested state of its call.
func (s *Store) ask(ctx any, words ...string) string {
	s.probe.peer.Ctx = ctx
	return s.probe.dispatch(s.srv, words)
}

// nestedField finds the mark of a call from Lua in miniredis' connection
// state.
func nestedField(ctx any) ([]int, error) {
	t := reflect.TypeOf(ctx)
	if t != nil && t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct {
		if f, ok := t.Elem().FieldByName("nested"); ok && f.Type.Kind() == reflect.Bool {
			return f.Index, nil
		}
	}
	return nil, fmt.Errorf("embedded store: this version of miniredis does not mark calls from scripts (connection state is %T)", ctx)
}

func (s *Store) isNested(c *server.Peer) bool {
	return c.Ctx != nil && reflect.ValueOf(c.Ctx).Elem().FieldByIndex(s.nested).Bool()
}

// hook sees each command first. It runs on the goroutine of the connection.
func (s *Store) hook(c *server.Peer, cmd string, args ...string) bool {
	if c == s.exec.peer || c == s.probe.peer {
		return false
	}
	if s.isNested(c) {
		return s.nestedCall(c, cmd, args)
	}

	s.mu.Lock()
	reply, done := s.serve(c, cmd, args)
	s.mu.Unlock()
	if done && reply != "" {
		c.WriteRaw(reply)
	}
	return done
}

// serve runs one command of a client, journals what it did and returns its
// reply; false leaves the command to the server.
func (s *Store) serve(c *server.Peer, cmd string, args []string) (string, bool) {
	switch {
	case s.closed:
		return "-" + refusal(cmd, "the store is closed") + "\r\n", true
	case s.broken != nil:
		return "-MISCONF embedded store: the journal cannot be written, see the log\r\n", true
	}
	kind, why := s.classify(cmd, args)
	if t := s.txs[c]; kind == unknown || kind == connection && t == nil {
		if t != nil {
			t.poisoned = true
		}
		return "", false
	}

	s.advance()
	s.expireDue()
	var reply string
	if kind == transact || s.txs[c] != nil {
		reply = s.transact(c, kind, why, cmd, args)
	} else {
		reply = s.run(c, kind, why, cmd, args)
	}
	if !s.commit() {
		return "-MISCONF embedded store: the journal could not be written, see the log\r\n", true
	}
	return reply, true
}

// commit journals the effects collected since the last commit and then lets
// the published messages go. When the journal cannot be written the store
// stops for good: memory holds a change that a restart would not have.
func (s *Store) commit() bool {
	s.settle()
	defer s.effects.reset()
	published := s.published
	s.published = s.published[:0]
	if s.effects.n > 0 && s.journal != nil {
		if err := s.journal.append(s.wall, s.age, s.effects.buf); err != nil {
			s.broken = err
			s.log.Error("embedded store stopped: journal not written", "err", err)
			return false
		}
		if s.journal.grown() {
			select {
			case s.wantCompact <- struct{}{}:
			default: // already asked
			}
		}
	}
	for _, p := range published {
		s.broker.publish(p.channel, p.message)
	}
	return true
}

// run executes one command outside of a transaction.
func (s *Store) run(c *server.Peer, kind class, why, cmd string, args []string) string {
	switch kind {
	case read:
		return s.dispatchFor(c, cmd, args)
	case write:
		s.keepFor(cmd, args)
		s.effects.add(cmd, args...)
		reply := s.dispatchFor(c, cmd, args)
		s.effects.ended(reply)
		s.touch(cmd, args)
		return reply
	case ttl:
		return s.answerTTL(cmd, args, func(call ...string) string {
			return s.dispatch(c.Ctx, false, call...)
		})
	case script:
		s.keepDeclared(cmd, args)
		reply := s.dispatchFor(c, cmd, args)
		s.keepScript(cmd, args, reply)
		return reply
	case pubsub:
		return s.pubsub(c, cmd, args)
	default:
		return "-" + refusal(cmd, why) + "\r\n"
	}
}

// touch notes the keys of a write, to be settled with its record.
func (s *Store) touch(cmd string, args []string) {
	shape := writes[cmd]
	if shape == allKeys {
		if s.dispatch(s.own, false, "DBSIZE") == ":0\r\n" {
			s.expiry.reset()
		}
		return
	}
	s.touched = append(s.touched, keysOf(shape, args)...)
}

// nestedCall sees the redis.call's of the script that this very goroutine
// runs under s.mu.
func (s *Store) nestedCall(c *server.Peer, cmd string, args []string) bool {
	kind, why := s.classify(cmd, args)
	switch kind {
	case unknown, read, script: // the server refuses EVAL and SCRIPT in scripts
		return false
	case write:
		if writes[cmd] == allKeys {
			why = "not in a script"
			break
		}
		s.undeclared(cmd, args)
		s.effects.add(cmd, args...)
		s.touch(cmd, args)
		return false
	case ttl:
		s.nestedTTL(c, cmd, args)
		return true
	case pubsub:
		if cmd == "PUBLISH" {
			c.WriteRaw(s.pubsub(c, cmd, args))
			return true
		}
		why = "not in a script"
	case refused:
	default:
		why = "not in a script"
	}
	c.WriteError(refusal(cmd, why))
	return true
}

// keepScript remembers and journals a body that became callable by EVALSHA.
func (s *Store) keepScript(cmd string, args []string, reply string) {
	var body string
	switch {
	case cmd == "EVAL" && len(args) > 0:
		body = args[0]
	case cmd == "SCRIPT" && len(args) == 2 && strings.EqualFold(args[0], "LOAD"):
		body = args[1]
	case cmd == "SCRIPT" && len(args) > 0 && strings.EqualFold(args[0], "FLUSH") && outcomeOf(reply) == succeeded:
		clear(s.scripts)
		s.effects.add("SCRIPT", "FLUSH")
		return
	default:
		return
	}
	sum := sha1.Sum([]byte(body))
	sha := hex.EncodeToString(sum[:])
	if _, known := s.scripts[sha]; known || s.dispatch(s.own, false, "SCRIPT", "EXISTS", sha) != "*1\r\n:1\r\n" {
		return
	}
	s.scripts[sha] = body
	s.effects.add("SCRIPT", "LOAD", body)
}

// apply runs a journalled command again.
func (s *Store) apply(c command) error {
	cmd, args := c.words[0], c.words[1:]
	if _, ok := writes[cmd]; !ok && cmd != "SCRIPT" {
		return fmt.Errorf("%s is not a command this version journals", cmd)
	}
	reply := s.dispatch(s.own, false, c.words...)
	if got := outcomeOf(reply); c.outcome != unseen && got != c.outcome {
		return fmt.Errorf("%s ended otherwise than when it was journalled: %s", cmd, strings.TrimSpace(reply[:min(80, len(reply))]))
	}
	if cmd == "SCRIPT" {
		s.keepScript(cmd, args, reply)
		s.effects.reset()
		return nil
	}
	s.touch(cmd, args)
	return nil
}
