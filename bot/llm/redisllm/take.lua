-- take: reserve an amount of a purse, if its limits allow it.
-- KEYS 1 purse (HASH tokens, micro)
-- ARGV 1 tokens, 2 micro, 3 most tokens (0 = any), 4 most micro (0 = any), 5 seconds to keep it
-- Result: 1 reserved, 0 over a limit
local h = redis.call('HMGET', KEYS[1], 'tokens', 'micro')
local tokens, micro = tonumber(h[1] or 0) + tonumber(ARGV[1]), tonumber(h[2] or 0) + tonumber(ARGV[2])
if tonumber(ARGV[3]) > 0 and tokens > tonumber(ARGV[3]) then return 0 end
if tonumber(ARGV[4]) > 0 and micro > tonumber(ARGV[4]) then return 0 end
redis.call('HINCRBY', KEYS[1], 'tokens', ARGV[1])
redis.call('HINCRBY', KEYS[1], 'micro', ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[5])
return 1
