package io.itrgateway.doctor;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.GivenSettings;
import io.itrgateway.config.ShownValue;
import io.itrgateway.config.SwitchConverter;
import io.itrgateway.startup.QuarkusSettings;
import io.itrgateway.startup.RefusedConfiguration;
import io.itrgateway.startup.TlsFiles;
import io.quarkus.runtime.QuarkusBindException;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.jwt.util.KeyUtils;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * Why Quarkus did not start, as far as it can be reported safely: which settings it names, and the kind of the failure. Its messages are not
 * shown, since they quote values, and a value may be an address with a password in it.
 */
public final class StartupFailureDescriber {

    private static final Pattern PROPERTY =
            Pattern.compile("(?<![.\\w])(quarkus|otel)(\\.[a-z0-9-]+|\\.\"[A-Za-z0-9._-]+\")+");
    private static final Pattern EXPRESSION =
            Pattern.compile("SRCFG00011: Could not expand value \\S+ in property ([\\w.\"-]+)");
    private static final Pattern REQUIRED =
            Pattern.compile("SRCFG00014: The config property (quarkus\\.tls\\.[\\w.\"-]+) is required");
    private static final Pattern UNREADABLE = Pattern.compile("SRCFG00035: Failed to load resource (file:\\S+)?");
    private static final Pattern TLS_NAME = Pattern.compile(
            "(?:certificate|(?:P12|JKS) (?:key|trust) store|(?:key|trust)store) '(<default>|[A-Za-z0-9_-]+)'");
    private static final Pattern HOST = Pattern.compile("Unable to start HTTP server.*UnknownHostException");
    private static final Pattern ALLOWED = Pattern.compile("SRCFG00049: .* allowed values: ([A-Za-z_,-]+)");

    private static final String TLS_CHECK = "io.quarkus.tls.runtime.CertificateRecorder";
    private static final String TLS_RELOADER = "io.quarkus.tls.runtime.TlsCertificateUpdater";

    private static final Pattern OUR_OWN = Pattern.compile("io\\.itrgateway\\.[a-z]+\\..*");
    private static final String QUARKUS = "io.quarkus.";

    private static final String TLS_NAME_SHOULD_BE =
            "the NAME of a TLS configuration, which settings QUARKUS_TLS_NAME_* make; there is none of that name";

    /** The settings that failures are about which name none, by their words. */
    private static final List<Map.Entry<Pattern, String>> MEANT = List.of(
            meant("TLS configuration \\S+ for the Redis client", "quarkus.redis.tls-configuration-name"),
            meant("Multiple Redis hosts supplied", "quarkus.redis.client-type"),
            meant("TLS configuration for name", "quarkus.oidc.tls.tls-configuration-name"),
            meant("Unable to find HTTP security policy", "quarkus.http.auth.permission.*.policy"),
            meant("unknown format character", "quarkus.log.console.format"),
            meant("Mismatched braces", "quarkus.http.access-log.pattern"),
            meant("OIDC (?:trust|key)store file", "quarkus.oidc.tls.*"),
            meant("Redis connection string", "quarkus.redis.hosts"),
            meant("port must be [<>]=", "quarkus.http.port"),
            meant("when the discovery is disabled", "quarkus.oidc.discovery-enabled"),
            meant("\\bio\\.quarkus\\.oidc\\.", "quarkus.oidc.auth-server-url"));

    private static Map.Entry<Pattern, String> meant(String words, String property) {
        return Map.entry(Pattern.compile(words), property);
    }

    /** The settings of a proxy, which Quarkus names by what their names begin with. */
    private static final Pattern PROXY = Pattern.compile("quarkus\\.proxy(\\.\"[\\w.-]+\")?");

    /** What settings should be, by the beginnings of their names. */
    private static final Map<String, String> SHOULD_BE = new LinkedHashMap<>();

