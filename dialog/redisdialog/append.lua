-- append: store one entry once, without a change of state.
-- KEYS 1 conversation (HASH), 2 log (LIST), 3 seen (HASH), 4 wait (ZSET), 5 outbox (STREAM), 6 outbox seq, 7 due (ZSET)
-- ARGV 1 entry, 2 client key ('' = none), 3 digest, 4 wants an answer (0/1), 5 wants a turn even under a human (0/1),
--      6 agent who must hold ('' = nobody), 7 epoch (0 = any), 8 conversation id, 9 now in ms, 10 shard,
--      11 desk record, 12 due member, 13 when to look at it if it is a human's, in ms
-- Result: {status, seq}; status 0 stored, 1 was there, -1 no conversation, -2 not the holder, -3 id reused
if redis.call('EXISTS', KEYS[1]) == 0 then return {-1, 0} end
if ARGV[2] ~= '' then
  local was = redis.call('HGET', KEYS[3], ARGV[2])
  if was then
    local seq, digest = string.match(was, '^(%d+) (.*)$')
    if digest ~= ARGV[3] then return {-3, 0} end
    return {1, tonumber(seq)}
  end
end
local h = redis.call('HMGET', KEYS[1], 'holder', 'epoch', 'agent', 'pressed', 'carried', 'inbound', 'answered')
if ARGV[6] ~= '' then
  if h[1] ~= 'human' or h[3] ~= ARGV[6] then return {-2, 0} end
  if ARGV[7] ~= '0' and h[2] ~= ARGV[7] then return {-2, 0} end
end
local seq = redis.call('RPUSH', KEYS[2], ARGV[1])
if ARGV[2] ~= '' then redis.call('HSET', KEYS[3], ARGV[2], seq .. ' ' .. ARGV[3]) end
if ARGV[6] ~= '' then
  -- the holder spoke: what came before him is answered, but no press is carried out by that
  redis.call('HSET', KEYS[1], 'answered', seq, 'spoke', ARGV[9])
  if tonumber(h[4] or 0) <= tonumber(h[5] or 0) then redis.call('ZREM', KEYS[4], ARGV[8]) end
end
if ARGV[4] == '1' then
  if tonumber(h[6]) <= tonumber(h[7]) then redis.call('HSET', KEYS[1], 'asked', ARGV[9]) end
  redis.call('HSET', KEYS[1], 'inbound', seq)
  if h[1] == 'human' then
    local at = redis.call('ZSCORE', KEYS[7], ARGV[12])
    -- one that is due by now is being looked at, perhaps without this entry
    if not at or tonumber(at) > tonumber(ARGV[13]) or tonumber(at) <= tonumber(ARGV[9]) then redis.call('ZADD', KEYS[7], ARGV[13], ARGV[12]) end
  end
end
if ARGV[5] == '1' then redis.call('HSET', KEYS[1], 'pressed', seq) end
if ARGV[4] == '1' and h[1] == 'bot' or ARGV[5] == '1' then redis.call('ZADD', KEYS[4], 'NX', ARGV[9], ARGV[8]) end
if h[1] ~= 'bot' then
  local n = redis.call('INCR', KEYS[6])
  redis.call('XADD', KEYS[5], n .. '-0', 'k', 'desk', 'v', ARGV[11])
  redis.call('PUBLISH', 'recourse:out', ARGV[10])
end
redis.call('PUBLISH', 'recourse:wake', ARGV[8] .. ' ' .. seq)
return {0, seq}
