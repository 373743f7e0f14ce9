-- Records which callers have registered client ids. A client id is a list of its owners, the latest first.
--
-- KEYS  client:<digest>, one or more
-- ARGV  most owners of a client id; for each key: owner, life in milliseconds, which never shortens that of another owner
for i, key in ipairs(KEYS) do
  local owner, life = ARGV[2 * i], tonumber(ARGV[2 * i + 1])
  local removed = redis.pcall('LREM', key, 0, owner)
  if type(removed) == 'number' then
    redis.call('LPUSH', key, owner)
    redis.call('LTRIM', key, 0, ARGV[1] - 1)
    redis.call('PEXPIRE', key, math.max(life, redis.call('PTTL', key)))
  elseif not string.find(removed.err, 'WRONGTYPE', 1, true) then -- a key of another type is left out, so that those after it are stored
    return removed
  end
end
return 1
