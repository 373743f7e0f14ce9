package io.itrgateway.idempotency;

import io.itrgateway.fairness.LongWork;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;

/** The contexts of callers, timers, and a worker thread. */
interface Contexts {

    /** Under which live reload finds the worker again. */
    String WORKER = "idempotency";

    /** Runs tasks on the context of the present caller; at once if it is called there. */
    Executor current();

    /** @return cancels it */
    Runnable after(Duration time, Runnable task);

    /** Runs a task that takes long on a worker thread, one after another. Ends on the context of the subscriber. */
    <T> Uni<T> compute(Callable<T> task);

    /** Each caller is on a Vert.x context of its own, with its request scope and trace, and is answered there. */
    static Contexts of(Vertx vertx) {
        // One thread: a task takes up to twice the memory of the long result on which it works.
        WorkerExecutor worker = vertx.createSharedWorkerExecutor(WORKER, 1);
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
                        .completionStage(() -> LongWork.run(vertx, worker, task).toCompletionStage());
            }
        };
    }
}
