-- requeue: put a delivery that has ended behind the others of its lane.
-- KEYS 1 endpoint (HASH), 2 due endpoints (ZSET), 3 lanes (ZSET), 4 heads (HASH), 5 queue of the lane (LIST),
--      6 delivery (HASH), 7 dead letters (ZSET)
-- ARGV 1 endpoint id, 2 delivery id, 3 lane, 4 progress, 5 now in ms
-- Result: 0 done, -1 no endpoint or delivery, -2 the endpoint is off, -3 it is waiting
local off = redis.call('HGET', KEYS[1], 'off')
local state = redis.call('HGET', KEYS[6], 's')
if not off or not state then return -1 end
if off == '1' then return -2 end
if state == 'waiting' then return -3 end
redis.call('HSET', KEYS[6], 'st', ARGV[4], 's', 'waiting')
redis.call('PERSIST', KEYS[6])
redis.call('ZREM', KEYS[7], ARGV[2])
redis.call('HINCRBY', KEYS[1], 'waiting', 1)
if redis.call('HSETNX', KEYS[4], ARGV[3], ARGV[2]) == 1 then
  redis.call('ZADD', KEYS[3], ARGV[5], ARGV[3])
  local due = redis.call('ZSCORE', KEYS[2], ARGV[1])
  if not due or tonumber(due) > tonumber(ARGV[5]) then redis.call('ZADD', KEYS[2], ARGV[5], ARGV[1]) end
else
  redis.call('RPUSH', KEYS[5], ARGV[2])
end
redis.call('PUBLISH', 'recourse:webhooks', ARGV[1])
return 0
