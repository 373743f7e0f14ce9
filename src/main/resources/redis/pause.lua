-- Calls went out that are not in this book yet: nobody books until all have told of theirs.
--
-- ARGV  14 how long
redis.call('HSET', STATE, 'pause', text(math.max(count(STATE, 'pause'), now + tonumber(ARGV[14]))))
return answer(1, 0)
