-- Whether this Redis may be written to.
redis.call('SET', KEYS[1], 1, 'PX', 1000)
return 1
