-- What a replica remembers of all calls, for a Redis that has forgotten; telling it twice, or by several, changes nothing.
--
-- ARGV  14 how many sent calls follow, then those, then in pairs the minutes of the day and their calls
local calls = tonumber(ARGV[14])
for i = 15, 14 + calls do
  redis.call('ZADD', SENT, 'NX', ARGV[i], ARGV[i])
end
if calls > 0 then
  olderWasAdded()
end
for i = 15 + calls, #ARGV, 2 do
  if count(DAY, ARGV[i]) < tonumber(ARGV[i + 1]) then
    redis.call('HSET', DAY, ARGV[i], ARGV[i + 1])
  end
end
addUpDay()
return answer(1, 0)
