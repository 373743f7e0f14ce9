package io.itrgateway.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.token.TokenState.BackingOff;
import io.itrgateway.token.TokenState.Renewing;
import io.itrgateway.token.TokenState.Serving;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What follows from what, in the state of the token. */
class TokenStateTest {

    private static final Instant NOW = Instant.parse("2026-03-07T06:30:00Z");
    private static final TokenState BACKING_OFF = TokenState.FIRST.afterFailure(
            AuthorizeBackoff.of(3, GatewayException.of(ProblemKind.UPSTREAM_UNAVAILABLE), NOW));
    private static final TokenState RENEWING = TokenState.FIRST.startRenewal(1, NOW);

    private static TokenState renewingAfterThreeFailures() {
        return BACKING_OFF.startRenewal(1, NOW.plusSeconds(4));
    }

    @Test
    void aRenewalStartsOnce() {
        assertThat(RENEWING.startRenewal(1, NOW)).isSameAs(RENEWING);
    }

    @Test
    void aTokenThatNoLongerServesIsNotRenewed() {
        TokenState next = TokenState.FIRST.skip(1);

        assertThat(next.startRenewal(1, NOW)).isSameAs(next);
    }

    @Test
    void noRenewalStartsBeforeTheBackoffIsOver() {
        assertThat(BACKING_OFF.startRenewal(1, NOW.plusMillis(3_999))).isSameAs(BACKING_OFF);
        assertThat(renewingAfterThreeFailures()).isInstanceOf(Renewing.class);
    }

    @Test
    void aRenewalThatFailsAgainIsTheNextFailureInARow() {
        TokenState renewing = renewingAfterThreeFailures();

        var next = renewing.backoff().after(GatewayException.of(ProblemKind.UPSTREAM_UNAVAILABLE), NOW);

        assertThat(renewing.afterFailure(next)).isInstanceOf(BackingOff.class);
        assertThat(next.length()).isEqualTo(Duration.ofSeconds(8));
    }

    @Test
    void aRenewalThatEndsWithoutAnAuthorizeLeavesEverythingAsItWas() {
        assertThat(RENEWING.stopRenewal(1)).isEqualTo(TokenState.FIRST);
        assertThat(renewingAfterThreeFailures().stopRenewal(1)).isEqualTo(BACKING_OFF);
    }

    @Test
    void theLateEndOfARenewalLeavesTheNextOneAlone() {
        TokenState next = TokenState.FIRST.skip(1).startRenewal(2, NOW);

        assertThat(next.stopRenewal(1)).isSameAs(next);
    }

    @Test
    void theOldTokenServesUntilTheRenewedOneIsThere() {
        TokenState renewed = renewingAfterThreeFailures().afterSuccess();

        assertThat(renewed).isInstanceOf(Renewing.class);
        assertThat(renewed.generation()).isOne();
        assertThat(renewed.skip(1)).isEqualTo(TokenState.FIRST.skip(1));
    }

    @Test
    void aTokenThatIsAcceptedEndsNoRenewalAndNoBackoff() {
        assertThat(RENEWING.afterAcceptance(1)).isInstanceOf(Renewing.class);
        assertThat(BACKING_OFF.afterAcceptance(1).failureAt(NOW)).isPresent();
    }

    @Test
    void aRefusedTokenEndsItsRenewalAndNotTheBackoff() {
        assertThat(RENEWING.afterRefusal(1, NOW)).isInstanceOf(Serving.class);
        assertThat(BACKING_OFF.afterRefusal(1, NOW).failureAt(NOW)).isPresent();
    }

    @Test
    void theRefusalOfAnotherTokenChangesNothing() {
        assertThat(RENEWING.afterRefusal(2, NOW)).isSameAs(RENEWING);
        assertThat(RENEWING.skip(2)).isSameAs(RENEWING);
    }
}
