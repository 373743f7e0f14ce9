-- Claims a name for a payload. Follows lease.lua.
--
-- KEYS  3 dataset
-- ARGV  5 age from which on a data set is complete, in milliseconds
-- Returns acquired; in_progress, owner; completed, result, owner, length of a large result; interrupted; conflict.
--      Or refuses: incomplete, while owners put back what Redis has lost; released, when this arrives after its owner has released.
if not claim[1] then
  local age = now - (redis.call('GET', KEYS[3]) or now) -- 0 where the data set has not begun, below where the clock was set back
  if age < tonumber(ARGV[5]) then
    return {'incomplete'}
  end
  if redis.call('EXISTS', KEYS[2]) == 1 then
    return {'released'}
  end
  redis.call('HSET', KEYS[1], 'fingerprint', ARGV[3], 'owner', ARGV[1], 'until', now + ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
  return {'acquired'}
end
if claim[1] ~= ARGV[3] then
  return {'conflict'}
end
if claim[4] then
  return {'completed', claim[4], claim[2] or '', claim[5] or 0}
end
if claim[2] == ARGV[1] then
  return {'acquired'}
end
if isHeld() then
  return {'in_progress', claim[2]}
end
return {'interrupted'}
