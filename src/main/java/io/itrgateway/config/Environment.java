package io.itrgateway.config;

import io.smallrye.config.ConfigValue;
import io.smallrye.config.SmallRyeConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The process' environment as this service reads it, with the file {@code .env} of its working directory.
 *
 * @param values by the names of {@link Variables}, from the variable itself or from the file that {@code NAME_FILE} names
 * @param faults that stop the start, a line each, without any value but paths of files
 * @param warnings about variables that are not known, a line each
 * @param faulty names whose values need no further check: what is wrong with them is among the faults
 */
public record Environment(Map<String, String> values, List<String> faults, List<String> warnings, Set<String> faulty) {

    private static final String CLIENT_ID = "deepvue.client-id";
    private static final String CLIENT_SECRET = "deepvue.client-secret";
    private static final String AUDIT_KEY = "gateway.audit-key";

    /** Variables and properties that many other programs read, those of Spring Boot among them, and the settings that they would be here. */
    private static final Map<String, String> OF_OTHER_PROGRAMS = new TreeMap<>(Map.ofEntries(
            Map.entry("HTTP_PORT", "quarkus.http.port"),
            Map.entry("LOG_LEVEL", "quarkus.log.level"),
            Map.entry("PORT", "quarkus.http.port"),
            Map.entry("REDIS_URL", "gateway.redis-url"),
            Map.entry("logging.level.root", "quarkus.log.level"),
            Map.entry("server.port", "quarkus.http.port"),
            Map.entry("server.ssl.certificate", "quarkus.http.ssl.certificate.files"),
            Map.entry("server.ssl.key-store", "quarkus.http.ssl.certificate.key-store-file"),
            Map.entry("spring.config.location", "smallrye.config.locations"),
            Map.entry("spring.data.redis.host", "gateway.redis-url"),
            Map.entry("spring.data.redis.url", "gateway.redis-url"),
            Map.entry("spring.security.oauth2.resourceserver.jwt.issuer-uri", "quarkus.oidc.auth-server-url")));

    /** What an unfilled template or example leaves, and Kubernetes in place of a reference to a variable that does not exist. */
    private static final Map<Pattern, String> PLACEHOLDERS = Map.of(
            Pattern.compile("\\$\\{[^{}]*}"), "has the form ${NAME}",
            Pattern.compile("\\$\\([^()]*\\)"), "has the form $(NAME)",
            Pattern.compile("\\$[A-Z][A-Z0-9_]*"), "has the form $NAME",
            Pattern.compile("%[A-Za-z][A-Za-z0-9_]*%"), "has the form %NAME%",
            Pattern.compile("<[^<>]*>"), "has the form <name>",
            Pattern.compile("\\{\\{[^{}]*}}"), "has the form {{ name }}",
            Pattern.compile("arn:aws[a-z-]*:.+|(?:vault:|op://|@Microsoft\\.KeyVault\\().+"),
                    "looks like a reference to a secret",
            Pattern.compile("(?s)\\{\\s*\".*}|map\\[.*]"), "looks like a whole object in place of one of its values",
            Pattern.compile("(?i)change[-_]?me|replace[-_]?me|your[-_].*|to-?do|placeholder|x{3,}|\\*{3,}|\\.{3,}"),
                    "looks like a placeholder");

    /** Reads what the process was started with, and the file {@code .env} of its working directory. */
    public static Environment read() {
        return of(System.getenv(), Path.of(".env"));
    }

    /**
     * Quarkus takes a file {@code .env} for variables, too, below those of the process. Here its values are judged as those are, and are
     * literal, too: Quarkus would take quotation marks as a part of the value, leave out a backslash, and say nothing of a misspelt name.
     */
    static Environment of(Map<String, String> variables, Path dotEnv) {
        return new EnvironmentReader(variables, DotEnv.read(dotEnv, variables)).read();
    }

    static Environment of(Map<String, String> variables) {
        return new EnvironmentReader(variables, DotEnv.NONE).read();
    }

    /** Warnings about values of this service's own settings, however they are given, a line each. */
    public static List<String> warnings(SmallRyeConfig config) {
        String secret = valueOf(CLIENT_SECRET, config);
        Stream<String> repeated = Stream.of(CLIENT_ID, AUDIT_KEY)
                .filter(property -> !secret.isEmpty() && secret.equals(valueOf(property, config)))
                .map(property -> "%s and %s have the same value; each should have its own"
                        .formatted(Variables.nameOf(CLIENT_SECRET), Variables.nameOf(property)));
        Stream<String> placeholders = Stream.of(CLIENT_ID, CLIENT_SECRET, AUDIT_KEY)
                .flatMap(property -> PLACEHOLDERS.entrySet().stream()
                        .filter(form ->
                                form.getKey().matcher(valueOf(property, config)).matches())
                        .map(form -> "%s %s, and is taken literally"
                                .formatted(Variables.nameOf(property), form.getValue())));
        Stream<String> paths = Stream.of(CLIENT_ID, CLIENT_SECRET, AUDIT_KEY)
                .filter(property -> ShownValue.isPath(valueOf(property, config)))
                .map(Variables::nameOf)
                .map(name -> "%s looks like the path of a file, and is taken literally; did you mean %s%s?"
                        .formatted(name, name, Variables.FILE_SUFFIX));
        return Stream.of(repeated, placeholders, paths, ofOtherPrograms(config))
                .flatMap(lines -> lines)
                .toList();
    }

    /** Each only where nothing says otherwise: a platform sets {@code PORT} to the port that it has been given for the container. */
    private static Stream<String> ofOtherPrograms(SmallRyeConfig config) {
        return OF_OTHER_PROGRAMS.entrySet().stream()
                .filter(known -> {
                    String value = valueOf(known.getKey(), config);
                    ConfigValue own = config.getConfigValue(known.getValue());
                    return !value.isEmpty()
                            && !ServiceLinks.injects(Variables.nameOf(known.getKey()), value)
                            && GivenSettings.isDefault(own.getConfigSourceOrdinal())
                            && !value.equalsIgnoreCase(own.getValue());
                })
                .map(known -> "%s has no effect here; did you mean %s?"
                        .formatted(Variables.nameOf(known.getKey()), Variables.nameOf(known.getValue())));
    }

    private static String valueOf(String property, SmallRyeConfig config) {
        String value = config.getConfigValue(property).getValue();
        return value == null ? "" : value.strip();
    }

    /**
     * Judges this service's own settings that are given in another way than by a variable.
     *
     * @param faulty gets the names of the variables whose values need no further check
     * @return faults, a line each, without any value
     */
    public static List<String> checkOtherSources(SmallRyeConfig config, Consumer<String> faulty) {
        List<String> faults = new ArrayList<>();
        for (String property : Variables.properties()) {
            ConfigValue value = config.getConfigValue(property);
            String name = Variables.nameOf(property);
            if (GivenSettings.hasUnknownExpression(value)) {
                faulty.accept(name);
                faults.add(name + " has an expression ${...} for something that is not set");
            } else if (value.getValue() != null
                    && !LiteralEnvironment.class.getSimpleName().equals(value.getConfigSourceName())
                    && EnvironmentReader.isQuoted(value.getValue())) {
                faulty.accept(name);
                faults.add(EnvironmentReader.quoted(name));
            }
        }
        return faults;
    }

    @Override
    public String toString() {
        return "Environment[" + values.keySet() + "]";
    }
}
