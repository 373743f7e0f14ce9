-- What every script of the shared rate limit begins with. All times are microseconds.
--
-- KEYS  calls     sorted set: every call by the time at which it counts as sent; that is never before it really is
--       replicas  hash: by replica "<end of its lease> <when it was heard of> <number of replicas it reckons with> <1 if calls wait there,
--                 2 if Redis heard of none for a while>"
--       state     hash: id and count (whether Redis has lost something), clock and offset (time never goes back), next (the earliest
--                 next slot), longest (window of any replica) and needed (when one with that window was last heard of), epoch, refusals,
--                 until and cause (the back-off after an upstream 429 or 503), probe (replica that tests whether it is over) and
--                 probing (until when)
-- ARGV  1 the time (0: Redis' own), 2 the replica, 3 end of its lease (0: it may send calls that are not in this set),
--       4 number of replicas it reckons with, 5 whether calls wait there, 6 id and 7 count of the last answer it has seen,
--       8 how long after its slot an unsent call counts as sent, 9 how soon a slot must come to be reserved, 10-15 length and quota of
--       three windows (quota 0: none)
local CALLS, REPLICAS, STATE = KEYS[1], KEYS[2], KEYS[3]
local FORGOTTEN, LIFE, KEPT, MOST = 5000000, 90000000, 60000000, 2000000

local function text(number) -- Lua's own form loses the last digits
  return string.format('%.0f', number)
end

local function field(name)
  return tonumber(redis.call('HGET', STATE, name) or 0)
end

-- The first write must need memory: Redis refuses it if there is none, and from then on does not stop the script.
local count = redis.call('HINCRBY', STATE, 'count', 1)

local now = tonumber(ARGV[1])
if now == 0 then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000000 + tonumber(time[2])
end
local before, offset = field('clock'), field('offset')
if now < before then
  offset = offset + before - now
end
redis.call('HSET', STATE, 'clock', text(now), 'offset', text(offset))
redis.call('HSETNX', STATE, 'id', ARGV[2] .. text(now))
local id = redis.call('HGET', STATE, 'id')
local lost = ARGV[6] ~= '' and (id ~= ARGV[6] or count <= tonumber(ARGV[7]))
before, now = before > 0 and math.min(before, now) + offset or 0, now + offset

local replica, lease, hold, horizon = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[8]), tonumber(ARGV[9])
local windows, longest = {}, 0
for i = 10, 14, 2 do
  if tonumber(ARGV[i + 1]) > 0 then
    windows[#windows + 1] = {length = tonumber(ARGV[i]), quota = tonumber(ARGV[i + 1]), left = tonumber(ARGV[i + 1])}
    longest = math.max(longest, tonumber(ARGV[i]))
  end
end
-- Removes what is in no window of any replica: others may have longer ones than this. When none with the longest window has been heard of for
-- its length, no call that was counted is in it. No quota is larger than MOST / 2, so that no window needs more than the newest MOST calls.
local kept = math.max(longest, field('longest'))
if longest == kept or now - field('needed') > kept then
  redis.call('HSET', STATE, 'longest', text(longest), 'needed', text(now))
end
redis.call('ZREMRANGEBYSCORE', CALLS, '-inf', text(now - kept - KEPT))
redis.call('ZREMRANGEBYRANK', CALLS, 0, -MOST - 1)
local oldest = now - longest - KEPT -- what this replica counts is later

-- A replica without a lease sends what its share allows, less its part of the calls until the end of its lease. So much is left to it, until
-- it has not been heard of for so long that it must be gone. While Redis heard of none, that time does not pass; but only once, so that
-- replicas that live for one call are forgotten.
local silent = before > 0 and now - before > 1000000
local mine = 0 -- end of the lease
local known = 0
local replicas = redis.call('HGETALL', REPLICAS)
for i = 1, #replicas, 2 do
  local name = replicas[i]
  local leased, heard, among, waits = string.match(replicas[i + 1], '(%d+) (%d+) (%d+) (%d)')
  leased, heard, among = tonumber(leased), tonumber(heard), tonumber(among)
  if silent and heard + FORGOTTEN >= before and waits ~= '2' then
    heard = now
    redis.call('HSET', REPLICAS, name, text(leased) .. ' ' .. text(heard) .. ' ' .. among .. ' 2')
  end
  if name == replica then
    known, mine = 1, leased
  elseif heard + FORGOTTEN < now then
    redis.call('HDEL', REPLICAS, name)
  elseif leased <= now and among > 0 then
    for _, window in ipairs(windows) do
      local counted = redis.call('ZCOUNT', CALLS, text(now + horizon - window.length), text(leased))
      window.left = window.left - math.max(0, math.floor(window.quota / among) - math.floor(counted / among))
    end
  end
end

local function answer(status, wait, calls)
  redis.call('PEXPIRE', CALLS, LIFE)
  redis.call('PEXPIRE', REPLICAS, LIFE)
  redis.call('PEXPIRE', STATE, LIFE)
  return {
    status, math.ceil(wait), text(now), id, count, redis.call('HGETALL', REPLICAS),
    redis.call('HMGET', STATE, 'epoch', 'refusals', 'until', 'cause'), redis.call('HGET', STATE, 'next') or '0',
    redis.call('ZCOUNT', CALLS, '(' .. text(oldest), '+inf'), known, calls or {}
  }
end

local function present()
  local value = text(lease == 0 and mine or lease) .. ' ' .. text(now) .. ' ' .. ARGV[4] .. ' ' .. ARGV[5]
  redis.call('HSET', REPLICAS, replica, value)
end
