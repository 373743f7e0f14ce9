package io.itrgateway.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.itrgateway.call.Call;
import io.itrgateway.call.Deadline;
import io.itrgateway.call.MemoryReservation;
import io.itrgateway.call.RelayedRequest;
import io.itrgateway.call.RequestValues;
import io.itrgateway.idempotency.KeptAnswer;
import io.itrgateway.operation.Operations;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SharedReadsTest {

    private static final int MOST_WAITING = 1000;
    private static final KeptAnswer ANSWER = new KeptAnswer(200, new byte[] {1});

    private final Vertx vertx = Vertx.vertx();
    private Optional<GatewayException> refusal = Optional.empty();
    private Optional<GatewayException> reasonForWait = Optional.empty();
    private final SharedReads reads = new SharedReads(
            vertx,
            MOST_WAITING,
            call -> refusal.filter(known -> call.deadline().length().isPresent()),
            call -> reasonForWait);
    private final List<UniEmitter<? super KeptAnswer>> sent = new CopyOnWriteArrayList<>();
    private final AtomicInteger cancelled = new AtomicInteger();

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private Uni<KeptAnswer> work(Call call) {
        return Uni.createFrom().<KeptAnswer>emitter(sent::add).onCancellation().invoke(cancelled::incrementAndGet);
    }

    private Call call(String caller, String itrId, Optional<Duration> wait) {
        var values = RequestValues.of(Operations.GET_ITR_DETAILS, Map.of("itr_client_id", "itr_1", "itr_id", itrId));
        var deadline = wait.map(time -> Deadline.of(time, System.nanoTime(), System::nanoTime))
                .orElseGet(Deadline::none);
        return new Call(Operations.GET_ITR_DETAILS, caller, values, deadline, null, vertx);
    }

    private CompletableFuture<KeptAnswer> read(String caller, String itrId) {
        return reads.run(call(caller, itrId, Optional.empty()), this::work)
                .subscribeAsCompletionStage()
                .toCompletableFuture();
    }

    private static KeptAnswer get(CompletableFuture<KeptAnswer> answer) throws Exception {
        return answer.get(60, TimeUnit.SECONDS);
    }

    private static GatewayException failure(CompletableFuture<KeptAnswer> answer) throws Exception {
        return (GatewayException) answer.handle((item, failure) -> failure).get(60, TimeUnit.SECONDS);
    }

    @Test
    void aFailureIsSharedByAllReaders() throws Exception {
        var answers = List.of(read("demo", "1"), read("demo", "1"));

        sent.get(0).fail(GatewayException.of(ProblemKind.UPSTREAM_ERROR));

        for (var answer : answers) {
            assertThat(failure(answer).kind()).isEqualTo(ProblemKind.UPSTREAM_ERROR);
        }
    }

    @Test
    void aThousandIdenticalReadsAreOneCall() throws Exception {
        List<CompletableFuture<KeptAnswer>> answers = new ArrayList<>();
        for (int i = 0; i < MOST_WAITING; i++) {
            answers.add(read("demo", "1"));
        }

        sent.get(0).complete(ANSWER);

        for (var answer : answers) {
            assertThat(get(answer)).isSameAs(ANSWER);
        }
        assertThat(sent).hasSize(1);
    }

    private Call relayed(int bytes) {
        var request = new RelayedRequest(
                "POST",
                "/v1/documents",
                Optional.empty(),
                Optional.of("application/json"),
                Optional.empty(),
                new byte[bytes],
                new MemoryReservation.Memory(bytes).open("demo"));
        return new Call(Operations.GET_ITR_DETAILS, "demo", RequestValues.of(request), Deadline.none(), null, vertx);
    }

    @ParameterizedTest
    @CsvSource({"65536, 1", "65537, 2"})
    void readsWithALongBodyAreNotCompared(int bytes, int calls) throws Exception {
        var answers = Stream.of(relayed(bytes), relayed(bytes))
                .map(call ->
                        reads.run(call, this::work).subscribeAsCompletionStage().toCompletableFuture())
                .toList();

        assertThat(sent).hasSize(calls);
        sent.forEach(call -> call.complete(ANSWER));
        for (var answer : answers) {
            assertThat(get(answer)).isSameAs(ANSWER);
        }
    }

    @Test
    void oneMoreThanMayWaitIsRefusedUntilOneLeaves() throws Exception {
        var first = reads.run(call("demo", "1", Optional.empty()), this::work)
                .subscribe()
                .with(answer -> {}, failure -> {});
        for (int i = 1; i < MOST_WAITING; i++) {
            read("demo", "1");
        }

        assertThat(failure(read("demo", "1")).kind()).isEqualTo(ProblemKind.OVERLOADED);
        first.cancel();
        var last = read("demo", "1");
        sent.get(0).complete(ANSWER);

        assertThat(get(last)).isSameAs(ANSWER);
        assertThat(sent).hasSize(1);
    }

    @Test
    void aCallerThatHasAllItsPlacesTakesNoneOfAnother() throws Exception {
        for (int i = 0; i < MOST_WAITING; i++) {
            read("demo", "1");
        }
        assertThat(failure(read("demo", "1")).kind()).isEqualTo(ProblemKind.OVERLOADED);

        var other = read("other", "1");
        sent.get(1).complete(ANSWER);

        assertThat(get(other)).isSameAs(ANSWER);
    }

    @Test
    void anotherCallerOrAnotherValueIsAnotherCall() {
        read("demo", "1");
        read("other", "1");
        read("demo", "2");

        assertThat(sent).hasSize(3);
    }

    @Test
    void whatHasEndedIsNotShared() throws Exception {
        var first = read("demo", "1");
        sent.get(0).complete(ANSWER);
        get(first);

        read("demo", "1");

        assertThat(sent).hasSize(2);
    }

    @Test
    void eachWaitsAsLongAsItWill() throws Exception {
        var patient = read("demo", "1");
        var hasty = reads.run(call("demo", "1", Optional.of(Duration.ofMillis(20))), this::work)
                .subscribeAsCompletionStage()
                .toCompletableFuture();

        assertThat(failure(hasty).kind()).isEqualTo(ProblemKind.UPSTREAM_UNAVAILABLE);
        sent.get(0).complete(ANSWER);
        assertThat(get(patient)).isSameAs(ANSWER);
        assertThat(sent).hasSize(1);
    }

    @Test
    void oneThatCannotBeSentInTimeIsNotBegun() throws Exception {
        refusal = Optional.of(GatewayException.of(ProblemKind.QUOTA_EXHAUSTED));

        var hasty = waiting(Duration.ofMinutes(1));

        assertThat(failure(hasty).kind()).isEqualTo(ProblemKind.QUOTA_EXHAUSTED);
        assertThat(sent).isEmpty();
    }

    @Test
    void oneThatRunsIsJoinedThoughAnotherCouldNotBeSentInTime() throws Exception {
        read("demo", "1");
        refusal = Optional.of(GatewayException.of(ProblemKind.QUOTA_EXHAUSTED));

        var hasty = waiting(Duration.ofMinutes(1));
        sent.get(0).complete(ANSWER);

        assertThat(get(hasty)).isSameAs(ANSWER);
    }

    @Test
    void whoLeavesOneThatIsNotSentLearnsWhy() throws Exception {
        read("demo", "1");
        refusal = Optional.of(GatewayException.of(ProblemKind.CALLER_LIMIT));
        reasonForWait = Optional.of(GatewayException.of(ProblemKind.QUOTA_EXHAUSTED));

        assertThat(failure(waiting(Duration.ofMillis(20))).kind()).isEqualTo(ProblemKind.QUOTA_EXHAUSTED);
    }

    @Test
    void oneThatIsSentWhileTheLastOneLeavesIsNotAnsweredAsNotSent() throws Exception {
        var sentAtTheDeadline = new SharedReads(vertx, MOST_WAITING, call -> Optional.empty(), call -> {
            await().until(() -> !sent.isEmpty()); // it has begun
            call.markSent();
            return Optional.empty();
        });

        var answer = sentAtTheDeadline
                .run(
                        call("demo", "1", Optional.of(Duration.ofMillis(20))),
                        call -> call.run(this::work, Optional::empty))
                .subscribeAsCompletionStage()
                .toCompletableFuture();

        assertThat(failure(answer).kind()).isEqualTo(ProblemKind.UPSTREAM_TIMEOUT);
    }

    private CompletableFuture<KeptAnswer> waiting(Duration wait) {
        return reads.run(call("demo", "1", Optional.of(wait)), this::work)
                .subscribeAsCompletionStage()
                .toCompletableFuture();
    }

    @Test
    void itIsCancelledWhenTheLastOneLeaves() {
        List<Cancellable> callers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            callers.add(reads.run(call("demo", "1", Optional.empty()), this::work)
                    .subscribe()
                    .with(answer -> {}, failure -> {}));
        }

        callers.get(0).cancel();
        callers.get(1).cancel();
        assertThat(cancelled).hasValue(0);
        callers.get(2).cancel();

        assertThat(cancelled).hasValue(1);
        read("demo", "1");
        assertThat(sent).hasSize(2);
    }
}
