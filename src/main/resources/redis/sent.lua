-- Calls that went out: from now on they are in the windows since they were sent.
--
-- ARGV  14 and further, in pairs: the name of a call; how long ago it was sent
for i = 14, #ARGV, 2 do
  if settle(ARGV[i]) then
    local time = now - tonumber(ARGV[i + 1])
    if redis.call('ZREM', PENDING, ARGV[i]) == 0 then
      addToDay(minuteOf(time), 1) -- it was booked elsewhere, or here in a life that is forgotten
    end
    addSent(time)
  end
end
return answer(1, 0)
