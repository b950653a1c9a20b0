-- seen: move a read mark forward, never back and never past the log.
-- KEYS 1 conversation (HASH), 2 log (LIST)
-- ARGV 1 field (seenb/seena), 2 seq, 3 conversation id
-- Result: the mark as it stands now, -1 if there is no conversation
if redis.call('EXISTS', KEYS[1]) == 0 then return -1 end
local have = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0')
local want = math.min(tonumber(ARGV[2]), redis.call('LLEN', KEYS[2]))
if want <= have then return have end
redis.call('HSET', KEYS[1], ARGV[1], want)
redis.call('PUBLISH', 'recourse:wake', ARGV[3] .. ' ' .. redis.call('LLEN', KEYS[2]))
return want
