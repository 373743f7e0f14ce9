package io.itrgateway.idempotency;

import io.itrgateway.problem.Wordless;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import org.jboss.logging.Logger;

/** Metrics and log lines of repeating safely; the only class of this room that logs. */
@ApplicationScoped
class IdempotencyMeter {

    private static final Logger LOG = Logger.getLogger(IdempotencyMeter.class);

    private final MeterRegistry meters;
    private final Map<Result, Counter> results = new EnumMap<>(Result.class);
    private final Counter unsettled;
    private final List<Gauge> gauges = new ArrayList<>();
    private final AtomicBoolean outOfReach = new AtomicBoolean();

    IdempotencyMeter(MeterRegistry meters) {
        this.meters = meters;
        for (Result result : Result.values()) {
            results.put(
                    result,
                    Counter.builder("gateway.idempotency")
                            .description(
                                    "Calls with an Idempotency-Key: new, joined, replayed, reused, in_progress, overloaded")
                            .tag("result", result.name().toLowerCase(Locale.ROOT))
                            .register(meters));
        }
        this.unsettled = Counter.builder("gateway.idempotency.unsettled")
                .description("Calls whose answer could not be kept, or whose key could not be freed")
                .register(meters);
    }

    /**
     * @param running calls with a key that run now
     * @param waiting callers that wait for the end of one that another began
     */
    void watch(IntSupplier running, IntSupplier waiting) {
        gauge("gateway.idempotency.running", "Calls with an Idempotency-Key that run now", running);
        gauge("gateway.idempotency.waiting", "Callers that wait for the end of a call that another one began", waiting);
    }

    private void gauge(String name, String description, IntSupplier value) {
        gauges.add(Gauge.builder(name, value, IntSupplier::getAsInt)
                .description(description)
                .strongReference(true)
                .register(meters));
    }

    /** The registry outlives the application in tests and live reload. */
    @PreDestroy
    void forget() {
        gauges.forEach(meters::remove);
    }

    void served(Result result) {
        results.get(result).increment();
    }

    /** A call was not made since its key could not be claimed; said of the first one of many. */
    void unclaimed(Throwable failure) {
        if (outOfReach.compareAndSet(false, true)) {
            LOG.warn(
                    "idempotency: claiming failed; until it works, calls with a key are refused",
                    new Wordless(failure));
        }
    }

    void claimed() {
        if (outOfReach.get()) {
            outOfReach.set(false);
        }
    }

    /** A call was answered, but those who repeat it will not find that answer, or will find the key taken for a while. */
    void unsettled(Throwable failure) {
        unsettled.increment();
        LOG.warn("idempotency: keeping or freeing failed", new Wordless(failure));
    }
}
