package io.itrgateway.idempotency;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.TurnableClock;
import io.itrgateway.problem.Effect;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.secret.Secret;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds whatever many callers do at the same time. */
class IdempotencyServiceRaceTest {

    private static final int CALLERS = 1_000;
    private static final int THREADS = 8;

    private final IdempotencyRoom room = new IdempotencyRoom(new TurnableClock(Instant.parse("2026-03-07T06:30:00Z")));
    private final IdempotencyService service = room.service(room.claims, 10_000);
    private final ExecutorService upstream = Executors.newFixedThreadPool(2);
    private final AtomicInteger made = new AtomicInteger();

    @AfterEach
    void nothingIsLeft() {
        upstream.shutdownNow();
        assertThat(room.running()).as("flights").isZero();
        assertThat(room.waiting()).as("waiters").isZero();
    }

    private static KeyedCall call(String key, String password) {
        return new KeyedCall(
                "demo",
                "create-client",
                Effect.REGISTERS,
                IdempotencyKey.of(List.of(key)).orElseThrow(),
                List.of(Secret.of("ABCDE1234F"), Secret.of(password)));
    }

    private <T> List<T> atOnce(Callable<List<T>> some) throws Exception {
        var start = new CyclicBarrier(THREADS);
        var threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Callable<List<T>>> all = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                all.add(() -> {
                    start.await(30, SECONDS);
                    return some.call();
                });
            }
            List<T> results = new ArrayList<>();
            for (var each : threads.invokeAll(all)) {
                results.addAll(each.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    private static KeptAnswer end(CompletableFuture<KeptAnswer> caller) throws Exception {
        return caller.get(30, SECONDS);
    }

    @Test
    void aThousandCallersAtOnceMakeOneCallAndGetTheSameAnswer() throws Exception {
        var answer = new CompletableFuture<KeptAnswer>();

        var callers = atOnce(() -> {
            List<CompletableFuture<KeptAnswer>> some = new ArrayList<>();
            for (int i = 0; i < CALLERS / THREADS; i++) {
                some.add(service.run(call("k-1", "correct horse 7#"), Optional::empty, () -> {}, () -> {
                            made.incrementAndGet();
                            return Uni.createFrom().completionStage(answer);
                        })
                        .subscribeAsCompletionStage());
            }
            return some;
        });
        answer.complete(ScriptedWork.answer("A"));

        Set<KeptAnswer> answers = new HashSet<>();
        for (var caller : callers) {
            answers.add(end(caller));
        }
        assertThat(made).hasValue(1);
        assertThat(callers).hasSize(CALLERS);
        assertThat(answers).containsExactly(answer.join());
        assertThat(room.served("new")).isEqualTo(1);
        assertThat(room.served("joined")).isEqualTo(CALLERS - 1);
    }

    @Test
    void aThousandCallersWhoComeAndGoWhileItEndsMakeOneCall() throws Exception {
        var wrongs = atOnce(() -> {
            List<String> some = new ArrayList<>();
            for (int i = 0; i < CALLERS / THREADS; i++) {
                var caller = service.run(call("k-1", "correct horse 7#"), Optional::empty, () -> {}, () -> {
                            made.incrementAndGet();
                            return soon(ScriptedWork.answer("A"));
                        })
                        .subscribeAsCompletionStage();
                if (i % 3 == 0) {
                    caller.cancel(true);
                } else if (!new String(end(caller).body(), UTF_8).equals("A")) {
                    some.add("another answer");
                }
            }
            return some;
        });

        assertThat(wrongs).isEmpty();
        assertThat(made).hasValue(1);
    }

    private Uni<KeptAnswer> soon(KeptAnswer answer) {
        return Uni.createFrom().item(answer).emitOn(upstream);
    }

    /** Two payloads fight for each key, calls fail every so often, and callers leave. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void noCallIsMadeTwiceAtATimeOrAfterItsAnswer(long seed) throws Exception {
        Set<String> running = ConcurrentHashMap.newKeySet();
        Set<String> answered = ConcurrentHashMap.newKeySet();
        Queue<String> wrongs = new ConcurrentLinkedQueue<>();
        var dice = new AtomicInteger((int) seed * THREADS);

        atOnce(() -> {
            var mine = new Random(dice.incrementAndGet());
            for (int i = 0; i < 500; i++) {
                String key = "k-" + mine.nextInt(40);
                String password = "password " + mine.nextInt(2);
                boolean fails = mine.nextInt(3) == 0;
                var caller = service.run(call(key, password), Optional::empty, () -> {}, () -> {
                            if (!running.add(key)) {
                                wrongs.add("made twice at a time");
                            }
                            if (answered.contains(key)) {
                                wrongs.add("made after its answer");
                            }
                            return soon(ScriptedWork.answer(password)).map(answer -> {
                                running.remove(key);
                                if (fails) {
                                    throw GatewayException.of(ProblemKind.UPSTREAM_UNAVAILABLE);
                                }
                                answered.add(key);
                                return answer;
                            });
                        })
                        .subscribeAsCompletionStage();
                if (mine.nextInt(4) == 0) {
                    caller.cancel(true);
                }
                judge(caller, password, wrongs);
            }
            return List.of();
        });
        upstream.shutdown();

        assertThat(upstream.awaitTermination(30, SECONDS)).isTrue();
        assertThat(wrongs).isEmpty();
        assertThat(answered).hasSize(40);
    }

    private static void judge(CompletableFuture<KeptAnswer> caller, String password, Queue<String> wrongs)
            throws Exception {
        try {
            String body = new String(end(caller).body(), UTF_8);
            if (!body.equals(password)) {
                wrongs.add("the answer to another payload");
            }
        } catch (CancellationException left) {
            // nothing is owed to one who left
        } catch (ExecutionException | CompletionException e) {
            var kind = e.getCause() instanceof GatewayException known ? known.kind() : null;
            if (kind != ProblemKind.IDEMPOTENCY_KEY_REUSED && kind != ProblemKind.UPSTREAM_UNAVAILABLE) {
                wrongs.add("failed with " + e.getCause());
            }
        }
    }

    @RepeatedTest(20)
    void oneWhoJoinsAtTheVeryEndIsAnsweredToo() throws Exception {
        var answer = new CompletableFuture<KeptAnswer>();
        var first = service.run(
                        call("k-1", "correct horse 7#"),
                        Optional::empty,
                        () -> {},
                        () -> Uni.createFrom().completionStage(answer))
                .subscribeAsCompletionStage();
        upstream.execute(() -> answer.complete(ScriptedWork.answer("A")));

        var late = atOnce(() -> List.of(service.run(
                        call("k-1", "correct horse 7#"),
                        Optional::empty,
                        () -> {},
                        () -> Uni.createFrom().failure(new AssertionError("made again")))
                .subscribeAsCompletionStage()));

        end(first);
        for (var caller : late) {
            assertThat(end(caller).body()).asString(UTF_8).isEqualTo("A");
        }
    }
}
