package io.itrgateway.telemetry;

import io.itrgateway.operation.Operation;
import io.itrgateway.operation.Operations;
import io.itrgateway.operation.RelayedOperations;
import io.itrgateway.problem.Outcome;
import io.itrgateway.problem.ProblemKind;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Counts and times every call, from its first byte to the last of its answer, by its operation, its {@link CallOutcome} and the status of its
 * answer, which is 0 where the caller had hung up. All labels come from closed lists; none comes from a request.
 */
@Singleton
@Startup
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

    CallMeter(MeterRegistry meters, RelayedOperations relayed) {
        this.meters = meters;
        Gauge.builder("gateway.calls.in.flight", inFlight, AtomicInteger::get)
                .description("Calls accepted and not yet answered")
                .register(meters);
        Stream.concat(
                        Operations.ALL.stream().map(Operation::name),
                        relayed.isEmpty() ? Stream.empty() : Stream.of(Operation.RELAY))
                .forEach(this::registerFromZero);
    }

    private void registerFromZero(String operation) {
        COUNTED_FROM_ZERO.forEach(kind -> timer(operation, CallOutcome.of(kind, Optional.empty()), kind.status()));
        timer(operation, CallOutcome.processed(Optional.empty()), 200);
        timer(operation, CallOutcome.callerGone(Outcome.UNKNOWN.wireName(), Optional.empty()), 0);
    }

    void recordStart() {
        inFlight.incrementAndGet();
    }

    void recordEnd(Optional<Operation> operation, CallOutcome outcome, int status, long tookNanos) {
        inFlight.decrementAndGet();
        timer(operation.map(Operation::name).orElse(NO_OPERATION), outcome, status)
                .record(tookNanos, TimeUnit.NANOSECONDS);
    }

    private Timer timer(String operation, CallOutcome outcome, int status) {
        return timers.computeIfAbsent(new Labels(operation, outcome.outcome(), outcome.code(), status), this::timer);
    }

    private Timer timer(Labels labels) {
        return Timer.builder("gateway.calls")
                .description(
                        "Duration of calls from the first byte of the request to the last of the answer, by result: outcome processed and code ok for a success, code caller-gone if the caller had disconnected")
                .tag("operation", labels.operation)
                .tag("outcome", labels.outcome)
                .tag("code", labels.code)
                .tag("status", Integer.toString(labels.status))
                .serviceLevelObjectives(BUCKETS)
                .register(meters);
    }
}
