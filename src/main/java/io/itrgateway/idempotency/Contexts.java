package io.itrgateway.idempotency;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.Executor;

/** Where callers are, and the alarm of those who will not wait for ever. */
interface Contexts {

    /** Runs what it is given where the caller now is; at once if that is where it is called. */
    Executor current();

    /** @return calls it off */
    Runnable after(Duration time, Runnable task);

    /** Each caller is on a Vert.x context of its own, with its request scope and trace; nobody is answered on another's. */
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
                long timer = vertx.setTimer(Math.max(1, time.toMillis()), over -> task.run());
                return () -> vertx.cancelTimer(timer);
            }
        };
    }
}
