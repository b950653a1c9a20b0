-- put: keep a policy version and make it the current one.
-- KEYS 1 versions (HASH version -> source), 2 declared (HASH declared version -> version), 3 current (STRING)
-- ARGV 1 version, 2 source, 3 declared version, 4 '1' if the declared version may stand for one content only
-- Result: 0 done, -1 the version is there with other content, -2 the declared version is
local have = redis.call('HGET', KEYS[1], ARGV[1])
if have and have ~= ARGV[2] then return -1 end
local declared = redis.call('HGET', KEYS[2], ARGV[3])
if ARGV[4] == '1' and declared and declared ~= ARGV[1] then return -2 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('HSET', KEYS[2], ARGV[3], ARGV[1])
redis.call('SET', KEYS[3], ARGV[1])
redis.call('PUBLISH', 'recourse:policy', ARGV[1])
return 0
