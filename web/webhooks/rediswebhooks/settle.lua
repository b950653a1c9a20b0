-- settle: store what became of a claimed delivery and let its lane go on.
-- KEYS 1 endpoint (HASH), 2 due endpoints (ZSET), 3 lanes (ZSET), 4 heads (HASH), 5 queue of the lane (LIST),
--      6 delivery (HASH), 7 dead letters (ZSET by when they were set aside, in µs)
-- ARGV 1 endpoint id, 2 delivery id, 3 lane, 4 tries as claimed, 5 progress, 6 state, 7 now in ms,
--      8 when it is due again in ms, 9 ms to keep it when it has ended, 10 the endpoint took it '1', did not '0', was not asked '',
--      11 pause of the endpoint until, in ms, or '0'
-- Result: since when the endpoint has been failing in ms, 0 if it is not; -1 another node settled it, or it is gone
if redis.call('EXISTS', KEYS[1]) == 0 or redis.call('HGET', KEYS[4], ARGV[3]) ~= ARGV[2] then return -1 end
-- A late success is a success; a late failure was counted by whoever came after.
if ARGV[6] ~= 'delivered' and redis.call('HGET', KEYS[6], 'n') ~= ARGV[4] then return -1 end
redis.call('HSET', KEYS[6], 'st', ARGV[5], 's', ARGV[6])
redis.call('HINCRBY', KEYS[6], 'n', 1)
local due = ARGV[8]
if ARGV[6] ~= 'waiting' then
  redis.call('PEXPIRE', KEYS[6], ARGV[9])
  redis.call('HINCRBY', KEYS[1], 'waiting', -1)
  if ARGV[6] == 'dead' then
    -- No two have the same score, so that those of a lane keep their order.
    local score = tonumber(ARGV[7]) * 1000
    local last = redis.call('ZREVRANGE', KEYS[7], 0, 0, 'WITHSCORES')
    if last[2] and tonumber(last[2]) >= score then score = tonumber(last[2]) + 1 end
    redis.call('ZADD', KEYS[7], score, ARGV[2])
    redis.call('ZREMRANGEBYSCORE', KEYS[7], '-inf', (tonumber(ARGV[7]) - tonumber(ARGV[9])) * 1000)
  end
  local behind = redis.call('LPOP', KEYS[5])
  if behind then
    redis.call('HSET', KEYS[4], ARGV[3], behind)
    due = ARGV[7]
  else
    redis.call('HDEL', KEYS[4], ARGV[3])
    redis.call('ZREM', KEYS[3], ARGV[3])
    due = nil
  end
end
if due then
  redis.call('ZADD', KEYS[3], due, ARGV[3])
  local first = redis.call('ZSCORE', KEYS[2], ARGV[1])
  if not first or tonumber(first) > tonumber(due) then redis.call('ZADD', KEYS[2], due, ARGV[1]) end
end
if ARGV[11] ~= '0' then redis.call('HSET', KEYS[1], 'hold', ARGV[11]) end
if ARGV[10] == '1' then
  redis.call('HDEL', KEYS[1], 'failing')
elseif ARGV[10] == '0' then
  redis.call('HSETNX', KEYS[1], 'failing', ARGV[7])
end
return tonumber(redis.call('HGET', KEYS[1], 'failing') or '0')
