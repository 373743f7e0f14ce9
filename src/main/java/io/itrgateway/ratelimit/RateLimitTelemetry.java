package io.itrgateway.ratelimit;

import io.itrgateway.problem.ProblemKind;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;
import java.util.function.ToIntFunction;
import org.jboss.logging.Logger;

/** Metrics and log lines of the queue and the plan; the only class of this package that logs. A singleton for the reason of {@link VertxScheduler}. */
@Singleton
public class RateLimitTelemetry {

    private static final Logger LOG = Logger.getLogger(RateLimitTelemetry.class);

    /** 429 and 503. */
    private static final List<ProblemKind> BACKOFF_CAUSES =
            List.of(ProblemKind.QUOTA_EXHAUSTED, ProblemKind.UPSTREAM_UNAVAILABLE);

    private static final Duration[] BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofMillis(10),
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

    private final MeterRegistry meters;
    private final Timer admitted;
    private final Timer refused;
    private final Timer left;
    private final Counter alone;
    private final Map<ShedReason, Counter> sheds = new EnumMap<>(ShedReason.class);

    public RateLimitTelemetry(MeterRegistry meters) {
        this.meters = meters;
        this.admitted = timer("admitted");
        this.refused = timer("refused");
        this.left = timer("left");
        this.alone = Counter.builder("gateway.budget.alone")
                .description("How often this replica lost the shared budget and continued with its share")
                .register(meters);
        // Registered at the start: an increase() over a series that appears with its first event misses that event.
        for (ShedReason reason : ShedReason.values()) {
            sheds.put(reason, shedCounter(reason));
        }
        BACKOFF_CAUSES.forEach(this::backoffCounter);
    }

    private Counter shedCounter(ShedReason reason) {
        return Counter.builder("gateway.shed")
                .description(
                        "Calls refused before they were sent, by reason: quota, caller_limit, hold_back, breaker, waiting (queue full), in_flight (too many at the upstream), stopping, ledger")
                .tag("reason", reason.label())
                .register(meters);
    }

    private Counter backoffCounter(ProblemKind why) {
        return Counter.builder("gateway.hold.backs")
                .description("Pauses started by an upstream 429 or 503")
                .tag("code", why.code())
                .register(meters);
    }

    private Timer timer(String result) {
        return Timer.builder("gateway.wait")
                .description(
                        "Time that calls waited for their turn, by result: admitted, refused, or left (the caller disconnected)")
                .tag("result", result)
                .serviceLevelObjectives(BUCKETS)
                .register(meters);
    }

    void registerGauges(PermitStore store, IntSupplier waiting, DoubleSupplier holdBackSeconds) {
        gauge("gateway.waiting", "Calls waiting for their turn", waiting::getAsInt);
        Gauge.builder("gateway.hold.back", holdBackSeconds, DoubleSupplier::getAsDouble)
                .baseUnit("seconds")
                .description("Time until calls resume after an upstream 429 or 503")
                .strongReference(true)
                .register(meters);
        if (store.sharing().isPresent()) {
            gauge(
                    "gateway.budget.together",
                    "Whether this replica uses the shared budget (1), or its own share of it (0)",
                    () -> store.sharing().filter(BudgetSharing::isShared).isPresent() ? 1 : 0);
            gauge(
                    "gateway.replicas",
                    "Replicas that share the budget, this one included, as last known",
                    () -> store.sharing().map(BudgetSharing::replicas).orElse(0));
        }
        for (BudgetWindow window : store.remaining()) {
            String name = window.window().name();
            Gauge.builder("gateway.budget.left", store, permits -> ofWindow(permits, name, BudgetWindow::left))
                    .description(
                            "Calls that the plan still allows in the window: second, minute, day; NaN while this replica does not know its share")
                    .tag("window", name)
                    .register(meters);
            // Read each time, as what is left is: without the shared budget both are a part of it.
            Gauge.builder(
                            "gateway.budget.limit",
                            store,
                            permits -> ofWindow(
                                    permits, name, left -> left.window().quota()))
                    .description(
                            "Calls that the plan allows in the window, or this replica's share of them while it cannot reach the shared budget")
                    .tag("window", name)
                    .register(meters);
        }
    }

    private void gauge(String name, String description, DoubleSupplier value) {
        Gauge.builder(name, value, DoubleSupplier::getAsDouble)
                .description(description)
                .strongReference(true)
                .register(meters);
    }

    private static double ofWindow(PermitStore store, String window, ToIntFunction<BudgetWindow> calls) {
        return store.remaining().stream()
                .filter(left -> left.window().name().equals(window))
                .mapToInt(calls)
                .asDoubleStream()
                .findFirst()
                .orElse(Double.NaN);
    }

    void recordAdmission(long waitedNanos) {
        record(admitted, waitedNanos);
    }

    /** A call that has waited is refused, since its turn comes too late. */
    void recordRefusal(long waitedNanos) {
        record(refused, waitedNanos);
    }

    /** Hung up while it waited. */
    void recordWithdrawal(long waitedNanos) {
        record(left, waitedNanos);
    }

    private static void record(Timer timer, long waitedNanos) {
        timer.record(Duration.ofNanos(Math.max(0, waitedNanos)));
    }

    void recordShed(ShedReason reason) {
        sheds.get(reason).increment();
    }

    void recordBackoff(ProblemKind why, Duration length) {
        backoffCounter(why).increment();
        LOG.warnf("pausing after a refusal of the upstream code=%s nextTryInMs=%d", why.code(), length.toMillis());
    }

    /** @param replicas that the plan is divided by; 0 if that is not known */
    public void recordDegraded(int replicas) {
        alone.increment();
        if (replicas == 0) {
            LOG.warn(
                    "the shared budget cannot be reached, and the other replicas may not know of this one: one call a minute; GATEWAY_REPLICAS would say how many share it");
        } else {
            LOG.warnf("the shared budget cannot be reached: using 1/%d of the plan", replicas);
        }
    }

    public void recordShared() {
        LOG.info("the shared budget is reached again");
    }

    void recordBackoffEnd() {
        LOG.info("the upstream serves us again");
    }
}
