// Package replay proves before a release that the bot's answers still hold: it plays suites (package suite) on a stage,
// keeps what was said as a transcript, judges transcripts by expectations, and compares a run with an earlier one.
//
// The core is pure. A stage plays and only plays: it returns a View after each step and decides nothing. Score judges
// views and never plays, so that old runs can be scored anew under changed expectations. Compare and Gate see runs only.
//
//	bot/replay/suite    the formats: questions, conversations, their errors by file and line
//	bot/replay/stage    the bot and the world around it in this process, on a virtual clock, without a network
//	bot/replay/page     what a buyer's page shows and lets him press, the same for every stage
//	bot/replay/remote   the same over a running server's WebSocket and APIs; bot/replay/labwire is what it asks a demo
//	bot/replay/load     conversations of suites as traffic: how fast a server answers
//	bot/replay/report   terminal, JUnit, JSON, HTML
//	bot/replay/record   stored conversations become suites, masked; wrong answers become examples or cases
//	bot/replay/mutate   is the suite any good: mutants that no case notices
//
// The package does not know Redis, sockets, files of runs on a terminal, or how an answer is found.
package replay
