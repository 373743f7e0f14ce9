-- Puts a token there, and gives the lease back to all if it is the caller's. A caller without the lease replaces useless
-- tokens only: it may come late, and the stored token may be newer.
--
-- KEYS  token, token-lease, token-pause
-- ARGV  who puts, serial, sealed token, its whole life and what is left of it in ms, the serials that are of no use
-- Returns 1 if it lies there now, else 0
local mine = redis.call('GET', KEYS[2]) == ARGV[1]
local there = redis.call('HGET', KEYS[1], 'serial')
local put = mine or not there
for i = 6, #ARGV do
  put = put or ARGV[i] == there
end
if put then
  redis.call('HSET', KEYS[1], 'serial', ARGV[2], 'sealed', ARGV[3], 'life', ARGV[4])
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
  redis.call('DEL', KEYS[3])
end
if mine then
  redis.call('DEL', KEYS[2])
end
return put and 1 or 0
