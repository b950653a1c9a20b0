package redisdialog

import (
	"recourse/dialog"
	"recourse/internal/ids"
)

// Keys of a shard. All of them start with the shard's hash tag, so one script can touch them all.
//
//	{sNNN}:d:<id>       HASH   doc, ver, holder, epoch, agent, inbound, answered, asked, spoke, pressed, carried,
//	                           live, seenb, seena
//	{sNNN}:d:<id>:log   LIST   entries as JSON; position = seq
//	{sNNN}:d:<id>:seen  HASH   client key -> "<seq> <digest>"
//	{sNNN}:d:wait       ZSET   conversations owed a turn, by the time the oldest entry came
//	{sNNN}:b:<buyer>    STRING the buyer's conversation
//
// When a conversation that a human has must be looked at though nobody writes stands among the shard's deadlines
// (ids.Shard.Deadlines) as "<id>|floor", so that the runner of deadlines carries it.
func convKey(s ids.Shard, id dialog.ID) string  { return s.Tag() + ":d:" + string(id) }
func logKey(s ids.Shard, id dialog.ID) string   { return convKey(s, id) + ":log" }
func seenKey(s ids.Shard, id dialog.ID) string  { return convKey(s, id) + ":seen" }
func waitKey(s ids.Shard) string                { return s.Tag() + ":d:wait" }
func buyerKey(s ids.Shard, buyer string) string { return s.Tag() + ":b:" + buyer }

// Prefix is the id prefix of conversations.
const Prefix = "d"
