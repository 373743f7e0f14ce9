package io.itrgateway.ops;

import io.itrgateway.config.ShownValue;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.spi.ConfigSource;

/** Judges the profiles of the packaged service. Those of development would bring the demo key and the sandbox with them. */
final class ConfigProfiles {

    private static final Set<String> OF_DEVELOPMENT = Set.of("dev", "test");
    private static final String PRODUCTION = "prod";

    private ConfigProfiles() {}

    /** Profiles with which the service may not run, a line each. */
    static List<String> faults(List<String> profiles) {
        return profiles.stream()
                .filter(OF_DEVELOPMENT::contains)
                .map(profile ->
                        "QUARKUS_PROFILE is \"%s\", which is for the development of this service; it should be prod, or not set"
                                .formatted(profile))
                .toList();
    }

    /** Profiles that no setting belongs to, a line each. */
    static List<String> warnings(List<String> profiles, Iterable<ConfigSource> sources) {
        return profiles.stream()
                .filter(profile -> !profile.equals(PRODUCTION) && !OF_DEVELOPMENT.contains(profile))
                .filter(profile -> !hasSettings(profile, sources))
                .map(profile -> "QUARKUS_PROFILE names %s, which no setting is given for, and has no effect"
                        .formatted(ShownValue.of(profile)))
                .toList();
    }

    private static boolean hasSettings(String profile, Iterable<ConfigSource> sources) {
        String variable = "_" + profile.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_") + "_";
        Pattern key = Pattern.compile("%([^.]*,)?" + Pattern.quote(profile) + "(,[^.]*)?\\..*");
        return StreamSupport.stream(sources.spliterator(), false)
                .anyMatch(source -> source.getName().contains("-" + profile + ".properties")
                        || source.getPropertyNames().stream()
                                .anyMatch(name -> name.startsWith(variable)
                                        || key.matcher(name).matches()));
    }
}
