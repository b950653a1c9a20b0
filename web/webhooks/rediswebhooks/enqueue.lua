-- enqueue: make an event wait for an endpoint, once.
-- KEYS 1 endpoint (HASH), 2 due endpoints (ZSET), 3 lanes (ZSET), 4 heads (HASH), 5 queue of the lane (LIST),
--      6 seq of the lane, 7 delivery (HASH ev, st, s, n, seq), 8 log (LIST)
-- ARGV 1 endpoint id, 2 delivery id, 3 lane, 4 event, 5 progress, 6 now in ms, 7 ms to keep the seq, 8 length of the log
-- Result: 1 queued, 0 it was before, -1 no endpoint, -2 the endpoint is off (the event counts in seq all the same)
local off = redis.call('HGET', KEYS[1], 'off')
if not off then return -1 end
if redis.call('EXISTS', KEYS[7]) == 1 then return 0 end
local seq = redis.call('INCR', KEYS[6])
redis.call('PEXPIRE', KEYS[6], ARGV[7])
if off == '1' then return -2 end
redis.call('HSET', KEYS[7], 'ev', ARGV[4], 'st', ARGV[5], 's', 'waiting', 'n', 0, 'seq', seq)
local keep = tonumber(ARGV[8])
-- Cut in bunches: a cut costs the whole list.
if redis.call('RPUSH', KEYS[8], ARGV[2]) > keep + keep / 4 then redis.call('LTRIM', KEYS[8], -keep, -1) end
redis.call('HINCRBY', KEYS[1], 'waiting', 1)
if redis.call('HSETNX', KEYS[4], ARGV[3], ARGV[2]) == 1 then
  redis.call('ZADD', KEYS[3], ARGV[6], ARGV[3])
  local due = redis.call('ZSCORE', KEYS[2], ARGV[1])
  if not due or tonumber(due) > tonumber(ARGV[6]) then redis.call('ZADD', KEYS[2], ARGV[6], ARGV[1]) end
else
  redis.call('RPUSH', KEYS[5], ARGV[2])
end
redis.call('PUBLISH', 'recourse:webhooks', ARGV[1])
return 1
