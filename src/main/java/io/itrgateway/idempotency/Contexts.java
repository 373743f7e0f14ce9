package io.itrgateway.idempotency;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.Executor;

/** The contexts of callers, and timers. */
interface Contexts {

    /** Runs tasks on the context of the present caller; at once if it is called there. */
    Executor current();

    /** @return cancels it */
    Runnable after(Duration time, Runnable task);

    /** Each caller is on a Vert.x context of its own, with its request scope and trace, and is answered there. */
    static Contexts of(Vertx vertx) {
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
        };
    }
}
