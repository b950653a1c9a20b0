// Package embedredis is a Redis-compatible server inside this process, with a
// journal, so that a single binary keeps its promises without a Redis beside
// it. Clients are ordinary go-redis clients that dial Addr.
//
// It does not know what is stored in it: no key, script or domain word of the
// program appears here. It knows commands, keys, deadlines and a file.
//
// # What it promises
//
// A write is in the journal file (write(2) has returned) before its reply
// leaves, so nothing acknowledged is lost when the process is killed. With
// Options.Fsync it is on the disk as well; without it the file is synced once
// a second and a power cut can cost about that second. Commands run one at a
// time, and nobody reads a value, nor receives a published message, before
// the write it came from is in the journal.
//
// Keys expire at their exact time for every command that looks, by a clock
// that only moves forward: when the wall clock is set back, time to live
// stands still until the clock moves on again.
//
// # What is journalled
//
// Effects, not scripts: the hook sees the redis.call's of a script, and the
// writes among them become one record, together with the keys that expired
// just before. So a replay does not run Lua (which would be some hundred times
// slower and would demand deterministic scripts), a script that fails half
// way replays exactly the half that happened, and a script that only reads
// costs no record. Script bodies are kept beside, for EVALSHA after a restart.
// MULTI/EXEC is one record too. PUBLISH is not journalled.
//
// When the journal has doubled it is rewritten as the shortest one that leads to the same state. That state is of
// one instant, but nobody waits for the whole of it: keys are taken a few at a time, and one that is about to be
// written is taken first. A script that writes a key which it did not declare, and FLUSHALL, make the rewriting
// start over when the journal has doubled again.
//
// # What it refuses
//
// Databases other than 0, consumer groups, commands that block (XREAD BLOCK,
// BLPOP, …: a waiting client would stop the single line of execution), random
// writes (SPOP), commands newer than Redis 6.2 and rarely used ones. What may
// be written is an allow-list (commands.go), because a write that the expiry
// index and the journal do not understand would be lost quietly. There is no
// slot check: that keys of one script share a slot must be tested on a real
// cluster.
//
// # What it leans on in miniredis
//
// The server is miniredis, a library made for tests. Beyond its ordinary use
// this package relies on:
//
//   - Server.SetPreHook runs before each command, redis.call included, on the
//     goroutine of the connection, and a true result ends the command;
//   - Server.Dispatch runs a command for a Peer of our own, to whose Ctx the
//     state of the real connection can be lent;
//   - calls from Lua arrive with a Ctx whose unexported field "nested" is true
//     (read by reflection; Open fails when the field is gone);
//   - the lock of Miniredis is held during a script, so nested calls may use
//     Dispatch with the nested Ctx but none of the methods of Miniredis;
//   - time to live is a stored duration that nothing decreases by itself, and
//     SetTTL keeps fractions of a millisecond (expiry.go marks with them);
//   - no command changes another database than the selected one.
//
// None of this is a documented promise, so the version is pinned in go.mod;
// after an upgrade the tests of this package, the kill -9 one above all,
// decide. A panic inside miniredis ends the process; the journal stays whole.
package embedredis
