-- Claims a name for a payload.
--
-- KEYS  claim:<name>, ended:<owner>; and settling, unless a claim that was granted is put back
-- ARGV  fingerprint, owner, life in milliseconds
-- Returns {'granted'}, {'running', its owner, milliseconds left}, {'kept', the answer} or {'mismatch'}. And nothing is done:
--         {'settling'} while what Redis has lost is being put back; {'freed'} if it comes after its owner has freed it.
local claim = redis.call('HMGET', KEYS[1], 'f', 'o', 'a')
if not claim[1] then
  if KEYS[3] and redis.call('EXISTS', KEYS[3]) == 1 then
    return {'settling'}
  end
  if redis.call('EXISTS', KEYS[2]) == 1 then
    return {'freed'}
  end
  redis.call('HSET', KEYS[1], 'f', ARGV[1], 'o', ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
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
return {'running', claim[2], redis.call('PTTL', KEYS[1])}
