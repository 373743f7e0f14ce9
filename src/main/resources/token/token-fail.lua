-- Says that a fetch brought no token, and gives the lease back to all if it is the caller's.
--
-- KEYS  token-lease, token-pause
-- ARGV  whose fetch it was; and, if others are to pause, for how many ms, the kind of failure, failures in a row
if #ARGV > 1 then
  redis.call('HSET', KEYS[2], 'kind', ARGV[3], 'failures', ARGV[4])
  redis.call('PEXPIRE', KEYS[2], ARGV[2])
end
if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('DEL', KEYS[1])
end
return 1
