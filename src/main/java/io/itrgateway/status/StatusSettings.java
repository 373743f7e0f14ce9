package io.itrgateway.status;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.Settings;
import io.itrgateway.edge.CallerKeys;
import io.smallrye.config.ConfigMapping;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;

/** @param operatorKey without which there is no status page */
@Singleton
record StatusSettings(Optional<OperatorKey> operatorKey) implements Settings {

    /** The key of the status page, as text. */
    @ConfigMapping(prefix = "gateway")
    interface Config {

        /** Who may see the status page: the SHA-256 digest, in hexadecimal, of the operators' key. Without it there is no such page. */
        Optional<String> operatorKey();
    }

    @Inject
    StatusSettings(Config config, CallerKeys callers, ConfigurationFaults faults) {
        this(OperatorKey.from(config, callers::has, faults));
    }
}
