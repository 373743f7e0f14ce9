package io.itrgateway.telemetry;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.PropertiesConfigSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * Tracing is on where an endpoint is configured: Quarkus' own default would send to this machine, whether or not a collector runs there.
 * OpenTelemetry's own names of the variables, which are in common use, are taken for Quarkus' names of the same.
 */
public final class TracingSettings implements ConfigSourceFactory {

    private static final String ENDPOINT = "exporter.otlp.endpoint";
    private static final String TRACES_ENDPOINT = "exporter.otlp.traces.endpoint";

    /** Standard variables that Quarkus has by another name. */
    private static final List<String> STANDARD = List.of(
            ENDPOINT,
            TRACES_ENDPOINT,
            "exporter.otlp.protocol",
            "exporter.otlp.headers",
            "service.name",
            "resource.attributes",
            "traces.sampler.arg",
            "sdk.disabled");

    /** Below everything that an operator can set, above the defaults. */
    private static final int ORDINAL = 90;

    @Override
    public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
        Map<String, String> settings = new HashMap<>();
        for (String name : STANDARD) {
            set(context, "otel." + name).ifPresent(value -> settings.put("quarkus.otel." + name, value));
        }
        boolean somewhere = Stream.of(ENDPOINT, TRACES_ENDPOINT)
                .anyMatch(name -> settings.containsKey("quarkus.otel." + name)
                        || set(context, "quarkus.otel." + name).isPresent());
        // Both ways: what this says while the service is built becomes a default of the one that is built.
        settings.putIfAbsent("quarkus.otel.sdk.disabled", Boolean.toString(!somewhere));
        return List.of(new PropertiesConfigSource(settings, TracingSettings.class.getSimpleName(), ORDINAL));
    }

    /** A value that is set explicitly, and not a default. */
    private static Optional<String> set(ConfigSourceContext context, String name) {
        return Optional.ofNullable(context.getValue(name))
                .filter(value -> value.getConfigSourceOrdinal() > Integer.MIN_VALUE)
                .map(ConfigValue::getValue)
                .filter(value -> !value.isBlank());
    }
}
