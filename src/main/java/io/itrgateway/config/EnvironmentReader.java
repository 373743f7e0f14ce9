package io.itrgateway.config;

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
import java.util.regex.Pattern;

/** Reads the values of variables, and judges their names, once. */
final class EnvironmentReader {

    private static final int LARGEST_FILE_BYTES = 64 * 1024;

    private static final List<String> PROXIES = List.of("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY");
    private static final String AUDIT_FILE = "GATEWAY_AUDIT_FILE";

    /** Where a whole line {@code NAME: value} was taken as it is, whose value has a {@code =}. */
    private static final Pattern BEHIND_A_NAME = Pattern.compile("[:\\s]\\s*\\S.*", Pattern.DOTALL);

    private static final String MISSING = "does not exist";

    /** Also by the marks that word processors put in their place. */
    private static final Pattern QUOTED = Pattern.compile(
            "\"[^\"]*\"|'[^']*'|[\\u201C-\\u201F\\u00AB].*[\\u201C-\\u201F\\u00BB]|[\\u2018-\\u201B].*[\\u2018-\\u201B]",
            Pattern.DOTALL);

    private final Map<String, String> variables;
    private final Map<String, String> values = new TreeMap<>();
    private final List<String> faults;
    private final List<String> warnings;
    private final Set<String> faulty;

    /** @param variables of the process; those of the file are added */
    EnvironmentReader(Map<String, String> variables, DotEnv file) {
        this.variables = new TreeMap<>(file.values());
        this.variables.putAll(variables);
        this.faults = new ArrayList<>(file.faults());
        this.warnings = new ArrayList<>(file.warnings());
        this.faulty = new TreeSet<>(file.unknown());
    }

    Environment read() {
        variables.forEach(this::readVariable);
        checkAuditFile();
        PROXIES.forEach(this::checkProxy);
        variables.keySet().forEach(this::checkNameOfProxy);
        return new Environment(Map.copyOf(values), List.copyOf(faults), List.copyOf(warnings), Set.copyOf(faulty));
    }

    private void readVariable(String name, String value) {
        Optional<String> givenByFile = Variables.givenByFile(name);
        if (Variables.isKnown(name)) {
            values.put(name, value);
            if (isQuoted(value)) {
                faults.add(quoted(name));
                faulty.add(name);
            }
        } else if (givenByFile.isPresent()) {
            if (!value.isBlank()) {
                readFile(givenByFile.get(), name, value);
            }
        } else if (Variables.isOurs(bareName(name))) {
            if (!ServiceLinks.injects(name, value)) {
                judgeUnknown(name);
            }
        } else {
            judgeOther(name, value);
            if (Variables.isOfQuarkus(name) && isQuoted(value)) {
                warnings.add("%s is in quotation marks, which are a part of the value".formatted(name));
            }
            if (Variables.isOfQuarkus(name) && !value.equals(value.strip())) {
                warnings.add("%s has white space at an end, which may count as a part of the value".formatted(name));
            }
        }
    }

    private void readFile(String target, String name, String path) {
        if (isSet(target, variables)) {
            faults.add("%s and %s are both set; only one of them should be".formatted(target, name));
            faulty.add(target);
        } else {
            content(name, path).ifPresentOrElse(content -> putContent(target, name, content), () -> faulty.add(target));
        }
    }

    private void putContent(String target, String name, String content) {
        values.put(target, content);
        if (isQuoted(content)) {
            warnings.add("%s names a file whose content is in quotation marks, which are a part of the value"
                    .formatted(name));
        }
        if (content.strip().replaceFirst("^export ", "").startsWith(target + "=")) {
            warnings.add("%s names a file that begins with %s=, which is a part of the value".formatted(name, target));
        }
    }

    private void judgeOther(String name, String value) {
        String bare = bareName(name);
        QuarkusVariables.nearest(bare)
                .or(() -> Variables.meantBy(bare))
                .or(() ->
                        Optional.of(bare).filter(meant -> Variables.isOfQuarkus(meant) && !Variables.isOfQuarkus(name)))
                .map("; did you mean %s?"::formatted)
                .or(() -> Optional.of("")
                        .filter(none -> QuarkusVariables.isNone(bare) && !ServiceLinks.injects(name, value)))
                .ifPresent(hint -> warnings.add("%s is not a name that this service knows, and may have no effect%s"
                        .formatted(ShownValue.ofName(name), hint)));
        QuarkusVariables.givenByFile(name)
                .ifPresent(target -> warnings.add(
                        "%s has no effect, since only values of this service's own variables can be in a file; did you mean %s?"
                                .formatted(name, target)));
    }

