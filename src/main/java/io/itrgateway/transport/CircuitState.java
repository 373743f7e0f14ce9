package io.itrgateway.transport;

/** The states of the circuit breaker of the account. */
public enum CircuitState {
    /** Calls are sent. */
    CLOSED,
    /** No call is sent. */
    OPEN,
    /** One call is sent as a trial. */
    HALF_OPEN
}
