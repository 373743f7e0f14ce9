package io.itrgateway.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The closed list of this service's own environment variables. */
public final class Variables {

    /** Appended to a name: the variable holds the path of a file, and the file the value. */
    public static final String FILE_SUFFIX = "_FILE";

    private static final Pattern NO_PART_OF_A_NAME = Pattern.compile("[^A-Z0-9]");

    private static final List<String> PREFIXES = List.of("DEEPVUE_", "GATEWAY_");

    private static final Pattern OF_QUARKUS_ITSELF = Pattern.compile("(?:QUARKUS|OTEL|SMALLRYE)_.+");

    private static final int LARGEST_TYPING_DISTANCE = 2;

    private static final List<String> PROPERTIES = List.of(
            "deepvue.allow-http",
            "deepvue.authorize-encoding",
            "deepvue.base-url",
            "deepvue.client-id",
            "deepvue.client-secret",
            "deepvue.connect-timeout",
            "deepvue.plan",
            "deepvue.timeout",
            "gateway.api-keys",
            "gateway.audit-file",
            "gateway.audit-key",
            "gateway.breaker-attempts",
            "gateway.breaker-pause",
            "gateway.caller-limits",
            "gateway.caller-weights",
            "gateway.client-binding",
            "gateway.drain",
            "gateway.hold-back",
            "gateway.idempotency-memory",
            "gateway.max-answer-bytes",
            "gateway.max-in-flight",
            "gateway.max-wait",
            "gateway.max-waiting",
            "gateway.operator-key",
            "gateway.redis-acks",
            "gateway.redis-url",
            "gateway.reference",
            "gateway.relay",
            "gateway.relay-memory",
            "gateway.replicas",
            "gateway.request-timeout");

    /** Names by which clients of this service know it; they may be set where the service runs, too. */
    private static final Set<String> OF_CLIENTS = Set.of("GATEWAY_URL", "GATEWAY_KEY");

    /** Names that one would expect, of settings that are Quarkus' own, and the other way round. */
    private static final Map<String, String> OF_QUARKUS = Map.of(
            "GATEWAY_PORT", "QUARKUS_HTTP_PORT",
            "GATEWAY_HTTP_PORT", "QUARKUS_HTTP_PORT",
            "GATEWAY_HOST", "QUARKUS_HTTP_HOST",
            "GATEWAY_LOG_LEVEL", "QUARKUS_LOG_LEVEL",
            "QUARKUS_PORT", "QUARKUS_HTTP_PORT",
            "QUARKUS_REDIS_URL", "GATEWAY_REDIS_URL",
            // Quarkus' names of earlier versions, which are ignored now: the service would run without TLS.
            "QUARKUS_HTTP_SSL_CERTIFICATE_FILE", "QUARKUS_HTTP_SSL_CERTIFICATE_FILES",
            "QUARKUS_HTTP_SSL_CERTIFICATE_KEY_FILE", "QUARKUS_HTTP_SSL_CERTIFICATE_KEY_FILES");

    private static final Set<String> NAMES =
            PROPERTIES.stream().map(Variables::nameOf).collect(Collectors.toUnmodifiableSet());

    private Variables() {}

    /** The properties that the variables set, such as {@code deepvue.base-url}. */
    public static List<String> properties() {
        return PROPERTIES;
    }

    /** The variable that sets a property: {@code deepvue.base-url} is set by {@code DEEPVUE_BASE_URL}. */
    public static String nameOf(String property) {
        return NO_PART_OF_A_NAME.matcher(property.toUpperCase(Locale.ROOT)).replaceAll("_");
    }

    static boolean isKnown(String name) {
        return NAMES.contains(name);
    }

    /** The variable whose value is in the file that this one names; empty if it names none. */
    static Optional<String> givenByFile(String name) {
        return Optional.of(name)
                .filter(given -> given.endsWith(FILE_SUFFIX) && !isKnown(given))
                .map(given -> given.substring(0, given.length() - FILE_SUFFIX.length()))
                .filter(Variables::isKnown);
    }

    /** Whether a name has one of this service's prefixes, or is known for another of Quarkus' own. */
    static boolean isOurs(String name) {
        return PREFIXES.stream().anyMatch(name::startsWith) || OF_QUARKUS.containsKey(name);
    }

    /** Whether a name has the prefix of a setting of Quarkus or of a part of it. */
    static boolean isOfQuarkus(String name) {
        return OF_QUARKUS_ITSELF.matcher(nameOf(name)).matches();
    }

