package io.itrgateway.operation;

import io.itrgateway.config.AnyText;
import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.Settings;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;

/** @param memoryBytes for the bodies of relayed requests, of all that are under way */
@Singleton
public record RelaySettings(long memoryBytes) implements Settings {

    /** The keys of the relay, as text. */
    @ConfigMapping(prefix = "gateway")
    interface Config {

        /**
         * What is relayed to Deepvue beside the catalogue: comma-separated {@code METHOD /v1/path}, where {@code *} stands for one segment,
         * with {@code reads:} or {@code fetches:} before it where that is what it does. Without it nothing is.
         */
        Optional<String> relay();

        /** Memory in MiB, 8 to 65536, for the bodies of relayed requests, of all that are under way. */
        @WithDefault("64")
        @WithConverter(AnyText.class)
        String relayMemory();
    }

    @Inject
    RelaySettings(Config config, ConfigurationFaults faults) {
        this(faults.readCount("gateway.relay-memory", config.relayMemory(), 8, 65_536) * 1024L * 1024);
    }
}
