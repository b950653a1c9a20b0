-- drop: forget a due member that no longer applies, unless it was set anew meanwhile.
-- KEYS 1 due (ZSET)
-- ARGV 1 member, 2 score it was read with
-- Result: 1 removed, 0 not
local s = redis.call('ZSCORE', KEYS[1], ARGV[1])
if s and tonumber(s) == tonumber(ARGV[2]) then return redis.call('ZREM', KEYS[1], ARGV[1]) end
return 0
