-- A replica is there, and so are the calls that it has booked and not yet sent.
--
-- ARGV  14 the first minute of the day that it asks for, 15 and further: the names of those calls
-- Returns, beside what all return, the place of the replica among all, by name, and the minutes of the day with their calls.
redis.call('ZADD', REPLICAS, text(now), replica)
for i = 15, #ARGV do
  if not redis.call('ZSCORE', SETTLED, ARGV[i]) and redis.call('ZADD', PENDING, text(now + hold), ARGV[i]) == 1 then
    addToDay(minuteOf(now), 1) -- it was booked in a life that is forgotten
  end
end
local result = answer(1, 0)
local rank = 0
for _, other in ipairs(redis.call('ZRANGE', REPLICAS, 0, -1)) do
  if other < replica then
    rank = rank + 1
  end
end
result[11] = rank
local first = tonumber(ARGV[14])
if first == 0 then
  result[12] = redis.call('HGETALL', DAY)
else
  result[12] = {}
  for minute = first, minuteOf(now) do
    local calls = redis.call('HGET', DAY, text(minute))
    if calls then
      table.insert(result[12], text(minute))
      table.insert(result[12], calls)
    end
  end
end
return result
