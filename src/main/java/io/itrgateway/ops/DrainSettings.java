package io.itrgateway.ops;

import io.itrgateway.config.AnyText;
import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.Settings;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;

/** @param longest time to finish accepted calls on stop */
@Singleton
record DrainSettings(Duration longest) implements Settings {

    /** The key of stopping, as text. */
    @ConfigMapping(prefix = "gateway")
    interface Config {

        /** Longest time to finish accepted calls on stop, 0 s to 10 min; calls without an answer by then are answered 504 {@code upstream-timeout}. */
        @WithDefault("30s")
        @WithConverter(AnyText.class)
        String drain();
    }

    @Inject
    DrainSettings(Config config, ConfigurationFaults faults) {
        this(faults.readDuration("gateway.drain", config.drain(), Duration.ZERO, Duration.ofMinutes(10)));
    }
}
