package io.itrgateway.edge;

import io.itrgateway.config.ConfigurationFaults;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The keys of how a request may arrive, as text. */
@ConfigMapping(prefix = "gateway")
public interface ArrivalConfig {

    /** Longest time for a request to arrive in full, 100 ms to 10 min; what has not arrived by then is answered 408. */
    @WithDefault("30s")
    String requestTimeout();

    /** {@link #requestTimeout()} as a time. */
    static Duration requestTimeout(ArrivalConfig config, ConfigurationFaults faults) {
        return faults.readDuration(
                "gateway.request-timeout", config.requestTimeout(), Duration.ofMillis(100), Duration.ofMinutes(10));
    }
}
