-- What every step of the budget begins with. Times are microseconds of Redis' own clock.
--
-- KEYS  sent      sorted set: every call of the last minute by when it was sent; member and score are that time
--       pending   sorted set: calls that were booked and are not known to have been sent; by when they count as sent if nothing is heard
--       day       hash: calls by the minute in which they were booked
--       state     hash: next slot of the time-table, last slot given, the day's count and the minute it was added up in, until when all
--                 pause; until when at the longest all are quiet, since when, and until how many were heard of; and how often something was
--                 added to the sent calls that is older than what was there
--       replicas  sorted set: who is there, by when it was heard of
--       served    sorted set: who was given a place, by when
--       asking    sorted set: who was told to ask again, by when it should have
--       settled   sorted set: calls of the last five minutes that are known to have been sent, or not to be, by when that was told: what
--                 is told again, or late, changes nothing
-- ARGV  1 the time (0: Redis' own), 2 the replica, 3 how long a call may take from its slot to being sent,
--       4-9 length and quota of second, minute and day (quota 0: no such window), 10 space between slots,
--       11 the newest sent call that the replica knows of, 12 how long a replica is there without being heard of, 13 how often
--       something older was added, as far as the replica knows; -1 if it asks for no sent calls
local SENT, PENDING, DAY, STATE = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local REPLICAS, SERVED, ASKING, SETTLED = KEYS[5], KEYS[6], KEYS[7], KEYS[8]
local MINUTE = 60000000

-- Lua's own form of a number that is this large loses its last digits.
local function text(number)
  return string.format('%.0f', number)
end

local now = tonumber(ARGV[1])
if now == 0 then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000000 + tonumber(time[2])
end
local replica = ARGV[2]
local hold = tonumber(ARGV[3])
local dayLength, dayQuota = tonumber(ARGV[8]), tonumber(ARGV[9])
local spacing = tonumber(ARGV[10])

-- The windows in which single calls are counted. The day has its own form.
local windows = {}
for i = 4, 6, 2 do
  if tonumber(ARGV[i + 1]) > 0 then
    windows[#windows + 1] = {length = tonumber(ARGV[i]), quota = tonumber(ARGV[i + 1])}
  end
end

local function count(key, field)
  return tonumber(redis.call('HGET', key, field) or 0)
end

local function minuteOf(time)
  return math.floor(time / MINUTE)
end

-- Whoever knows what is newer would never hear of it.
local function olderWasAdded()
  redis.call('HINCRBY', STATE, 'revision', 1)
end

-- Two calls of one microsecond are two. What is just over counts as later than what is there.
local function addSent(time)
  local newest = tonumber(redis.call('ZREVRANGE', SENT, 0, 0)[1] or 0)
  if time < newest then
    if now - time < 1000000 then
      time = newest
    else
      olderWasAdded()
    end
  end
  while redis.call('ZADD', SENT, 'NX', text(time), text(time)) == 0 do
    time = time + 1
  end
end

-- Whether that is news.
local function settle(call)
  return redis.call('ZADD', SETTLED, 'NX', text(now), call) == 1
end

local function addToDay(minute, calls)
  redis.call('HINCRBY', DAY, text(minute), calls)
  redis.call('HINCRBY', STATE, 'total', calls)
end

-- A minute's calls leave the day together, when the last that can be among them does.
local function leavesDay(minute)
  return (minute + 1) * MINUTE + hold + dayLength
end

local function addUpDay()
  local total = 0
  local all = redis.call('HGETALL', DAY)
  for i = 1, #all, 2 do
    if leavesDay(tonumber(all[i])) <= now then
      redis.call('HDEL', DAY, all[i])
    else
      total = total + tonumber(all[i + 1])
    end
  end
  redis.call('HSET', STATE, 'total', total, 'minute', text(minuteOf(now)))
end

-- Of whom nothing was heard: they count as sent at the last moment at which they can have been.
for _, member in ipairs(redis.call('ZRANGEBYSCORE', PENDING, '-inf', text(now))) do
  addSent(tonumber(redis.call('ZSCORE', PENDING, member)))
  redis.call('ZREM', PENDING, member)
  settle(member)
end
redis.call('ZREMRANGEBYSCORE', SENT, '-inf', text(now - MINUTE - 1000000))
redis.call('ZREMRANGEBYSCORE', SETTLED, '-inf', text(now - 5 * MINUTE))
if count(STATE, 'minute') ~= minuteOf(now) then
  addUpDay()
end

local function keep()
  redis.call('PEXPIRE', SENT, 120000)
  redis.call('PEXPIRE', PENDING, 120000)
  redis.call('PEXPIRE', DAY, 90000000)
  redis.call('PEXPIRE', STATE, 90000000)
  redis.call('PEXPIRE', REPLICAS, 120000)
  redis.call('PEXPIRE', SERVED, 120000)
  redis.call('PEXPIRE', ASKING, 120000)
  redis.call('PEXPIRE', SETTLED, 360000)
end

-- How many others have calls that wait: those that were served of late, or those that ask, whichever are more.
local function rivals()
  local recent = redis.call('ZCOUNT', SERVED, text(now - 2000000), '+inf')
  local score = redis.call('ZSCORE', SERVED, replica)
  if score and tonumber(score) >= now - 2000000 then
    recent = recent - 1
  end
  local ask = redis.call('ZCOUNT', ASKING, text(now), '+inf')
  score = redis.call('ZSCORE', ASKING, replica)
  if score and tonumber(score) >= now then
    ask = ask - 1
  end
  return math.max(recent, ask)
end

-- Every step ends with this: 1 or 0 for done or not, a time, and how things are now.
local function answer(done, time)
  keep()
  redis.call('ZREMRANGEBYSCORE', REPLICAS, '-inf', text(now - tonumber(ARGV[12])))
  local revision = count(STATE, 'revision')
  local newer = {}
  local all = 0
  if ARGV[13] == text(revision) then
    newer = redis.call('ZRANGEBYSCORE', SENT, '(' .. ARGV[11], '+inf', 'LIMIT', 0, 1000)
  elseif ARGV[13] ~= '-1' then
    newer = redis.call('ZRANGE', SENT, 0, -1)
    all = 1
  end
  return {
    done, math.ceil(time), text(now), redis.call('ZCARD', PENDING), redis.call('HGET', STATE, 'next') or '0',
    rivals(), redis.call('ZCARD', REPLICAS), newer, revision, all
  }
end