    /** Whether the name of a property has one of this service's prefixes, however it is written: {@code deepvue.plan}, {@code Deepvue_plan}. */
    public static boolean isOurProperty(String name) {
        return PREFIXES.stream().anyMatch(nameOf(name)::startsWith);
    }

    /**
     * The known name that one which is not misspelt was perhaps meant to be: with the other prefix, such as {@code DEEPVUE_PLAN} for
     * {@code GATEWAY_PLAN}, or with a further word, such as {@code DEEPVUE_BASE_URL} for {@code DEEPVUE_URL}; empty if there is none.
     */
    public static Optional<String> perhapsMeantBy(String name) {
        return withOtherPrefix(name).or(() -> OF_CLIENTS.contains(name) ? Optional.empty() : withAllWords(name));
    }

    private static Optional<String> withOtherPrefix(String name) {
        return PREFIXES.stream()
                .map(prefix -> prefix + name.substring(name.indexOf('_') + 1))
                .filter(other -> isKnown(other) || givenByFile(other).isPresent())
                .findFirst();
    }

    /** The known name that a misspelt one was probably meant to be; the nearest one, or empty if none is near. */
    public static Optional<String> meantBy(String name) {
        if (OF_QUARKUS.containsKey(name)) {
            return Optional.of(OF_QUARKUS.get(name));
        }
        return nearest(name, Stream.concat(NAMES.stream(), NAMES.stream().map(known -> known + FILE_SUFFIX)));
    }

    /** The shortest known name that has all words of this one in their order, such as {@code DEEPVUE_BASE_URL} for {@code DEEPVUE_URL}. */
    private static Optional<String> withAllWords(String name) {
        if (name.endsWith(FILE_SUFFIX)) {
            String target = name.substring(0, name.length() - FILE_SUFFIX.length());
            return givenByFile(target).isPresent()
                    ? Optional.of(target)
                    : withAllWords(target).map(known -> known + FILE_SUFFIX);
        }
        return name.indexOf('_') < 0 ? Optional.empty() : withAllWords(name, NAMES.stream());
    }

    /** The shortest of the names that have all words of this one in their order. */
    static Optional<String> withAllWords(String name, Stream<String> names) {
        var words = Pattern.compile(Stream.of(name.split("_"))
                .map(Pattern::quote)
                .collect(Collectors.joining("(?:_[A-Z]+)*_", "", "(?:_[A-Z]+)*")));
        return names.filter(known -> words.matcher(known).matches())
                .min(Comparator.comparingInt(String::length).thenComparing(known -> known));
    }

    /** Whether a name begins like one of the prefixes, or with it. */
    static boolean hasPrefixLike(String name, Collection<String> prefixes) {
        String begin = name.substring(0, name.indexOf('_') + 1);
        return prefixes.stream().anyMatch(prefix -> distance(prefix, begin) <= LARGEST_TYPING_DISTANCE);
    }

    /** The nearest one of the names that are two letters away, or that are the same without underscores; empty if there is none. */
    static Optional<String> nearest(String name, Stream<String> names) {
        return names.filter(known -> distance(known, name) <= LARGEST_TYPING_DISTANCE
                        || known.replace("_", "").equals(name.replace("_", "")))
                .min((one, other) -> Integer.compare(distance(one, name), distance(other, name)));
    }

    /** Levenshtein distance: letters inserted, left out or replaced, and neighbours in the wrong order. */
    private static int distance(String one, String other) {
        if (Math.abs(one.length() - other.length()) > LARGEST_TYPING_DISTANCE) {
            return Integer.MAX_VALUE; // At least the difference, which is all that anything here asks.
        }
        int[][] cost = new int[one.length() + 1][other.length() + 1];
        for (int i = 0; i <= one.length(); i++) {
            for (int j = 0; j <= other.length(); j++) {
                cost[i][j] = i == 0 || j == 0 ? i + j : step(one, other, i, j, cost);
            }
        }
        return cost[one.length()][other.length()];
    }

    private static int step(String one, String other, int i, int j, int[][] cost) {
        boolean same = one.charAt(i - 1) == other.charAt(j - 1);
        int least = Math.min(Math.min(cost[i - 1][j], cost[i][j - 1]) + 1, cost[i - 1][j - 1] + (same ? 0 : 1));
        boolean swapped =
                i > 1 && j > 1 && one.charAt(i - 1) == other.charAt(j - 2) && one.charAt(i - 2) == other.charAt(j - 1);
        return swapped ? Math.min(least, cost[i - 2][j - 2] + 1) : least;
    }
}
