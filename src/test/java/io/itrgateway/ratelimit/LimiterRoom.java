package io.itrgateway.ratelimit;

import io.itrgateway.problem.Effect;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.transport.CircuitBreaker;
import io.itrgateway.transport.CircuitState;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** The gate as it is in production, but for its time, and with a breaker that the test opens. */
final class LimiterRoom {

    final VirtualTime time;
    final MeterRegistry meters = new SimpleMeterRegistry();
    final RateLimiter limiter;
    final Arrivals sent = new Arrivals();

    /** Of each attempt that failed, what the breaker was given to ask. */
    final List<Boolean> failedAfterSending = new ArrayList<>();

    /** Of each attempt, the caller that the breaker was given. */
    final List<String> guarded = new ArrayList<>();

    private final List<Consumer<GatewayException>> whenOpened = new ArrayList<>();
    private Optional<GatewayException> open = Optional.empty();

    LimiterRoom(String plan) {
        this(plan, Duration.ofSeconds(5));
    }

    LimiterRoom(String plan, Duration maxWait) {
        this(settings(plan, maxWait, 10_000, 1_024, Map.of()));
    }

    LimiterRoom(RateLimitSettings settings) {
        this(settings, new VirtualTime());
    }

    LimiterRoom(RateLimitSettings settings, VirtualTime time) {
        this(settings, time, meter -> Optional.empty());
    }

    LimiterRoom(
            RateLimitSettings settings,
            VirtualTime time,
            Function<RateLimitTelemetry, Optional<SharedRateLimits>> shared) {
        this.time = time;
        var meter = new RateLimitTelemetry(meters);
        this.limiter = new RateLimiter(
                settings, shared.apply(meter), new TestBreaker(), time, meter, () -> 0, () -> Runnable::run);
    }

    static RateLimitSettings settings(
            String plan, Duration maxWait, int maxWaiting, int maxInFlight, Map<String, Plan> callerLimits) {
        return new RateLimitSettings(
                Plan.of(plan).orElseThrow(),
                maxWait,
                maxWaiting,
                maxInFlight,
                Duration.ofSeconds(60),
                callerLimits,
                Map.of(),
                OptionalInt.empty());
    }

    void openBreaker(GatewayException told) {
        open = Optional.of(told);
        whenOpened.forEach(listener -> listener.accept(told));
    }

    /** A call that is sent as soon as it may go, and answered at once. */
    Caller call(String name) {
        return call(name, Optional.empty(), permit -> {
            permit.markSent();
            sent.add(time.truly());
            permit.markServed();
            return Uni.createFrom().item("served");
        });
    }

    Caller call(String name, Optional<Duration> patience, Function<Permit, Uni<String>> attempt) {
        return new Caller(time, limiter.run(name, Effect.REGISTERS, true, patience, attempt));
    }

    double shed(String reason) {
        return meters.counter("gateway.shed", "reason", reason).count();
    }

    /** A caller that made a call, and what became of it. */
    static final class Caller {
        private final Cancellable subscription;
        private String answer;
        private GatewayException failure;
        private long endedAt = -1;

        private Caller(VirtualTime time, Uni<String> call) {
            this.subscription = call.subscribe()
                    .with(
                            item -> {
                                answer = item;
                                endedAt = time.nanos();
                            },
                            told -> {
                                failure = (GatewayException) told;
                                endedAt = time.nanos();
                            });
        }

        void hangUp() {
            subscription.cancel();
        }

        boolean isServed() {
            return answer != null;
        }

        boolean isWaiting() {
            return answer == null && failure == null;
        }

        GatewayException failure() {
            return failure;
        }

        long endedAtNanos() {
            return endedAt;
        }
    }

    private final class TestBreaker implements CircuitBreaker {
        @Override
        public CircuitState circuit() {
            return open.isPresent() ? CircuitState.OPEN : CircuitState.CLOSED;
        }

        @Override
        public <T> Uni<T> guard(String caller, Supplier<Uni<T>> attempt, BooleanSupplier sent) {
            guarded.add(caller);
            return Uni.createFrom()
                    .<T>deferred(attempt::get)
                    .onFailure()
                    .invoke(failure -> failedAfterSending.add(sent.getAsBoolean()));
        }

        @Override
        public Optional<GatewayException> refusal() {
            return open;
        }

        @Override
        public void onOpen(Consumer<GatewayException> listener) {
            whenOpened.add(listener);
        }
    }
}
