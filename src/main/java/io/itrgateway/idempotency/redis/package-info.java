/**
 * The claims of all processes that share a Redis ({@link io.itrgateway.idempotency.redis.RedisClaimStore}), in the scripts among the
 * resources of {@code idempotency}.
 */
package io.itrgateway.idempotency.redis;
