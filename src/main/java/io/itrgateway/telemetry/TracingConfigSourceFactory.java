package io.itrgateway.telemetry;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.GivenSettings;
import io.itrgateway.config.HttpUrl;
import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.PropertiesConfigSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * Tracing is on where an endpoint is configured: Quarkus' own default would send to this machine, whether or not a collector runs there.
 * OpenTelemetry's own names of the variables, which are in common use, are taken for Quarkus' names of the same.
 */
public final class TracingConfigSourceFactory implements ConfigSourceFactory {

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

    /** What is wrong, for {@link #check}: names with commas between them. */
    private static final String WRONG = "itr-gateway.tracing.wrong";

    private record Form(Predicate<String> isMet, String shouldBe) {}

    private static final Form URL =
            new Form(HttpUrl::isValid, "the http or https URL of a collector, such as http://collector:4317");
    private static final Form PROTOCOL = new Form(Set.of("grpc", "http/protobuf")::contains, "grpc or http/protobuf");
    private static final Form HEADERS = new Form(
            Pattern.compile("[^,=]+=[^,]*(,[^,=]+=[^,]*)*").asMatchPredicate(),
            "name=value, several with commas between them");
    private static final Set<String> SAMPLERS = Set.of(
            "always_on",
            "always_off",
            "traceidratio",
            "parentbased_always_on",
            "parentbased_always_off",
            "parentbased_traceidratio");

    /** Values that have none of these forms would end the start with a stack trace that names no variable. */
    private static final Map<String, Form> FORMS = Map.of(
            ENDPOINT,
            URL,
            TRACES_ENDPOINT,
            URL,
            "exporter.otlp.protocol",
            PROTOCOL,
            "exporter.otlp.traces.protocol",
            PROTOCOL,
            "exporter.otlp.headers",
            HEADERS,
            "traces.sampler",
            new Form(SAMPLERS::contains, "parentbased_traceidratio, or another sampler of OpenTelemetry"),
            "traces.sampler.arg",
            new Form(TracingConfigSourceFactory::isShare, "a number from 0 to 1, such as 0.1"));

    /** Quarkus reads the other forms only where something is traced. */
    private static final Set<String> ALWAYS_READ = Set.of(ENDPOINT, TRACES_ENDPOINT, "traces.sampler.arg");

    private static final List<String> PREFIXES = List.of("otel.", "quarkus.otel.");

    /** In place of values that are wrong: nothing is traced, and the start is refused in words. */
    private static final Map<String, String> HARMLESS = Map.of(
            "quarkus.otel.sdk.disabled", "true",
            "quarkus.otel.exporter.otlp.endpoint", "http://localhost:4317",
            "quarkus.otel.exporter.otlp.traces.endpoint", "http://localhost:4317",
            "quarkus.otel.exporter.otlp.protocol", "grpc",
            "quarkus.otel.exporter.otlp.traces.protocol", "grpc",
            "quarkus.otel.traces.sampler.arg", "1.0");

    /** Below everything that an operator can set, above the defaults. */
    private static final int ORDINAL = 90;

    private static final int ABOVE_ALL = Integer.MAX_VALUE;

    /** Notes the settings that cannot be used, without their values, which may hold a password. */
    public static void check(Config config, ConfigurationFaults faults) {
        config.getOptionalValue(WRONG, String.class).stream()
                .flatMap(names -> Stream.of(names.split(",")))
                .forEach(name -> faults.unfit(
                        name, "cannot be used", FORMS.get(name.replaceFirst("^(quarkus\\.)?otel\\.", "")).shouldBe));
    }

    @Override
    public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
        String wrong = wrong(context);
        if (!wrong.isEmpty()) {
            Map<String, String> settings = new HashMap<>(HARMLESS);
            settings.put(WRONG, wrong);
            return List.of(
                    new PropertiesConfigSource(settings, TracingConfigSourceFactory.class.getSimpleName(), ABOVE_ALL));
        }
        Map<String, String> settings = new HashMap<>();
        for (String name : STANDARD) {
            set(context, "otel." + name).ifPresent(value -> settings.put("quarkus.otel." + name, value));
        }
        boolean somewhere = Stream.of(ENDPOINT, TRACES_ENDPOINT)
                .anyMatch(name -> settings.containsKey("quarkus.otel." + name)
                        || set(context, "quarkus.otel." + name).isPresent());
        // Always set, true or false, since the value at build time becomes the default at run time.
        settings.putIfAbsent("quarkus.otel.sdk.disabled", Boolean.toString(!somewhere));
        return List.of(new PropertiesConfigSource(settings, TracingConfigSourceFactory.class.getSimpleName(), ORDINAL));
    }

    private static String wrong(ConfigSourceContext context) {
        boolean isOn = isAnySet(context, value -> true, ENDPOINT, TRACES_ENDPOINT)
                && !isAnySet(context, "true"::equalsIgnoreCase, "sdk.disabled");
        return FORMS.entrySet().stream()
                .filter(form -> isOn || ALWAYS_READ.contains(form.getKey()))
                .flatMap(form -> PREFIXES.stream()
                        .map(prefix -> prefix + form.getKey())
                        .filter(name -> !isInherited(context, name))
                        .filter(name -> set(context, name)
                                .filter(value -> !form.getValue().isMet.test(value.strip()))
                                .isPresent()))
                .sorted()
                .collect(Collectors.joining(","));
    }

    /** Quarkus takes settings of all signals for those of traces that are not set. */
    private static boolean isInherited(ConfigSourceContext context, String name) {
        String ofAll = name.replace(".otlp.traces.", ".otlp.");
        return !ofAll.equals(name) && set(context, ofAll).equals(set(context, name));
    }

    private static boolean isAnySet(ConfigSourceContext context, Predicate<String> value, String... names) {
        return Stream.of(names)
                .flatMap(name -> PREFIXES.stream().map(prefix -> prefix + name))
                .anyMatch(name ->
                        set(context, name).map(String::strip).filter(value).isPresent());
    }

    private static boolean isShare(String text) {
        try {
            double share = Double.parseDouble(text);
            return share >= 0 && share <= 1;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** A value that an operator has set: neither a default, nor what was recorded while the service was built. */
    private static Optional<String> set(ConfigSourceContext context, String name) {
        return Optional.ofNullable(context.getValue(name))
                .filter(value -> GivenSettings.isOfOperators(value.getConfigSourceOrdinal()))
                .map(ConfigValue::getValue)
                .filter(value -> !value.isBlank());
    }
}
