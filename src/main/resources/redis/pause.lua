-- Calls may have gone out that are not in this book yet: nobody books until all have told of theirs. Who is heard of again has told.
--
-- ARGV  14 how long at the longest, 15 how many replicas have to be heard of from now on for it to end before; 0 if it is not to
local expected = tonumber(ARGV[15])
local what = expected == 0 and 'pause' or 'quiet'
redis.call('HSET', STATE, what, text(math.max(count(STATE, what), now + tonumber(ARGV[14]))))
if expected > 0 then
  redis.call('HSET', STATE, 'quietSince', text(now), 'quietFor', text(math.max(count(STATE, 'quietFor'), expected)))
end
return answer(1, 0)
