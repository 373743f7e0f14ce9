-- Finds the token that replicas share, or says who fetches it.
--
-- KEYS  token, token-lease, token-pause
-- ARGV  who asks, the life of the lease in ms, the serials that are of no use to the one who asks
-- Returns found, serial, sealed token, its whole life and what is left of it in ms
--      or failed, kind, failures, ms that are left of the pause
--      or ours: the one who asks has the lease now
--      or theirs: another replica has it
local serial = redis.call('HGET', KEYS[1], 'serial')
if serial then
  local useless = false
  for i = 3, #ARGV do
    useless = useless or ARGV[i] == serial
  end
  if not useless then
    local record = redis.call('HMGET', KEYS[1], 'sealed', 'life')
    return {'found', serial, record[1], record[2], redis.call('PTTL', KEYS[1])}
  end
end
local pause = redis.call('HMGET', KEYS[3], 'kind', 'failures')
if pause[1] then
  return {'failed', pause[1], pause[2], redis.call('PTTL', KEYS[3])}
end
if redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then
  return {'ours'}
end
return {'theirs'}
