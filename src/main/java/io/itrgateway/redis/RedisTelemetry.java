package io.itrgateway.redis;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/** Metrics and log lines of the shared state; the only class of this package that logs. */
@Singleton
public class RedisTelemetry {

    private static final Logger LOG = Logger.getLogger(RedisTelemetry.class);

    /** Up to the longest wait for one. */
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(75),
        Duration.ofMillis(250)
    };

    private final MeterRegistry meters;

    public RedisTelemetry(MeterRegistry meters) {
        this.meters = meters;
    }

    void registerGauge(BooleanSupplier up) {
        Gauge.builder("gateway.redis.up", () -> up.getAsBoolean() ? 1 : 0)
                .description("Whether Redis answers: 1 or 0")
                .strongReference(true)
                .register(meters);
    }

    /** @param result ok, or why not */
    void recordRun(Script script, String result, long tookNanos) {
        Timer.builder("gateway.redis.scripts")
                .description("Duration of scripts in Redis, by result: ok, or why it failed")
                .tag("script", script.name())
                .tag("result", result)
                .serviceLevelObjectives(BUCKETS)
                .register(meters)
                .record(Duration.ofNanos(tookNanos));
    }

    void logConnected(boolean again) {
        LOG.infof("redis: %s", again ? "it answers again" : "connected");
    }

    void logDataLoss() {
        LOG.warn("redis: it has lost what it knew; what is known here is put back");
    }

    void logDisconnected(RedisAway.Reason why) {
        LOG.warnf("redis: it does not answer (%s): %s; going on without it", why.word(), RedisFailure.inWords(why));
    }
}
