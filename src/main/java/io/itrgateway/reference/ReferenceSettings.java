package io.itrgateway.reference;

import io.itrgateway.config.AnyText;
import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.Settings;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

/** @param shown of the reference page */
@Singleton
record ReferenceSettings(Shown shown) implements Settings {

    /** The key of the reference page, as text. */
    @ConfigMapping(prefix = "gateway")
    interface Config {

        /**
         * Whether there is a reference page: {@code off}, {@code on}, or {@code sandbox}, which also fills in the key and the user names of
         * docker/sandbox. In dev mode {@code sandbox}.
         */
        @WithDefault("off")
        @WithConverter(AnyText.class)
        String reference();
    }

    /** What there is to see. */
    enum Shown {
        OFF,
        ON,
        /** With the demo key and the magic user names of the sandbox filled in. */
        SANDBOX
    }

    @Inject
    ReferenceSettings(Config config, ConfigurationFaults faults) {
        this(faults.readOneOf("gateway.reference", config.reference(), Shown.OFF));
    }
}
