package io.itrgateway.token;

import io.smallrye.mutiny.Uni;
import java.util.Optional;

/**
 * Port: where tokens lie, by generation. Never decides which one serves, nor whether one still may; it asks the {@link TokenFetch}. Any
 * thread may use it.
 */
public interface TokenStore {

    /** The token of that generation if it is there; never waits. */
    Optional<AccessToken> held(long generation);

    /**
     * The token of that generation, or the one that the fetch brings. However many ask at once, one fetch runs; a subscriber
     * that cancels does not end it for the others. A failed fetch is not kept.
     */
    Uni<AccessToken> load(long generation, TokenFetch fetch);

    /** Takes away the token of that generation, if there is one. It does not come back. */
    void drop(long generation);
}
