package io.itrgateway.idempotency;

import io.itrgateway.config.AnyText;
import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.Settings;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

/**
 * Limits of what is kept for Idempotency-Keys in this process.
 *
 * @param memoryBytes for kept answers; with Redis, for those that Redis has not stored yet or may lose
 * @param maxWaiting most requests of one caller that wait at once for a call that another one began
 */
@Singleton
public record IdempotencySettings(long memoryBytes, int maxWaiting) implements Settings {

    /** The settings of Idempotency-Keys, as text. */
    @ConfigMapping(prefix = "gateway")
    interface Config {

        /**
         * Memory in MiB, 1 to 65536: for kept answers, some of which go early when it is full; with Redis, for answers that Redis has
         * not stored yet or may lose.
         */
        @WithDefault("64")
        @WithConverter(AnyText.class)
        String idempotencyMemory();

        /** Most callers that wait at once, here for the end of a call that another one began; 0 to 100000. */
        @WithDefault("10000")
        @WithConverter(AnyText.class)
        String maxWaiting();
    }

    @Inject
    IdempotencySettings(Config config, ConfigurationFaults faults) {
        this(
                faults.readCount("gateway.idempotency-memory", config.idempotencyMemory(), 1, 65_536) * 1024L * 1024,
                faults.readCount("gateway.max-waiting", config.maxWaiting(), 0, 100_000));
    }
}
