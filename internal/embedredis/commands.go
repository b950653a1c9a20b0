package embedredis

import "strings"

// class says what the hook does with a command.
type class uint8

const (
	unknown    class = iota // not ours to judge: the server answers "unknown command"
	read                    // runs in line, leaves no record
	write                   // runs in line, leaves a record
	script                  // EVAL, EVALSHA, SCRIPT
	ttl                     // TTL, PTTL: answered from the expiry index
	pubsub                  // answered by the broker
	transact                // MULTI, EXEC, DISCARD
	connection              // state of one connection: left to the server
	refused                 // known to the server, but not offered
)

// keyShape says which arguments of a write are keys it may change.
type keyShape uint8

const (
	firstKey keyShape = iota
	firstTwo
	allArgs
	everyOther
	allKeys // of the database
)

// writes is the allow-list. A command may be added when replaying it on the
// same state gives the same state, and its shape names every key it changes.
var writes = map[string]keyShape{
	"SET": firstKey, "SETEX": firstKey, "PSETEX": firstKey, "SETNX": firstKey,
	"MSET": everyOther, "MSETNX": everyOther, "APPEND": firstKey, "SETRANGE": firstKey, "SETBIT": firstKey,
	"INCR": firstKey, "INCRBY": firstKey, "INCRBYFLOAT": firstKey, "DECR": firstKey, "DECRBY": firstKey,
	"GETSET": firstKey, "GETDEL": firstKey, "GETEX": firstKey,
	"DEL": allArgs, "UNLINK": allArgs, "PERSIST": firstKey,
	"EXPIRE": firstKey, "PEXPIRE": firstKey, "EXPIREAT": firstKey, "PEXPIREAT": firstKey,
	"HSET": firstKey, "HMSET": firstKey, "HSETNX": firstKey, "HDEL": firstKey, "HINCRBY": firstKey, "HINCRBYFLOAT": firstKey,
	"LPUSH": firstKey, "RPUSH": firstKey, "LPUSHX": firstKey, "RPUSHX": firstKey, "LPOP": firstKey, "RPOP": firstKey,
	"LREM": firstKey, "LSET": firstKey, "LTRIM": firstKey, "LINSERT": firstKey, "LMOVE": firstTwo, "RPOPLPUSH": firstTwo,
	"SADD": firstKey, "SREM": firstKey, "SMOVE": firstTwo,
	"SDIFFSTORE": firstKey, "SINTERSTORE": firstKey, "SUNIONSTORE": firstKey,
	"ZADD": firstKey, "ZINCRBY": firstKey, "ZREM": firstKey, "ZPOPMIN": firstKey, "ZPOPMAX": firstKey,
	"ZREMRANGEBYSCORE": firstKey, "ZREMRANGEBYRANK": firstKey, "ZREMRANGEBYLEX": firstKey,
	"ZUNIONSTORE": firstKey, "ZINTERSTORE": firstKey,
	"XADD": firstKey, "XDEL": firstKey, "XTRIM": firstKey,
	"FLUSHALL": allKeys, "FLUSHDB": allKeys,
}

// classes holds what neither the allow-list nor the server's own read-only
// mark decides.
var classes = map[string]class{
	"EVAL": script, "EVALSHA": script, "SCRIPT": script,
	"TTL": ttl, "PTTL": ttl,
	"SUBSCRIBE": pubsub, "UNSUBSCRIBE": pubsub, "PSUBSCRIBE": pubsub, "PUNSUBSCRIBE": pubsub, "PUBLISH": pubsub, "PUBSUB": pubsub,
	"MULTI": transact, "EXEC": transact, "DISCARD": transact,
	"HELLO": connection, "AUTH": connection, "QUIT": connection, "CLIENT": connection, "COMMAND": connection,
	"CLUSTER": connection, "SELECT": connection, "WATCH": connection, "UNWATCH": connection,
	"PING": read, "ECHO": read, "TIME": read, "INFO": read, "XINFO": read, "OBJECT": read, "MEMORY": read, "WAIT": read,
}

// reasons explains refusals that somebody is likely to meet.
var reasons = map[string]string{
	"XGROUP": noGroups, "XREADGROUP": noGroups, "XACK": noGroups, "XCLAIM": noGroups, "XAUTOCLAIM": noGroups, "XPENDING": noGroups,
	"BLPOP": noBlocking, "BRPOP": noBlocking, "BRPOPLPUSH": noBlocking, "BLMOVE": noBlocking,
	"BZPOPMIN": noBlocking, "BZPOPMAX": noBlocking, "BZMPOP": noBlocking,
	"SPOP":    "a random write cannot be replayed; use SRANDMEMBER and SREM",
	"EVAL_RO": tooNew, "EVALSHA_RO": tooNew, "EXPIRETIME": tooNew, "PEXPIRETIME": tooNew, "LMPOP": tooNew, "ZMPOP": tooNew,
	"HEXPIRE": tooNew, "HPERSIST": tooNew, "HTTL": tooNew, "HPTTL": tooNew, "HSETEX": tooNew, "DELEX": tooNew,
	"DUMP": notOffered, "SWAPDB": onlyDB0, "MOVE": onlyDB0,
}

const (
	noGroups   = "consumer groups are not supported"
	noBlocking = "blocking commands are not supported; use pub/sub or poll"
	tooNew     = "it needs a Redis newer than 6.2"
	onlyDB0    = "only database 0 exists"
	notOffered = "this command is not offered"
)

// classify returns what to do with a command, and why when it is refused.
func (s *Store) classify(cmd string, args []string) (class, string) {
	if why, ok := reasons[cmd]; ok {
		return refused, why
	}
	if _, ok := writes[cmd]; ok {
		if strings.Contains(cmd, "EXPIRE") && len(args) > 2 {
			for _, option := range args[2:] {
				// The server would compare with the duration it stores, which
				// does not age (expiry.go).
				if strings.EqualFold(option, "GT") || strings.EqualFold(option, "LT") {
					return refused, tooNew
				}
			}
		}
		return write, ""
	}
	if c, ok := classes[cmd]; ok {
		if cmd == "SELECT" && len(args) == 1 && args[0] != "0" {
			return refused, onlyDB0
		}
		return c, ""
	}
	if s.srv.IsReadOnlyCommand(cmd) {
		if cmd == "XREAD" && blocks(args) {
			return refused, noBlocking + " (go-redis: set Block to -1)"
		}
		return read, ""
	}
	if s.srv.IsRegisteredCommand(cmd) {
		return refused, notOffered
	}
	return unknown, ""
}

func blocks(args []string) bool {
	for _, a := range args {
		switch {
		case strings.EqualFold(a, "STREAMS"):
			return false
		case strings.EqualFold(a, "BLOCK"):
			return true
		}
	}
	return false
}

// keysOf lists the keys that a write may change. Arguments may be wrong in
// number: this runs before the server has looked at them.
func keysOf(shape keyShape, args []string) []string {
	switch shape {
	case firstKey:
		return args[:min(1, len(args))]
	case firstTwo:
		return args[:min(2, len(args))]
	case allArgs:
		return args
	case everyOther:
		keys := make([]string, 0, (len(args)+1)/2)
		for i := 0; i < len(args); i += 2 {
			keys = append(keys, args[i])
		}
		return keys
	}
	return nil
}

func refusal(cmd, why string) string {
	return "ERR embedded store: " + strings.ToLower(cmd) + ": " + why
}
