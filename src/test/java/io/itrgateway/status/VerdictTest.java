package io.itrgateway.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.ratelimit.BudgetSharing;
import io.itrgateway.ratelimit.BudgetWindow;
import io.itrgateway.ratelimit.Window;
import io.itrgateway.transport.CircuitState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether the service works, and if not, why, in one sentence. */
class VerdictTest {

    private static final Window DAY = new Window("day", 50_000, Duration.ofDays(1));
    private static final GatewayException REFUSED =
            GatewayException.of(ProblemKind.UPSTREAM_CREDENTIALS_REFUSED).withRetryAfter(Duration.ofSeconds(8));

    private boolean stopping;
    private int unanswered;
    private CircuitState circuit = CircuitState.CLOSED;
    private Optional<Long> nextTrial = Optional.empty();
    private boolean tokenHeld = true;
    private Optional<GatewayException> tokenFailure = Optional.empty();
    private boolean accountRefused;
    private Duration heldBack = Duration.ZERO;
    private boolean redisAway;
    private Optional<BudgetSharing> sharing = Optional.empty();
    private BudgetWindow budget = new BudgetWindow(DAY, 40_000, Duration.ofHours(3));
    private Map<String, Long> recent = Map.of("ok", 100L);

    private Verdict verdict() {
        return Verdict.of(new Verdict.Situation(
                stopping,
                unanswered,
                circuit,
                nextTrial,
                tokenHeld,
                tokenFailure,
                accountRefused,
                heldBack,
                redisAway,
                sharing,
                List.of(budget),
                new RecentCalls(Duration.ofMinutes(1), recent)));
    }

    private void isDegraded(String cause, String sentence) {
        assertThat(verdict()).isEqualTo(new Verdict(Verdict.State.DEGRADED, List.of(cause), sentence));
    }

    @Test
    void anOpenCircuit() {
        circuit = CircuitState.OPEN;
        nextTrial = Optional.of(4L);

        isDegraded("circuit-open", "Degraded because Deepvue failed too often and calls are refused, for another 4 s.");
    }

    @Test
    void anOpenCircuitWhosePauseIsOver() {
        circuit = CircuitState.OPEN;

        isDegraded(
                "circuit-open",
                "Degraded because Deepvue failed too often and calls are refused, until the next one shows whether it works again.");
    }

    @Test
    void aHalfOpenCircuit() {
        circuit = CircuitState.HALF_OPEN;

        isDegraded(
                "circuit-half-open",
                "Degraded because Deepvue failed too often; one call is let through to see whether it works again.");
    }

    @Test
    void noToken() {
        tokenHeld = false;
        tokenFailure = Optional.of(REFUSED);

        isDegraded(
                "no-token",
                "Degraded because no access token can be obtained from Deepvue (upstream-credentials-refused), next attempt in 8 s.");
    }

    @Test
    void aTokenThatCannotBeRenewed() {
        tokenFailure = Optional.of(REFUSED);

        isDegraded(
                "token-not-renewed",
                "Degraded because the access token cannot be renewed (upstream-credentials-refused), next attempt in 8 s.");
    }

    @Test
    void anAccountThatWasRefusedWithNoCallSince() {
        tokenHeld = false;
        accountRefused = true;

        isDegraded(
                "no-token",
                "Degraded because no access token can be obtained from Deepvue (upstream-credentials-refused), next attempt with the next call.");
    }

    @Test
    void aTokenThatWasNotNeededYetIsNoFault() {
        tokenHeld = false;

        assertThat(verdict().state()).isEqualTo(Verdict.State.OK);
    }

    @Test
    void aPauseThatDeepvueAskedFor() {
        heldBack = Duration.ofMillis(2_100);

        isDegraded(
                "held-back", "Degraded because Deepvue answered 429 or 503, and calls are held back for another 3 s.");
    }

    @Test
    void redisThatIsAway() {
        redisAway = true;
        sharing = Optional.of(new BudgetSharing(false, 3));

        isDegraded(
                "redis-away",
                "Degraded because Redis cannot be reached, so calls with an Idempotency-Key are refused"
                        + " and this replica uses 1/3 of the plan.");
    }

