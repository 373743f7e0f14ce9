-- The state of the call of an owner that held the claim. Follows lease.lua. A claim that Redis has lost is put back, as one whose lease is over: should
-- its owner have died, too, its name is not free for that.
--
-- Returns in_progress, owner; completed, result, owner, length of a large result; released; interrupted.
local isOwners = claim[2] == ARGV[1]
if isOwners and claim[4] then
  return {'completed', claim[4], ARGV[1], claim[5] or 0}
end
local released = redis.call('GET', KEYS[2])
if released and released ~= '' then
  return {'completed', released, ARGV[1], 0}
end
if released or claim[2] and not isOwners then
  return {'released'}
end
if not claim[2] then
  redis.call('HSET', KEYS[1], 'fingerprint', ARGV[3], 'owner', ARGV[1])
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
  claim[3] = 0
end
if isHeld() then
  return {'in_progress', ARGV[1]}
end
return {'interrupted'}
