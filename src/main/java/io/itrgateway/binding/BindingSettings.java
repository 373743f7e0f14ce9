package io.itrgateway.binding;

import io.itrgateway.config.AnyText;
import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.Settings;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

/** @param mode the strictest one where none can be read */
@Singleton
record BindingSettings(BindingMode mode) implements Settings {

    /** The setting of the binding of client ids to callers, as text. */
    @ConfigMapping(prefix = "gateway")
    interface Config {

        /**
         * Which client ids a caller may use: {@code known}, all but those that another caller is known to have registered; {@code strict}, those
         * that it has registered itself; {@code off}, all.
         */
        @WithDefault("known")
        @WithConverter(AnyText.class)
        String clientBinding();
    }

    @Inject
    BindingSettings(Config config, ConfigurationFaults faults) {
        this(faults.readOneOf("gateway.client-binding", config.clientBinding(), BindingMode.STRICT));
    }
}
