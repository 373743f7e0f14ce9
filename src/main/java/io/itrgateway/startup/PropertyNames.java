package io.itrgateway.startup;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.ShownValue;
import io.itrgateway.config.Variables;
import io.smallrye.config.EnvConfigSource;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.spi.ConfigSource;

/** Judges names in files of settings and of system properties: SmallRye Config ignores there what only a variable may be named. */
final class PropertyNames {

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    /** What a file of UTF-16 has in its names where it is read as UTF-8, or its byte order mark where as ISO 8859-1. */
    private static final Pattern OF_ANOTHER_ENCODING = Pattern.compile("[\\x00\\uFFFD]|^(?:\\xFF\\xFE|\\xFE\\xFF)");

    /** Of a setting of this service, or of Quarkus. */
    private static final Pattern NAME = Pattern.compile(
            "(?:%[a-zA-Z0-9_,-]+\\.)?(?:deepvue|gateway|quarkus|otel|smallrye)\\.(?:\"[^\"]*\"|[a-zA-Z0-9._\"\\[\\]-])++");

    private static final Set<String> PREFIXES = Set.of("deepvue", "gateway", "quarkus");

    /** Properties by variable name and by {@code NAME_FILE}. */
    private static final Map<String, String> PROPERTIES = Variables.properties().stream()
            .flatMap(property -> Stream.of("", Variables.FILE_SUFFIX)
                    .map(suffix -> Map.entry(Variables.nameOf(property) + suffix, property)))
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue, (own, file) -> own));

    private PropertyNames() {}

    /** Whether a text is a name, and not a line of a value that goes on in the next one, such as a key in PEM. */
    static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    static void check(Iterable<ConfigSource> sources, ConfigurationFaults faults) {
        for (ConfigSource source : sources) {
            if (!(source instanceof EnvConfigSource)) {
                source.getPropertyNames().forEach(name -> check(name, faults));
            }
        }
    }

    private static void check(String name, ConfigurationFaults faults) {
        if (OF_ANOTHER_ENCODING.matcher(name).find()) {
            checkWithout(OF_ANOTHER_ENCODING.matcher(name).replaceAll(""), faults);
            return;
        }
        if (name.startsWith(BYTE_ORDER_MARK)) {
            faults.unfit(
                    ShownValue.ofName(name.substring(1)),
                    "stands behind a byte order mark at the beginning of a file, and is not read",
                    "in a file that is saved as UTF-8 without one");
        }
        if (PREFIXES.contains(name)) {
            faults.unfit(
                    name,
                    "stands without a setting, as in YAML, which is not read",
                    "one name with dots, such as gateway.drain");
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
                            .or(() -> Variables.perhapsMeantBy(variable))
                            .map(PropertyNames::property));
        }
    }

    /** What is no name at all, such as the rest of a comment, is left out. */
    private static void checkWithout(String name, ConfigurationFaults faults) {
        if (isName(name)) {
            faults.unfit(
                    name,
                    "stands in a file that is not UTF-8, such as the UTF-16 of PowerShell, and is not read",
                    "in a file that is saved as UTF-8");
        }
    }

    private static String property(String variable) {
        return PROPERTIES.getOrDefault(
                variable, variable.toLowerCase(Locale.ROOT).replace('_', '.'));
    }
}
