-- Whether a caller has registered a client id.
--
-- KEYS  client:<digest>
-- ARGV  owner
-- Returns own; anothers, if only other callers have; unknown, if nobody has.
local owners = redis.call('LRANGE', KEYS[1], 0, -1)
for _, owner in ipairs(owners) do
  if owner == ARGV[1] then
    return 'own'
  end
end
return #owners == 0 and 'unknown' or 'anothers'
