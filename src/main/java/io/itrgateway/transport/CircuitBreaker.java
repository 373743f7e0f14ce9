package io.itrgateway.transport;

import io.itrgateway.problem.GatewayException;
import io.smallrye.mutiny.Uni;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The circuit breaker of the account, around every attempt at the upstream. */
public interface CircuitBreaker {

    /**
     * Runs the attempt, or fails at once with {@code upstream-unavailable} and the time left while the circuit is open. Failures of
     * the upstream count against it; refusals of a request do not.
     */
    <T> Uni<T> guard(Supplier<Uni<T>> attempt);

    /** The failure of a call that comes now; empty while calls are let through. */
    Optional<GatewayException> refusal();

    CircuitState circuit();

    /** Calls that listener, on any thread, whenever the circuit opens. */
    void onOpen(Consumer<GatewayException> listener);
}
