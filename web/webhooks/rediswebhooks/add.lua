-- add: store a new endpoint.
-- KEYS 1 endpoint (HASH doc, ver, off, waiting, failing, hold), 2 endpoints of the owner (SET)
-- ARGV 1 endpoint id, 2 doc, 3 most endpoints of an owner, 4 off: '1' or '0'
-- Result: 0 done, -1 too many, -2 there is one of this id
if redis.call('EXISTS', KEYS[1]) == 1 then return -2 end
if redis.call('SCARD', KEYS[2]) >= tonumber(ARGV[3]) then return -1 end
redis.call('HSET', KEYS[1], 'doc', ARGV[2], 'ver', 1, 'off', ARGV[4])
redis.call('SADD', KEYS[2], ARGV[1])
return 0
