-- open: find the buyer's conversation or begin it.
-- KEYS 1 buyer -> conversation, 2 the conversation to begin (HASH)
-- ARGV 1 id to begin, 2 doc, 3 holder
-- Result: the id of the buyer's conversation (the given one if it was begun)
local have = redis.call('GET', KEYS[1])
if have then return have end
redis.call('HSET', KEYS[2], 'doc', ARGV[2], 'ver', 1, 'holder', ARGV[3], 'epoch', 1, 'agent', '',
  'inbound', 0, 'answered', 0, 'seenb', 0, 'seena', 0)
redis.call('SET', KEYS[1], ARGV[1])
return ARGV[1]
