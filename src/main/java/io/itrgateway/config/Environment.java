package io.itrgateway.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The process' environment as this service reads it.
 *
 * @param values by the names of {@link Variables}, from the variable itself or from the file that {@code NAME_FILE} names
 * @param faults that stop the start, a line each, without any value of a variable whose name is not a path
 * @param warnings about variables that are not known, a line each
 */
public record Environment(Map<String, String> values, List<String> faults, List<String> warnings) {

    private static final int LARGEST_FILE_BYTES = 64 * 1024;

    /** What Kubernetes and Docker inject for a Service or a linked container whose name begins like our variables. */
    private static final Pattern INJECTED = Pattern.compile(".*_SERVICE_HOST|.*_SERVICE_PORT(_.*)?|.*_PORT|.*_PORT_.*");

    /** Reads what the process was started with. */
    public static Environment read() {
        return of(System.getenv());
    }

    static Environment of(Map<String, String> variables) {
        Map<String, String> values = new TreeMap<>();
        List<String> faults = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        new TreeMap<>(variables).forEach((name, value) -> {
            Optional<String> givenByFile = Variables.givenByFile(name);
            if (Variables.isKnown(name)) {
                values.put(name, value);
            } else if (givenByFile.isPresent()) {
                String target = givenByFile.get();
                if (variables.containsKey(target)) {
                    faults.add("%s and %s are both set; only one of them should be".formatted(target, name));
                } else {
                    content(name, value, faults).ifPresent(content -> values.put(target, content));
                }
            } else if (Variables.hasPrefix(name) && !INJECTED.matcher(name).matches()) {
                judgeUnknown(name, faults, warnings);
            }
        });
        return new Environment(Map.copyOf(values), List.copyOf(faults), List.copyOf(warnings));
    }

    private static void judgeUnknown(String name, List<String> faults, List<String> warnings) {
        Variables.meantBy(name)
                .ifPresentOrElse(
                        meant -> faults.add(
                                "%s is not a variable of this service; did you mean %s?".formatted(shown(name), meant)),
                        () -> warnings.add(
                                "%s is not a variable of this service and has no effect".formatted(shown(name))));
    }

    /** A file that ends with a line break, as most do, does not mean it as a part of the value. */
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
                    .toString();
            return Optional.of(text.replaceFirst("\\r?\\n$", ""));
        } catch (CharacterCodingException e) {
            faults.add("%s names a file that is not UTF-8 text".formatted(name));
        } catch (IOException | InvalidPathException | SecurityException e) {
            faults.add("%s is \"%s\", which cannot be read (%s); it should be the path of a file that holds the value"
                    .formatted(name, shown(path), e.getClass().getSimpleName()));
        }
        return Optional.empty();
    }

    private static String shown(String text) {
        String oneLine = text.replaceAll("\\p{Cntrl}", "?");
        return oneLine.length() <= 120 ? oneLine : oneLine.substring(0, 120) + "…";
    }

    @Override
    public String toString() {
        return "Environment[" + values.keySet() + "]";
    }
}
