package io.itrgateway.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How long no token is asked for after one could not be had. */
class PauseTest {

    private static final Instant NOW = Instant.parse("2026-03-07T06:30:00Z");
    private static final GatewayException UNAVAILABLE = GatewayException.of(ProblemKind.UPSTREAM_UNAVAILABLE);

    private static AuthorizeBackoff afterFailures(int failures) {
        var pause = AuthorizeBackoff.NONE;
        for (int i = 0; i < failures; i++) {
            pause = pause.after(UNAVAILABLE, NOW);
        }
        return pause;
    }

    @Test
    void itDoublesFromOneSecondAndStaysAtThirty() {
        var lengths = IntStream.rangeClosed(1, 9)
                .mapToObj(failures ->
                        Duration.between(NOW, afterFailures(failures).until()).toSeconds());

        assertThat(lengths).containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L, 30L, 30L);
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 64, 65, 1_000, Integer.MAX_VALUE})
    void itStaysAtThirtySecondsHoweverManyFailuresThereWere(int failures) {
        assertThat(AuthorizeBackoff.length(failures)).isEqualTo(Duration.ofSeconds(30));
    }

    @ParameterizedTest
    @CsvSource({"0, 4", "1, 4", "999, 4", "1000, 3", "1001, 3", "3000, 1", "3999, 1"})
    void whileItStandsTheFailureSaysHowManySecondsAreLeftOfIt(long millisPassed, long secondsLeft) {
        var failure = afterFailures(3).failureAt(NOW.plusMillis(millisPassed));

        assertThat(failure).get().satisfies(left -> {
            assertThat(left.kind()).isEqualTo(ProblemKind.UPSTREAM_UNAVAILABLE);
            assertThat(left.retryAfterSeconds()).contains(secondsLeft);
        });
    }

    @ParameterizedTest
    @CsvSource({"0, 20, 20", "12000, 20, 8", "19999, 20, 1", "0, 90, 90", "29000, 90, 61", "0, 86400, 86400"})
    void whileAllCallsAreHeldBackTheFailureSaysForHowLong(long millisPassed, long heldBackSeconds, long secondsLeft) {
        var heldBack = UNAVAILABLE.withRetryAfter(Duration.ofSeconds(heldBackSeconds));

        var failure = AuthorizeBackoff.NONE.after(heldBack, NOW).failureAt(NOW.plusMillis(millisPassed));

        assertThat(failure)
                .get()
                .extracting(left -> left.retryAfterSeconds().orElseThrow())
                .isEqualTo(secondsLeft);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "20, 20", "30, 30", "90, 30", "86400, 30"})
    void whileAllCallsAreHeldBackItLastsAsLongAndThirtySecondsAtTheMost(long heldBackSeconds, long lastsSeconds) {
        var pause = AuthorizeBackoff.NONE.after(UNAVAILABLE.withRetryAfter(Duration.ofSeconds(heldBackSeconds)), NOW);

        assertThat(pause.length()).isEqualTo(Duration.ofSeconds(lastsSeconds));
        assertThat(pause.until()).isEqualTo(NOW.plusSeconds(lastsSeconds));
    }

    /** At its end every caller that has kept to Retry-After comes back. */
    @ParameterizedTest
    @ValueSource(longs = {32, 95, 155, 3_605})
    void whereEachAuthorizeIsHeldBackItEndsWhenCallsAreSentAgain(long heldBackSeconds) {
        Instant end = NOW.plusSeconds(heldBackSeconds);
        var pause = AuthorizeBackoff.NONE;
        for (Instant now = NOW; now.isBefore(end); now = pause.until()) {
            pause = pause.after(UNAVAILABLE.withRetryAfter(Duration.between(now, end)), now);
        }

        assertThat(pause.until()).isEqualTo(end);
    }

    /** What holds calls back is known to each of them, or is no concern of others, such as an open circuit. */
    @Test
    void otherProcessesLearnOfTheFailureAndNotHowLongCallsAreHeldBackHere() {
        var heldBack = UNAVAILABLE.withRetryAfter(Duration.ofSeconds(20));

        var shared = AuthorizeBackoff.NONE.after(heldBack, NOW).failure(NOW);

        assertThat(shared).contains(new AuthorizeFailure(ProblemKind.UPSTREAM_UNAVAILABLE, 1, Duration.ofSeconds(1)));
    }

    @Test
    void theFailureIsTheLastOneThatHappened() {
        var pause = afterFailures(1).after(GatewayException.of(ProblemKind.QUOTA_EXHAUSTED), NOW);

        assertThat(pause.failureAt(NOW))
                .get()
                .extracting(GatewayException::kind)
                .isEqualTo(ProblemKind.QUOTA_EXHAUSTED);
    }

    @ParameterizedTest
    @ValueSource(longs = {4_000, 4_001, 86_400_000})
    void whenItIsOverNothingStandsInTheWay(long millisPassed) {
        assertThat(afterFailures(3).failureAt(NOW.plusMillis(millisPassed))).isEmpty();
    }

    @Test
    void withoutAFailureNothingStandsInTheWay() {
        assertThat(AuthorizeBackoff.NONE.failureAt(NOW)).isEmpty();
        assertThat(AuthorizeBackoff.NONE.failureAt(Instant.EPOCH)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT1M", "PT1H", "P1D", "P3650D"})
    void aClockThatIsSetBackFarEndsItInsteadOfMakingItLonger(Duration back) {
        assertThat(afterFailures(6).failureAt(NOW.minus(back))).isEmpty();
    }

    @Test
    void aClockThatIsSetBackALittleNeverMakesItLongerThanAMinute() {
        var pause = afterFailures(6);

        var longest = IntStream.rangeClosed(0, 3_600)
                .mapToObj(back -> pause.failureAt(NOW.minusSeconds(back)))
                .flatMap(failure -> failure.stream())
                .mapToLong(failure -> failure.retryAfterSeconds().orElseThrow())
                .max();

        assertThat(longest.orElseThrow()).isLessThanOrEqualTo(60);
    }
}
