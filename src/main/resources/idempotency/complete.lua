-- Keeps the result of a call, unless the claim has a result, or is another owner's. A claim that its owner has left without a result is taken
-- over by one that has made the same call again, as is done where a repeat does no harm.
--
-- A large result has been stored in pieces before, by append.lua; the claim then has its length and no result.
--
-- KEYS  claim:<name>, answer:<owner>
-- ARGV  fingerprint, owner, result, life in milliseconds, length of a large result or 0
-- Returns 2 if it is kept now; 1 if it was already, or another is, or the claim is another owner's; 0 if the large result is not there, when
-- nothing is kept.
local length = tonumber(ARGV[5])
if length > 0 and redis.call('STRLEN', KEYS[2]) ~= length then
  return 0
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local claim = redis.call('HMGET', KEYS[1], 'fingerprint', 'owner', 'until', 'result')
local isInterrupted = claim[1] == ARGV[1] and tonumber(claim[3] or 0) <= now
if (isInterrupted or (claim[2] or ARGV[2]) == ARGV[2]) and not claim[4] then
  redis.call('HSET', KEYS[1], 'fingerprint', ARGV[1], 'owner', ARGV[2], 'result', ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
  if length > 0 then
    redis.call('HSET', KEYS[1], 'length', length)
    redis.call('PEXPIRE', KEYS[2], ARGV[4])
  end
  return 2
end
return 1
