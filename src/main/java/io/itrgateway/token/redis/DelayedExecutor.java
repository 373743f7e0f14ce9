package io.itrgateway.token.redis;

import java.time.Duration;

/** Runs a task after a delay. */
@FunctionalInterface
interface DelayedExecutor {

    /** Calls it once, not on the caller's stack. */
    void after(Duration time, Runnable task);
}
