package io.itrgateway.idempotency;

import io.itrgateway.problem.RedactedThrowable;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/** Metrics and log lines of Idempotency-Keys; the only class of this package that logs. */
@ApplicationScoped
public class IdempotencyTelemetry {

    private static final Logger LOG = Logger.getLogger(IdempotencyTelemetry.class);

    private final MeterRegistry meters;
    private final Map<Served, Counter> counters = new EnumMap<>(Served.class);
    private final Counter unsettled;
    private final AtomicBoolean isRefusing = new AtomicBoolean();
    private final AtomicBoolean isUnacknowledged = new AtomicBoolean();

    IdempotencyTelemetry(MeterRegistry meters) {
        this.meters = meters;
        for (Served served : Served.values()) {
            counters.put(
                    served,
                    Counter.builder("gateway.idempotency")
                            .description(
                                    "Calls with an Idempotency-Key: new, joined, replayed, reused, in_progress, overloaded")
                            .tag("result", served.name().toLowerCase(Locale.ROOT))
                            .register(meters));
        }
        this.unsettled = Counter.builder("gateway.idempotency.unsettled")
                .description(
                        "Calls with an Idempotency-Key whose answer could not be stored, or whose key could not be released")
                .register(meters);
    }

    /**
     * @param running calls with a key that run now
     * @param waiting callers that wait for the end of one that another began
     */
    void registerGauges(IntSupplier running, IntSupplier waiting) {
        gauge("gateway.idempotency.running", "Calls with an Idempotency-Key in progress", running);
        gauge(
                "gateway.idempotency.waiting",
                "Callers waiting for the result of a call that another request started",
                waiting);
    }

    private void gauge(String name, String description, IntSupplier value) {
        Gauge.builder(name, value, IntSupplier::getAsInt)
                .description(description)
                .strongReference(true)
                .register(meters);
    }

    /** Results that the shared store has not stored yet, and the memory that they take. */
    public void registerPendingGauges(IntSupplier results, LongSupplier bytes) {
        gauge(
                "gateway.redis.promises",
                "Results of calls with an Idempotency-Key that Redis has not stored yet; retried once a second",
                results);
        Gauge.builder("gateway.redis.promises.bytes", bytes, LongSupplier::getAsLong)
                .baseUnit("bytes")
                .description("Memory used by answers that Redis has not stored yet")
                .strongReference(true)
                .register(meters);
    }

    void recordServed(Served served) {
        counters.get(served).increment();
    }

    /** A call was not made since its key could not be claimed; logged for the first of several. */
    void recordClaimFailure(Throwable failure) {
        if (isRefusing.compareAndSet(false, true)) {
            LOG.warn(
                    "idempotency: claiming failed; until it works, calls with a key are refused",
                    new RedactedThrowable(failure));
        }
    }

    public void recordReplicaSeen() {
        LOG.info(
                "idempotency: Redis has a replica; from now on a call with a key is sent when the replica has the key");
    }

    /** None was found for some time after the connection to Redis was lost. */
    public void recordReplicaGone() {
        LOG.warn(
                "idempotency: no replica of Redis has been found since the connection was lost; from now on a call with a"
                        + " key is sent without one (GATEWAY_REDIS_ACKS)");
    }

    /** A claim was not acknowledged by a replica of Redis; logged for the first of several. */
    public void recordUnacknowledged() {
        if (isUnacknowledged.compareAndSet(false, true)) {
            LOG.warn("idempotency: a replica of Redis does not acknowledge; until it does, calls with a key are refused"
                    + " (GATEWAY_REDIS_ACKS)");
        }
    }

    public void recordAcknowledged() {
        if (isUnacknowledged.get()) {
            isUnacknowledged.set(false);
        }
    }

    void recordClaimed() {
        if (isRefusing.get()) {
            isRefusing.set(false);
        }
    }

    /** A call was answered, but its result was not kept or its key not released. */
    void recordUnsettled(Throwable failure) {
        unsettled.increment();
        LOG.warn("idempotency: keeping or freeing failed", new RedactedThrowable(failure));
    }
}
