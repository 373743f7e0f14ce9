-- Adds a piece to a large result that is being stored, if all before it is there: so one piece sent twice is added once, and an interrupted
-- transfer can go on.
--
-- KEYS  answer:<owner>
-- ARGV  length of all before it, piece, life of an unfinished result in milliseconds
-- Returns the length of what is there.
if redis.call('STRLEN', KEYS[1]) == tonumber(ARGV[1]) then
  redis.call('APPEND', KEYS[1], ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
return redis.call('STRLEN', KEYS[1])
