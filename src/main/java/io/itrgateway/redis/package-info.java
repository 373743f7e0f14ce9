/**
 * What replicas share, in Redis: the token and the budget; and the connection for the claims of {@code idempotency.redis} and the bindings of {@code binding.redis}.
 *
 * <p>Why: the account, its plan and its callers are one, however many processes serve them. Each class here implements a port of
 * another room ({@link io.itrgateway.redis.RedisTokenStore} and so on); which of the two implementations serves, the one in memory or the one
 * here, is chosen at the start by {@code GATEWAY_REDIS_URL} ({@link io.itrgateway.redis.SharedState}). The rooms above never know which.
 *
 * <p>All goes over one connection of Quarkus' Redis client ({@link io.itrgateway.redis.RedisLink}), each step as one script
 * ({@link io.itrgateway.redis.Script}), under names that carry a version and a digest of the account
 * ({@link io.itrgateway.redis.Keyspace}). Nothing lies there without an end of its life, nothing personal, and no secret that is not
 * sealed.
 */
package io.itrgateway.redis;
