-- remove: take an endpoint away from everybody's eyes; what it leaves is cleared afterwards.
-- KEYS 1 endpoint (HASH), 2 endpoints of the owner (SET), 3 due endpoints (ZSET), 4 endpoints to clear (SET)
-- ARGV 1 endpoint id
redis.call('DEL', KEYS[1])
redis.call('SREM', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('SADD', KEYS[4], ARGV[1])
return 0