    /** A name in other letters, or with other characters between its words, is judged as the name in capitals: {@code deepvue.plan}. */
    private void judgeUnknown(String name) {
        Variables.meantBy(bareName(name))
                .ifPresentOrElse(
                        meant -> faults.add("%s is not a variable of this service; did you mean %s?"
                                .formatted(ShownValue.ofName(name), meant)),
                        () -> warnings.add("%s is not a variable of this service and has no effect%s"
                                .formatted(
                                        ShownValue.ofName(name),
                                        Variables.perhapsMeantBy(bareName(name))
                                                .or(() -> QuarkusVariables.perhapsMeantBy(bareName(name)))
                                                .map("; did you mean %s?"::formatted)
                                                .orElse(""))));
    }

    /** Without what stands before it where a whole line {@code "NAME=value"} or {@code export NAME=value} was taken as it is. */
    private static String bareName(String name) {
        String rest = ShownValue.BEFORE_A_NAME.matcher(name).replaceFirst("");
        return Variables.nameOf(BEHIND_A_NAME.matcher(rest).replaceFirst(""));
    }

    /** The audit would be written behind a secret, whose file would be rotated; so the path is left out. */
    private void checkAuditFile() {
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

    private void checkProxy(String name) {
        String small = name.toLowerCase(Locale.ROOT);
        String capital = variables.getOrDefault(name, "").strip();
        String other = variables.getOrDefault(small, "").strip();
        if (!capital.isEmpty() && !other.isEmpty() && !capital.equals(other)) {
            warnings.add("%s and %s are both set, and differ; only %s counts here".formatted(name, small, name));
        }
    }

    /** Other programs know {@code ALL_PROXY}, and read a name in any case. */
    private void checkNameOfProxy(String name) {
        String capitals = name.toUpperCase(Locale.ROOT);
        boolean isOther =
                PROXIES.contains(capitals) && !name.equals(capitals) && !name.equals(name.toLowerCase(Locale.ROOT));
        if (isSet(name, variables) && (isOther || capitals.equals("ALL_PROXY") && !hasProxy())) {
            warnings.add(
                    "%s has no effect here; did you mean %s?".formatted(name, isOther ? capitals : PROXIES.get(0)));
        }
    }

    private boolean hasProxy() {
        return PROXIES.subList(0, 2).stream()
                .anyMatch(name -> isSet(name, variables) || isSet(name.toLowerCase(Locale.ROOT), variables));
    }

    /** An empty one is not: {@code NAME: ${NAME:-}} of Docker Compose passes both forms on, one of them empty. */
    static boolean isSet(String name, Map<String, String> variables) {
        return !variables.getOrDefault(name, "").isBlank();
    }

    /** As in a file for {@code docker run --env-file}, which takes the marks as they are, where a shell would not. */
    static boolean isQuoted(String value) {
        return QUOTED.matcher(value.strip()).matches();
    }

    static String quoted(String name) {
        return ("%s is in quotation marks, which would be a part of the value; it should be the value without them (one that has them can"
                        + " be given in a file, by %s%s)")
                .formatted(name, name, Variables.FILE_SUFFIX);
    }

    /** A line break at the end of a file, which most have, and a byte order mark are not meant as parts of the value. */
    private Optional<String> content(String name, String path) {
        try {
            Path file = Path.of(path.strip());
            Optional<String> other = PathKind.otherThanFile(file);
            if (other.isPresent()) {
                faults.add(unusable(name, path, "is " + other.get()));
                return Optional.empty();
            }
            byte[] bytes = firstBytes(file, LARGEST_FILE_BYTES + 1);
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
            faults.add(unusable(name, path, reason(e)));
        }
        return Optional.empty();
    }

    private static byte[] firstBytes(Path path, int most) throws IOException {
        try (InputStream file = Files.newInputStream(path)) {
            return file.readNBytes(most);
        }
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

    private static String reason(Exception failure) {
        if (failure instanceof NoSuchFileException) {
            return MISSING;
        }
        if (failure instanceof AccessDeniedException) {
            return "this user may not read";
        }
        return "cannot be read (%s)".formatted(failure.getClass().getSimpleName());
    }
}
