package io.itrgateway.ratelimit;

import java.util.Locale;

/** Why a call was refused before it was sent; the closed list of a metric's label. */
enum ShedReason {
    /** The plan's budget cannot admit it in time. */
    QUOTA,
    /** The caller's own limit. */
    CALLER_LIMIT,
    /** Calls are held back after an upstream 429 or 503. */
    HOLD_BACK,
    /** The circuit breaker is open. */
    BREAKER,
    /** Too many wait. */
    WAITING,
    /** Too many are at the upstream, and none of them ended in time. */
    IN_FLIGHT,
    /** The service is stopping. */
    STOPPING,
    /** The shared rate limit in Redis cannot be reached. */
    LEDGER;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
