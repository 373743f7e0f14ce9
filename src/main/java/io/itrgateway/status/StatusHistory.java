package io.itrgateway.status;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;

/** Keeps the {@link Trend}, where the status page is on. */
@Singleton
class StatusHistory {

    private final MeterRegistry meters;
    private final Vertx vertx;
    private final Clock clock;
    private final boolean isWanted;
    private final Trend trend;
    private long timer = -1;

    StatusHistory(MeterRegistry meters, Vertx vertx, Clock clock, StatusSettings settings) {
        this.meters = meters;
        this.vertx = vertx;
        this.clock = clock;
        this.isWanted = settings.operatorKey().isPresent();
        this.trend = new Trend(isWanted ? CallCounts.of(meters) : CallCounts.NONE);
    }

    void start(@Observes StartupEvent event) {
        if (isWanted) {
            timer = vertx.setPeriodic(Trend.STEP.toMillis(), step -> trend.add(clock.instant(), CallCounts.of(meters)));
        }
    }

    @PreDestroy
    void stop() {
        vertx.cancelTimer(timer);
    }

    Trend trend() {
        return trend;
    }
}
