-- Keeps the result of a call, unless the claim is another owner's or has a result.
--
-- KEYS  claim:<name>
-- ARGV  fingerprint, owner, result, life in milliseconds
local claim = redis.call('HMGET', KEYS[1], 'owner', 'result')
if (claim[1] or ARGV[2]) == ARGV[2] and not claim[2] then
  redis.call('HSET', KEYS[1], 'fingerprint', ARGV[1], 'owner', ARGV[2], 'result', ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
end
return 1
