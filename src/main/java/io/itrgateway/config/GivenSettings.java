package io.itrgateway.config;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.SysPropConfigSource;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.eclipse.microprofile.config.spi.Converter;

/**
 * Settings of Quarkus as the operator gave them. A process that only checks the configuration replaces some of them, for itself, by system
 * properties.
 */
public final class GivenSettings {

    /** Set by the process itself where it serves no requests ({@code doctor}); not a setting for operators. */
    public static final String LOOKS_ONLY = "itr-gateway.looks-only";

    /** Of the file of properties in this service itself. What operators set ranks above it. */
    private static final int ORDINAL_OF_OUR_OWN = 250;

    private static final String PREFIX_OF_QUARKUS = "QUARKUS_";

    private static final Converter<Boolean> BOOLEAN =
            new SmallRyeConfigBuilder().build().requireConverter(Boolean.class);

    private GivenSettings() {}

    /** Whether this process only checks the configuration. */
    public static boolean looksOnly() {
        return Boolean.getBoolean(LOOKS_ONLY);
    }

    /**
     * The value as it is written, without expressions and profiles.
     *
     * @param sources the first one that has the property counts
     */
    public static Optional<String> valueOf(String property, Iterable<ConfigSource> sources) {
        boolean replaced = looksOnly();
        return StreamSupport.stream(sources.spliterator(), false)
                .filter(source -> !(replaced && source instanceof SysPropConfigSource))
                .map(source -> source.getValue(property))
                .filter(Objects::nonNull)
                .findFirst();
    }

    /**
     * The value with expressions and profiles, also one that this process has replaced; empty if it is not set.
     *
     * @throws NoSuchElementException if an expression names what is not set
     */
    public static Optional<String> valueOf(String property, Config config) {
        ConfigValue value =
                (looksOnly() ? given(config) : config.unwrap(SmallRyeConfig.class)).getConfigValue(property);
        if (hasUnknownExpression(value)) {
            throw new NoSuchElementException(property);
        }
        return Optional.ofNullable(value.getValue());
    }

    /** Whether the source of a value is one that operators use, and not this service itself. */
    public static boolean isOfOperators(int ordinal) {
        return ordinal > ORDINAL_OF_OUR_OWN && ordinal < Integer.MAX_VALUE;
    }

    /** Quarkus' settings that operators have given, by the names of their variables. */
    public static Set<String> variablesOfQuarkus(Config config) {
        return StreamSupport.stream(config.getConfigSources().spliterator(), false)
                .filter(source -> isOfOperators(source.getOrdinal()))
                .filter(source -> !(looksOnly() && source instanceof SysPropConfigSource))
                .flatMap(source -> source.getPropertyNames().stream())
                .map(Variables::nameOf)
                .filter(name -> name.startsWith(PREFIX_OF_QUARKUS))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Whether a value has an expression for something that is not set, so that it counts as not set itself. */
    static boolean hasUnknownExpression(ConfigValue value) {
        return value.getValue() == null && value.getRawValue() != null;
    }

    /** Whether a setting is on, also one that this process has replaced; empty if it is not set. */
    public static Optional<Boolean> isOn(String property, Config config) {
        return (looksOnly() ? given(config) : config).getOptionalValue(property, Boolean.class);
    }

    /** The configuration without one of its sources, and without what this process has replaced. */
    public static SmallRyeConfig without(ConfigSource left, Config config) {
        return built(config, source -> source != left && !(looksOnly() && source instanceof SysPropConfigSource));
    }

    /** With expressions and profiles, and without what this process has replaced. */
    private static SmallRyeConfig given(Config config) {
        return built(config, source -> !(source instanceof SysPropConfigSource));
    }

    private static SmallRyeConfig built(Config config, Predicate<ConfigSource> sources) {
        var given = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withProfiles(config.unwrap(SmallRyeConfig.class).getProfiles());
        for (ConfigSource source : config.getConfigSources()) {
            if (sources.test(source)) {
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
