package io.itrgateway.edge;

import io.itrgateway.config.AnyText;
import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.Settings;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;

/** @param requestTimeout longest time for a request to arrive in full */
@Singleton
record ArrivalSettings(Duration requestTimeout) implements Settings {

    /** The keys of how a request may arrive, as text. */
    @ConfigMapping(prefix = "gateway")
    interface Config {

        /** Longest time for a request to arrive in full, 100 ms to 10 min; what has not arrived by then is answered 408. */
        @WithDefault("30s")
        @WithConverter(AnyText.class)
        String requestTimeout();
    }

    @Inject
    ArrivalSettings(Config config, ConfigurationFaults faults) {
        this(faults.readDuration(
                "gateway.request-timeout", config.requestTimeout(), Duration.ofMillis(100), Duration.ofMinutes(10)));
    }
}
