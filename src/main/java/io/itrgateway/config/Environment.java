package io.itrgateway.config;

import io.smallrye.config.ConfigValue;
import io.smallrye.config.SmallRyeConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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

    private static final int LARGEST_FILE_BYTES = 64 * 1024;

    private static final List<String> PROXIES = List.of("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY");
    private static final String AUDIT_FILE = "GATEWAY_AUDIT_FILE";
    private static final String CLIENT_SECRET = "deepvue.client-secret";

    /** What Kubernetes and Docker inject for a Service or a linked container whose name begins like our variables. */
    private static final Pattern INJECTED = Pattern.compile(".*_SERVICE_HOST|.*_SERVICE_PORT(_.*)?|.*_PORT_.*");

    private static final Pattern INJECTED_ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

    /** Of a file {@code .env}, with what a shell or an editor may leave before the name. */
    private static final Pattern LINE =
            Pattern.compile("\\uFEFF?\\s*(?:export\\s+)?(?<name>[^#=:\\s]+)\\s*[=:]\\s*(?<value>.*)");

    /** Empty, or a comment, of which Quarkus knows two. */
    private static final Pattern NO_VARIABLE = Pattern.compile("\\uFEFF?\\s*(?:[#!].*)?");

    /** To Quarkus, the next line goes on with the value of its own variables. */
    private static final Pattern CONTINUED = Pattern.compile("(?<!\\\\)(?:\\\\{2})*\\\\$");

    private static final String UNREADABLE_DOT_ENV =
            ".env cannot be read as UTF-8 text; it should be a file of lines NAME=value that this user can read";

    private static final String NO_LINE =
            "Line %d of .env is not NAME=value (not shown, since it may be a secret); it should be, or empty, or a comment, which begins with #";

    private static final String NO_DOT_ENV =
            ".env is %s and has no effect; it should be a file of lines NAME=value, or not there";

    private static final String MISSING = "does not exist";

    private static final Pattern COMMENT = Pattern.compile("\\s#");

    private static final String COMMENT_IN_DOT_ENV =
            " has a # behind white space in .env, which is a part of the value; a comment needs a line of its own";

    private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"|'[^']*'", Pattern.DOTALL);

    /** Reads what the process was started with, and the file {@code .env} of its working directory. */
    public static Environment read() {
        return of(System.getenv(), Path.of(".env"));
    }

    /**
     * Quarkus takes a file {@code .env} for variables, too, below those of the process. Here its values are judged as those are, and are
     * literal, too: Quarkus would take quotation marks as a part of the value, leave out a backslash, and say nothing of a misspelt name.
     */
    static Environment of(Map<String, String> variables, Path dotEnv) {
        Map<String, String> all = new TreeMap<>();
        List<String> faults = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        Set<String> faulty = new TreeSet<>();
        if (Files.isRegularFile(dotEnv)) {
            try {
                Map<String, List<Integer>> numbersByName = new TreeMap<>();
                int number = 0;
                String before = "";
                for (String text : Files.readAllLines(dotEnv)) {
                    number++;
                    if (!isLine(text) && !CONTINUED.matcher(before).find()) {
                        faults.add(NO_LINE.formatted(number));
                    }
                    before = text;
                    Matcher line = LINE.matcher(text);
                    if (line.matches() && !isGivenInTheOtherForm(line.group("name"), variables)) {
                        all.put(line.group("name"), line.group("value"));
                        numbersByName
                                .computeIfAbsent(line.group("name"), name -> new ArrayList<>())
                                .add(number);
                    }
                }
                warnings.addAll(repeated(numbersByName, variables.keySet()));
                all.forEach((name, value) -> {
                    if (Variables.isKnown(name) && COMMENT.matcher(value).find()) {
                        warnings.add(name + COMMENT_IN_DOT_ENV);
                    }
                });
            } catch (IOException e) {
                faults.add(UNREADABLE_DOT_ENV);
                // What is not set by the process may be in the file.
                Variables.properties().stream()
                        .map(Variables::nameOf)
                        .filter(name -> !variables.containsKey(name))
                        .forEach(faulty::add);
            }
        } else {
            noFile(dotEnv).ifPresent(kind -> warnings.add(NO_DOT_ENV.formatted(kind)));
        }
        all.putAll(variables);
        return of(all, faults, faulty, warnings);
    }

    private static boolean isLine(String text) {
        return LINE.matcher(text).matches() || NO_VARIABLE.matcher(text).matches();
    }

    /** @param replaced names that count by another source in any case */
    private static List<String> repeated(Map<String, List<Integer>> numbersByName, Set<String> replaced) {
        return numbersByName.entrySet().stream()
                .filter(entry -> entry.getValue().size() > 1 && !replaced.contains(entry.getKey()))
                .map(entry -> "%s is set in lines %s of .env; only the last one counts"
                        .formatted(
                                ShownValue.ofName(entry.getKey()),
                                entry.getValue().stream().map(String::valueOf).collect(Collectors.joining(", "))))
                .toList();
    }

    /** What is found where the file should be, such as the directory that Docker makes where there is no file to be mounted. */
    private static Optional<String> noFile(Path dotEnv) {
        if (Files.isDirectory(dotEnv)) {
            return Optional.of("a directory");
        }
        return Files.isSymbolicLink(dotEnv) && !Files.exists(dotEnv)
                ? Optional.of("a link to nothing")
                : Optional.empty();
    }

    /** What the process was started with goes before the file, be it by the value or by the file that holds it. */
    private static boolean isGivenInTheOtherForm(String name, Map<String, String> variables) {
        return isSet(name + Variables.FILE_SUFFIX, variables)
                || Variables.givenByFile(name)
                        .filter(target -> isSet(target, variables))
                        .isPresent();
    }

    /** An empty one is not: {@code NAME: ${NAME:-}} of Docker Compose passes both forms on, one of them empty. */
    private static boolean isSet(String name, Map<String, String> variables) {
        return !variables.getOrDefault(name, "").isBlank();
    }

    static Environment of(Map<String, String> variables) {
        return of(variables, new ArrayList<>(), new TreeSet<>(), new ArrayList<>());
    }

    private static Environment of(
            Map<String, String> variables, List<String> faults, Set<String> faulty, List<String> warnings) {
        Map<String, String> values = new TreeMap<>();
        new TreeMap<>(variables).forEach((name, value) -> {
            Optional<String> givenByFile = Variables.givenByFile(name);
            if (Variables.isKnown(name)) {
                values.put(name, value);
                if (isQuoted(value)) {
                    faults.add(quoted(name));
                    faulty.add(name);
                }
            } else if (givenByFile.isPresent()) {
                String target = givenByFile.get();
                if (value.isBlank()) {
                    return;
                }
                if (isSet(target, variables)) {
                    faults.add("%s and %s are both set; only one of them should be".formatted(target, name));
                    faulty.add(target);
                } else {
                    content(name, value, faults)
                            .ifPresentOrElse(content -> values.put(target, content), () -> faulty.add(target));
                }
            } else if (Variables.isOurs(Variables.nameOf(name))) {
                if (!isInjected(name, value)) {
                    judgeUnknown(name, faults, warnings);
                }
            } else {
                if (QuarkusVariables.isSwitchWithoutMeaning(name, value)) {
                    warnings.add("%s is %s and counts as false; it should be true or false"
                            .formatted(name, ShownValue.of(value)));
                }
                QuarkusVariables.nearest(Variables.nameOf(name))
                        .or(() -> Variables.withMisspeltPrefix(Variables.nameOf(name)))
                        .ifPresent(meant -> warnings.add(
                                "%s is not a name that this service knows, and may have no effect; did you mean %s?"
                                        .formatted(ShownValue.ofName(name), meant)));
            }
        });
        checkAuditFile(variables, values, faults, faulty);
        PROXIES.forEach(name -> checkProxy(name, variables, warnings));
        return new Environment(Map.copyOf(values), List.copyOf(faults), List.copyOf(warnings), Set.copyOf(faulty));
    }

    /** The audit would be written behind a secret, whose file would be rotated; so the path is left out. */
    private static void checkAuditFile(
            Map<String, String> variables, Map<String, String> values, List<String> faults, Set<String> faulty) {
        String path = values.getOrDefault(AUDIT_FILE, "");
        variables.keySet().stream()
                .filter(name -> Variables.givenByFile(name).isPresent() && SameFile.isOne(path, variables.get(name)))
                .findFirst()
                .ifPresent(name -> {
                    faults.add("%s and %s name the same file; the audit needs a file of its own"
                            .formatted(AUDIT_FILE, name));
                    faulty.add(AUDIT_FILE);
                    values.remove(AUDIT_FILE);
                });
    }

    private static void checkProxy(String name, Map<String, String> variables, List<String> warnings) {
        String small = name.toLowerCase(Locale.ROOT);
        String capital = variables.getOrDefault(name, "").strip();
        String other = variables.getOrDefault(small, "").strip();
        if (!capital.isEmpty() && !other.isEmpty() && !capital.equals(other)) {
            warnings.add("%s and %s are both set, and differ; only %s counts here".formatted(name, small, name));
        }
    }

    /** Warnings about values of this service's own settings, however they are given, a line each. */
    public static List<String> warnings(SmallRyeConfig config) {
        String secret = valueOf(CLIENT_SECRET, config);
        return Stream.of("deepvue.client-id", "gateway.audit-key")
                .filter(property -> !secret.isEmpty() && secret.equals(valueOf(property, config)))
                .map(property -> "%s and %s have the same value; each should have its own"
                        .formatted(Variables.nameOf(CLIENT_SECRET), Variables.nameOf(property)))
                .toList();
    }

    private static String valueOf(String property, SmallRyeConfig config) {
        String value = config.getConfigValue(property).getValue();
        return value == null ? "" : value.strip();
    }

    private static boolean isInjected(String name, String value) {
        return INJECTED.matcher(name).matches()
                || name.endsWith("_PORT") && INJECTED_ADDRESS.matcher(value).matches();
    }

    /** As in a file for {@code docker run --env-file}, which takes the marks as they are, where a shell would not. */
    private static boolean isQuoted(String value) {
        return QUOTED.matcher(value.strip()).matches();
    }

    private static String quoted(String name) {
        return ("%s is in quotation marks, which would be a part of the value; it should be the value without them (one that has them can"
                        + " be given in a file, by %s%s)")
                .formatted(name, name, Variables.FILE_SUFFIX);
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
                    && isQuoted(value.getValue())) {
                faulty.accept(name);
                faults.add(quoted(name));
            }
        }
        return faults;
    }

    /** A name in other letters, or with other characters between its words, is judged as the name in capitals: {@code deepvue.plan}. */
    private static void judgeUnknown(String name, List<String> faults, List<String> warnings) {
        Variables.meantBy(Variables.nameOf(name))
                .ifPresentOrElse(
                        meant -> faults.add("%s is not a variable of this service; did you mean %s?"
                                .formatted(ShownValue.ofName(name), meant)),
                        () -> warnings.add("%s is not a variable of this service and has no effect%s"
                                .formatted(
                                        ShownValue.ofName(name),
                                        Variables.withOtherPrefix(Variables.nameOf(name))
                                                .map("; did you mean %s?"::formatted)
                                                .orElse(""))));
    }

    /** A line break at the end of a file, which most have, and a byte order mark are not meant as parts of the value. */
    private static Optional<String> content(String name, String path, List<String> faults) {
        try (InputStream file = Files.newInputStream(Path.of(path.strip()))) {
            byte[] bytes = file.readNBytes(LARGEST_FILE_BYTES + 1);
            if (bytes.length > LARGEST_FILE_BYTES) {
                faults.add("%s names a file of more than %d bytes".formatted(name, LARGEST_FILE_BYTES));
                return Optional.empty();
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString()
                    .replaceFirst("^\\uFEFF", "");
            if (text.isBlank()) {
                faults.add(unusable(name, path, "is empty"));
                return Optional.empty();
            }
            return Optional.of(text.replaceFirst("\\r?\\n$", ""));
        } catch (CharacterCodingException e) {
            faults.add("%s names a file that is not UTF-8 text".formatted(name));
        } catch (IOException | InvalidPathException | SecurityException e) {
            faults.add(unusable(name, path, reason(path, e)));
        }
        return Optional.empty();
    }

    private static String unusable(String name, String path, String why) {
        String held = ShownValue.isPath(path)
                ? "is \"%s\", which %s".formatted(ShownValue.oneLine(path), why)
                : "%s (what it holds may be the value itself, and is not shown)"
                        .formatted(
                                path.strip().startsWith("/") && why.equals(MISSING)
                                        ? "names a file that does not exist"
                                        : "does not hold the absolute path of a file");
        return "%s %s; it should be the path of a file that holds the value".formatted(name, held);
    }

    private static String reason(String path, Exception failure) {
        if (failure instanceof NoSuchFileException) {
            return MISSING;
        }
        if (failure instanceof AccessDeniedException) {
            return "this user may not read";
        }
        if (failure instanceof IOException && Files.isDirectory(Path.of(path.strip()))) {
            return "is a directory";
        }
        return "cannot be read (%s)".formatted(failure.getClass().getSimpleName());
    }

    @Override
    public String toString() {
        return "Environment[" + values.keySet() + "]";
    }
}
