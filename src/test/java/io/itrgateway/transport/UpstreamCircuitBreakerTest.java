package io.itrgateway.transport;

import static io.itrgateway.problem.ProblemKind.OVERLOADED;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_ERROR;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_REJECTED_REQUEST;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_UNAVAILABLE;
import static io.itrgateway.transport.CircuitState.CLOSED;
import static io.itrgateway.transport.CircuitState.HALF_OPEN;
import static io.itrgateway.transport.CircuitState.OPEN;
import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.transport.ExchangeFailure.Reason;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class UpstreamCircuitBreakerTest {

    private static final Duration PAUSE = Duration.ofSeconds(5);

    private long now = -1; // nanoTime may be negative
    private final List<GatewayException> opened = new ArrayList<>();
    private final UpstreamCircuitBreaker breaker =
            new UpstreamCircuitBreaker(new GuardSettings(10, 1 << 24, 4, PAUSE), new SimpleMeterRegistry(), () -> now);

    UpstreamCircuitBreakerTest() {
        breaker.onOpen(opened::add);
    }

    static Stream<RuntimeException> failuresBeforeSending() {
        return Stream.of(
                new ExchangeFailure(Reason.UNWANTED),
                GatewayException.of(OVERLOADED, "no memory for the answer"),
                new IllegalStateException("no token"));
    }

    @Test
    void itOpensWhenHalfOfTheLastAttemptsHaveFailed() {
        succeed();
        succeed();
        fail();
        assertThat(breaker.circuit()).isEqualTo(CLOSED);
        succeed();
        succeed();
        assertThat(breaker.circuit()).isEqualTo(CLOSED);

        fail();

        assertThat(breaker.circuit()).isEqualTo(OPEN);
        assertThat(opened).hasSize(1);
    }

    /** As with a product that is not in the contract, or a request that Deepvue cannot carry out. */
    @Test
    void failuresOfOneCallerDoNotOpenItWhileAttemptsOfOthersSucceed() {
        succeed("a");
        for (int i = 0; i < 3; i++) {
            fail("b");
        }
        assertThat(breaker.circuit()).isEqualTo(CLOSED);
        succeed("a");
        fail("b");
        fail("b");

        assertThat(breaker.circuit()).isEqualTo(CLOSED);
        assertThat(opened).isEmpty();
    }

    @Test
    void failuresOfOneCallerOpenItWhenNoAttemptOfAnotherIsAmongTheLast() {
        succeed("a");
        fail("b");
        fail("b");
        succeed("b");
        assertThat(breaker.circuit()).isEqualTo(CLOSED);

        succeed("b");

        assertThat(breaker.circuit()).isEqualTo(OPEN);
    }

    @Test
    void failuresOfTwoCallersOpenItThoughAThirdSucceeds() {
        succeed("a");
        succeed("a");
        fail("b");

        fail("c");

        assertThat(breaker.circuit()).isEqualTo(OPEN);
    }

    @Test
    void aCallerWhoseAttemptsSucceededAndFailCountsWithTheOther() {
        succeed("a");
        fail("b");
        fail("b");
        succeed("a");
        assertThat(breaker.circuit()).isEqualTo(CLOSED);

        fail("a");

        assertThat(breaker.circuit()).isEqualTo(OPEN);
    }

    /** It is another operation, and says nothing of those that callers ask for. */
    @Test
    void anAuthorizeThatSucceedsDoesNotKeepItClosed() {
        fail("b");
        fail("b");
        succeed("");

        fail("b");

        assertThat(breaker.circuit()).isEqualTo(OPEN);
    }

    @Test
    void authorizesThatFailDoNotOpenItWhileCallsSucceed() {
        succeed("a");
        fail("");
        succeed("b");

        fail("");

        assertThat(breaker.circuit()).isEqualTo(CLOSED);
    }

    @Test
    void authorizesAndCallsThatFailOpenIt() {
        succeed("a");
        succeed("a");
        fail("");

        fail("b");

        assertThat(breaker.circuit()).isEqualTo(OPEN);
    }

    @Test
    void aTrialOfTheOnlyCallerThatFailsOpensItAgain() {
        open();
        pass();

        fail("b");

        assertThat(breaker.circuit()).isEqualTo(OPEN);
    }

    @Test
    void whileItIsOpenNothingIsSentAndTheTimeLeftIsSaid() {
        open();
        now += Duration.ofSeconds(3).toNanos();

        assertThat(breaker.refusal().flatMap(GatewayException::retryAfterSeconds))
                .contains(2L);
        assertThat(refused(begin())).isTrue();
    }

    @Test
    void aTrialThatSucceedsClosesIt() {
        open();
        pass();

        succeed();

        assertThat(breaker.circuit()).isEqualTo(CLOSED);
    }

    @Test
    void aRefusalOfTheRequestClosesIt() {
        open();
        pass();

        end(begin(), GatewayException.of(UPSTREAM_REJECTED_REQUEST), true);

        assertThat(breaker.circuit()).isEqualTo(CLOSED);
    }

    @Test
    void aTrialThatFailsOpensItForAnotherPause() {
        open();
        pass();

        fail();

        assertThat(breaker.circuit()).isEqualTo(OPEN);
        assertThat(refused(begin())).isTrue();
        pass();
        assertThat(refused(begin())).isFalse();
    }

    @Test
    void aTrialThatCannotConnectOpensIt() {
        open();
        pass();

        end(begin(), GatewayException.of(UPSTREAM_UNAVAILABLE), false);

        assertThat(breaker.circuit()).isEqualTo(OPEN);
    }

    @ParameterizedTest
    @MethodSource("failuresBeforeSending")
    void aTrialThatWasNeverSentLeavesItsPlaceToTheNext(RuntimeException unsent) {
        open();
        pass();

        end(begin(), unsent, false);

        assertThat(breaker.circuit()).isEqualTo(HALF_OPEN);
        var next = begin();
        assertThat(refused(next)).isFalse();
        assertThat(refused(begin())).isTrue();
        end(next, null, true);
        assertThat(breaker.circuit()).isEqualTo(CLOSED);
    }

    @ParameterizedTest
    @MethodSource("failuresBeforeSending")
    void attemptsThatWereNeverSentDoNotHideFailures(RuntimeException unsent) {
        fail();
        end(begin(), unsent, false);
        end(begin(), unsent, false);
        end(begin(), unsent, false);
        succeed();
        succeed();

        fail();

        assertThat(breaker.circuit()).isEqualTo(OPEN);
    }

    /** Sent on a stale connection first, and no longer wanted when there was another one. */
    @Test
    void aTrialThatWasRepeatedAndIsUnwantedLeavesItsPlaceToTheNext() {
        open();
        pass();

        end(begin(), new ExchangeFailure(Reason.UNWANTED), true);

        assertThat(breaker.circuit()).isEqualTo(HALF_OPEN);
        assertThat(refused(begin())).isFalse();
    }

    @Test
    void anAnswerThatFoundNoMemoryHereSaysNothingOfTheUpstream() {
        open();
        pass();

        end(begin(), new ExchangeFailure(Reason.NO_MEMORY), true);

        assertThat(breaker.circuit()).isEqualTo(HALF_OPEN);
        assertThat(refused(begin())).isFalse();
    }

    @Test
    void aListenerThatFailsChangesNeitherTheResultOfTheCallNorWhatOthersAreGiven() {
        var others = new ArrayList<GatewayException>();
        breaker.onOpen(failure -> {
            throw new IllegalStateException("listener");
        });
        breaker.onOpen(others::add);
        fail();
        fail();
        fail();
        var last = begin();

        end(last, GatewayException.of(UPSTREAM_ERROR), true);

        assertThat(last.failure.get())
                .isInstanceOfSatisfying(
                        GatewayException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(UPSTREAM_ERROR));
        assertThat(others).hasSize(1);
    }

    @Test
    void aTrialThatIsCancelledLeavesItsPlaceToTheNext() {
        open();
        pass();

        breaker.guard("a", () -> Uni.createFrom().nothing(), () -> true)
                .subscribe()
                .with(item -> {})
                .cancel();

        assertThat(refused(begin())).isFalse();
    }

    @Test
    void aResultFromBeforeItOpenedHasNoEffect() {
        var early = begin();
        open();
        pass();
        var trial = begin();

        end(early, null, true);
        assertThat(breaker.circuit()).isEqualTo(HALF_OPEN);
        end(trial, null, true);

        assertThat(breaker.circuit()).isEqualTo(CLOSED);
    }

    /** An attempt that has begun, unless it was refused at once. */
    private static final class Attempt {
        private UniEmitter<? super String> result;
        private boolean sent;
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
    }

    private Attempt begin() {
        return begin("a");
    }

    private Attempt begin(String caller) {
        var attempt = new Attempt();
        breaker.guard(
                        caller,
                        () -> Uni.createFrom().<String>emitter(emitter -> attempt.result = emitter),
                        () -> attempt.sent)
                .subscribe()
                .with(item -> {}, attempt.failure::set);
        return attempt;
    }

    private static boolean refused(Attempt attempt) {
        return attempt.result == null && attempt.failure.get() instanceof GatewayException;
    }

    private static void end(Attempt attempt, Throwable failure, boolean sent) {
        attempt.sent = sent;
        Optional.ofNullable(failure).ifPresentOrElse(attempt.result::fail, () -> attempt.result.complete("an answer"));
    }

    private void succeed() {
        succeed("a");
    }

    private void succeed(String caller) {
        end(begin(caller), null, true);
    }

    private void fail() {
        fail("a");
    }

    private void fail(String caller) {
        end(begin(caller), GatewayException.of(UPSTREAM_ERROR), true);
    }

    private void open() {
        for (int i = 0; i < 4; i++) {
            fail();
        }
        assertThat(breaker.circuit()).isEqualTo(OPEN);
    }

    private void pass() {
        now += PAUSE.toNanos();
    }
}
