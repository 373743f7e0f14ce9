-- Ends the claim of an owner without keeping a result; a claim of that owner that arrives later is refused.
--
-- KEYS  claim:<name>, released:<owner>
-- ARGV  owner, result or nothing, life of that in milliseconds
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
local claim = redis.pcall('HMGET', KEYS[1], 'owner', 'result')
if claim.err then -- another type: given up, so that it is not sent again
  return string.find(claim.err, 'WRONGTYPE', 1, true) and 1 or claim
end
if claim[1] == ARGV[1] and not claim[2] then
  redis.call('DEL', KEYS[1])
end
return 1
