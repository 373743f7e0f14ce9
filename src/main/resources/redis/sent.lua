-- Calls that went out: from now on they are in the windows since they were sent.
--
-- ARGV  14 and further, in pairs: the name of a call that was booked here, or '' for one that was not; how long ago it was sent
for i = 14, #ARGV, 2 do
  local time = now - tonumber(ARGV[i + 1])
  if ARGV[i] == '' then
    addSent(time)
    addToDay(minuteOf(time), 1)
  elseif redis.call('ZREM', PENDING, ARGV[i]) == 1 then
    addSent(time)
  end
end
return answer(1, 0)
