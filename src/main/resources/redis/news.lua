-- How the call of an owner is going.
--
-- KEYS  claim:<name>, ended:<owner>, alive, settling
-- ARGV  owner
-- Returns {'running'}, {'ended', the ending}, {'freed'} if the name was released and the ending is not known, or {'interrupted'} if the
--         process of the owner is gone or nothing is known of it. While what Redis has lost is being put back, nothing is interrupted.
local claim = redis.call('HMGET', KEYS[1], 'o', 'a', 'p')
if claim[1] == ARGV[1] then
  if claim[2] then
    return {'ended', claim[2]}
  end
  if isAlive(KEYS[3], claim[3]) then
    return {'running'}
  end
else
  local ending = redis.call('GET', KEYS[2])
  if ending and ending ~= '' then
    return {'ended', ending}
  end
  if ending or claim[1] then
    return {'freed'}
  end
end
if redis.call('EXISTS', KEYS[4]) == 1 then
  return {'running'}
end
return {'interrupted'}
