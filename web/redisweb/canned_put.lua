-- Keeps a canned reply, with its shortcut for it alone.
-- KEYS: replies, shortcuts, has. ARGV: "<owner>/<id>", reply as JSON, "<owner>/<shortcut>".
-- Result: 1, or 0 when another reply has the shortcut; then nothing is changed.
local has = redis.call('HGET', KEYS[2], ARGV[3])
if has and has ~= ARGV[1] then return 0 end
local was = redis.call('HGET', KEYS[3], ARGV[1])
if was then redis.call('HDEL', KEYS[2], was) end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('HSET', KEYS[2], ARGV[3], ARGV[1])
redis.call('HSET', KEYS[3], ARGV[1], ARGV[3])
return 1
