-- Claims a name for a payload.
--
-- KEYS  claim:<name>, ended:<owner>, alive; and settling, unless a claim that was granted is put back
-- ARGV  fingerprint, owner, its process, life of the record in milliseconds
-- Returns {'granted'}, {'running', its owner}, {'kept', the answer}, {'mismatch'}, or {'interrupted'} if the process of its owner has not
--         been heard of for the length of a lease. And nothing is done: {'settling'} while what Redis has lost is being put back;
--         {'freed'} if it comes after its owner has freed it.
local claim = redis.call('HMGET', KEYS[1], 'f', 'o', 'a', 'p')
local settling = KEYS[4] and redis.call('EXISTS', KEYS[4]) == 1
if not claim[1] then
  if settling then
    return {'settling'}
  end
  if redis.call('EXISTS', KEYS[2]) == 1 then
    return {'freed'}
  end
  redis.call('HSET', KEYS[1], 'f', ARGV[1], 'o', ARGV[2], 'p', ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
  return {'granted'}
end
if claim[1] ~= ARGV[1] then
  return {'mismatch'}
end
if claim[3] then
  return {'kept', claim[3]}
end
if claim[2] == ARGV[2] then
  return {'granted'}
end
if isAlive(KEYS[3], claim[4]) then
  return {'running', claim[2]}
end
if settling then
  return {'settling'}
end
return {'interrupted'}
