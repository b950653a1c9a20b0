-- report_once: count a fact, unless it was counted under its key.
-- KEYS 1 keys that were counted that day (SET), 2 counters of the day (HASH)
-- ARGV 1 key, 2 seconds for which keys are kept, 3.. pairs: field, by how much
-- Result: 1 counted, 0 it was counted before
if redis.call('SADD', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('EXPIRE', KEYS[1], ARGV[2])
for i = 3, #ARGV, 2 do redis.call('HINCRBY', KEYS[2], ARGV[i], ARGV[i + 1]) end
return 1
