-- claim: take the first deliveries of lanes that are due, and say when the endpoint is due next.
-- KEYS 1 endpoint (HASH), 2 due endpoints (ZSET), 3 lanes (ZSET), 4 heads (HASH)
-- ARGV 1 endpoint id, 2 now in ms, 3 end of the lease in ms, 4 how many
-- Result: {doc, ver, waiting, failing, hold, delivery, …}, or {} for no endpoint
local ep = redis.call('HMGET', KEYS[1], 'doc', 'ver', 'waiting', 'failing', 'hold')
if not ep[1] then
  redis.call('ZREM', KEYS[2], ARGV[1])
  return {}
end
local out = {ep[1], ep[2], ep[3] or '0', ep[4] or '0', ep[5] or '0'}
local hold = tonumber(out[5])
if hold > tonumber(ARGV[2]) then
  redis.call('ZADD', KEYS[2], hold, ARGV[1])
  return out
end
local lanes = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', ARGV[2], 'LIMIT', 0, ARGV[4])
for _, lane in ipairs(lanes) do
  local head = redis.call('HGET', KEYS[4], lane)
  if head then
    redis.call('ZADD', KEYS[3], ARGV[3], lane)
    out[#out + 1] = head
  else
    redis.call('ZREM', KEYS[3], lane)
  end
end
if #lanes < tonumber(ARGV[4]) then
  local first = redis.call('ZRANGE', KEYS[3], 0, 0, 'WITHSCORES')
  if first[2] then
    redis.call('ZADD', KEYS[2], first[2], ARGV[1])
  else
    redis.call('ZREM', KEYS[2], ARGV[1])
  end
end
return out
