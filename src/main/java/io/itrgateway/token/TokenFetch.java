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
     * Fetches the token from the upstream. Called by a store once at the most, and never cancelled.
     */
    Uni<AccessToken> fetch();

    /** Whether the token of this generation is still needed. If not, {@link #fetch} fails without an authorize. */
    default boolean isWanted() {
        return true;
    }

    /**
     * Adopts a token that another process has fetched, if it is good enough; it has this generation.
     *
     * @return whether it serves here from now on; if not, it shall not be offered again
     */
    default boolean tryAdopt(AccessToken found) {
        return false;
    }

    /** What {@link #fetch} has met, when it has failed at the upstream; others are spared it. Empty if it failed before. */
    default Optional<AuthorizeFailure> failure() {
        return Optional.empty();
    }

    /**
     * Adopts what another process has met a moment ago: it holds here, too.
     *
     * @return what this fetch is to fail with
     */
    default GatewayException adoptFailure(AuthorizeFailure theirs) {
        return GatewayException.of(theirs.kind()).withRetryAfter(theirs.left());
    }
}
