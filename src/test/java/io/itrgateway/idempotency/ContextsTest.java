package io.itrgateway.idempotency;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.common.vertx.VertxContext;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ContextsTest {

    private static Vertx vertx;

    private final Contexts contexts = Contexts.of(vertx);

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(30, SECONDS);
    }

    private static Context contextOfACall() {
        return VertxContext.createNewDuplicatedContext(vertx.getOrCreateContext());
    }

    private Executor at(Context context) throws Exception {
        var executor = new CompletableFuture<Executor>();
        context.runOnContext(here -> executor.complete(contexts.current()));
        return executor.get(30, SECONDS);
    }

    @Test
    void fromAnotherThreadATaskRunsOnTheContextOfItsCaller() throws Exception {
        var mine = contextOfACall();
        var ranOn = new CompletableFuture<Context>();

        at(mine).execute(() -> ranOn.complete(Vertx.currentContext()));

        assertThat(ranOn.get(30, SECONDS)).isSameAs(mine);
    }

    @Test
    void fromTheContextOfAnotherCallOnTheSameThreadToo() throws Exception {
        var root = vertx.getOrCreateContext();
        var mine = VertxContext.createNewDuplicatedContext(root);
        var ofAnother = VertxContext.createNewDuplicatedContext(root);
        Executor atMine = at(mine);
        var ranOn = new CompletableFuture<Context>();

        ofAnother.runOnContext(here -> atMine.execute(() -> ranOn.complete(Vertx.currentContext())));

        assertThat(ranOn.get(30, SECONDS)).isSameAs(mine);
    }

    @Test
    void fromItsOwnContextATaskRunsAtOnce() throws Exception {
        var ranBeforeReturning = new CompletableFuture<Boolean>();

        contextOfACall().runOnContext(here -> {
            var ran = new CompletableFuture<Void>();
            contexts.current().execute(() -> ran.complete(null));
            ranBeforeReturning.complete(ran.isDone());
        });

        assertThat(ranBeforeReturning.get(30, SECONDS)).isTrue();
    }

    @Test
    void aCallerWithoutAContextIsAnsweredWhereTheAnswerIs() {
        var ranIn = new CompletableFuture<Thread>();

        contexts.current().execute(() -> ranIn.complete(Thread.currentThread()));

        assertThat(ranIn).isCompletedWithValue(Thread.currentThread());
    }

    @Test
    void aTaskIsComputedOffTheEventLoopAndEndsOnTheContextOfItsCaller() throws Exception {
        var mine = contextOfACall();
        var isComputedOnEventLoop = new CompletableFuture<Boolean>();
        var endedOn = new CompletableFuture<Context>();

        mine.runOnContext(here -> contexts.compute(Context::isOnEventLoopThread)
                .subscribe()
                .with(onEventLoop -> {
                    isComputedOnEventLoop.complete(onEventLoop);
                    endedOn.complete(Vertx.currentContext());
                }));

        assertThat(endedOn.get(30, SECONDS)).isSameAs(mine);
        assertThat(isComputedOnEventLoop.join()).isFalse();
    }

    @Test
    void aTaskThatFailsEndsWithItsFailure() {
        assertThatThrownBy(() -> contexts.compute(() -> {
                            throw new IOException("failed");
                        })
                        .await()
                        .atMost(Duration.ofSeconds(30)))
                .hasRootCauseInstanceOf(IOException.class);
    }

    @Test
    void tasksAreComputedOneAfterAnother() throws Exception {
        var running = new AtomicInteger();
        var mostRunning = new AtomicInteger();
        List<CompletableFuture<Integer>> tasks = new ArrayList<>();
        for (int task = 0; task < 1000; task++) {
            tasks.add(contexts.compute(() -> {
                        mostRunning.accumulateAndGet(running.incrementAndGet(), Math::max);
                        Thread.yield();
                        return running.decrementAndGet();
                    })
                    .subscribeAsCompletionStage());
        }

        CompletableFuture.allOf(tasks.toArray(CompletableFuture[]::new)).get(30, SECONDS);

        assertThat(mostRunning).hasValue(1);
    }

    @Test
    void afterTheEndOfTheWorkerATaskFails() throws Exception {
        var closed = Vertx.vertx();
        var late = Contexts.of(closed);
        closed.close().toCompletionStage().toCompletableFuture().get(30, SECONDS);

        assertThatThrownBy(() -> late.compute(() -> 1).await().atMost(Duration.ofSeconds(30)))
                .isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void anAlarmRings() throws Exception {
        var rang = new CompletableFuture<Void>();

        contexts.after(Duration.ofNanos(1), () -> rang.complete(null));

        assertThat(rang.get(30, SECONDS)).isNull();
    }

    @Test
    void theLongestPatienceThatCanBeAskedForIsNoneTooLong() {
        Runnable callOff = contexts.after(Duration.ofSeconds(999_999_999), () -> {});

        callOff.run();
    }
}
