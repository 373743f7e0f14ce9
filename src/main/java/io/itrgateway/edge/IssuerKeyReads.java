package io.itrgateway.edge;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.quarkus.arc.Unremovable;
import io.quarkus.oidc.common.OidcEndpoint;
import io.quarkus.oidc.common.OidcRequestFilter;
import io.quarkus.oidc.common.OidcResponseFilter;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

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

    private final Clock clock;

    /** When a read that has begun ends at the latest. */
    private volatile Instant end = Instant.MIN;

    IssuerKeyReads(Clock clock) {
        this.clock = clock;
    }

    boolean isUnderWay() {
        return clock.instant().isBefore(end);
    }

    void markEnded() {
        end = Instant.MIN;
    }

    @Override
    public Uni<Void> filter(OidcRequestFilterContext request) {
        end = clock.instant().plus(IssuerFailureClassifier.LONGEST_ATTEMPT);
        return Uni.createFrom().voidItem();
    }

    @Override
    public Uni<Void> filter(OidcResponseFilterContext answer) {
        markEnded();
        return Uni.createFrom().voidItem();
    }
}
