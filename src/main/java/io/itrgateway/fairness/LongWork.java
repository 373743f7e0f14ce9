package io.itrgateway.fairness;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.impl.ContextInternal;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * Work on a worker thread that keeps neither what it was given nor what it made. An idle worker thread of Quarkus refers to its last task, and a
 * task to its context and its result: a long answer would stay in memory, uncounted, until that thread has another task.
 */
public final class LongWork {

    private LongWork() {}

    /** By any worker. Completes on the current context, which the task does not refer to: that would keep the call. */
    public static <T> Future<T> run(Vertx vertx, Callable<T> work) {
        return run(vertx, work, task -> vertx.executeBlocking(task, false));
    }

    /** The same by the given worker. */
    public static <T> Future<T> run(Vertx vertx, WorkerExecutor worker, Callable<T> work) {
        return run(vertx, work, task -> worker.executeBlocking(task, false));
    }

    private static <T> Future<T> run(Vertx vertx, Callable<T> work, Function<Callable<Void>, Future<Void>> workers) {
        var given = new AtomicReference<>(work);
        var made = new AtomicReference<T>();
        var mine = (ContextInternal) vertx.getOrCreateContext();
        Promise<T> end = mine.promise();
        Callable<Void> task = () -> {
            made.set(given.getAndSet(null).call());
            return null;
        };
        // From there, since Quarkus' task refers to the context on which it was submitted.
        mine.unwrap()
                .runOnContext(there -> Future.succeededFuture()
                        .compose(now -> workers.apply(task)) // fails where it is refused
                        .map(done -> made.getAndSet(null))
                        .onComplete(end));
        return end.future();
    }
}
