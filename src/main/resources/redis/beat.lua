-- A replica is there, and so are the calls that it has booked and not yet sent.
--
-- ARGV  13 the first minute of the day that it asks for, 14 and further: the names of those calls
-- Returns, beside what all return, the minutes of the day and their calls.
redis.call('ZADD', REPLICAS, text(now), replica)
for i = 14, #ARGV do
  redis.call('ZADD', PENDING, 'XX', text(now + hold), ARGV[i])
end
local result = answer(1, 0)
local first = tonumber(ARGV[13])
if first == 0 then
  result[9] = redis.call('HGETALL', DAY)
else
  result[9] = {}
  for minute = first, minuteOf(now) do
    local calls = redis.call('HGET', DAY, text(minute))
    if calls then
      table.insert(result[9], text(minute))
      table.insert(result[9], calls)
    end
  end
end
return result
