package io.itrgateway.upstream;

import static io.itrgateway.problem.ProblemKind.OVERLOADED;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.token.AccessToken;
import io.smallrye.mutiny.Uni;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/** Waits of calls for an access token that is being fetched, with a bound on their number. */
final class TokenWaits {

    private final Supplier<Uni<AccessToken>> tokens;
    private final Semaphore permits;

    /** @param most waits at once */
    TokenWaits(Supplier<Uni<AccessToken>> tokens, int most) {
        this.tokens = tokens;
        this.permits = new Semaphore(most);
    }

    /**
     * The next token; fails with {@code overloaded} if there are too many waits. A caller that leaves keeps its permit until the fetch ends,
     * because its subscription stays in memory until then.
     */
    Uni<AccessToken> next() {
        if (!permits.tryAcquire()) {
            return Uni.createFrom()
                    .failure(GatewayException.of(
                            OVERLOADED, "Too many calls wait for an access token. Nothing was sent."));
        }
        return Uni.createFrom()
                .emitter(emitter -> tokens.get()
                        .onTermination()
                        .invoke(() -> permits.release())
                        .subscribe()
                        .with(emitter::complete, emitter::fail));
    }
}
