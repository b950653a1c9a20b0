-- leave: a console of an agent is no longer connected.
-- KEYS 1 consoles (ZSET)
-- ARGV 1 the console, 2 its agent's prefix of consoles, 3 consoles not seen since then are dead, in ms
-- Result: how many consoles of the agent are alive
redis.call('ZREM', KEYS[1], ARGV[1])
local alive = 0
for _, c in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], ARGV[3], '+inf')) do
  if string.sub(c, 1, #ARGV[2]) == ARGV[2] then alive = alive + 1 end
end
return alive
