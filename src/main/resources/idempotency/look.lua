-- The state of the call of an owner that held the claim.
--
-- KEYS  claim:<name>, released:<owner>, dataset
-- ARGV  owner, age from which on a data set is complete, lease of a claim; times in milliseconds
-- Returns in_progress, owner; completed, result, owner, length of a large result; released; interrupted, also when nothing is known of the owner.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local claim = redis.call('HMGET', KEYS[1], 'owner', 'until', 'result', 'length')
local released = redis.call('GET', KEYS[2])
local isOwners = claim[1] == ARGV[1]
local result = isOwners and claim[3] or released
local length = isOwners and claim[3] and claim[4] or 0
if result and (result ~= '' or tonumber(length) > 0) then
  return {'completed', result, ARGV[1], length}
end
if released or claim[1] and not isOwners then
  return {'released'}
end
local isIncomplete = now - (redis.call('GET', KEYS[3]) or now) < tonumber(ARGV[2])
local left = isOwners and tonumber(claim[2]) - now or 0
if left > 2 * ARGV[3] then -- from before the clock was set back: see claim.lua
  left = tonumber(ARGV[2])
  redis.call('HSET', KEYS[1], 'until', now + left)
end
if left > 0 or isIncomplete then
  return {'in_progress', ARGV[1]}
end
return {'interrupted'}
