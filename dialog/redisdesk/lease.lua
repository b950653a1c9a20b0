-- lease: note who is writing an answer, if it is still who it was.
-- KEYS 1 lease (STRING)
-- ARGV 1 as it was read ('' = nobody), 2 as it shall be ('' = nobody), 3 for how long, in ms
-- Result: 1 done, 0 it has changed
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('PSETEX', KEYS[1], ARGV[3], ARGV[2]) end
return 1
