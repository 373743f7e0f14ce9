-- What a replica remembers of all calls, for a Redis that has forgotten; telling it twice, or by several, changes nothing.
--
-- ARGV  13 how many sent calls follow, then those, then in pairs the minutes of the day and their calls
local calls = tonumber(ARGV[13])
for i = 14, 13 + calls do
  redis.call('ZADD', SENT, 'NX', ARGV[i], ARGV[i])
end
for i = 14 + calls, #ARGV, 2 do
  if count(DAY, ARGV[i]) < tonumber(ARGV[i + 1]) then
    redis.call('HSET', DAY, ARGV[i], ARGV[i + 1])
  end
end
addUpDay()
return answer(1, 0)
