-- The state of the call of an owner that held the claim. Follows lease.lua.
--
-- Returns in_progress, owner; completed, result, owner, length of a large result; released; interrupted, also when nothing is known of the owner.
local released = redis.call('GET', KEYS[2])
local isOwners = claim[2] == ARGV[1]
local result = isOwners and claim[4] or released
local length = isOwners and claim[4] and claim[5] or 0
if result and (result ~= '' or tonumber(length) > 0) then
  return {'completed', result, ARGV[1], length}
end
if released or claim[2] and not isOwners then
  return {'released'}
end
if isOwners and isHeld() or isIncomplete() then
  return {'in_progress', ARGV[1]}
end
return {'interrupted'}
