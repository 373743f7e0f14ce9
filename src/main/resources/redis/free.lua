-- Ends the claim of an owner without keeping anything, and says how the call ended. Whatever that owner claims after it is not granted.
--
-- KEYS  claim:<name>, ended:<owner>
-- ARGV  owner, the ending or nothing, how long it is there in milliseconds
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
local claim = redis.call('HMGET', KEYS[1], 'o', 'a')
if claim[1] == ARGV[1] and not claim[2] then
  redis.call('DEL', KEYS[1])
end
return 1
