package io.itrgateway.upstream;

import io.itrgateway.problem.ConfigurationFaults;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** The keys of the door to the upstream, as text. */
@ConfigMapping(prefix = "gateway")
public interface UpstreamConfig {

    /** Most calls at the upstream at once, 1 to 100000; each holds one connection. */
    @WithDefault("1024")
    String maxInFlight();

    /** {@link #maxInFlight()} as a number. */
    static int maxInFlight(UpstreamConfig config, ConfigurationFaults faults) {
        return faults.readCount("gateway.max-in-flight", config.maxInFlight(), 1, 100_000);
    }
}
