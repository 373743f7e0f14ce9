-- Books the next place in all windows, if it comes soon; else says when to ask again.
--
-- ARGV  14 the name of the call, 15 the time after which nobody waits for the answer (0: none), 16 how soon a place has to come
-- Returns 1 and how long until its slot, or 0 and how long until it may be asked again.
local horizon = tonumber(ARGV[16])

local late = tonumber(ARGV[15]) > 0 and now > tonumber(ARGV[15])
if late or redis.call('ZSCORE', SETTLED, ARGV[14]) then
  return answer(0, 1000)
end

-- After this it is asked again, and is counted on for a quarter of a second.
local function later(wait)
  redis.call('ZADD', ASKING, text(now + wait + 250000), replica)
  return answer(0, wait)
end

redis.call('ZREMRANGEBYSCORE', ASKING, '-inf', text(now))
redis.call('ZREMRANGEBYSCORE', SERVED, '-inf', text(now - 3600000000))

local pause = count(STATE, 'pause') - now
if pause > 0 then
  return later(pause + 1000)
end
local quiet = count(STATE, 'quiet') - now
if quiet > 0 then
  if redis.call('ZCOUNT', REPLICAS, text(count(STATE, 'quietSince')), '+inf') < count(STATE, 'quietFor') then
    return later(math.min(quiet + 1000, 50000))
  end
  redis.call('HDEL', STATE, 'quiet', 'quietFor')
end

local unsent = redis.call('ZCARD', PENDING)
local next = count(STATE, 'next')
local at = math.max(now, next)

-- When the place of the n-th call before is free again in every window; 'unknown' if that one is not known to have been sent.
local function free(before, from)
  for _, window in ipairs(windows) do
    local place = window.quota - unsent - before
    if place <= 0 then
      return 'unknown', math.max(now, count(STATE, 'last')) + window.length
    end
    local sent = redis.call('ZREVRANGE', SENT, place - 1, place - 1)
    if sent[1] then
      from = math.max(from, tonumber(sent[1]) + window.length)
    end
  end
  return 'known', from
end

local known, from = free(0, at)
at = math.max(at, from)

if dayQuota > 0 then
  local over = count(STATE, 'total') + 1 - dayQuota
  if over > 0 then
    local all = redis.call('HGETALL', DAY)
    local minutes = {}
    for i = 1, #all, 2 do
      minutes[#minutes + 1] = {tonumber(all[i]), tonumber(all[i + 1])}
    end
    table.sort(minutes, function(one, other) return one[1] < other[1] end)
    for _, minute in ipairs(minutes) do
      if over <= 0 then break end
      over = over - minute[2]
      at = math.max(at, leavesDay(minute[1]))
    end
  end
end

if known == 'unknown' then
  return later(math.max(2000, at - now - horizon))
end
if at - now > horizon then
  return later(at - now - horizon)
end

-- Where places are rare, those who were served longer ago and are about to ask go first.
local alike, after = free(1, at + spacing)
if alike == 'unknown' or after - now > horizon then
  local mine = tonumber(redis.call('ZSCORE', SERVED, replica) or 0)
  for _, other in ipairs(redis.call('ZRANGEBYSCORE', ASKING, text(now), '+inf')) do
    local theirs = tonumber(redis.call('ZSCORE', SERVED, other) or 0)
    if other ~= replica and theirs < mine then
      return later(20000)
    end
  end
end

if redis.call('ZADD', PENDING, text(at + hold), ARGV[14]) == 1 then
  addToDay(minuteOf(at), 1)
end
-- A slot that is late does not push the ones behind it: what is late is caught up, by half a space at the most.
local following = at + spacing
if next > 0 and at - next <= 100000 then
  following = math.max(next + spacing, at + spacing / 2)
end
redis.call('HSET', STATE, 'next', text(following), 'last', text(at))
redis.call('ZADD', SERVED, text(now), replica)
redis.call('ZREM', ASKING, replica)
return answer(1, at - now)
