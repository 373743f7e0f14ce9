/**
 * Types that can be used but not shown, and what is made of them: keys, digests, seals.
 *
 * <p>Why: a password that is a {@code String} is one careless {@code toString()} away from a log. Here the type itself refuses.
 * What has to be stored, in memory or in another process, is
 * sealed, or a keyed digest, against which a guess cannot be tested without the key.
 * This package depends on no other, and never logs.
 */
package io.itrgateway.secret;
