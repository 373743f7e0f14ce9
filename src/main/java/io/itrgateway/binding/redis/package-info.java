/**
 * The bindings of all processes that share a Redis ({@link io.itrgateway.binding.redis.RedisBindingStore}), in the scripts among the resources
 * of {@code binding}.
 */
package io.itrgateway.binding.redis;
