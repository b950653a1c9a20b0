-- ticket_put: replace a ticket by what it is now, if it is still as it was read.
-- KEYS 1 tickets (HASH id -> JSON), 2 open tickets (ZSET id by ms), 3 tickets of its conversation (SET of ids; may be left out)
-- ARGV 1 id, 2 JSON that was read, '' if there was none, 3 JSON to keep, 4 ms if it is open, '' if it is done
-- Result: 1 kept, 0 it has changed
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
if ARGV[4] == '' then
  redis.call('ZREM', KEYS[2], ARGV[1])
else
  redis.call('ZADD', KEYS[2], ARGV[4], ARGV[1])
end
if KEYS[3] then redis.call('SADD', KEYS[3], ARGV[1]) end
return 1
