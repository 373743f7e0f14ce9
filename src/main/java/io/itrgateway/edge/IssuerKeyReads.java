package io.itrgateway.edge;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.quarkus.arc.Unremovable;
import io.quarkus.oidc.common.OidcEndpoint;
import io.quarkus.oidc.common.OidcRequestFilter;
import io.quarkus.oidc.common.OidcResponseFilter;
import io.smallrye.common.vertx.VertxContext;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether the keys of the issuer are being read now. Quarkus reads them when a token comes whose key it does not know, and until it has
 * them refuses other tokens with an unknown key, too. Such tokens are valid when the issuer has just changed its key.
 */
@Singleton
@Unremovable
@OidcEndpoint(OidcEndpoint.Type.JWKS)
class IssuerKeyReads implements OidcRequestFilter, OidcResponseFilter {

    static final GatewayException UNDER_WAY = GatewayException.of(
                    ProblemKind.OVERLOADED,
                    "The keys of the issuer of Bearer tokens are being read, so the token could not be checked. Nothing was"
                            + " sent upstream. Repeat after Retry-After.")
            .withRetryAfter(Duration.ofSeconds(1));

    /** How long after the answer a token may still be refused that was looked up before the keys of the answer were in place. */
    static final Duration SETTLING = Duration.ofMillis(100);

    /** In the context of the request whose token the keys are read for: it is judged by them. */
    private static final String READS = IssuerKeyReads.class.getName();

    private final Clock clock;

    /** When a read that has begun ends at the latest. */
    private volatile Instant end = Instant.MIN;

    IssuerKeyReads(Clock clock) {
        this.clock = clock;
    }

    /** Whether the keys are being read for the token of another request than the current one. */
    boolean isUnderWay() {
        return clock.instant().isBefore(end)
                && request().map(own -> own.getLocal(READS)).isEmpty();
    }

    /** The context of the current request, if there is one: the first keys may be read at the start. */
    private static Optional<Context> request() {
        return Optional.ofNullable(Vertx.currentContext()).filter(VertxContext::isDuplicatedContext);
    }

    void markEnded() {
        end = Instant.MIN;
    }

    @Override
    public Uni<Void> filter(OidcRequestFilterContext request) {
        request().ifPresent(reader -> reader.putLocal(READS, true));
        end = clock.instant().plus(IssuerFailureClassifier.LONGEST_ATTEMPT);
        return Uni.createFrom().voidItem();
    }

    @Override
    public Uni<Void> filter(OidcResponseFilterContext answer) {
        end = clock.instant().plus(SETTLING);
        return Uni.createFrom().voidItem();
    }
}
