-- commit: change the state of a conversation and append entries, if nothing has changed since it was read.
-- This is the one gate of the floor: entries of the bot are refused unless the bot holds it here and now.
-- KEYS 1 conversation (HASH), 2 log (LIST), 3 seen (HASH), 4 wait (ZSET), 5 outbox (STREAM), 6 outbox seq, 7 due (ZSET)
-- ARGV 1 expected version, 2 doc, 3 holder, 4 epoch, 5 agent, 6 answered up to, 7 index of the live entry (-1 as it is, -2 none any more),
--      8 conversation id, 9 now in ms, 10 shard, 11 desk record, 12 the bot speaks (0/1),
--      13 presses carried out up to, 14 due member, 15 when to look at it if it is a human's, in ms,
--      16 a score was asked for or given (0/1), 17.. triples: entry, client key, digest
-- Result: {status, version, live seq}, and if done {…, length of the log, inbound, pressed, answered, carried};
-- status 0 done, -1 no conversation, -2 changed, -3 the bot does not hold the floor
local h = redis.call('HMGET', KEYS[1], 'ver', 'holder', 'answered', 'inbound', 'pressed', 'carried')
if not h[1] then return {-1, 0, 0} end
if h[1] ~= ARGV[1] then return {-2, tonumber(h[1]), 0} end
if ARGV[12] == '1' and h[2] ~= 'bot' then return {-3, tonumber(h[1]), 0} end
local live, seq, index = 0, 0, 0
for i = 17, #ARGV, 3 do
  local was = ARGV[i + 1] ~= '' and redis.call('HGET', KEYS[3], ARGV[i + 1])
  if was then
    seq = tonumber(string.match(was, '^(%d+) '))
  else
    seq = redis.call('RPUSH', KEYS[2], ARGV[i])
    if ARGV[i + 1] ~= '' then redis.call('HSET', KEYS[3], ARGV[i + 1], seq .. ' ' .. ARGV[i + 2]) end
  end
  if tostring(index) == ARGV[7] then live = seq end
  index = index + 1
end
local answered = math.max(tonumber(h[3]), tonumber(ARGV[6]))
local carried = math.max(tonumber(h[6] or 0), tonumber(ARGV[13]))
local ver = tonumber(h[1]) + 1
redis.call('HSET', KEYS[1], 'doc', ARGV[2], 'ver', ver, 'holder', ARGV[3], 'epoch', ARGV[4], 'agent', ARGV[5], 'answered', answered, 'carried', carried)
if live > 0 then redis.call('HSET', KEYS[1], 'live', live) elseif ARGV[7] == '-2' then redis.call('HSET', KEYS[1], 'live', 0) end
if ARGV[3] == 'bot' and tonumber(h[4]) > answered or tonumber(h[5] or 0) > carried then
  redis.call('ZADD', KEYS[4], 'NX', ARGV[9], ARGV[8])
else
  redis.call('ZREM', KEYS[4], ARGV[8])
end
-- while a human has it, somebody looks at it from time to time though nobody writes
if ARGV[3] ~= 'human' then
  redis.call('ZREM', KEYS[7], ARGV[14])
elseif h[2] ~= 'human' or not redis.call('ZSCORE', KEYS[7], ARGV[14]) then
  redis.call('ZADD', KEYS[7], ARGV[15], ARGV[14])
end
if h[2] ~= 'bot' or ARGV[3] ~= 'bot' then
  local n = redis.call('INCR', KEYS[6])
  redis.call('XADD', KEYS[5], n .. '-0', 'k', 'desk', 'v', ARGV[11])
  redis.call('PUBLISH', 'recourse:out', ARGV[10])
end
if ARGV[16] == '1' then
  local n = redis.call('INCR', KEYS[6])
  redis.call('XADD', KEYS[5], n .. '-0', 'k', 'score', 'v', ARGV[11])
  redis.call('PUBLISH', 'recourse:out', ARGV[10])
end
local last = redis.call('LLEN', KEYS[2])
redis.call('PUBLISH', 'recourse:wake', ARGV[8] .. ' ' .. last)
return {0, ver, live, last, tonumber(h[4]), tonumber(h[5] or 0), answered, carried}
