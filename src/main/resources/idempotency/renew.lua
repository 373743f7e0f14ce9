-- Renews the leases of a process' claims, puts back those that Redis has lost, and notes when a new data set began. While lost claims follow
-- in further batches, it begins again.
--
-- KEYS  dataset; for each claim: claim:<name>, released:<owner>
-- ARGV  lease and life of a claim, life of the note, in milliseconds; 1 if further batches follow; age up to which a data set begins again though
--       nothing is put back; for each claim: fingerprint, owner
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local since = tonumber((redis.pcall('GET', KEYS[1])))
local begins = not since or since > now -- new, or the clock was set back, or something else has written there
  or now - since < tonumber(ARGV[5])
for i = 2, #KEYS, 2 do
  local fingerprint, owner = ARGV[i + 4], ARGV[i + 5]
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
    begins = begins or ARGV[4] == '1'
  end
end
if begins then
  redis.call('SET', KEYS[1], now)
end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
