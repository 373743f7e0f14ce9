-- Reports what has become of calls, and reads those of all replicas. Reporting again changes nothing.
--
-- ARGV  16 the score from which on calls are read, 17 how many at the most, 18-21 epoch, refusals, until and cause of the back-off,
--       22 how many calls follow, each with the time at which it counts as sent, as a difference from now; 23 how many replicas follow
--       them, each with the number of replicas it reckons with, to be known again where Redis has lost something; the rest are calls that
--       will never be sent
-- Returns 1 and, in pairs, calls and scores; 2 if something has been lost.
if lost then
  return answer(2, 0)
end
local calls = 23 + 2 * tonumber(ARGV[22])
local others = calls + 2 * tonumber(ARGV[23])
for i = 24, longest > 0 and calls or 0, 2 do -- without a plan, no call is counted
  redis.call('ZADD', CALLS, text(now + tonumber(ARGV[i + 1])), ARGV[i])
end
for i = calls + 1, others, 2 do
  redis.call('HSETNX', REPLICAS, ARGV[i], '0 ' .. text(now) .. ' ' .. ARGV[i + 1] .. ' 0')
end
for i = others + 1, #ARGV do
  redis.call('ZREM', CALLS, ARGV[i])
end
if tonumber(ARGV[18]) > field('epoch') then
  redis.call('HSET', STATE, 'epoch', ARGV[18], 'refusals', ARGV[19], 'until', ARGV[20], 'cause', ARGV[21], 'probing', '0')
end
present()
local from = math.max(tonumber(ARGV[16]), oldest)
return answer(1, 0, redis.call('ZRANGEBYSCORE', CALLS, text(from), '+inf', 'WITHSCORES', 'LIMIT', 0, ARGV[17]))
