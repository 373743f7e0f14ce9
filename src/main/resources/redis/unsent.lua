-- Calls that were booked and will never go out: their places are free again.
--
-- ARGV  14 and further: their names
for i = 14, #ARGV do
  local expires = redis.call('ZSCORE', PENDING, ARGV[i])
  if settle(ARGV[i]) and expires then
    local at = tonumber(expires) - hold
    redis.call('ZREM', PENDING, ARGV[i])
    addToDay(minuteOf(at), -1)
    if count(STATE, 'last') == at then
      redis.call('HSET', STATE, 'next', text(at))
    end
  end
end
return answer(1, 0)
