/**
 * The access token that replicas share, in Redis: sealed, and fetched by one replica at a time.
 *
 * <p>Why it is safe: a lease in Redis, which its holder renews and which ends by itself, decides who fetches. If two fetch all the same, since
 * Redis was away or a holder was slow, there are two valid tokens, which harms nothing: the later one replaces the other.
 */
package io.itrgateway.token.redis;
