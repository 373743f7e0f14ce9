package io.itrgateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.TurnableClock;
import io.quarkus.oidc.common.OidcRequestFilter.OidcRequestFilterContext;
import io.quarkus.oidc.common.OidcResponseFilter.OidcResponseFilterContext;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Whether the keys of the issuer are being read. */
class IssuerKeyReadsTest {

    private final TurnableClock clock = new TurnableClock(Instant.parse("2026-03-07T06:30:00Z"));
    private final IssuerKeyReads reads = new IssuerKeyReads(clock);

    @Test
    void aReadIsUnderWayUntilItIsAnswered() {
        assertThat(reads.isUnderWay()).isFalse();

        begins();
        assertThat(reads.isUnderWay()).isTrue();

        reads.filter((OidcResponseFilterContext) null).await().indefinitely();
        assertThat(reads.isUnderWay()).isFalse();
    }

    @Test
    void aReadThatIsNeverAnsweredEnds() {
        begins();

        clock.turn(IssuerFailureClassifier.LONGEST_ATTEMPT);

        assertThat(reads.isUnderWay()).isFalse();
    }

    private void begins() {
        reads.filter((OidcRequestFilterContext) null).await().indefinitely();
    }
}
