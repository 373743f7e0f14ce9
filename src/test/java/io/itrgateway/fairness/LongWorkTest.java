package io.itrgateway.fairness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxBuilder;
import java.lang.ref.WeakReference;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LongWorkTest {

    private static final int LONG_BYTES = 1 << 20;

    private final Set<Workers> pools = ConcurrentHashMap.newKeySet();
    private final Vertx vertx = new VertxBuilder()
            .executorServiceFactory((threads, size, most) -> {
                var workers = new Workers(threads);
                pools.add(workers);
                return workers;
            })
            .init()
            .vertx();
    /** As each request has one. */
    private final Context mine = ((ContextInternal) vertx.getOrCreateContext()).duplicate();

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void itEndsOnTheContextOnWhichItBegan() {
        Context end = run(() -> "done", work -> work.map(done -> Vertx.currentContext()))
                .join();

        assertThat(end).isSameAs(mine);
    }

    @Test
    void itIsDoneByAWorker() {
        assertThat(run(Context::isOnWorkerThread, work -> work).join()).isTrue();
    }

    @Test
    void itFailsAsItsWorkDoes() {
        var fault = new IllegalStateException();

        assertThatThrownBy(run(
                        () -> {
                            throw fault;
                        },
                        work -> work)::join)
                .isInstanceOf(CompletionException.class)
                .hasCause(fault);
    }

    /** As when the service stops, or the operator has bounded the queue of the workers. */
    @Test
    void itFailsWhereNoWorkerTakesIt() {
        pools.forEach(workers -> workers.isClosed = true);

        assertThatThrownBy(run(() -> "done", work -> work)::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void itFailsWhereItsWorkerIsClosed() {
        var worker = vertx.createSharedWorkerExecutor("closed", 1);
        worker.close();
        var end = new CompletableFuture<String>();
        mine.runOnContext(begin ->
                LongWork.run(vertx, worker, () -> "done").onComplete(end::complete, end::completeExceptionally));

        assertThatThrownBy(end::join).isInstanceOf(CompletionException.class);
    }

    @Test
    void itsTaskKeepsNeitherWhatItWasGivenNorWhatItMade() {
        byte[] given = new byte[LONG_BYTES];
        var kept = new WeakReference<>(given);
        WeakReference<byte[]> made =
                new WeakReference<>(run(given::clone, work -> work).join());
        given = null;

        await().untilAsserted(() -> {
            System.gc();
            assertThat(kept.get()).isNull();
            assertThat(made.get()).isNull();
        });
        assertThat(pools).anyMatch(workers -> workers.last != null);
    }

    @Test
    void itsTaskDoesNotKeepTheCall() {
        run(() -> "done", work -> work).join();

        assertThat(pools)
                .extracting(workers -> workers.submittedOn)
                .doesNotContain(mine)
                .anyMatch(Objects::nonNull);
    }

    private <T, R> CompletableFuture<R> run(Callable<T> work, Function<Future<T>, Future<R>> then) {
        var end = new CompletableFuture<R>();
        mine.runOnContext(
                begin -> then.apply(LongWork.run(vertx, work)).onComplete(end::complete, end::completeExceptionally));
        return end;
    }

    /** Like the workers of Quarkus, they refer to their last task and to the context of its origin, and refuse one that they do not take. */
    private static final class Workers extends ThreadPoolExecutor {
        private volatile Runnable last;
        private volatile Context submittedOn;
        private volatile boolean isClosed;

        private Workers(ThreadFactory threads) {
            super(2, 2, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
        }

        @Override
        public void execute(Runnable task) {
            if (isClosed) {
                throw new RejectedExecutionException();
            }
            last = task;
            submittedOn = Vertx.currentContext();
            super.execute(task);
        }
    }
}
