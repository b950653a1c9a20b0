-- release: give a claimed lane back before its lease ends.
-- KEYS 1 due endpoints (ZSET), 2 lanes (ZSET)
-- ARGV 1 endpoint id, 2 lane, 3 end of the lease in ms, 4 now in ms
if redis.call('ZSCORE', KEYS[2], ARGV[2]) ~= ARGV[3] then return 0 end
redis.call('ZADD', KEYS[2], ARGV[4], ARGV[2])
redis.call('ZADD', KEYS[1], ARGV[4], ARGV[1])
return 1
