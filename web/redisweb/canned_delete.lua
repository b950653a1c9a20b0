-- Forgets a canned reply and frees its shortcut.
-- KEYS: replies, shortcuts, has. ARGV: "<owner>/<id>". Result: 1, or 0 when there was none.
local was = redis.call('HGET', KEYS[3], ARGV[1])
if not was then return 0 end
redis.call('HDEL', KEYS[2], was)
redis.call('HDEL', KEYS[3], ARGV[1])
return redis.call('HDEL', KEYS[1], ARGV[1])
