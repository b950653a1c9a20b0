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

// snapshot is the shortest journal that leads to the present state.
func (s *Store) snapshot() []byte {
	s.advance()
	b := []byte(magic)
	var e effects
	emit := func(cmd string, args ...string) {
		e.reset()
		e.add(cmd, args...)
		e.ended("+OK")
		b = appendFrame(b, s.wall, s.age, e.buf)
	}
	for _, sha := range keysSorted(s.scripts) {
		emit("SCRIPT", "LOAD", s.scripts[sha])
	}
	for _, key := range s.db.Keys() {
		if d, ok := s.expiry.byKey[key]; ok && d.at <= s.age {
			continue // gone with the next command
		}
		s.emitKey(key, emit)
		if d, ok := s.expiry.byKey[key]; ok {
			emit("PEXPIRE", key, strconv.FormatInt(d.at-s.age, 10))
		}
	}
	if len(b) == len(magic) {
		// An empty store still has clocks.
		b = appendFrame(b, s.wall, s.age, nil)
	}
	return b
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
