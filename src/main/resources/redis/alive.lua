-- What several scripts begin with: which processes have been heard of lately.
--
-- The sorted set `alive` holds each process with the time, in milliseconds by the clock of Redis, until which it counts as alive.
local function nowMillis()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local function isAlive(processes, process)
  local lease = process and redis.call('ZSCORE', processes, process)
  return lease and tonumber(lease) > nowMillis() or false
end
