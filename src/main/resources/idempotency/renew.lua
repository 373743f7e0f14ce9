-- Renews the leases of a process' claims, puts back those that Redis has lost, and notes when a new data set began.
--
-- KEYS  dataset; for each claim: claim:<name>, released:<owner>
-- ARGV  lease and life of a claim, life of the note, in milliseconds; for each claim: fingerprint, owner
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local since = tonumber((redis.pcall('GET', KEYS[1])))
if not since or since > now then -- new, or the clock was set back, or something else has written there
  redis.call('SET', KEYS[1], now)
end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
for i = 2, #KEYS, 2 do
  local fingerprint, owner = ARGV[i + 2], ARGV[i + 3]
  local claim = redis.pcall('HMGET', KEYS[i], 'owner', 'result')
  if claim.err then -- a key of another type is left out, so that the claims after it are renewed
    if not string.find(claim.err, 'WRONGTYPE', 1, true) then
      return claim
    end
  elseif claim[1] == owner and not claim[2] then
    redis.call('HSET', KEYS[i], 'until', now + ARGV[1])
  elseif not claim[1] and redis.call('EXISTS', KEYS[i + 1]) == 0 then
    redis.call('HSET', KEYS[i], 'fingerprint', fingerprint, 'owner', owner, 'until', now + ARGV[1])
    redis.call('PEXPIRE', KEYS[i], ARGV[2])
  end
end
return 1
