package io.itrgateway.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VertxSchedulerTest {

    private final Vertx vertx = Vertx.vertx();
    private final VertxScheduler scheduler = new VertxScheduler(vertx);

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void keepsNothingOfAnAlarmThatWasCancelled() throws InterruptedException {
        var woken = new WeakReference<>(new Object());
        var alarm = inADay(woken.get());
        var isSet = new CountDownLatch(1);
        scheduler.in(0, isSet::countDown); // after the other, on the same context
        assertThat(isSet.await(30, TimeUnit.SECONDS)).isTrue();

        alarm.cancel();

        await().atMost(Duration.ofMinutes(1)).until(() -> {
            System.gc();
            return woken.get() == null;
        });
    }

    private Scheduler.Alarm inADay(Object woken) {
        return scheduler.in(TimeUnit.DAYS.toNanos(1), woken::hashCode);
    }
}
