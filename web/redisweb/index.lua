-- index: make the index of a shop's cases say what a case says, unless it says something newer already.
-- KEYS 1 facts (HASH case -> JSON), 2 all (ZSET by creation), 3 open (ZSET by creation), 4 changes (ZSET by number),
--      5 number of the last change, 6 cases of the order (SET)
-- ARGV 1 case, 2 version, 3 created (ms), 4 1 = somebody may still have to act, 5 facts
-- Result: 1 indexed, 0 it knew
local old = redis.call('HGET', KEYS[1], ARGV[1])
if old and cjson.decode(old).v >= tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[5])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
if ARGV[4] == '1' then
  redis.call('ZADD', KEYS[3], ARGV[3], ARGV[1])
else
  redis.call('ZREM', KEYS[3], ARGV[1])
end
-- The number and the place are given in one step, so that a reader who has seen a number has seen all before it.
redis.call('ZADD', KEYS[4], redis.call('INCR', KEYS[5]), ARGV[1])
redis.call('SADD', KEYS[6], ARGV[1])
return 1
