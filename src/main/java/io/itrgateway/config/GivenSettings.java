package io.itrgateway.config;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.eclipse.microprofile.config.spi.Converter;

/**
 * Settings of Quarkus as the operator gave them. A process that only checks the configuration replaces some of them for itself
 * ({@link CheckOnlySettings}).
 */
public final class GivenSettings {

    /** Set by the process itself where it serves no requests ({@code doctor}); not a setting for operators. */
    public static final String CHECKS_ONLY = "itr-gateway.checks-only";

    /** Of the file of properties in this service itself. What operators set ranks above it. */
    private static final int ORDINAL_OF_OUR_OWN = 250;

    private static final String PREFIX_OF_QUARKUS = "QUARKUS_";

    private static final Converter<Boolean> BOOLEAN =
            new SmallRyeConfigBuilder().build().requireConverter(Boolean.class);

    private GivenSettings() {}

    /** Whether this process only checks the configuration. */
    public static boolean checksOnly() {
        return Boolean.getBoolean(CHECKS_ONLY);
    }

    /** Whether the source of a value is one that operators use, and not this service itself. */
    public static boolean isOfOperators(int ordinal) {
        return ordinal > ORDINAL_OF_OUR_OWN && ordinal < Integer.MAX_VALUE;
    }

    /** Whether nothing has set a value, or this service itself has. */
    static boolean isDefault(int ordinal) {
        return ordinal <= ORDINAL_OF_OUR_OWN;
    }

    /** Quarkus' settings that operators have given, by the names of their variables. */
    public static Set<String> variablesOfQuarkus(Config config) {
        return StreamSupport.stream(config.getConfigSources().spliterator(), false)
                .filter(source -> isOfOperators(source.getOrdinal()))
                .flatMap(source -> source.getPropertyNames().stream())
                .map(Variables::nameOf)
                .filter(name -> name.startsWith(PREFIX_OF_QUARKUS))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Whether a value has an expression for something that is not set, so that it counts as not set itself. */
    public static boolean hasUnknownExpression(ConfigValue value) {
        return value != null && value.getValue() == null && value.getRawValue() != null;
    }

    /** The configuration without one of its sources, and without what this process has replaced. */
    public static SmallRyeConfig without(String sourceName, SmallRyeConfig config) {
        List<String> profiles = new ArrayList<>(config.getProfiles());
        Collections.reverse(profiles); // It lists them by priority, and the builder takes the last one for the first.
        var given = new SmallRyeConfigBuilder().addDefaultInterceptors().withProfiles(profiles);
        for (ConfigSource source : config.getConfigSources()) {
            if (!source.getName().equals(sourceName) && !(source instanceof CheckOnlySettings)) {
                given.withSources(source);
            }
        }
        return given.build();
    }

    /** The value, with expressions and profiles, of a setting that this process does not replace; empty if it is not set. */
    public static Optional<String> valueOf(String property, ConfigSourceContext context) {
        return Optional.ofNullable(context.getValue(property)).map(ConfigValue::getValue);
    }

    /** Whether a setting is on that this process does not replace; empty if it is not set. */
    public static Optional<Boolean> isOn(String property, ConfigSourceContext context) {
        return valueOf(property, context).map(GivenSettings::isTrue);
    }

    /** As SmallRye Config reads it. */
    public static boolean isTrue(String value) {
        return Boolean.TRUE.equals(BOOLEAN.convert(value));
    }
}
