-- Reserves the next slot for a call, if it comes soon enough.
--
-- ARGV  16 name of the call, 17 from one slot to the next, 18 how long a probe of the back-off may take
-- Returns 1 and the time until the slot; 0 and the time until another attempt makes sense; 2 if something has been lost.
if lost then
  return answer(2, 0)
end
if lease <= now then -- it was long on its way, and its replica may already count on being without a lease
  return answer(0, 1000)
end
present()
if field('refusals') > 0 then
  local pause = field('until') - now
  if pause > 0 then
    return answer(0, pause)
  end
  if field('probing') > now and redis.call('HGET', STATE, 'probe') ~= replica then
    return answer(0, 100000)
  end
  redis.call('HSET', STATE, 'probe', replica, 'probing', text(now + tonumber(ARGV[18])))
end

local at = math.max(now, field('next'))
local likely = at -- if calls that are only reserved go out at their slots
for _, window in ipairs(windows) do
  local newest = redis.call('ZREVRANGE', CALLS, window.left - 1, window.left - 1, 'WITHSCORES')[2]
  if window.left <= 0 then
    newest = text(now)
  end
  if newest then
    local sent = tonumber(newest)
    at = math.max(at, sent + window.length)
    likely = math.max(likely, math.min(sent, math.max(now, sent - hold)) + window.length)
  end
end
if at - now > horizon then
  return answer(0, math.max(2000, likely - now - horizon))
end
if longest > 0 then -- else this replica counts none
  redis.call('ZADD', CALLS, text(at + hold), ARGV[16])
end
redis.call('HSET', STATE, 'next', text(at + tonumber(ARGV[17])))
return answer(1, at - now)
