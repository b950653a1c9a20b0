package embedredis

import (
	"slices"
	"strconv"
	"strings"
)

const (
	// chunk bounds the words of one record of a snapshot.
	chunk = 512
	// noStreamID is what the server reports for a stream that never had an
	// entry.
	noStreamID = ""
)

// pieceBytes is about how long a piece of a snapshot is. One slice that grows to the whole would be copied over
// and over.
const pieceBytes = 1 << 20

// snapshot is the shortest journal that leads to the state of one instant, in pieces. It is taken key by key, and
// commands go on in between: whoever is about to change a key has it taken before (Store.keep).
type snapshot struct {
	wall, age int64
	left      []string // keys not yet taken, and some that keep has taken
	pending   map[string]struct{}
	pieces    [][]byte
	// spoiled: something was changed before it was taken, and this snapshot is of no instant.
	spoiled bool
	e       effects
}

// begin starts a snapshot of now.
func (s *Store) begin() *snapshot {
	s.advance()
	s.expireDue() // what is over by now is in nobody's snapshot; its record is written with the next commit
	n := &snapshot{wall: s.wall, age: s.age, left: s.db.Keys(), pieces: [][]byte{append(make([]byte, 0, 2*pieceBytes), magic...)}}
	n.pending = make(map[string]struct{}, len(n.left))
	for _, key := range n.left {
		n.pending[key] = struct{}{}
	}
	for _, sha := range keysSorted(s.scripts) {
		n.emit("SCRIPT", "LOAD", s.scripts[sha])
	}
	if len(n.left) == 0 {
		n.frame(nil) // an empty store still has clocks
	}
	return n
}

// take takes up to n keys that are left and says whether there are more.
func (s *Store) take(snap *snapshot, n int) bool {
	for ; n > 0 && len(snap.left) > 0; n-- {
		s.takeKey(snap, snap.left[0])
		snap.left = snap.left[1:]
	}
	return len(snap.left) > 0
}

func (s *Store) takeKey(snap *snapshot, key string) {
	if _, ok := snap.pending[key]; !ok {
		return
	}
	delete(snap.pending, key)
	s.emitKey(key, snap.emit)
	if d, ok := s.expiry.byKey[key]; ok {
		snap.emit("PEXPIRE", key, strconv.FormatInt(d.at-snap.age, 10))
	}
}

// keep has the keys taken that a command is about to change. Not for use while a script runs.
func (s *Store) keep(keys ...string) {
	if s.snap == nil {
		return
	}
	for _, key := range keys {
		s.takeKey(s.snap, key)
	}
}

// keepFor is keep for a write.
func (s *Store) keepFor(cmd string, args []string) {
	switch shape := writes[cmd]; {
	case s.snap == nil:
	case shape == allKeys:
		s.snap.spoiled = true
	default:
		s.keep(keysOf(shape, args)...)
	}
}

// keepDeclared is keep for the keys that a script declares.
func (s *Store) keepDeclared(cmd string, args []string) {
	if s.snap == nil || cmd != "EVAL" && cmd != "EVALSHA" || len(args) < 2 {
		return
	}
	if n, err := strconv.Atoi(args[1]); err == nil && n > 0 && n <= len(args)-2 {
		s.keep(args[2 : 2+n]...)
	}
}

// undeclared notes that a script writes a key that it did not declare: it is too late to take it.
func (s *Store) undeclared(cmd string, args []string) {
	if s.snap == nil {
		return
	}
	for _, key := range keysOf(writes[cmd], args) {
		if _, ok := s.snap.pending[key]; ok {
			s.snap.spoiled = true
		}
	}
}

func (n *snapshot) emit(cmd string, args ...string) {
	n.e.reset()
	n.e.add(cmd, args...)
	n.e.ended("+OK")
	n.frame(n.e.buf)
}

func (n *snapshot) frame(commands []byte) {
	last := len(n.pieces) - 1
	if len(n.pieces[last]) >= pieceBytes {
		n.pieces = append(n.pieces, make([]byte, 0, 2*pieceBytes))
		last++
	}
	n.pieces[last] = appendFrame(n.pieces[last], n.wall, n.age, commands)
}

// emitKey writes the commands that make key. The errors of the getters can
// only be "no such key" and "wrong type", which mu rules out.
func (s *Store) emitKey(key string, emit func(string, ...string)) {
	many := func(cmd string, words []string) {
		for part := range slices.Chunk(words, chunk) {
			emit(cmd, append([]string{key}, part...)...)
		}
	}
	switch s.db.Type(key) {
	case "string":
		v, _ := s.db.Get(key)
		emit("SET", key, v)
	case "hash":
		fields, _ := s.db.HKeys(key)
		words := make([]string, 0, 2*len(fields))
		for _, f := range fields {
			words = append(words, f, s.db.HGet(key, f))
		}
		many("HSET", words)
	case "list":
		words, _ := s.db.List(key)
		many("RPUSH", words)
	case "set":
		words, _ := s.db.Members(key)
		many("SADD", words)
	case "zset":
		scores, _ := s.db.SortedSet(key)
		words := make([]string, 0, 2*len(scores))
		for _, member := range keysSorted(scores) {
			words = append(words, strconv.FormatFloat(scores[member], 'g', -1, 64), member)
		}
		many("ZADD", words)
	case "stream":
		last := noStreamID
		entries, _ := s.db.Stream(key)
		for _, entry := range entries {
			last = entry.ID
			emit("XADD", append([]string{key, entry.ID}, entry.Values...)...)
		}
		// An id is never given twice, even when its entry is gone.
		if given := s.lastStreamID(key); given != last || len(entries) == 0 {
			if given == noStreamID {
				given = "0-1"
			}
			emit("XADD", key, given, "", "")
			emit("XDEL", key, given)
		}
	}
}

// lastStreamID asks the server for the newest id it gave in a stream.
func (s *Store) lastStreamID(key string) string {
	reply := s.dispatch(s.own, false, "XINFO", "STREAM", key)
	lines := strings.Split(reply, "\r\n")
	if i := slices.Index(lines, "last-generated-id"); i >= 0 && i+2 < len(lines) {
		return lines[i+2]
	}
	return noStreamID
}
