package io.itrgateway.idempotency;

import io.itrgateway.config.ConfigurationFaults;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** The settings of repeating safely, as text. */
@ConfigMapping(prefix = "gateway")
public interface IdempotencyConfig {

    /**
     * Memory in MiB, 1 to 65536: for kept answers, of which the oldest go early when it is full; with Redis, for answers that Redis has
     * not stored yet.
     */
    @WithDefault("64")
    String idempotencyMemory();

    /** Most callers that wait at once, here for the end of a call that another one began; 0 to 100000. */
    @WithDefault("10000")
    String maxWaiting();

    /** {@link #idempotencyMemory()} in bytes. */
    static long memoryBytes(IdempotencyConfig config, ConfigurationFaults faults) {
        return faults.readCount("gateway.idempotency-memory", config.idempotencyMemory(), 1, 65_536) * 1024L * 1024;
    }

    /** {@link #maxWaiting()} as a number. */
    static int maxWaiting(IdempotencyConfig config, ConfigurationFaults faults) {
        return faults.readCount("gateway.max-waiting", config.maxWaiting(), 0, 100_000);
    }
}
