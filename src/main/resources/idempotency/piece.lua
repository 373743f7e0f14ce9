-- KEYS  answer:<owner>
-- ARGV  position of the first and of the last byte
-- Returns that piece of a large result; less or nothing where it is gone.
return redis.call('GETRANGE', KEYS[1], ARGV[1], ARGV[2])
