-- remind: send a reminder of a case once: its key, its place in the index, the outbox record; the case stays as it is.
-- KEYS 1 case (HASH doc, ver), 2 keys (HASH), 3 due (ZSET), 4 outbox (STREAM), 5 outbox seq
-- ARGV 1 version that was read, 2 due member, 3 its score, 4 key, 5 record kind, 6 record body, 7 shard
-- Result: 1 sent, 0 sent before, -1 the case changed
local ver = redis.call('HGET', KEYS[1], 'ver') or '0'
if ver ~= ARGV[1] then return -1 end
local score = redis.call('ZSCORE', KEYS[3], ARGV[2])
local sent = redis.call('HEXISTS', KEYS[2], ARGV[4])
if score and tonumber(score) == tonumber(ARGV[3]) then redis.call('ZREM', KEYS[3], ARGV[2]) end
if sent == 1 then return 0 end
redis.call('HSET', KEYS[2], ARGV[4], '- ' .. ver)
local n = redis.call('INCR', KEYS[5])
redis.call('XADD', KEYS[4], n .. '-0', 'k', ARGV[5], 'v', ARGV[6])
redis.call('PUBLISH', 'recourse:out', ARGV[7])
return 1
