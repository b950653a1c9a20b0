// Package own holds the suites that the bot itself must pass before a release, and the tests that play them. A person
// plays them by
//
//	recourse replay run bot/replay/own
//
// Situations are those of the domain (§5) by their ids, flows the guided flows from their start to their end, repair
// what goes wrong in a conversation and is mended, handoff everything about who talks. Nothing here knows how a case is
// played or judged. A case of tier soft is a fault that is known and not mended: it is reported and stops nothing.
package own
