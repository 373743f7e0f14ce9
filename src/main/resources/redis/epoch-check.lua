-- Says that this Redis may be written to, and whether it has lost data since the caller last asked. If it has, or is another
-- process than before, its data set begins again: see the package idempotency.
--
-- KEYS  born, dataset
-- ARGV  the id and the count that the caller got last ('' and 0 if never), a new id
-- Returns the id, the count, and 1 if it has lost data since it returned them.
local id = redis.call('HGET', KEYS[1], 'id')
-- The first that is written must need memory: from then on a script is no longer stopped, however full Redis is.
local count = redis.call('HINCRBY', KEYS[1], 'count', 1)
redis.call('PEXPIRE', KEYS[1], 2592000000)
local forgot = 0
if ARGV[1] ~= '' and (id ~= ARGV[1] or count <= tonumber(ARGV[2])) then
  forgot = 1
end
local info = redis.pcall('INFO', 'server') -- an error where the user may not read it
local run = type(info) == 'string' and string.match(info, 'run_id:(%w+)')
if forgot == 1 or run and run ~= redis.call('HGET', KEYS[1], 'run') then
  redis.call('HSET', KEYS[1], 'run', run or '')
  redis.call('DEL', KEYS[2])
end
if not id then
  id = ARGV[3]
  redis.call('HSET', KEYS[1], 'id', id)
end
return {id, count, forgot}
