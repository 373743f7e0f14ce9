-- Puts back what Redis has lost, as far as one replica knows it. Doing so again, or by several replicas, changes nothing.
--
-- ARGV  16 how many calls follow with their scores, then replicas with the number of replicas they reckon with
local told = 16 + 2 * tonumber(ARGV[16])
for i = 17, told, 2 do
  redis.call('ZADD', CALLS, 'NX', ARGV[i + 1], ARGV[i])
end
for i = told + 1, #ARGV, 2 do
  redis.call('HSETNX', REPLICAS, ARGV[i], '0 ' .. text(now) .. ' ' .. ARGV[i + 1] .. ' 0')
end
return answer(1, 0)
