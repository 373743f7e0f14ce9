/**
 * The connection to Redis, over which replicas share the token, the plan, the claims of Idempotency-Keys and the bindings of client ids.
 *
 * <p>Why: the account, its plan and its callers are one, however many processes serve them. What is shared is defined by ports, which
 * {@code token.redis}, {@code ratelimit.redis}, {@code idempotency.redis} and {@code binding.redis} implement; this package depends on none of
 * them. {@code GATEWAY_REDIS_URL} decides at the start whether they are used ({@link io.itrgateway.redis.SharedState}).
 *
 * <p>All goes over one connection of Quarkus' Redis client ({@link io.itrgateway.redis.RedisLink}), each step as one script
 * ({@link io.itrgateway.redis.Script}), under names that carry a version and a digest of the account
 * ({@link io.itrgateway.redis.Keyspace}). Nothing lies there without an end of its life, nothing personal, and no secret that is not
 * sealed.
 */
package io.itrgateway.redis;
