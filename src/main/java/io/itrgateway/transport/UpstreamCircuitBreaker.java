package io.itrgateway.transport;

import static io.itrgateway.problem.ProblemKind.UPSTREAM_CONNECTION_LOST;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_ERROR;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_INVALID_RESPONSE;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_TIMEOUT;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_UNAVAILABLE;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.faulttolerance.api.CircuitBreakerState;
import io.smallrye.faulttolerance.api.TypedGuard;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.util.TypeLiteral;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.jboss.logging.Logger;

/**
 * The circuit breaker of the account, built with SmallRye Fault Tolerance's programmatic API: annotations would cost four interceptors a
 * call, and keep their state by method where this is one account. Neither bulkhead nor time limit: the queue before it bounds the calls at
 * the upstream, and an exchange has a time limit of its own.
 */
@ApplicationScoped
class UpstreamCircuitBreaker implements CircuitBreaker {

    private static final Logger LOG = Logger.getLogger(UpstreamCircuitBreaker.class);

    private static final Set<ProblemKind> FAILURES_OF_THE_UPSTREAM = EnumSet.of(
            UPSTREAM_ERROR,
            UPSTREAM_INVALID_RESPONSE,
            UPSTREAM_CONNECTION_LOST,
            UPSTREAM_TIMEOUT,
            UPSTREAM_UNAVAILABLE);

    private static final double FAILURE_RATIO = 0.5;

    /** Named and registered, so that its type argument is known in a native image, too. */
    @RegisterForReflection
    static final class WhateverComes extends TypeLiteral<Uni<Object>> {
        private static final long serialVersionUID = 1L;
    }

    private final TypedGuard<Uni<Object>> guard;
    private final Duration pause;
    private final MeterRegistry meters;
    private final Gauge gauge;
    private final List<Consumer<GatewayException>> listeners = new CopyOnWriteArrayList<>();

    private volatile CircuitBreakerState state = CircuitBreakerState.CLOSED;
    private volatile long openedAtNanos;

    UpstreamCircuitBreaker(GuardSettings settings, MeterRegistry meters) {
        this.pause = settings.breakerPause();
        this.meters = meters;
        this.gauge = Gauge.builder("gateway.breaker.state", this, breaker -> breaker.state.ordinal())
                .description("Circuit breaker: 0 closed, 1 open, 2 half-open")
                .register(meters);
        Arrays.stream(CircuitBreakerState.values()).forEach(this::transitionCounter);
        this.guard = TypedGuard.create(new WhateverComes())
                .withDescription("deepvue")
                // An attempt runs where it is called, and ends where its answer is read, which is the same context. By
                // default the guard would
                // queue both on the event loop.
                .withThreadOffload(true)
                .withThreadOffloadExecutor(Runnable::run)
                .withCircuitBreaker()
                .requestVolumeThreshold(settings.breakerAttempts())
                .failureRatio(FAILURE_RATIO)
                .delay(pause.toMillis(), ChronoUnit.MILLIS)
                .successThreshold(1)
                .when(UpstreamCircuitBreaker::isFailureOfTheUpstream)
                .onStateChange(this::onStateChange)
                .done()
                .build();
    }

    /** The registry outlives the application in tests and live reload. */
    @PreDestroy
    void removeGauge() {
        meters.remove(gauge);
    }

    @Override
    @SuppressWarnings("unchecked") // the guard passes on what the attempt gives, whatever its type
    public <T> Uni<T> guard(Supplier<Uni<T>> attempt) {
        return Uni.createFrom()
                .deferred(() -> (Uni<T>) guard.get(() -> (Uni<Object>) attempt.get()))
                .onFailure(failure -> !(failure instanceof GatewayException))
                .transform(this::translate);
    }

    private Throwable translate(Throwable failure) {
        return failure instanceof CircuitBreakerOpenException ? openCircuitFailure(left()) : failure;
    }

    private static boolean isFailureOfTheUpstream(Throwable failure) {
        return failure instanceof GatewayException known && FAILURES_OF_THE_UPSTREAM.contains(known.kind());
    }

    @Override
    public Optional<GatewayException> refusal() {
        if (state != CircuitBreakerState.OPEN) {
            return Optional.empty();
        }
        Duration left = left();
        return left.isZero() ? Optional.empty() : Optional.of(openCircuitFailure(left));
    }

    @Override
    public CircuitState circuit() {
        return switch (state) {
            case CLOSED -> CircuitState.CLOSED;
            case OPEN -> CircuitState.OPEN;
            case HALF_OPEN -> CircuitState.HALF_OPEN;
        };
    }

    private Duration left() {
        Duration left = pause.minusNanos(System.nanoTime() - openedAtNanos);
        return state != CircuitBreakerState.OPEN || left.isNegative() ? Duration.ZERO : left;
    }

    private static GatewayException openCircuitFailure(Duration left) {
        return GatewayException.of(
                        UPSTREAM_UNAVAILABLE,
                        "Deepvue has failed too often of late; nothing is sent to it for the moment.")
                .retryAfter(left);
    }

    @Override
    public void onOpen(Consumer<GatewayException> listener) {
        listeners.add(listener);
    }

    private void onStateChange(CircuitBreakerState now) {
        if (now == CircuitBreakerState.OPEN) {
            openedAtNanos = System.nanoTime();
        }
        state = now;
        transitionCounter(now).increment();
        if (now == CircuitBreakerState.OPEN) {
            LOG.warnf("circuit breaker open: half of the last attempts failed; next try in %d ms", pause.toMillis());
            GatewayException refusal = openCircuitFailure(pause);
            listeners.forEach(listener -> listener.accept(refusal));
        } else {
            LOG.infof("circuit breaker %s", name(now));
        }
    }

    private Counter transitionCounter(CircuitBreakerState to) {
        return Counter.builder("gateway.breaker.transitions")
                .description("How often the circuit breaker changed to open, half-open, closed")
                .tag("to", name(to))
                .register(meters);
    }

    private static String name(CircuitBreakerState state) {
        return state.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
