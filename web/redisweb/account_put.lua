-- account_put: replace an account by what it is now, if it is still as it was read.
-- KEYS 1 accounts (HASH login -> JSON)
-- ARGV 1 login, 2 JSON that was read, '' if there was none, 3 JSON to keep
-- Result: 1 kept, 0 it has changed
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
