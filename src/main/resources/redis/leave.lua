-- A replica is going and will not be heard of any more.
redis.call('ZREM', REPLICAS, replica)
redis.call('ZREM', ASKING, replica)
redis.call('ZREM', SERVED, replica)
return answer(1, 0)
