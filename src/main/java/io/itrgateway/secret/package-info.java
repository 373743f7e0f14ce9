/**
 * Types that can be used but not shown.
 *
 * <p>Why: a password that is a {@code String} is one careless {@code toString()} away from a log. Here the type itself refuses.
 * Lowest room of the house: it knows nobody, and it never logs.
 */
package io.itrgateway.secret;