    static {
        SHOULD_BE.put(
                "quarkus.redis.hosts", "redis://host:6379 or rediss://host:6379, better given by GATEWAY_REDIS_URL");
        SHOULD_BE.put("quarkus.redis.tls-configuration-name", TLS_NAME_SHOULD_BE);
        SHOULD_BE.put("quarkus.oidc.tls.tls-configuration-name", TLS_NAME_SHOULD_BE);
        SHOULD_BE.put("quarkus.oidc.tls.*", "paths of key stores that exist and that this user can read");
        SHOULD_BE.put("quarkus.oidc.auth-server-url", "the http or https URL of the issuer");
        SHOULD_BE.put("quarkus.oidc.public-key", "an RSA key in PEM or Base64");
        SHOULD_BE.put(
                "quarkus.oidc.discovery-enabled",
                "true, unless QUARKUS_OIDC_JWKS_PATH or QUARKUS_OIDC_INTROSPECTION_PATH is set");
        SHOULD_BE.put(
                "quarkus.http.auth.permission.",
                "permit, deny, authenticated, or the NAME of a policy, which settings QUARKUS_HTTP_AUTH_POLICY_NAME_* make; there is none of that name");
        List.of("quarkus.proxy.*", "quarkus.proxy.\"")
                .forEach(
                        names -> SHOULD_BE.put(
                                names,
                                "a host with a port, and a user with a password: HOST and PORT both set or neither, USERNAME and PASSWORD alike"));
        SHOULD_BE.put("otel.resource.attributes", "name=value, several with commas between them");
        SHOULD_BE.put("quarkus.http.access-log.pattern", "a pattern whose braces are closed, such as common");
        SHOULD_BE.put("quarkus.http.limits.", "a whole number, a size such as 10K, or a time such as 30s");
        SHOULD_BE.put("quarkus.log.", "what Quarkus' guide to logging lists, such as INFO for a level");
    }

    private static final String LOCATIONS =
            "SMALLRYE_CONFIG_LOCATIONS should be paths or URLs of files, separated by commas; a URL holds"
                    + " the whole path, such as file:///etc/itr-gateway.properties, and a blank in either is %20";

    private static final String LOADER_OF_LOCATIONS = "io.smallrye.config.AbstractLocationConfigSourceLoader";

    /** Failures with one cause each. */
    private static final Map<Pattern, String> LINES = Map.of(
            Pattern.compile("SRCFG0003[34]: "),
            LOCATIONS,
            Pattern.compile("Malformed \\\\uxxxx encoding"),
            "a file of settings (.env, or one of properties) has \\u without four hexadecimal digits behind it;"
                    + " a backslash in such a file is written as two",
            Pattern.compile("Unable to create folder at path"),
            "no file can be written to the directory for temporary files, /tmp or -Djava.io.tmpdir;"
                    + " in a container with a read-only file system, a writable one has to be mounted there");

    private static final String OTHERS_LATER = ". Other faults are listed when this is corrected";
    private static final String LINE_BEGIN = "configuration: ";
    private static final String BETWEEN = "\n";

    private static final int MOST_CAUSES = 16;

    private StartupFailureDescriber() {}

    static Finding finding(Throwable failure) {
        String sentence = sentence(failure)
                .orElseGet(() -> "Quarkus does not start with it: some setting of its own, " + kind(causes(failure)));
        return Finding.failed(Check.CONFIGURATION, sentence.replace(BETWEEN, ". "));
    }

    /** A line for each fault; empty if no setting is known to be the cause. */
    public static Optional<String> line(Throwable failure) {
        return causes(failure).stream()
                .filter(RefusedConfiguration.class::isInstance)
                .map(Throwable::getMessage)
                .findFirst()
                .or(() -> sentence(failure)
                        .map(sentence -> LINE_BEGIN + sentence.replace(BETWEEN, BETWEEN + LINE_BEGIN)));
    }

    /** Ports are opened when this service has judged its settings; whatever fails before hides what is wrong with those. */
    private static Optional<String> sentence(Throwable failure) {
        List<Throwable> causes = causes(failure);
        return ports(causes).or(() -> beforeOurOwn(causes).map(sentence -> sentence + OTHERS_LATER));
    }

    private static Optional<String> ports(List<Throwable> causes) {
        return bind(causes)
                .or(() -> Optional.of("quarkus.http.host")
                        .filter(property -> HOST.matcher(words(causes)).find())
                        .map(property -> sentence(List.of(property), "", shouldBe(property))));
    }

    private static Optional<String> beforeOurOwn(List<Throwable> causes) {
        return expressions(causes)
                .or(() -> files(causes))
                .or(() -> filesOfTls(causes))
                .or(() -> missing(causes))
                .or(() -> settings(causes))
                .or(() -> oneOfTheGiven(causes));
    }

    private static Optional<String> bind(List<Throwable> causes) {
        return causes.stream()
                .filter(QuarkusBindException.class::isInstance)
                .map(QuarkusBindException.class::cast)
                .findFirst()
                .map(taken -> QuarkusBindException.isKnownHost(taken.getHost())
                        ? "port %d %s".formatted(taken.getPort(), whyClosed(causes))
                        : "QUARKUS_HTTP_HOST is %s, where no port can be opened; it should be an address of this machine, such as 0.0.0.0"
                                .formatted(ShownValue.of(taken.getHost())));
    }

