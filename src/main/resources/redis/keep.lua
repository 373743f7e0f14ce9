-- Keeps an answer and ends its claim, unless another owner has claimed or kept.
--
-- KEYS  claim:<name>; and settling, if an answer that was kept is put back: while that goes on, it is too early to claim
-- ARGV  fingerprint, owner, answer, life in milliseconds
-- Returns 1 if the answer of that owner is kept, else 0.
local claim = redis.call('HMGET', KEYS[1], 'o', 'a')
if KEYS[2] then
  redis.call('PEXPIRE', KEYS[2], 2000)
end
if claim[1] and claim[1] ~= ARGV[2] then
  return 0
end
if not claim[2] then
  redis.call('HSET', KEYS[1], 'f', ARGV[1], 'o', ARGV[2], 'a', ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
end
return 1
