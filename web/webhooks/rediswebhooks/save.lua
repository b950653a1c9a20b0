-- save: store a changed endpoint, and look at what waits for it.
-- KEYS 1 endpoint (HASH), 2 due endpoints (ZSET)
-- ARGV 1 endpoint id, 2 doc, 3 version that was read, 4 off: '1' or '0', 5 now in ms
-- Result: 0 done, -1 no endpoint, -2 it changed
local ver = redis.call('HGET', KEYS[1], 'ver')
if not ver then return -1 end
if ver ~= ARGV[3] then return -2 end
local was = redis.call('HGET', KEYS[1], 'off')
redis.call('HSET', KEYS[1], 'doc', ARGV[2], 'ver', tonumber(ver) + 1, 'off', ARGV[4])
if was == '1' and ARGV[4] == '0' then redis.call('HDEL', KEYS[1], 'failing', 'hold') end
redis.call('ZADD', KEYS[2], ARGV[5], ARGV[1])
return 0