    private static String whyClosed(List<Throwable> causes) {
        return words(causes).contains("Permission denied")
                ? "may not be opened by this user; QUARKUS_HTTP_PORT, or QUARKUS_HTTP_SSL_PORT for TLS, should be 1024 or more"
                : "is in use by another process; QUARKUS_HTTP_PORT, or QUARKUS_HTTP_SSL_PORT for TLS, should be a free one";
    }

    /** Settings in files whose expressions cannot be replaced. */
    private static Optional<String> expressions(List<Throwable> causes) {
        return lines(EXPRESSION
                .matcher(words(causes))
                .results()
                .map(match -> variable(match.group(1)) + " has an expression ${...} for something that is not set"));
    }

    /** Settings of TLS without which others that are set cannot be used, such as a certificate without its key. */
    private static Optional<String> missing(List<Throwable> causes) {
        return lines(REQUIRED.matcher(words(causes))
                .results()
                .map(match -> variable(match.group(1).replaceFirst("pem\\.([\\w-]+)\\.", "pem.\"$1\"."))
                        + " is not set, and others that need it are"));
    }

    /** Each sentence once; empty if there is none. */
    private static Optional<String> lines(Stream<String> sentences) {
        return Optional.of(sentences.distinct().collect(Collectors.joining(BETWEEN)))
                .filter(all -> !all.isEmpty());
    }

    /** Files that cannot be read or written, so that nothing else can be said. */
    private static Optional<String> files(List<Throwable> causes) {
        String words = words(causes);
        Stream<String> unreadable = UNREADABLE
                .matcher(words)
                .results()
                .map(match -> match.group(1) == null
                        ? "SMALLRYE_CONFIG_LOCATIONS names a file or URL that cannot be read"
                        : match.group(1) + " cannot be read; it should be a file of settings that this user can read");
        Stream<String> others = LINES.entrySet().stream()
                .filter(line -> line.getKey().matcher(words).find())
                .map(Map.Entry::getValue);
        return Stream.concat(unreadable, others)
                .findFirst()
                .or(() -> Optional.of(LOCATIONS).filter(line -> haveFrame(LOADER_OF_LOCATIONS, causes)));
    }

    private static Optional<String> filesOfTls(List<Throwable> causes) {
        if (!TLS_NAME.matcher(words(causes)).find() && !haveFrame(TLS_CHECK, causes)) {
            return Optional.empty();
        }
        var faults = new ConfigurationFaults();
        TlsFiles.check(faults);
        return lines(faults.lines().stream());
    }

    private static String words(List<Throwable> causes) {
        return causes.stream()
                .flatMap(cause -> Stream.of(cause.getClass().getName(), cause.getMessage()))
                .filter(Objects::nonNull)
                .collect(Collectors.joining(" "));
    }

    private static Optional<String> settings(List<Throwable> causes) {
        String words = words(causes);
        List<String> written = PROPERTY.matcher(words)
                .results()
                .map(match -> PROXY.matcher(match.group()).matches() ? match.group() + ".*" : match.group())
                .distinct()
                .sorted() // SmallRye Config reports several in any order
                .toList();
        List<String> named = written.isEmpty() ? meant(causes, words) : written;
        Map<String, List<String>> byWhatTheyShouldBe =
                named.stream().collect(groupingBy(property -> shouldBe(property, words), LinkedHashMap::new, toList()));
        return lines(byWhatTheyShouldBe.entrySet().stream()
                .map(group -> sentence(group.getValue(), why(causes, group.getKey()), group.getKey())));
    }

    /**
     * A number, mostly, that Quarkus can read and then not use. It names no setting, so that those that are given are named, without switches and
     * those that {@link QuarkusSettings} judges, and the method that refuses the value.
     */
    private static Optional<String> oneOfTheGiven(List<Throwable> causes) {
        Throwable root = causes.get(causes.size() - 1);
        if (!(root instanceof IllegalArgumentException || root instanceof ConfigurationException)
                || frames(root).anyMatch(OUR_OWN.asMatchPredicate())) {
            return Optional.empty();
        }
        String names = givenVariables().stream()
                .filter(name -> !name.endsWith("_ENABLED") && !QuarkusSettings.judges(name))
                .collect(Collectors.joining(", "));
        String where = frames(root)
                .filter(frame -> frame.startsWith(QUARKUS))
                .findFirst()
                .map(frame -> " in " + frame)
                .orElse("");
        return Optional.of(names)
                .filter(given -> !given.isEmpty())
                .map(given -> "Quarkus cannot use one of its settings, probably among %s (%s%s)"
                        .formatted(given, root.getClass().getSimpleName(), where));
    }

