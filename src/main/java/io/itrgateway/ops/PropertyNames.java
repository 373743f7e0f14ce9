package io.itrgateway.ops;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.Variables;
import io.smallrye.config.EnvConfigSource;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.spi.ConfigSource;

/** Judges names in files of settings and of system properties: SmallRye Config ignores there what only a variable may be named. */
final class PropertyNames {

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    /** Properties by variable name and by {@code NAME_FILE}. */
    private static final Map<String, String> PROPERTIES = Variables.properties().stream()
            .flatMap(property -> Stream.of("", Variables.FILE_SUFFIX)
                    .map(suffix -> Map.entry(Variables.nameOf(property) + suffix, property)))
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue, (own, file) -> own));

    private PropertyNames() {}

    static void check(Iterable<ConfigSource> sources, ConfigurationFaults faults) {
        for (ConfigSource source : sources) {
            if (!(source instanceof EnvConfigSource)) {
                source.getPropertyNames().forEach(name -> check(name, faults));
            }
        }
    }

    private static void check(String name, ConfigurationFaults faults) {
        if (name.startsWith(BYTE_ORDER_MARK)) {
            faults.unfit(
                    name.substring(1),
                    "stands behind a byte order mark at the beginning of a file, and is not read",
                    "in a file that is saved as UTF-8 without one");
        }
        String property = PROPERTIES.get(name);
        if (property != null) {
            if (name.equals(Variables.nameOf(property))) {
                faults.unfit(name, "is the name of a variable, and is given as a property", property + " there");
            } else {
                faults.unfit(name, "is given as a property", "a variable of the process");
            }
            return;
        }
        String ofAnyProfile = name.startsWith("%") ? name.substring(name.indexOf('.') + 1) : name;
        if (Variables.isOurProperty(ofAnyProfile) && !Variables.properties().contains(ofAnyProfile)) {
            String variable = Variables.nameOf(ofAnyProfile);
            faults.unknown(
                    ofAnyProfile,
                    Variables.meantBy(variable)
                            .or(() -> Variables.withOtherPrefix(variable))
                            .map(PropertyNames::property));
        }
    }

    private static String property(String variable) {
        return PROPERTIES.getOrDefault(
                variable, variable.toLowerCase(Locale.ROOT).replace('_', '.'));
    }
}
