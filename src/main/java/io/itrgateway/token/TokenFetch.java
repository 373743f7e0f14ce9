package io.itrgateway.token;

import io.itrgateway.problem.GatewayException;
import io.smallrye.mutiny.Uni;
import java.util.Optional;

/**
 * How a store gets the token of one generation: fetched from the upstream, or, where processes share one, found there. Any thread
 * may call it.
 */
@FunctionalInterface
public interface TokenFetch {

    /**
     * Fetches the token from the upstream. Called by a store once at the most; its end is the end of the flight, and it is never cancelled.
     */
    Uni<AccessToken> fetch();

    /** Whether the token of this generation is still needed. If not, {@link #fetch} fails without an authorize. */
    default boolean isWanted() {
        return true;
    }

    /**
     * Offers a token that another process has fetched; it has this flight's generation.
     *
     * @return whether it serves here from now on; if not, it shall not be offered again
     */
    default boolean adopts(AccessToken found) {
        return false;
    }

    /** What {@link #fetch} has met, when it has failed at the upstream; others are spared it. Empty if it failed before. */
    default Optional<AuthorizeFailure> setback() {
        return Optional.empty();
    }

    /**
     * What another process has met a moment ago holds here, too.
     *
     * @return what this flight is to fail with
     */
    default GatewayException shares(AuthorizeFailure theirs) {
        return GatewayException.of(theirs.kind()).retryAfter(theirs.left());
    }
}
