package io.itrgateway.transport;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.itrgateway.fairness.EventLoopWork;
import io.smallrye.common.vertx.VertxContext;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AnswerReaderTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String CALLER = "demo";
    private static final int LONG_BYTES = EventLoopWork.LONGEST_BYTES + 1;

    private static Vertx vertx;

    private final AnswerMemory memory = new AnswerMemory(LONG_BYTES);
    private final AnswerReader answers = new AnswerReader(vertx, memory);
    private final Context context = VertxContext.createNewDuplicatedContext(vertx.getOrCreateContext());

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stop() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private static Answer answerOf(int bytes) {
        return new Answer(200, new byte[bytes], Optional.empty(), Optional.empty());
    }

    /** Subscribed to on the context of a caller. */
    private <T> T read(int bytes, Function<Answer, T> reader, Runnable whenRead) throws Exception {
        var read = new CompletableFuture<T>();
        context.runOnContext(here -> Uni.createFrom()
                .deferred(() -> answers.read(CALLER, answerOf(bytes), reader))
                .onItemOrFailure()
                .invoke(whenRead)
                .subscribe()
                .with(read::complete, read::completeExceptionally));
        return read.get(60, SECONDS);
    }

    @Test
    void aLongAnswerIsReadOffTheEventLoopAndPassedOnOnTheContextOfItsCaller() throws Exception {
        var passedOn = new CompletableFuture<Context>();

        boolean isOnEventLoop = read(
                LONG_BYTES, answer -> Context.isOnEventLoopThread(), () -> passedOn.complete(Vertx.currentContext()));

        assertThat(isOnEventLoop).isFalse();
        assertThat(passedOn.join()).isSameAs(context);
    }

    @Test
    void aShortAnswerIsReadAtOnce() throws Exception {
        boolean isOnEventLoop = read(LONG_BYTES - 1, answer -> Context.isOnEventLoopThread(), () -> {});

        assertThat(isOnEventLoop).isTrue();
    }

    @Test
    void aLongAnswerIsHeldUntilItHasBeenPassedOn() throws Exception {
        var wasFull = new CompletableFuture<Boolean>();

        boolean wasFullWhileItWasRead =
                read(LONG_BYTES, answer -> memory.isFull(CALLER), () -> wasFull.complete(memory.isFull(CALLER)));

        assertThat(wasFullWhileItWasRead).isTrue();
        assertThat(wasFull.join()).isTrue();
        await().atMost(LONG).until(() -> !memory.isFull(CALLER));
    }

    @Test
    void aLongAnswerThatCannotBeReadIsNotHeldAfterwards() {
        assertThatThrownBy(() -> read(
                        LONG_BYTES,
                        answer -> {
                            throw new IllegalArgumentException();
                        },
                        () -> {}))
                .hasRootCauseInstanceOf(IllegalArgumentException.class);

        await().atMost(LONG).until(() -> !memory.isFull(CALLER));
    }

    @Test
    void aLongAnswerForWhichNoOneWaitsIsNotHeldAfterwards() {
        var proceeds = new CountDownLatch(1);
        answers.read(CALLER, answerOf(LONG_BYTES), answer -> hasPassed(proceeds))
                .subscribe()
                .with(read -> {})
                .cancel();
        assertThat(memory.isFull(CALLER)).isTrue();

        proceeds.countDown();

        await().atMost(LONG).until(() -> !memory.isFull(CALLER));
    }

    private static boolean hasPassed(CountDownLatch latch) {
        try {
            return latch.await(60, SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void afterTheEndOfTheWorkersReadingFails() {
        var closed = Vertx.vertx();
        closed.close().toCompletionStage().toCompletableFuture().join();
        var late = new AnswerReader(closed, memory);

        assertThatThrownBy(() -> late.read(CALLER, answerOf(LONG_BYTES), Answer::status)
                        .await()
                        .atMost(LONG))
                .isInstanceOf(RejectedExecutionException.class);
        assertThat(memory.isFull(CALLER)).isFalse();
    }
}
