-- look: set when a conversation that was due is looked at again, or that it is not, unless that was set anew meanwhile.
-- KEYS 1 due (ZSET)
-- ARGV 1 member, 2 now in ms, 3 when it is due next in ms (0 = not)
-- Result: 1 if it was set
local at = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not at or tonumber(at) > tonumber(ARGV[2]) then return 0 end
if ARGV[3] == '0' then redis.call('ZREM', KEYS[1], ARGV[1]) else redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1]) end
return 1