    @Test
    void redisThatIsAwayFromTheOnlyReplica() {
        redisAway = true;
        sharing = Optional.of(new BudgetSharing(false, 1));

        isDegraded(
                "redis-away",
                "Degraded because Redis cannot be reached, so calls with an Idempotency-Key are refused"
                        + " and this replica uses the whole plan.");
    }

    @Test
    void redisThatWasNeverReached() {
        redisAway = true;
        sharing = Optional.of(new BudgetSharing(false, 0));

        isDegraded(
                "redis-away",
                "Degraded because Redis cannot be reached, so calls with an Idempotency-Key are refused"
                        + " and this replica sends one call a minute.");
    }

    @Test
    void aPlanThatIsNotSharedThoughRedisIsThere() {
        sharing = Optional.of(new BudgetSharing(false, 2));

        isDegraded(
                "budget-not-shared",
                "Degraded because the plan is not shared through Redis at the moment, so this replica uses 1/2 of the plan.");
    }

    @Test
    void aPlanThatIsSharedIsNoFault() {
        sharing = Optional.of(new BudgetSharing(true, 2));

        assertThat(verdict().state()).isEqualTo(Verdict.State.OK);
    }

    @Test
    void aPlanThatIsUsedUp() {
        budget = new BudgetWindow(DAY, 0, Duration.ofSeconds(90));

        isDegraded("plan-used-up", "Degraded because the plan allows no further call in this day for another 90 s.");
    }

    @Test
    void aWindowThatIsFullForAMomentIsNoFault() {
        budget = new BudgetWindow(new Window("second", 17, Duration.ofSeconds(1)), 0, Duration.ofMillis(700));

        assertThat(verdict().state()).isEqualTo(Verdict.State.OK);
    }

    @Test
    void callsThatFail() {
        recent = Map.of("ok", 92L, "upstream-timeout", 5L, "internal-error", 3L);

        isDegraded(
                "failing-calls",
                "Degraded because 8 of 100 calls in the last minute failed (3 internal-error, 5 upstream-timeout).");
    }

    @Test
    void fiveOfAHundredCallsThatFail() {
        recent = Map.of("ok", 95L, "upstream-timeout", 5L);

        isDegraded("failing-calls", "Degraded because 5 of 100 calls in the last minute failed (5 upstream-timeout).");
    }

    @Test
    void theOnlyCallOfTheMinuteThatFailed() {
        recent = Map.of("upstream-timeout", 1L);

        isDegraded("failing-calls", "Degraded because 1 of 1 call in the last minute failed (1 upstream-timeout).");
    }

    @Test
    void faultsOfCallersHideNoFailures() {
        recent = Map.of("unauthenticated", 192L, "upstream-error", 8L);

        isDegraded(
                "failing-calls",
                "Degraded because 8 of 8 calls in the last minute failed (8 upstream-error), not counting 192 errors of callers.");
    }

    @ParameterizedTest
    @CsvSource({"upstream-timeout, 4", "invalid-request, 90", "caller-gone, 90"})
    void fewFailuresAndFaultsOfCallersAreNoFault(String code, long calls) {
        recent = Map.of("ok", 100 - calls, code, calls);

        assertThat(verdict()).isEqualTo(new Verdict(Verdict.State.OK, List.of(), "OK: calls are served normally."));
    }

    @Test
    void severalCausesAreAllNamedTheGravestFirst() {
        circuit = CircuitState.OPEN;
        nextTrial = Optional.of(4L);
        recent = Map.of("upstream-error", 20L);

        assertThat(verdict().causes()).containsExactly("circuit-open", "failing-calls");
        assertThat(verdict().sentence())
                .isEqualTo("Degraded because Deepvue failed too often and calls are refused, for another 4 s;"
                        + " also, 20 of 20 calls in the last minute failed (20 upstream-error).");
    }

    @ParameterizedTest
    @CsvSource({"0, 0 calls are", "1, 1 call is", "2, 2 calls are"})
    void aServiceThatIsStoppingSaysNothingElse(int left, String calls) {
        stopping = true;
        unanswered = left;
        circuit = CircuitState.OPEN;

        assertThat(verdict())
                .isEqualTo(new Verdict(
                        Verdict.State.STOPPING,
                        List.of("stopping"),
                        "Stopping: new calls are refused, and " + calls + " still to be answered."));
    }
}
