package io.itrgateway.edge;

import io.itrgateway.problem.ProblemKind;
import io.itrgateway.problem.ProblemMapper;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.AsyncResult;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts and times every call of an operation, from its first byte to the last of its answer, by what became of it.
 *
 * <p>{@code gateway_calls_seconds{outcome,code,status}}: outcome is {@code processed} or one of the problem's outcomes, code is
 * {@code ok}, a problem's code, or {@code caller-gone} when nobody was left to take the answer. All labels come from
 * closed lists; none comes from a request.
 */
@Singleton
class CallMeter {

    private static final Duration[] BUCKETS = {
        Duration.ofMillis(5),
        Duration.ofMillis(10),
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

    private record Labels(String outcome, String code, int status) {}

    private final MeterRegistry meters;
    private final ConcurrentMap<Labels, Timer> timers = new ConcurrentHashMap<>();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final Gauge inFlightGauge;

    CallMeter(MeterRegistry meters) {
        this.meters = meters;
        this.inFlightGauge = Gauge.builder("gateway.calls.in.flight", inFlight, AtomicInteger::get)
                .description("Calls that have been accepted and not yet answered")
                .register(meters);
    }

    /** The registry outlives the application in tests and live reload; a gauge left in it would show this instance for ever. */
    @PreDestroy
    void forget() {
        meters.remove(inFlightGauge);
    }

    void measure(RoutingContext context) {
        inFlight.incrementAndGet();
        long startNanos = System.nanoTime();
        context.addEndHandler(end -> ended(context, end, System.nanoTime() - startNanos));
        context.next();
    }

    private void ended(RoutingContext context, AsyncResult<Void> end, long tookNanos) {
        inFlight.decrementAndGet();
        timers.computeIfAbsent(labels(context, end), this::timer).record(Duration.ofNanos(tookNanos));
    }

    private static Labels labels(RoutingContext context, AsyncResult<Void> end) {
        int status = context.response().getStatusCode();
        ProblemKind kind = context.get(ProblemMapper.KIND);
        if (end.failed()) {
            return new Labels("unknown", "caller-gone", 0);
        }
        return kind == null
                ? new Labels("processed", "ok", status)
                : new Labels(kind.outcome().wireName(), kind.code(), status);
    }

    private Timer timer(Labels labels) {
        return Timer.builder("gateway.calls")
                .description(
                        "Calls from the first byte to the last of the answer, by what became of them: processed and ok for a success, code caller-gone"
                                + " when nobody was left to take the answer")
                .tag("outcome", labels.outcome)
                .tag("code", labels.code)
                .tag("status", Integer.toString(labels.status))
                .serviceLevelObjectives(BUCKETS)
                .register(meters);
    }
}
