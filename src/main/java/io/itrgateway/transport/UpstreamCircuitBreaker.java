package io.itrgateway.transport;

import static io.itrgateway.problem.ProblemKind.UPSTREAM_CONNECTION_LOST;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_ERROR;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_INVALID_RESPONSE;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_TIMEOUT;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_UNAVAILABLE;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.problem.RedactedThrowable;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The circuit breaker of the account. Neither bulkhead nor time limit: the queue before it bounds the calls at the upstream, and an exchange has
 * a time limit of its own.
 *
 * <p>Why not one of a library: SmallRye Fault Tolerance takes each attempt for a success or a failure, but one that was never sent is neither,
 * and must leave the trial of a half-open circuit to the next one. Resilience4j has that, but takes the late result of an attempt from before the
 * circuit opened for the result of the trial.
 *
 * <p>It opens when half of the last attempts failed, unless all those that failed are of one caller, and attempts of other callers succeeded among
 * the last: the cause is then in what that caller asks for, such as a product that is not in the contract, and not in the upstream, which fails for
 * all. An authorize that fails counts as one of a further caller; one that succeeds does not count as one of another caller, since it says
 * nothing of the operations. Where one caller makes nearly all attempts, an upstream that is down is noticed when the last success of another is no
 * longer among the last attempts, or when another's attempt fails.
 *
 * <p>An attempt reports its result to the state that admitted it; if the circuit has changed since, the result has no effect.
 *
 * <p>A trial holds the place of a half-open circuit until it ends; no other attempt is admitted before. That time is bounded by the attempt: its
 * exchange ends within the time limit of an answer, and is repeated for stale connections a few times at the most.
 */
@ApplicationScoped
@Startup
class UpstreamCircuitBreaker implements CircuitBreaker {

    private static final Logger LOG = Logger.getLogger(UpstreamCircuitBreaker.class);

    private static final Set<ProblemKind> FAILURES_OF_THE_UPSTREAM = EnumSet.of(
            UPSTREAM_ERROR,
            UPSTREAM_INVALID_RESPONSE,
            UPSTREAM_CONNECTION_LOST,
            UPSTREAM_TIMEOUT,
            UPSTREAM_UNAVAILABLE);

    private enum Result {
        SUCCESS,
        FAILURE,
        /** It says nothing of the upstream. */
        NONE
    }

    private sealed interface State {
        CircuitState circuit();
    }

    /** All attempts are admitted. Guarded by the lock of the breaker. */
    private static final class Closed implements State {
        private final boolean[] lastFailed;
        private final String[] callers;
        private int oldest;
        private boolean full;
        private int failures;

        /** @param size attempts to judge by */
        Closed(int size) {
            this.lastFailed = new boolean[size];
            this.callers = new String[size];
        }

        @Override
        public CircuitState circuit() {
            return CircuitState.CLOSED;
        }

        /** @return whether the circuit opens */
        boolean record(String caller, boolean failed) {
            failures += (failed ? 1 : 0) - (lastFailed[oldest] ? 1 : 0);
            lastFailed[oldest] = failed;
            callers[oldest] = caller;
            oldest = (oldest + 1) % lastFailed.length;
            full |= oldest == 0;
            return full && 2 * failures >= lastFailed.length && !failsForOneCallerOnly();
        }

        private boolean failsForOneCallerOnly() {
            String failing = null;
            for (int i = 0; i < callers.length; i++) {
                if (lastFailed[i] && failing != null && !failing.equals(callers[i])) {
                    return false;
                }
                failing = lastFailed[i] ? callers[i] : failing;
            }
            for (int i = 0; i < callers.length; i++) {
                if (!lastFailed[i] && !callers[i].isEmpty() && !callers[i].equals(failing)) {
                    return true;
                }
            }
            return false;
        }
    }

    private record Open(long sinceNanos) implements State {
        @Override
        public CircuitState circuit() {
            return CircuitState.OPEN;
        }
    }

    /** One attempt at a time is admitted. */
    private record HalfOpen(boolean isTried) implements State {
        @Override
        public CircuitState circuit() {
            return CircuitState.HALF_OPEN;
        }
    }

    private final int attempts;
    private final Duration pause;
    private final LongSupplier nanos;
    private final MeterRegistry meters;
    private final List<Consumer<GatewayException>> listeners = new CopyOnWriteArrayList<>();

    private volatile State state;

    @Inject
    UpstreamCircuitBreaker(GuardSettings settings, MeterRegistry meters) {
        this(settings, meters, System::nanoTime);
    }

    UpstreamCircuitBreaker(GuardSettings settings, MeterRegistry meters, LongSupplier nanos) {
        this.attempts = settings.breakerAttempts();
        this.pause = settings.breakerPause();
        this.nanos = nanos;
        this.state = new Closed(attempts);
        this.meters = meters;
        Gauge.builder(
                        "gateway.breaker.state",
                        this,
                        breaker -> breaker.circuit().ordinal())
                .description("Circuit breaker: 0 closed, 1 open, 2 half-open")
                .register(meters);
        Arrays.stream(CircuitState.values()).forEach(this::transitionCounter);
    }

