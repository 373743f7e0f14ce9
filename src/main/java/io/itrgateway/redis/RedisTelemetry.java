package io.itrgateway.redis;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/** Metrics and log lines of the shared state; the only class of this package that logs. */
@Singleton
public class RedisTelemetry {

    /** The result of a script that ran. */
    static final String OK = "ok";

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

    private static final String KEEPS_ALL = "noeviction";

    private final MeterRegistry meters;

    /** By which Redis dropped keys when it was last found; empty if it did not. */
    private final AtomicReference<String> evictionPolicy = new AtomicReference<>("");

    /** Why Redis is away, as far as it has been logged; empty while it is there. */
    private final Set<RedisAway.Reason> said = ConcurrentHashMap.newKeySet();

    /** Scripts that have failed over foreign data and have not run since. */
    private final Set<String> failing = ConcurrentHashMap.newKeySet();

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
        if (result.equals(OK)) {
            failing.remove(script.name());
        }
        Timer.builder("gateway.redis.scripts")
                .description("Duration of scripts in Redis, by result: ok, or why it failed")
                .tag("script", script.name())
                .tag("result", result)
                .serviceLevelObjectives(BUCKETS)
                .register(meters)
                .record(Duration.ofNanos(tookNanos));
    }

    /** Something else has written to a key of that script; logged for the first of several runs. */
    void recordForeignData(Script script) {
        if (failing.add(script.name())) {
            logForeignData(script);
        }
    }

    void logForeignData(Script script) {
        LOG.warnf(
                "redis: the script %s failed over what is at one of its keys (itr-gateway:*), as where something else has written there;"
                        + " continuing without it",
                script.name());
    }

    /** Logged unless it was lost before: then it has to last. */
    void recordFound(boolean again) {
        if (said.isEmpty()) {
            logConnected(again);
        }
    }

    void recordStable() {
        if (!said.isEmpty()) {
            said.clear();
            logConnected(true);
        }
    }

    /** Logged once for the loss, and once for each reason that Redis gives later: a connection that broke does not say why no other comes about. */
    void recordAway(RedisAway.Reason why) {
        boolean saysMore = said.isEmpty() || RedisFailure.isAnswered(why);
        if (saysMore && said.add(why)) {
            logDisconnected(why);
        }
    }

    void logConnected(boolean again) {
        LOG.infof("redis: %s", again ? "it answers again" : "connected");
    }

    void logDataLoss() {
        LOG.warn("redis: it has lost what it knew; what is known here is put back");
    }

    /** @param info what Redis says of its memory */
    void recordMemory(String info) {
        Map<String, String> memory = RedisInfo.fields(info);
        String policy = memory.getOrDefault("maxmemory_policy", KEEPS_ALL);
        boolean drops = !policy.equals(KEEPS_ALL) && !"0".equals(memory.get("maxmemory"));
        String dropsBy = drops ? policy : "";
        if (!dropsBy.equals(evictionPolicy.getAndSet(dropsBy)) && drops) {
            logEviction(dropsBy);
        }
    }

    void logEviction(String policy) {
        LOG.warnf(
                "redis: its maxmemory-policy %s drops Idempotency-Keys when memory is full, and a repeat registers again; set noeviction",
                policy);
    }

    void logDisconnected(RedisAway.Reason why) {
        LOG.warnf("redis: it does not answer (%s): %s; continuing without it", why.word(), RedisFailure.inWords(why));
    }
}
