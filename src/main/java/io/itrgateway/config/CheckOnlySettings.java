package io.itrgateway.config;

import io.smallrye.config.PropertiesConfigSource;
import java.util.Map;

/**
 * What a process that only checks the configuration sets for itself, above everything that an operator can set. Nothing listens, so that a service
 * may run beside it; nothing waits at the end; and what is logged does not mix with what is printed.
 *
 * <p>Found as a service. A source of its own, so that it can be left out where the settings of the operator are judged.
 */
public final class CheckOnlySettings extends PropertiesConfigSource {

    private static final long serialVersionUID = 1L;

    private static final Map<String, String> REPLACED = Map.of(
            "quarkus.http.host-enabled",
            "false",
            "quarkus.http.domain-socket-enabled",
            "false",
            "quarkus.shutdown.delay",
            "0s",
            "quarkus.thread-pool.shutdown-timeout",
            "1s",
            "quarkus.banner.enabled",
            "false",
            "quarkus.log.level",
            "ERROR",
            // Names of settings in files that Quarkus does not know.
            "quarkus.log.category.\"io.quarkus.config\".level",
            "WARN",
            "quarkus.log.console.stderr",
            "true",
            "quarkus.otel.sdk.disabled",
            "true");

    public CheckOnlySettings() {
        super(
                GivenSettings.checksOnly() ? REPLACED : Map.of(),
                CheckOnlySettings.class.getSimpleName(),
                Integer.MAX_VALUE);
    }
}