    @Override
    public <T> Uni<T> guard(String caller, Supplier<Uni<T>> attempt, BooleanSupplier sent) {
        return Uni.createFrom().deferred(() -> {
            Optional<State> admitted = admit();
            return admitted.isPresent()
                    ? run(caller, attempt, sent, admitted.get())
                    : Uni.createFrom().failure(openCircuitFailure(left()));
        });
    }

    private <T> Uni<T> run(String caller, Supplier<Uni<T>> attempt, BooleanSupplier sent, State admitted) {
        return Uni.createFrom()
                .<T>deferred(attempt::get)
                .onTermination()
                .invoke((item, failure, cancelled) ->
                        report(caller, admitted, cancelled ? Result.NONE : result(failure, sent)));
    }

    /** @return the state to report to; empty if the attempt may not begin */
    private Optional<State> admit() {
        State now = state;
        return now instanceof Closed ? Optional.of(now) : admitTrial();
    }

    private Optional<State> admitTrial() {
        State before;
        State trial = new HalfOpen(true);
        synchronized (this) {
            before = state;
            if (before instanceof Closed) {
                return Optional.of(before);
            }
            if (!left().isZero() || before instanceof HalfOpen halfOpen && halfOpen.isTried()) {
                return Optional.empty();
            }
            state = trial;
        }
        announceChange(before, trial);
        return Optional.of(trial);
    }

    private static Result result(Throwable failure, BooleanSupplier sent) {
        if (isFailureOfTheUpstream(failure)) {
            return Result.FAILURE;
        }
        if (failure instanceof ExchangeFailure known && known.isOwn()) {
            return Result.NONE; // whether or not it was sent
        }
        return failure == null || sent.getAsBoolean() ? Result.SUCCESS : Result.NONE;
    }

    private static boolean isFailureOfTheUpstream(Throwable failure) {
        return failure instanceof GatewayException known && FAILURES_OF_THE_UPSTREAM.contains(known.kind());
    }

    private void report(String caller, State admitted, Result result) {
        State next;
        synchronized (this) {
            if (state != admitted) {
                return;
            }
            next = admitted instanceof Closed closed ? afterAttempt(closed, caller, result) : afterTrial(result);
            state = next;
        }
        announceChange(admitted, next);
    }

    private State afterAttempt(Closed closed, String caller, Result result) {
        boolean opens = result != Result.NONE && closed.record(caller, result == Result.FAILURE);
        return opens ? new Open(nanos.getAsLong()) : closed;
    }

    private State afterTrial(Result result) {
        return switch (result) {
            case SUCCESS -> new Closed(attempts);
            case FAILURE -> new Open(nanos.getAsLong());
            case NONE -> new HalfOpen(false);
        };
    }

    @Override
    public Optional<GatewayException> refusal() {
        Duration left = left();
        return left.isZero() ? Optional.empty() : Optional.of(openCircuitFailure(left));
    }

    @Override
    public CircuitState circuit() {
        return state.circuit();
    }

    /** Until the circuit is half-open; zero unless it is open. */
    private Duration left() {
        if (!(state instanceof Open open)) {
            return Duration.ZERO;
        }
        Duration left = pause.minusNanos(nanos.getAsLong() - open.sinceNanos());
        return left.isNegative() ? Duration.ZERO : left;
    }

    private static GatewayException openCircuitFailure(Duration left) {
        return GatewayException.of(
                        UPSTREAM_UNAVAILABLE,
                        "Deepvue has failed too often of late; nothing is sent to it for the moment.")
                .withRetryAfter(left);
    }

    @Override
    public void onOpen(Consumer<GatewayException> listener) {
        listeners.add(listener);
    }

    private void announceChange(State before, State after) {
        CircuitState now = after.circuit();
        if (now == before.circuit()) {
            return;
        }
        transitionCounter(now).increment();
        if (now == CircuitState.OPEN) {
            LOG.warnf("circuit breaker open: half of the last attempts failed; next try in %d ms", pause.toMillis());
            GatewayException refusal = openCircuitFailure(pause);
            listeners.forEach(listener -> notify(listener, refusal));
        } else {
            LOG.infof("circuit breaker %s", name(now));
        }
    }

    /** A listener that fails does not change the result of the call that opened the circuit. */
    private static void notify(Consumer<GatewayException> listener, GatewayException refusal) {
        try {
            listener.accept(refusal);
        } catch (RuntimeException failure) {
            LOG.error("a listener to the circuit breaker failed", new RedactedThrowable(failure));
        }
    }

    private Counter transitionCounter(CircuitState to) {
        return Counter.builder("gateway.breaker.transitions")
                .description("Changes of the circuit breaker to open, half-open, closed")
                .tag("to", name(to))
                .register(meters);
    }

    private static String name(CircuitState state) {
        return state.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
