-- What the scripts that judge a claim begin with. A claim is a hash: fingerprint, owner, until (when its lease ends, in milliseconds of Redis'
-- clock), last (the same, where it is the last lease that is given without the owner), result; of a large result, which is at
-- answer:<owner>, the length instead.
--
-- KEYS  claim:<name>, released:<owner>
-- ARGV  1 owner, 2 lease, 3 fingerprint, 4 life of a claim; times in milliseconds
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local claim = redis.call('HMGET', KEYS[1], 'fingerprint', 'owner', 'until', 'result', 'length', 'last')

-- Whether the owner of a claim without a result may be alive. A lease that is over is given once more: no owner may have reached this Redis to
-- renew it, as where Redis was away, and one that lives does so now. The same holds for one that ends later than any that is given now, from
-- before the clock was set back.
local function isHeld()
  local left = claim[3] - now
  if left <= 0 and claim[6] ~= claim[3] or left > 2 * ARGV[2] then
    left = tonumber(ARGV[2])
    redis.call('HSET', KEYS[1], 'until', now + left, 'last', now + left)
  end
  return left > 0
end
