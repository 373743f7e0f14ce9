package io.itrgateway.upstream;

import static io.itrgateway.problem.ProblemKind.OVERLOADED;

import io.itrgateway.fairness.CallerShares;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.token.AccessToken;
import io.smallrye.mutiny.Uni;
import java.util.function.Supplier;

/** Waits of calls for an access token that is being fetched, with a bound on their number. */
final class BoundedTokenWaits {

    private final Supplier<Uni<AccessToken>> tokens;
    private final CallerShares permits;

    /** @param most waits of one caller at once */
    BoundedTokenWaits(Supplier<Uni<AccessToken>> tokens, int most) {
        this.tokens = tokens;
        this.permits = CallerShares.ofPlaces(most);
    }

    /**
     * The next token; fails with {@code overloaded} if the caller has too many waits. One that leaves keeps its permit until the fetch ends,
     * because its subscription stays in memory until then.
     */
    Uni<AccessToken> next(String caller) {
        if (!permits.take(caller, 1)) {
            return Uni.createFrom()
                    .failure(GatewayException.of(
                            OVERLOADED, "Too many calls wait for an access token. Nothing was sent."));
        }
        return Uni.createFrom()
                .emitter(emitter -> tokens.get()
                        .onTermination()
                        .invoke(() -> permits.giveBack(caller, 1))
                        .subscribe()
                        .with(emitter::complete, emitter::fail));
    }
}
