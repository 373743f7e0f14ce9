-- Claims a name for a payload. Follows lease.lua.
--
-- ARGV  4 fingerprint, 5 life of a claim in milliseconds
-- Returns acquired; in_progress, owner; completed, result, owner, length of a large result; interrupted; conflict.
--      Or refuses: incomplete, while owners put back what Redis has lost; released, when this arrives after its owner has released.
if not claim[1] then
  if isIncomplete() then
    return {'incomplete'}
  end
  if redis.call('EXISTS', KEYS[2]) == 1 then
    return {'released'}
  end
  redis.call('HSET', KEYS[1], 'fingerprint', ARGV[4], 'owner', ARGV[1], 'until', now + ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
  return {'acquired'}
end
if claim[1] ~= ARGV[4] then
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
