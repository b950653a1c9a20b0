-- swap: change several things of the desk together, if none of them has changed since it was read.
-- KEYS 1 chats (HASH), 2 agents (HASH), 3 the rest (HASH)
-- ARGV 1 what to announce ('' = nothing), 2.. fours: which key, field, value as it was read ('' = none), new value ('' = none)
-- Result: 1 done, 0 something has changed
for i = 2, #ARGV, 4 do
  local is = redis.call('HGET', KEYS[tonumber(ARGV[i])], ARGV[i + 1])
  if (is or '') ~= ARGV[i + 2] then return 0 end
end
for i = 2, #ARGV, 4 do
  local key = KEYS[tonumber(ARGV[i])]
  if ARGV[i + 3] == '' then
    redis.call('HDEL', key, ARGV[i + 1])
  else
    redis.call('HSET', key, ARGV[i + 1], ARGV[i + 3])
  end
end
if ARGV[1] ~= '' then redis.call('PUBLISH', 'recourse:desk', ARGV[1]) end
return 1
