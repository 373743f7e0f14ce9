package io.itrgateway.redis;

import java.time.Duration;

/** Somebody who calls when some time has passed. */
@FunctionalInterface
interface Later {

    /** Calls it once, not on the caller's stack. */
    void after(Duration time, Runnable task);
}
