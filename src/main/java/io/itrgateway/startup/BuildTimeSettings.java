package io.itrgateway.startup;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.GivenSettings;
import io.itrgateway.config.Variables;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.SmallRyeConfig;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * Names settings that are given where the service runs and were fixed when it was built. Quarkus' own message on them, which quotes the values,
 * is switched off.
 */
final class BuildTimeSettings {

    /** Quarkus' name of the source with the values that were fixed. */
    private static final String FIXED = "BuildTime RunTime Fixed";

    private static final String OIDC_ENABLED = "quarkus.oidc.enabled";
    private static final String CLIENT_AUTH = "quarkus.http.ssl.client-auth";

    private BuildTimeSettings() {}

    /** Notes a setting by which an operator relies on callers being checked. */
    static void check(SmallRyeConfig config, ConfigurationFaults faults) {
        config.getConfigSource(FIXED)
                .map(fixed -> fixed.getValue(CLIENT_AUTH))
                .ifPresent(fixed -> Optional.of(
                                GivenSettings.without(FIXED, config).getConfigValue(CLIENT_AUTH))
                        .filter(given -> GivenSettings.isOfOperators(given.getConfigSourceOrdinal()))
                        .map(ConfigValue::getValue)
                        .filter(given -> !given.isBlank() && !given.equalsIgnoreCase(fixed))
                        .ifPresent(given -> faults.wrong(
                                CLIENT_AUTH,
                                given,
                                "%s or left out: it was fixed when the service was built, so callers would not be checked by it"
                                        .formatted(fixed))));
    }

    /** Settings without effect, a line each. */
    static List<String> warnings(SmallRyeConfig config) {
        return Stream.concat(ofOidc(config), fixed(config).stream()).toList();
    }

    /** Only the build reads it, so that it is not among the values that were fixed. */
    private static Stream<String> ofOidc(SmallRyeConfig config) {
        return Stream.of(config.getConfigValue(OIDC_ENABLED))
                .filter(value -> value.getValue() != null
                        && GivenSettings.isOfOperators(value.getConfigSourceOrdinal())
                        && !GivenSettings.isTrue(value.getValue()))
                .map(off ->
                        "%s has no effect, since only the build of the service reads it; QUARKUS_OIDC_TENANT_ENABLED=false switches tokens off"
                                .formatted(Variables.nameOf(OIDC_ENABLED)));
    }

    private static List<String> fixed(SmallRyeConfig config) {
        return config.getConfigSource(FIXED)
                .map(fixed -> warnings(fixed, GivenSettings.without(FIXED, config)))
                .orElse(List.of());
    }

    private static List<String> warnings(ConfigSource fixed, SmallRyeConfig given) {
        return fixed.getPropertyNames().stream()
                .sorted()
                .filter(property -> !property.equals(CLIENT_AUTH))
                .filter(property -> differs(given.getConfigValue(property), fixed.getValue(property)))
                .map(property -> "%s has no effect: when the service was built it was fixed to \"%s\""
                        .formatted(Variables.nameOf(property), fixed.getValue(property)))
                .toList();
    }

    private static boolean differs(ConfigValue given, String fixed) {
        return given.getRawValue() != null
                && !given.getRawValue().isBlank()
                && GivenSettings.isOfOperators(given.getConfigSourceOrdinal())
                && !Objects.equals(given.getRawValue(), fixed);
    }
}
