-- Says that this Redis may be written to, and whether it remembers what it told the one who knocks.
--
-- KEYS  born, settling
-- ARGV  the id and the count that the one who knocks was told last ('' and 0 if never), a new id
-- Returns the id, the count, and 1 if it has lost what it knew when it told them.
local id = redis.call('HGET', KEYS[1], 'id')
local count = tonumber(redis.call('HGET', KEYS[1], 'count') or 0)
local forgot = 0
if ARGV[1] ~= '' and (id ~= ARGV[1] or count < tonumber(ARGV[2])) then
  forgot = 1
  redis.call('SET', KEYS[2], 1, 'PX', 2000)
end
if not id then
  id = ARGV[3]
  redis.call('HSET', KEYS[1], 'id', id)
end
count = redis.call('HINCRBY', KEYS[1], 'count', 1)
redis.call('PEXPIRE', KEYS[1], 172800000)
return {id, count, forgot}
