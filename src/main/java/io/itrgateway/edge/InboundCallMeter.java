package io.itrgateway.edge;

import io.itrgateway.operation.Operation;
import io.itrgateway.operation.Operations;
import io.itrgateway.operation.RelayedOperations;
import io.itrgateway.problem.Outcome;
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
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Counts and times every call of an operation, from its first byte to the last of its answer, by what became of it.
 *
 * <p>{@code gateway_calls_seconds{operation,outcome,code,status}}: outcome is {@code processed} or one of the problem's outcomes, code is
 * {@code ok}, a problem's code, or {@code caller-gone} when the caller had hung up. All labels come from
 * closed lists; none comes from a request.
 */
@Singleton
class InboundCallMeter {

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

    /** What an alert counts, and so is there from the start: the rate of a series that begins with its first call is 0. */
    private static final Set<ProblemKind> COUNTED_FROM_ZERO = Arrays.stream(ProblemKind.values())
            .filter(kind -> kind.outcome() == Outcome.UNKNOWN
                    || kind == ProblemKind.UNAUTHENTICATED
                    || kind == ProblemKind.UPSTREAM_CREDENTIALS_REFUSED)
            .collect(Collectors.toUnmodifiableSet());

    private record Labels(String operation, String outcome, String code, int status) {}

    /** Of a path that is no operation. */
    private static final String NO_OPERATION = "none";

    private final MeterRegistry meters;
    private final ConcurrentMap<Labels, Timer> timers = new ConcurrentHashMap<>();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final Gauge inFlightGauge;

    InboundCallMeter(MeterRegistry meters, RelayedOperations relayed) {
        this.meters = meters;
        this.inFlightGauge = Gauge.builder("gateway.calls.in.flight", inFlight, AtomicInteger::get)
                .description("Calls that have been accepted and not yet answered")
                .register(meters);
        Stream.concat(
                        Operations.ALL.stream().map(Operation::name),
                        relayed.isEmpty() ? Stream.empty() : Stream.of(Operation.RELAY))
                .forEach(operation -> {
                    COUNTED_FROM_ZERO.forEach(kind -> timers.computeIfAbsent(labels(operation, kind), this::timer));
                    timers.computeIfAbsent(processedLabels(operation, 200), this::timer);
                    timers.computeIfAbsent(callerGoneLabels(operation), this::timer);
                });
    }

    /** The registry outlives the application in tests and live reload; a gauge left in it would show this instance for ever. */
    @PreDestroy
    void removeMeters() {
        meters.remove(inFlightGauge);
    }

    void measure(RoutingContext context) {
        inFlight.incrementAndGet();
        long startNanos = System.nanoTime();
        context.addEndHandler(end -> recordEnd(context, end, System.nanoTime() - startNanos));
        context.next();
    }

    private void recordEnd(RoutingContext context, AsyncResult<Void> end, long tookNanos) {
        inFlight.decrementAndGet();
        timers.computeIfAbsent(labels(context, end), this::timer).record(tookNanos, TimeUnit.NANOSECONDS);
    }

    private static Labels labels(RoutingContext context, AsyncResult<Void> end) {
        String operation =
                CallRecords.of(context).operation().map(Operation::name).orElse(NO_OPERATION);
        ProblemKind kind = context.get(ProblemMapper.KIND);
        if (end.failed()) {
            return callerGoneLabels(operation);
        }
        return kind == null ? processedLabels(operation, context.response().getStatusCode()) : labels(operation, kind);
    }

    private static Labels processedLabels(String operation, int status) {
        return new Labels(operation, "processed", "ok", status);
    }

    private static Labels labels(String operation, ProblemKind kind) {
        return new Labels(operation, kind.outcome().wireName(), kind.code(), kind.status());
    }

    private static Labels callerGoneLabels(String operation) {
        return new Labels(operation, Outcome.UNKNOWN.wireName(), "caller-gone", 0);
    }

    private Timer timer(Labels labels) {
        return Timer.builder("gateway.calls")
                .description(
                        "Calls from the first byte to the last of the answer, by what became of them: processed and ok for a success, code caller-gone"
                                + " when the caller had hung up")
                .tag("operation", labels.operation)
                .tag("outcome", labels.outcome)
                .tag("code", labels.code)
                .tag("status", Integer.toString(labels.status))
                .serviceLevelObjectives(BUCKETS)
                .register(meters);
    }
}
