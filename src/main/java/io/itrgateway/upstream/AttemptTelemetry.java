package io.itrgateway.upstream;

import io.itrgateway.telemetry.CallRecord;
import io.itrgateway.transport.Answer;
import io.itrgateway.transport.ExchangeFailure;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/**
 * The record of every attempt at the upstream: one timer sample, and one log line, which is a line at DEBUG, since the line of the
 * call includes its last attempt. The only class of this package that logs.
 */
@ApplicationScoped
@Startup
class AttemptTelemetry {

    private static final Logger LOG = Logger.getLogger(AttemptTelemetry.class);

    /** Up to the longest time that DEEPVUE_TIMEOUT is likely to have. */
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofSeconds(60)
    };

    private record Labels(String operation, String result) {}

    private final MeterRegistry meters;
    private final ConcurrentMap<Labels, Timer> timers = new ConcurrentHashMap<>();

    private final AtomicInteger inFlight = new AtomicInteger();

    AttemptTelemetry(MeterRegistry meters) {
        this.meters = meters;
        Gauge.builder("gateway.upstream.in.flight", inFlight, AtomicInteger::get)
                .description("Calls in progress at the upstream")
                .register(meters);
    }

    /** An attempt begins; it ends with {@link #recordAttempt}. */
    void recordStart() {
        inFlight.incrementAndGet();
    }

    /** An attempt has ended, with an answer, whatever its status, or without. */
    void recordAttempt(
            String operation, CallRecord.Part part, int attempt, Answer answer, Throwable failure, long tookNanos) {
        inFlight.decrementAndGet();
        if (failure instanceof ExchangeFailure known) {
            String reason = known.reason().name().toLowerCase(Locale.ROOT);
            part.failWithoutAnswer(reason);
            recordEnd(operation, attempt, reason, tookNanos);
        } else if (answer != null) {
            part.completeWith(answer.status());
            recordEnd(operation, attempt, Integer.toString(answer.status()), tookNanos);
        } else {
            part.fail(failure);
        }
    }

    private void recordEnd(String operation, int attempt, String result, long tookNanos) {
        timers.computeIfAbsent(new Labels(operation, result), this::timer).record(tookNanos, TimeUnit.NANOSECONDS);
        if (LOG.isDebugEnabled()) {
            LOG.debugf("upstream %s attempt=%d result=%s tookMs=%d", operation, attempt, result, tookNanos / 1_000_000);
        }
    }

    private Timer timer(Labels labels) {
        return Timer.builder("gateway.upstream.attempts")
                .description("Duration of attempts at the upstream, by status of the answer or kind of failure")
                .tag("operation", labels.operation)
                .tag("result", labels.result)
                .serviceLevelObjectives(BUCKETS)
                .register(meters);
    }
}
