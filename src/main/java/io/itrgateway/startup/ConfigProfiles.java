package io.itrgateway.startup;

import io.itrgateway.config.ShownValue;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.spi.ConfigSource;

/** Judges the profiles of the packaged service. Those of development would bring the demo key and the sandbox with them. */
final class ConfigProfiles {

    private static final Set<String> OF_DEVELOPMENT = Set.of("dev", "test");
    private static final String PRODUCTION = "prod";

    /** What a name consists of: words and numbers, and now and then a short part in which they are mixed, as in k8s and eu-west-1a. */
    private static final Pattern WORD_OR_NUMBER = Pattern.compile("[a-zA-Z]{1,16}[0-9]{0,3}|[0-9]{1,4}");

    private static final Pattern MIXED = Pattern.compile("[a-zA-Z0-9]{1,3}");
    private static final int MOST_PARTS = 6;
    private static final int MOST_MIXED = 2;

    private ConfigProfiles() {}

    /** Profiles with which the service may not run, a line each. */
    static List<String> faults(List<String> profiles, Iterable<ConfigSource> sources) {
        return profiles.stream()
                .flatMap(profile -> whyNot(profile, sources).stream())
                .map("QUARKUS_PROFILE is %s; it should be prod, or not set"::formatted)
                .toList();
    }

    private static Optional<String> whyNot(String profile, Iterable<ConfigSource> sources) {
        if (OF_DEVELOPMENT.contains(profile)) {
            return Optional.of("\"%s\", which is for the development of this service".formatted(profile));
        }
        // Quarkus logs the profile, and it may be a secret that was meant for another setting.
        return isName(profile) || hasSettings(profile, sources)
                ? Optional.empty()
                : Optional.of(
                        "a text of %d characters (not shown, since it may be a secret), which no setting is given for"
                                .formatted(profile.length()));
    }

    private static boolean isName(String profile) {
        List<String> parts = List.of(profile.split("[-_.]", -1));
        List<String> others = parts.stream()
                .filter(part -> !WORD_OR_NUMBER.matcher(part).matches())
                .toList();
        return parts.size() <= MOST_PARTS
                && others.size() <= MOST_MIXED
                && others.stream().allMatch(part -> MIXED.matcher(part).matches());
    }

    /** Profiles that no setting belongs to, a line each. */
    static List<String> warnings(List<String> profiles, Iterable<ConfigSource> sources) {
        return profiles.stream()
                .filter(profile -> !profile.equals(PRODUCTION) && !OF_DEVELOPMENT.contains(profile))
                .filter(profile -> isName(profile) && !hasSettings(profile, sources))
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
