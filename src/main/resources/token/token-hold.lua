-- Holds the lease for longer, if it is still the caller's or free.
--
-- KEYS  token-lease
-- ARGV  whose it is, its life in ms
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
