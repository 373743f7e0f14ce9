package io.itrgateway.idempotency;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;

/** The contexts of callers, timers, and worker threads. */
interface Contexts {

    /** Under which live reload finds the threads again. */
    String WORKERS = "idempotency";

    /** Runs tasks on the context of the present caller; at once if it is called there. */
    Executor current();

    /** @return cancels it */
    Runnable after(Duration time, Runnable task);

    /** Runs a task that takes long on a worker thread, where it may wait for others. Ends on the context of the subscriber. */
    <T> Uni<T> compute(Callable<T> task);

    /** Each caller is on a Vert.x context of its own, with its request scope and trace, and is answered there. */
    static Contexts of(Vertx vertx) {
        // Of its own, with no more threads than can work: each task takes several times the memory of what it works on.
        WorkerExecutor workers =
                vertx.createSharedWorkerExecutor(WORKERS, Runtime.getRuntime().availableProcessors());
        return new Contexts() {
            @Override
            public Executor current() {
                Context mine = Vertx.currentContext();
                if (mine == null) {
                    return Runnable::run;
                }
                return task -> {
                    if (Vertx.currentContext() == mine) {
                        task.run();
                    } else {
                        mine.runOnContext(here -> task.run());
                    }
                };
            }

            @Override
            public Runnable after(Duration time, Runnable task) {
                long timer = vertx.setTimer(Math.max(1, time.toMillis()), due -> task.run());
                return () -> vertx.cancelTimer(timer);
            }

            @Override
            public <T> Uni<T> compute(Callable<T> task) {
                return Uni.createFrom()
                        .completionStage(
                                () -> workers.executeBlocking(task, false).toCompletionStage());
            }
        };
    }
}
