-- ticket_file: keep a ticket, once; one that is there, done or not, stays as it is.
-- KEYS 1 tickets (HASH id -> JSON), 2 open tickets (ZSET id by ms)
-- ARGV 1 id, 2 ticket as JSON, 3 ms
-- Result: 1 kept, 0 it was there
if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
return 1
