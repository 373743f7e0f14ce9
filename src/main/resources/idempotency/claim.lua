-- Claims a name for a payload. A claim is a hash: fingerprint, owner, until (when its lease ends, in milliseconds of Redis' clock), result;
-- of a large result, which is at answer:<owner>, the length instead.
--
-- KEYS  claim:<name>, released:<owner>, dataset
-- ARGV  fingerprint, owner, lease and life of a claim, age from which on a data set is complete; times in milliseconds
-- Returns acquired; in_progress, owner; completed, result, owner, length of a large result; interrupted; conflict.
--      Or refuses: incomplete, while owners put back what Redis has lost; released, when this arrives after its owner has released.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local claim = redis.call('HMGET', KEYS[1], 'fingerprint', 'owner', 'until', 'result', 'length')
if not claim[1] then
  if now - (redis.call('GET', KEYS[3]) or now) < tonumber(ARGV[5]) then
    return {'incomplete'}
  end
  if redis.call('EXISTS', KEYS[2]) == 1 then
    return {'released'}
  end
  redis.call('HSET', KEYS[1], 'fingerprint', ARGV[1], 'owner', ARGV[2], 'until', now + ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
  return {'acquired'}
end
if claim[1] ~= ARGV[1] then
  return {'conflict'}
end
if claim[4] then
  return {'completed', claim[4], claim[2] or '', claim[5] or 0}
end
if claim[2] == ARGV[2] then
  return {'acquired'}
end
-- A lease that ends later than any that is given now is from before the clock was set back. It lasts as long as owners have to put claims back:
-- one that lives renews it within that time.
local left = tonumber(claim[3]) - now
if left > 2 * ARGV[3] then
  left = tonumber(ARGV[5])
  redis.call('HSET', KEYS[1], 'until', now + left)
end
if left > 0 then
  return {'in_progress', claim[2]}
end
return {'interrupted'}
