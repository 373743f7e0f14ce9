-- Takes that token away, and no other.
--
-- KEYS  token
-- ARGV  its serial
if redis.call('HGET', KEYS[1], 'serial') == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0
