package io.itrgateway.token;

import io.smallrye.mutiny.Uni;
import java.util.Optional;
import java.util.function.Supplier;

/** Port: where tokens lie, by generation. Knows nothing of their life and never decides which one serves. */
interface TokenShelf {

    /** The token of that generation if it is there; never waits. */
    Optional<AccessToken> held(long generation);

    /**
     * The token of that generation, or the one that the flight brings. However many ask at once, one flight runs; a subscriber
     * who leaves ends it for nobody. A failed flight leaves nothing behind.
     */
    Uni<AccessToken> load(long generation, Supplier<Uni<AccessToken>> flight);

    /** Takes away the token of that generation, if there is one. */
    void drop(long generation);
}
