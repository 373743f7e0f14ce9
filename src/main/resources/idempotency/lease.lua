-- What the scripts that judge a claim begin with. A claim is a hash: fingerprint, owner, until (when its lease ends, in milliseconds of Redis'
-- clock), result; of a large result, which is at answer:<owner>, the length instead.
--
-- KEYS  claim:<name>, released:<owner>, dataset
-- ARGV  1 owner, 2 lease of a claim, 3 age from which on a data set is complete; times in milliseconds
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local claim = redis.call('HMGET', KEYS[1], 'fingerprint', 'owner', 'until', 'result', 'length')

local function age() -- of the data set; 0 where it has not begun, and where the clock was set back
  return math.max(0, now - (redis.call('GET', KEYS[3]) or now))
end

local function isIncomplete() -- owners put back what Redis has lost
  return age() < tonumber(ARGV[3])
end

-- Whether the owner of a claim without a result may be alive. Before the data set began owners may not have reached this Redis to renew their
-- leases, so none is over before the data set is as old as a lease. A lease that ends later than any that is given now is from before the clock
-- was set back. It lasts as long as owners have to put claims back: one that lives renews it within that time.
local function isHeld()
  local left = tonumber(claim[3]) - now
  if left > 2 * ARGV[2] then
    left = tonumber(ARGV[3])
    redis.call('HSET', KEYS[1], 'until', now + left)
  end
  return left > 0 or age() < tonumber(ARGV[2])
end
