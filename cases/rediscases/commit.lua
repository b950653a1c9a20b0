-- commit: store one applied event: case, mark, key, line, deadlines, outbox; all or nothing.
-- KEYS 1 case (HASH doc, ver), 2 marks (LIST), 3 keys (HASH), 4 line (HASH doc, ver), 5 due (ZSET),
--      6 outbox (STREAM), 7 outbox seq, 8 cases of the buyer (LIST),
--      9 new case (HASH), 10 its marks (LIST)   (only used if ARGV 11 is not empty)
-- ARGV 1 version before (0 = new), 2 version after, 3 doc, 4 mark, 5 event key, 6 digest,
--      7 line version before, 8 line doc, 9 due members as JSON [[name, ms, only if it is there], ...], 10 outbox records as JSON [{k, v}, ...],
--      11 doc of the new case or '', 12 its mark, 13 its id, 14 its due members, 15 case id, 16 shard
-- Result: 0 done, -1 the case changed, -2 the line changed, -3 the key is there
local ver = redis.call('HGET', KEYS[1], 'ver') or '0'
if ver ~= ARGV[1] then return -1 end
local line = redis.call('HGET', KEYS[4], 'ver') or '0'
if line ~= ARGV[7] then return -2 end
if redis.call('HEXISTS', KEYS[3], ARGV[5]) == 1 then return -3 end
if ARGV[11] ~= '' and redis.call('EXISTS', KEYS[9]) == 1 then return -1 end

-- A reminder whose instant is over stays if it still waits to be sent, and is not made anew.
local function due(id, list, old)
  local members = cjson.decode(list)
  for _, d in ipairs(members) do
    d[4] = not d[3] or tonumber(redis.call('ZSCORE', KEYS[5], id .. '|' .. d[1]) or -1) == d[2]
  end
  for _, member in ipairs(old) do redis.call('ZREM', KEYS[5], member) end
  local now = {}
  for _, d in ipairs(members) do
    if d[4] then
      now[#now + 1] = id .. '|' .. d[1]
      redis.call('ZADD', KEYS[5], d[2], now[#now])
    end
  end
  return now
end

-- The case keeps the names of its due members, so that the index never holds one that the document lacks.
local old = redis.call('HGET', KEYS[1], 'due')
local members = due(ARGV[15], ARGV[9], old and old ~= '' and cjson.decode(old) or {})
redis.call('HSET', KEYS[1], 'doc', ARGV[3], 'ver', ARGV[2], 'due', #members > 0 and cjson.encode(members) or '')
redis.call('RPUSH', KEYS[2], ARGV[4])
redis.call('HSET', KEYS[3], ARGV[5], ARGV[6] .. ' ' .. ARGV[2])
redis.call('HSET', KEYS[4], 'doc', ARGV[8], 'ver', tonumber(line) + 1)
if ARGV[1] == '0' then redis.call('LPUSH', KEYS[8], ARGV[15]) end
if ARGV[11] ~= '' then
  local fresh = due(ARGV[13], ARGV[14], {})
  redis.call('HSET', KEYS[9], 'doc', ARGV[11], 'ver', 1, 'due', #fresh > 0 and cjson.encode(fresh) or '')
  redis.call('RPUSH', KEYS[10], ARGV[12])
  redis.call('LPUSH', KEYS[8], ARGV[13])
end
for _, rec in ipairs(cjson.decode(ARGV[10])) do
  local n = redis.call('INCR', KEYS[7])
  redis.call('XADD', KEYS[6], n .. '-0', 'k', rec[1], 'v', rec[2])
end
redis.call('PUBLISH', 'recourse:out', ARGV[16])
return 0
