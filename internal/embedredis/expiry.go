package embedredis

import (
	"container/heap"
	"strconv"
	"time"

	"github.com/alicebob/miniredis/v2/server"
)

// mark is added to each stored time to live once it is in the index. Commands
// set whole milliseconds, so a marked value is one that no command has set
// since, even if a command sets the same duration again.
const mark = time.Nanosecond

// deadline is when a key expires.
type deadline struct {
	at     int64 // on the age clock, milliseconds
	stored int64 // what the server holds, milliseconds
}

// expiry is the index of keys with a time to live. The server only stores
// durations and never decreases them; this index is the truth about when a
// key goes. It runs on an age clock, which counts the milliseconds that were
// seen to pass and is written into each record.
type expiry struct {
	byKey map[string]deadline
	queue dueQueue
}

type due struct {
	at  int64
	key string
}

type dueQueue []due

func (q dueQueue) Len() int           { return len(q) }
func (q dueQueue) Less(i, j int) bool { return q[i].at < q[j].at }
func (q dueQueue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *dueQueue) Push(x any)        { *q = append(*q, x.(due)) }
func (q *dueQueue) Pop() any {
	old := *q
	last := old[len(old)-1]
	old[len(old)-1] = due{}
	*q = old[:len(old)-1]
	return last
}

func (e *expiry) set(key string, d deadline) {
	e.byKey[key] = d
	heap.Push(&e.queue, due{at: d.at, key: key})
	// Replaced deadlines stay in the queue until they come up; rebuild when
	// they are the majority.
	if len(e.queue) > 2*len(e.byKey)+1024 {
		e.queue = e.queue[:0]
		for k, d := range e.byKey {
			e.queue = append(e.queue, due{at: d.at, key: k})
		}
		heap.Init(&e.queue)
	}
}

func (e *expiry) drop(key string) { delete(e.byKey, key) }

func (e *expiry) reset() {
	e.byKey = map[string]deadline{}
	e.queue = nil
}

// next returns a key that is due at age.
func (e *expiry) next(age int64) (string, bool) {
	for len(e.queue) > 0 && e.queue[0].at <= age {
		d := heap.Pop(&e.queue).(due)
		if now, ok := e.byKey[d.key]; ok && now.at == d.at {
			delete(e.byKey, d.key)
			return d.key, true
		}
	}
	return "", false
}

// advance reads the clock. A clock that went backwards adds nothing to the
// age; it still moves the server's idea of TIME, as it would in Redis.
func (s *Store) advance() {
	now := s.now().UnixMilli()
	s.age += max(0, now-s.wall)
	s.setWall(now)
}

func (s *Store) setWall(ms int64) {
	s.wall = ms
	s.m.SetTime(time.UnixMilli(ms).UTC())
}

// expireDue deletes the keys whose time has come, with a record of each, so
// that a replay never has to guess when a key went.
func (s *Store) expireDue() {
	for {
		key, ok := s.expiry.next(s.age)
		if !ok {
			return
		}
		s.effects.add("DEL", key)
		s.db.Del(key)
	}
}

// settle brings the index up to date for the keys touched since the last
// commit, and deletes what Redis would not have left behind. It works at the
// end of a record, in life as in replay, so that both see the same state
// between the commands of one record. Not for use while a script runs: the
// server's lock is held then.
func (s *Store) settle() {
	for _, key := range s.touched {
		s.dropEmpty(key)
		switch left := s.db.TTL(key); {
		case left == 0:
			s.expiry.drop(key)
		case left < 0:
			// SET with a past EXAT leaves a negative duration behind, which
			// a later key of that name would inherit.
			s.expiry.drop(key)
			s.dispatch(s.own, false, "PERSIST", key)
		case left%time.Millisecond == 0:
			ms := left.Milliseconds()
			s.db.SetTTL(key, left+mark)
			s.expiry.set(key, deadline{at: s.age + ms, stored: ms})
		}
	}
	s.touched = s.touched[:0]
}

// dropEmpty deletes a key without content: the server keeps an empty set or
// sorted set after SUNIONSTORE and the like, and an empty stream after an
// XADD that failed.
func (s *Store) dropEmpty(key string) {
	empty := false
	switch s.db.Type(key) {
	case "set":
		empty = s.dispatch(s.own, false, "SCARD", key) == ":0\r\n"
	case "zset":
		empty = s.dispatch(s.own, false, "ZCARD", key) == ":0\r\n"
	case "stream":
		entries, err := s.db.Stream(key)
		empty = err == nil && len(entries) == 0 && s.lastStreamID(key) == noStreamID
	}
	if empty {
		s.db.Del(key)
	}
}

// left answers PTTL from the server's own answer: -2 no key, -1 no deadline.
func (s *Store) left(key string, pttl int64) int64 {
	d, ok := s.expiry.byKey[key]
	if pttl < 0 || !ok || d.stored != pttl {
		return pttl // the last case: set earlier in the same script or transaction
	}
	return d.at - s.age
}

// answerTTL runs TTL and PTTL through call, which asks the server.
func (s *Store) answerTTL(cmd string, args []string, call func(...string) string) string {
	reply := call(append([]string{"PTTL"}, args...)...)
	pttl, err := strconv.ParseInt(trimReply(reply), 10, 64)
	if err != nil {
		return reply // wrong number of arguments
	}
	ms := s.left(args[0], pttl)
	if cmd == "TTL" && ms > 0 {
		ms = (ms + 500) / 1000 // as Redis rounds
	}
	return ":" + strconv.FormatInt(ms, 10) + "\r\n"
}

// nestedTTL is answerTTL for a script.
func (s *Store) nestedTTL(c *server.Peer, cmd string, args []string) {
	c.WriteRaw(s.answerTTL(cmd, args, func(call ...string) string {
		return s.ask(c.Ctx, call...)
	}))
}

// trimReply strips the type byte and the line end of an integer reply.
func trimReply(reply string) string {
	if len(reply) < 3 || reply[0] != ':' {
		return ""
	}
	return reply[1 : len(reply)-2]
}
