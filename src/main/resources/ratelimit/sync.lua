-- Reports what has become of calls, and reads those of all replicas. Reporting again changes nothing.
--
-- ARGV  16 the score from which on calls are read ('' for none), 17 how many at the most, 18-21 epoch, refusals, until and cause of the
--       back-off, 22 how many calls follow with the time at which they count as sent, as a difference from now; then calls that will
--       never be sent
-- Returns 1 and, in pairs, calls and scores; 2 if something has been lost.
if lost then
  return answer(2, 0)
end
local told = 22 + 2 * tonumber(ARGV[22])
for i = 23, told, 2 do
  redis.call('ZADD', CALLS, text(now + tonumber(ARGV[i + 1])), ARGV[i])
end
for i = told + 1, #ARGV do
  redis.call('ZREM', CALLS, ARGV[i])
end
if tonumber(ARGV[18]) > field('epoch') then
  redis.call('HSET', STATE, 'epoch', ARGV[18], 'refusals', ARGV[19], 'until', ARGV[20], 'cause', ARGV[21], 'probing', '0')
end
present()
local calls = {}
if ARGV[16] ~= '' then
  calls = redis.call('ZRANGEBYSCORE', CALLS, ARGV[16], '+inf', 'WITHSCORES', 'LIMIT', 0, ARGV[17])
end
return answer(1, 0, calls)
