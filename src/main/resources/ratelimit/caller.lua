-- Counts a call for its caller's own limit.
--
-- KEYS  calls of the caller
-- ARGV  1 the time (0: Redis' own), 2 name of the call, then length and quota of each window
-- Returns 0 if it is counted, else the time until it can be.
local now = tonumber(ARGV[1])
if now == 0 then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000000 + tonumber(time[2])
end
-- A call in the future means that Redis' clock was set back: when it was really made is unknown, so it is not counted.
redis.call('ZREMRANGEBYSCORE', KEYS[1], '(' .. string.format('%.0f', now), '+inf')
local at, longest = now, 0
for i = 3, #ARGV, 2 do
  local length, quota = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
  longest = math.max(longest, length)
  local oldest = redis.call('ZREVRANGE', KEYS[1], quota - 1, quota - 1, 'WITHSCORES')[2]
  at = math.max(at, oldest and tonumber(oldest) + length or 0)
end
if at > now then
  return math.ceil(at - now)
end
-- Replicas may have different limits for the caller, as while one is changed: calls stay for as long as the one with the longest window needs
-- them, which is what is left of the life that it has given to the key. No quota is larger than MOST.
local MOST = 1000000
local kept = math.max(longest, redis.call('PTTL', KEYS[1]) * 1000)
redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - kept))
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -MOST - 1)
redis.call('PEXPIRE', KEYS[1], math.ceil(kept / 1000))
return 0
