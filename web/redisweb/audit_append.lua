-- audit_append: add an entry to the audit trail, if it is the one after the last.
-- KEYS 1 trail (STREAM), 2 head (HASH n, h, ms), 3… indexes (ZSET stream id by number)
-- ARGV 1 number of the entry, 2 hash of the entry before, 3 hash of the entry, 4 entry as JSON, 5 ms
-- Result: {1, id, ''} added, {0, number, hash} of the last entry: another was quicker
local head = redis.call('HMGET', KEYS[2], 'n', 'h', 'ms')
local n, h, ms = head[1] or '0', head[2] or '', head[3] or '0'
if tonumber(ARGV[1]) ~= tonumber(n) + 1 or ARGV[2] ~= h then return {0, n, h} end
-- Nodes' clocks differ; the trail's own time never goes back.
if tonumber(ARGV[5]) > tonumber(ms) then ms = ARGV[5] end
local id = ms .. '-' .. ARGV[1]
redis.call('XADD', KEYS[1], id, 'n', ARGV[1], 'h', ARGV[3], 'e', ARGV[4])
redis.call('HSET', KEYS[2], 'n', ARGV[1], 'h', ARGV[3], 'ms', ms)
for i = 3, #KEYS do redis.call('ZADD', KEYS[i], ARGV[1], id) end
return {1, id, ''}
