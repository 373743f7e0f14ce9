package io.itrgateway.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A file {@code .env}, which Quarkus takes for variables, too, below those of the process.
 *
 * @param values by name, as they stand in the file, without those that the process gives in the other form
 * @param faults that stop the start, a line each, without any value
 * @param warnings a line each
 * @param unknown names of which it is not known whether the file sets them
 */
record DotEnv(Map<String, String> values, List<String> faults, List<String> warnings, Set<String> unknown) {

    static final DotEnv NONE = new DotEnv(Map.of(), List.of(), List.of(), Set.of());

    /**
     * Of a file {@code .env}, with what a shell or an editor may leave before the name. No name begins as in JSON, or in PowerShell, and none is
     * the first part of a name with nothing behind it, as in YAML.
     */
    private static final Pattern LINE = Pattern.compile(
            "\\uFEFF?\\s*(?<export>export\\s+)?(?<name>(?![$\"'{\\[<]|(?i:deepvue|gateway|quarkus)\\s*:\\s*$)[^#=:\\s]+)\\s*[=:]\\s*(?<value>.*)");

    /** Empty, or a comment, of which Quarkus knows two. */
    private static final Pattern NO_VARIABLE = Pattern.compile("\\uFEFF?\\s*(?:[#!].*)?");

    /** To Quarkus, the next line goes on with the value of its own variables. */
    private static final Pattern CONTINUED = Pattern.compile("(?<!\\\\)(?:\\\\{2})*\\\\$");

    private static final String UNREADABLE_DOT_ENV =
            ".env cannot be read as UTF-8 text; it should be a file of lines NAME=value that this user can read";

    private static final String NO_LINE =
            "Line %d of .env cannot be read (not shown, since it may be a secret); it should be NAME=value, empty, or a comment that begins with #";

    private static final String EXPORTED =
            "Line %d of .env begins with export, with which only variables of this service are read; it should be %s=value";

    private static final String SWALLOWED =
            "Line %d of .env has no effect, since Quarkus takes a line behind a backslash for a part of the one before; it should stand before that one";

    private static final String NO_DOT_ENV =
            ".env is %s and has no effect; it should be a file of lines NAME=value, or not there";

    private static final Pattern COMMENT = Pattern.compile("\\s#");

    private static final String COMMENT_IN_DOT_ENV =
            " has a # behind white space in .env, which is a part of the value; a comment needs a line of its own";

    /** @param variables of the process, which go before the file */
    static DotEnv read(Path file, Map<String, String> variables) {
        if (!Files.isRegularFile(file)) {
            List<String> warnings =
                    whatElse(file).map(NO_DOT_ENV::formatted).stream().toList();
            return new DotEnv(Map.of(), List.of(), warnings, Set.of());
        }
        try {
            return of(Files.readAllLines(file), variables);
        } catch (IOException e) {
            Set<String> unknown = Variables.properties().stream()
                    .map(Variables::nameOf)
                    .filter(name -> !variables.containsKey(name))
                    .collect(Collectors.toSet());
            return new DotEnv(Map.of(), List.of(UNREADABLE_DOT_ENV), List.of(), unknown);
        }
    }

    private static DotEnv of(List<String> lines, Map<String, String> variables) {
        Map<String, String> values = new TreeMap<>();
        List<String> faults = new ArrayList<>();
        Map<String, List<Integer>> numbersByName = new TreeMap<>();
        int number = 0;
        String before = "";
        boolean isLiteralBefore = false;
        for (String text : lines) {
            number++;
            boolean goesOn = CONTINUED.matcher(before).find();
            if (!isLine(text) && (isLiteralBefore || !goesOn)) {
                faults.add(NO_LINE.formatted(number));
            }
            Matcher line = LINE.matcher(text);
            if (goesOn && isLiteralBefore && line.matches() && Variables.isOfQuarkus(line.group("name"))) {
                faults.add(SWALLOWED.formatted(number));
            }
            before = text;
            isLiteralBefore = line.matches() && Variables.isKnown(line.group("name"));
            if (line.matches()
                    && line.group("export") != null
                    && Variables.isOfQuarkus(line.group("name"))
                    // As where a shell has read the file before the start.
                    && !EnvironmentReader.isSet(line.group("name"), variables)) {
                faults.add(EXPORTED.formatted(number, ShownValue.ofName(line.group("name"))));
            }
            if (line.matches() && !isGivenInTheOtherForm(line.group("name"), variables)) {
                values.put(line.group("name"), line.group("value"));
                numbersByName
                        .computeIfAbsent(line.group("name"), name -> new ArrayList<>())
                        .add(number);
            }
        }
        List<String> warnings = new ArrayList<>(repeated(numbersByName, variables.keySet()));
        values.forEach((name, value) -> {
            if (Variables.isKnown(name) && COMMENT.matcher(value).find()) {
                warnings.add(name + COMMENT_IN_DOT_ENV);
            }
        });
        return new DotEnv(values, faults, warnings, Set.of());
    }

    private static boolean isLine(String text) {
        return LINE.matcher(text).matches() || NO_VARIABLE.matcher(text).matches();
    }

    /** @param replaced names that count by another source in any case */
    private static List<String> repeated(Map<String, List<Integer>> numbersByName, Set<String> replaced) {
        return numbersByName.entrySet().stream()
                .filter(entry -> entry.getValue().size() > 1 && !replaced.contains(entry.getKey()))
                // The last line of a key in PEM, AbC=, has the form of one with a name.
                .filter(entry -> entry.getKey().contains("_") || entry.getKey().contains("."))
                .map(entry -> "%s is set in lines %s of .env; only the last one counts"
                        .formatted(
                                ShownValue.ofName(entry.getKey()),
                                entry.getValue().stream().map(String::valueOf).collect(Collectors.joining(", "))))
                .toList();
    }

    private static Optional<String> whatElse(Path file) {
        return PathKind.otherThanFile(file)
                .or(() -> Files.isSymbolicLink(file) ? Optional.of("a link to nothing") : Optional.empty());
    }

    /** What the process was started with goes before the file, be it by the value or by the file that holds it. */
    private static boolean isGivenInTheOtherForm(String name, Map<String, String> variables) {
        return EnvironmentReader.isSet(name + Variables.FILE_SUFFIX, variables)
                || Variables.givenByFile(name)
                        .filter(target -> EnvironmentReader.isSet(target, variables))
                        .isPresent();
    }

    /** Without values, which may be secrets. */
    @Override
    public String toString() {
        return "DotEnv[" + values.keySet() + "]";
    }
}
