/**
 * The one access token of the account: getting it once for all callers, holding it, renewing it in time, discarding it when it is
 * refused.
 *
 * <p>Why: a token is valid for 24 hours, an authorize may count against a tiny plan, and whether a new token invalidates the old one
 * is unknown. So one token serves all callers. It lies in Quarkus Cache under (account digest, generation); a generation
 * is passed over by compare-and-set, so that only the refused token goes and never a newer one. This package does not depend
 * on who uses the token, nor on how processes share it: a store may find a token instead of fetching it ({@link io.itrgateway.token.TokenStore}).
 *
 * <p>The state has the cases on which the service itself decides: {@code Serving}, {@code Renewing} and {@code BackingOff}, each with the
 * generation. {@code Empty}, {@code Fetching} and {@code Valid} are not among them: whether the token of a generation is absent, on its way
 * or held is known to the cache, which owns the one fetch of each generation, and whether it is still usable to the token and the clock.
 * A copy of either in the state could differ from them.
 */
package io.itrgateway.token;