    /** None where the configuration itself cannot be built. */
    private static Collection<String> givenVariables() {
        try {
            return GivenSettings.variablesOfQuarkus(ConfigProvider.getConfig());
        } catch (RuntimeException e) {
            return List.of();
        }
    }

    private static boolean haveFrame(String className, List<Throwable> causes) {
        return causes.stream().flatMap(StartupFailureDescriber::frames).anyMatch(frame -> frame.startsWith(className));
    }

    private static Stream<String> frames(Throwable failure) {
        return Stream.of(failure.getStackTrace()).map(frame -> frame.getClassName() + "." + frame.getMethodName());
    }

    /** The settings that a failure is about which names none. */
    private static List<String> meant(List<Throwable> causes, String words) {
        if (haveFrame(KeyUtils.class.getName(), causes)) {
            return List.of("quarkus.oidc.public-key");
        }
        if (haveFrame(TLS_RELOADER, causes)) {
            return givenVariables().stream().filter(TlsFiles::isReloadPeriod).toList();
        }
        return Stream.concat(
                        TLS_NAME.matcher(words).results().map(name -> tlsSettings(name.group(1))),
                        MEANT.stream()
                                .filter(failure ->
                                        failure.getKey().matcher(words).find())
                                .map(Map.Entry::getValue))
                .distinct()
                .toList();
    }

    private static String tlsSettings(String name) {
        return name.equals("<default>") ? "quarkus.tls.*" : "quarkus.tls." + name + ".*";
    }

    private static String sentence(List<String> properties, String why, String shouldBe) {
        return "%s cannot be used%s%s"
                .formatted(
                        properties.stream()
                                .map(StartupFailureDescriber::variable)
                                .collect(Collectors.joining(", ")),
                        why.isEmpty() ? "" : ": " + why,
                        shouldBe.isEmpty() ? "" : "; it should be " + shouldBe);
    }

    /** What a setting of Quarkus should be, in words; empty if that is not known. */
    private static String shouldBe(String property) {
        return TlsFiles.shouldBe(property)
                .or(() -> QuarkusSettings.shouldBe(property))
                .or(() -> SHOULD_BE.entrySet().stream()
                        .filter(known -> property.startsWith(known.getKey()))
                        .map(Map.Entry::getValue)
                        .findFirst())
                .orElse("");
    }

    private static String variable(String property) {
        return property.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9*]", "_");
    }

    /** Also by what was expected in place of its value, which the words about it say. */
    private static String shouldBe(String property, String words) {
        String known = shouldBe(property);
        if (words.contains(property + " is defined as the empty String")) {
            return "left out, since it is empty" + (known.isEmpty() ? "" : ", or " + known);
        }
        if (!known.isEmpty() || !words.contains(property)) {
            return known;
        }
        String about = words.substring(words.indexOf(property)).split("SRCFG00039: The config property", 2)[0];
        if (about.contains(SwitchConverter.NEITHER)) {
            return "true or false";
        }
        if (about.contains("SRCFG00029") || about.contains("SRCFG00030")) {
            return "a whole number";
        }
        if (about.contains("Invalid duration") || about.contains("DateTimeParseException")) {
            return "a time such as 30s";
        }
        return ALLOWED.matcher(about)
                .results()
                .reduce((first, last) -> last)
                .map(allowed -> "one of " + allowed.group(1))
                .orElse("");
    }

    /** The file that is to blame, or the kind of the failure where nothing else can be said. */
    private static String why(List<Throwable> causes, String shouldBe) {
        return causes.stream()
                .filter(FileSystemException.class::isInstance)
                .map(FileSystemException.class::cast)
                .filter(failure -> failure.getFile() != null)
                .findFirst()
                .map(failure -> "%s %s".formatted(ShownValue.of(failure.getFile()), whyUnreadable(failure)))
                .orElse(shouldBe.isEmpty() ? kind(causes) : "");
    }

    private static String whyUnreadable(FileSystemException failure) {
        return failure instanceof NoSuchFileException
                ? "does not exist"
                : failure instanceof AccessDeniedException ? "may not be read by this user" : "cannot be read";
    }

    private static String kind(List<Throwable> causes) {
        return causes.stream().anyMatch(ConfigValidationException.class::isInstance)
                ? "the value cannot be read"
                : causes.get(causes.size() - 1).getClass().getSimpleName();
    }

    public static List<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .limit(MOST_CAUSES)
                .toList();
    }
}
