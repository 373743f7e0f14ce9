package io.itrgateway.transport;

import io.itrgateway.problem.GatewayException;
import io.smallrye.mutiny.Uni;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The circuit breaker of the account, around every attempt at the upstream. */
public interface CircuitBreaker {

    /**
     * Runs the attempt, or fails at once with {@code upstream-unavailable} and the time left while the circuit is open. Failures of
     * the upstream, to connect to it among them, count against it; refusals of a request do not. An attempt that failed otherwise before
     * it was sent does not count, nor does one whose failure {@linkplain ExchangeFailure#isOwn() has its cause here}.
     *
     * @param caller for whom the attempt is made; empty for an authorize, which is made for all callers
     * @param sent whether the attempt has been sent; asked when it has failed
     */
    <T> Uni<T> guard(String caller, Supplier<Uni<T>> attempt, BooleanSupplier sent);

    /** The failure of a call that comes now; empty while calls are let through. */
    Optional<GatewayException> refusal();

    CircuitState circuit();

    /** Calls that listener, on any thread, whenever the circuit opens. */
    void onOpen(Consumer<GatewayException> listener);
}
