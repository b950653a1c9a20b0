-- report_count: count facts of something whose progress is kept, if nobody was quicker.
-- KEYS 1 progress (HASH), 2… counters of days (HASH)
-- ARGV 1 what is followed, 2 its progress as it was read ('' = none), 3 its progress with these facts,
--      4.. triples: number of the key, field, by how much
-- Result: 1 counted, 0 somebody was quicker
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
for i = 4, #ARGV, 3 do redis.call('HINCRBY', KEYS[tonumber(ARGV[i])], ARGV[i + 1], ARGV[i + 2]) end
return 1
