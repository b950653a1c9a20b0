-- ticket_done: replace a ticket by what it is now that it is done, if it is still as it was read.
-- KEYS 1 tickets (HASH id -> JSON), 2 open tickets (ZSET id by ms)
-- ARGV 1 id, 2 JSON that was read, 3 JSON to keep
-- Result: 1 done, 0 it has changed
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('ZREM', KEYS[2], ARGV[1])
return 1
