package io.itrgateway.ops;

import io.itrgateway.config.ConfigurationFaults;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The key of stopping, as text. */
@ConfigMapping(prefix = "gateway")
interface DrainConfig {

    /** Longest time to finish accepted calls on stop, 0 s to 10 min; calls without an answer by then are answered 504 {@code upstream-timeout}. */
    @WithDefault("30s")
    String drain();

    /** {@link #drain()} as a time. */
    static Duration drain(DrainConfig config, ConfigurationFaults faults) {
        return faults.readDuration("gateway.drain", config.drain(), Duration.ZERO, Duration.ofMinutes(10));
    }
}
