-- How the call of an owner is going.
--
-- KEYS  claim:<name>, ended:<owner>, settling
-- ARGV  owner
-- Returns {'running'}, {'ended', the ending}, or {'gone'}. While what Redis has lost is being put back, nothing is gone.
local claim = redis.call('HMGET', KEYS[1], 'o', 'a')
if claim[1] == ARGV[1] then
  if claim[2] then
    return {'ended', claim[2]}
  end
  return {'running'}
end
local ending = redis.call('GET', KEYS[2])
if ending and ending ~= '' then
  return {'ended', ending}
end
if not claim[1] and redis.call('EXISTS', KEYS[3]) == 1 then
  return {'running'}
end
return {'gone'}
