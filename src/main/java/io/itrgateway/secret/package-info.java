/**
 * Types that can be used but not shown, and what is made of them: keys, digests, seals.
 *
 * <p>Why: a password that is a {@code String} is one careless {@code toString()} away from a log. Here the type itself refuses.
 * And what has to lie somewhere, in memory or in another process' store, lies there
 * sealed, or as a digest that nobody without the key can test a guess against.
 * Lowest room of the house: it knows nobody, and it never logs.
 */
package io.itrgateway.secret;
