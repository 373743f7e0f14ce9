package io.itrgateway.transport;

/** How the circuit breaker of the account stands. */
public enum CircuitState {
    /** Calls go. */
    CLOSED,
    /** None goes. */
    OPEN,
    /** One goes, to see how things are. */
    HALF_OPEN
}
