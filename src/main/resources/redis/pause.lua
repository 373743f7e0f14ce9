-- Calls may have gone out that are not in this book yet: nobody books until all have told of theirs. Who was heard of just now told all.
--
-- ARGV  14 how long, 15 how long ago every other must have been heard of for no pause to be needed; 0 if there is to be one anyhow
local heard = tonumber(ARGV[15])
local needed = heard == 0
for _, other in ipairs(redis.call('ZRANGEBYSCORE', REPLICAS, '-inf', text(now - heard))) do
  needed = needed or other ~= replica
end
if needed then
  redis.call('HSET', STATE, 'pause', text(math.max(count(STATE, 'pause'), now + tonumber(ARGV[14]))))
end
return answer(1, 0)
