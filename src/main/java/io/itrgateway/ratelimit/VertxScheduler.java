package io.itrgateway.ratelimit;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.inject.Singleton;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Time by the machine's monotonic clock, and Vert.x' timers. A singleton, since a proxy fails when an answer of Redis arrives after the container has stopped. */
@Singleton
class VertxScheduler implements Scheduler {

    private static final long NANOS_A_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private static final long NO_TIMER = -1;

    private final Vertx vertx;
    private final Context own;

    VertxScheduler(Vertx vertx) {
        this.vertx = vertx;
        // A context of its own: a timer set in a request's context would keep the request for as long as it runs.
        this.own = vertx.getOrCreateContext();
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public Alarm in(long nanos, Runnable wake) {
        var cancelled = new AtomicBoolean();
        var timer = new AtomicLong(NO_TIMER);
        long millis = Math.max(1, (nanos + NANOS_A_MILLI - 1) / NANOS_A_MILLI);
        own.runOnContext(set -> {
            if (!cancelled.get()) {
                timer.set(vertx.setTimer(millis, fired -> {
                    if (!cancelled.get()) {
                        wake.run();
                    }
                }));
            }
        });
        return () -> {
            cancelled.set(true);
            // Each call that starts sets another alarm, and a timer that is left would stay until its time.
            vertx.cancelTimer(timer.get());
        };
    }
}
