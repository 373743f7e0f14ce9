package io.itrgateway.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.TurnableClock;
import io.itrgateway.problem.Effect;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.secret.Secret;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A registration is not made again because the answers of other calls take much memory. */
class KeptRegistrationsTest {

    private static final int MEMORY_BYTES = 20_000;

    private final TurnableClock clock = new TurnableClock(Instant.parse("2026-03-07T06:30:00Z"));
    private final IdempotencyService service = new IdempotencyRoom(clock)
            .neighbour(new MemoryClaimStore(MEMORY_BYTES, IdempotencyRoom.nanosOf(clock), new SimpleMeterRegistry()));
    private final AtomicInteger registered = new AtomicInteger();

    private void fetch(String key, int answerBytes) {
        var call = call("large", Effect.FETCHES, key);
        assertThat(service.run(call, () -> Optional.of(Duration.ZERO), () -> {}, () -> answer(answerBytes))
                        .subscribeAsCompletionStage())
                .isCompleted();
    }

    private CompletableFuture<KeptAnswer> register(String key, int answerBytes) {
        var call = call("small", Effect.REGISTERS, key);
        var answer = service.run(call, () -> Optional.of(Duration.ZERO), () -> {}, () -> {
                    registered.incrementAndGet();
                    return answer(answerBytes);
                })
                .subscribeAsCompletionStage();
        assertThat(answer).isDone();
        return answer;
    }

    private static KeyedCall call(String caller, Effect effect, String key) {
        var name = IdempotencyKey.of(List.of(key)).orElseThrow();
        return new KeyedCall(caller, "operation", effect, name, List.of(Secret.of("payload")));
    }

    private static Uni<KeptAnswer> answer(int bytes) {
        return Uni.createFrom().item(new KeptAnswer(200, new byte[bytes]));
    }

    @Test
    void downloadsOfAnotherCallerDoNotMakeARegistrationRepeat() {
        register("key", 100);
        for (int download = 0; download < 20; download++) {
            fetch("key-" + download, MEMORY_BYTES / 3);
        }

        register("key", 100);

        assertThat(registered).hasValue(1);
    }

    @Test
    void aRegistrationWhoseAnswerIsTooLargeToBeKeptIsNotMadeAgain() {
        register("key", MEMORY_BYTES);

        var repeated = register("key", MEMORY_BYTES);

        assertThat(registered).hasValue(1);
        assertThatItFailed(repeated, ProblemKind.CALL_INTERRUPTED);
    }

    /** Since then, the operator has declared the operation as one that is safe to repeat. */
    @Test
    void aKeptFailureIsReplayedAlsoWhereItsOperationHasAnotherEffectNow() {
        GatewayException timeout = GatewayException.of(ProblemKind.UPSTREAM_TIMEOUT);
        Uni<KeptAnswer> fails = Uni.createFrom().failure(timeout);
        service.run(call("small", Effect.UNDECLARED, "key"), () -> Optional.of(Duration.ZERO), () -> {}, () -> fails)
                .subscribeAsCompletionStage();

        var repeated = service.run(
                        call("small", Effect.FETCHES, "key"),
                        () -> Optional.of(Duration.ZERO),
                        () -> {},
                        () -> answer(100))
                .subscribeAsCompletionStage();

        assertThatItFailed(repeated, ProblemKind.UPSTREAM_TIMEOUT);
    }

    private static void assertThatItFailed(CompletableFuture<KeptAnswer> call, ProblemKind kind) {
        assertThat(call)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(
                        GatewayException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(kind));
    }
}
