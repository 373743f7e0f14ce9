package io.itrgateway.startup;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.PathKind;
import io.itrgateway.config.SameFile;
import io.itrgateway.config.ShownValue;
import java.io.File;
import java.io.IOException;
import java.io.Reader;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.spi.ConfigSource;

/** Judges which files of settings are read: SmallRye Config ignores one that does not exist, or whose name has another ending. */
final class ConfigFiles {

    private static final String LOCATIONS = "smallrye.config.locations";
    private static final String LOCATIONS_OF_QUARKUS = "quarkus.config.locations";
    private static final String SUFFIX = ".properties";
    private static final String SHOULD_BE =
            "paths or URLs of files whose names end with .properties, separated by commas";

    private static final String DEFAULT_FILE = "config/application.properties";

    /** The name of a source that SmallRye Config has read from a file. */
    private static final Pattern OF_FILE = Pattern.compile(".*\\[source=(?<file>file:.*)]");

    /** Where the files of other services may be. */
    private static final List<String> NOT_READ = List.of(
            "application.properties",
            "application.yaml",
            "application.yml",
            "application-prod.properties",
            "config/application.yaml",
            "config/application.yml");

    /** What editors and other services make of the name {@code .env}. */
    private static final List<String> NOT_READ_AS_VARIABLES = List.of(".env.txt", ".env.local", "config/.env");

    /** Where the files of this service are, or those of Spring Boot would be, in the directory in which they are read. */
    private static final List<String> BESIDE_THE_JAR = List.of("application.properties", DEFAULT_FILE);

    private ConfigFiles() {}

    static void check(Config config, ConfigurationFaults faults) {
        // Each of the names is read as the other one, too.
        String property = StreamSupport.stream(config.getConfigSources().spliterator(), false)
                        .anyMatch(source -> source.getValue(LOCATIONS_OF_QUARKUS) != null)
                ? LOCATIONS_OF_QUARKUS
                : LOCATIONS;
        config.getOptionalValues(property, String.class).stream()
                .flatMap(List::stream)
                .forEach(location ->
                        fault(location).ifPresent(fault -> faults.wrongEntry(property, location, fault, SHOULD_BE)));
    }

    private static Optional<String> fault(String location) {
        try {
            URI uri = URI.create(location);
            if (uri.getScheme() != null && !uri.getScheme().equals("file")) {
                // What cannot be loaded fails before this, and what has another ending is not loaded.
                return Optional.ofNullable(uri.getPath()).flatMap(ConfigFiles::faultOfEnding);
            }
            return fault(uri.getScheme() == null ? Path.of(uri.getPath()) : Path.of(uri));
        } catch (IllegalArgumentException | FileSystemNotFoundException e) {
            return Optional.of("which is neither a path nor a URL");
        }
    }

    private static Optional<String> fault(Path path) {
        if (Files.isDirectory(path)) {
            return holdsSettings(path)
                    ? Optional.empty()
                    : Optional.of("a directory without a file whose name ends with " + SUFFIX);
        }
        Optional<String> other = PathKind.otherThanFile(path);
        if (other.isPresent()) {
            return other.map("which is "::concat);
        }
        if (!Files.exists(path)) {
            return Optional.of("which does not exist");
        }
        return faultOfEnding(path.toString());
    }

    private static Optional<String> faultOfEnding(String path) {
        return path.endsWith(SUFFIX) ? Optional.empty() : Optional.of("whose name does not end with " + SUFFIX);
    }

    private static boolean holdsSettings(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.anyMatch(file -> file.toString().endsWith(SUFFIX));
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * @param directory in which the process works
     * @param sources of all settings
     */
    static List<String> warnings(Path directory, Iterable<ConfigSource> sources) {
        Stream<String> others = present(NOT_READ, directory)
                .filter(name -> !isRead(directory.resolve(name), sources))
                .map(
                        "%s has no effect; a file of settings is config/application.properties, or named by SMALLRYE_CONFIG_LOCATIONS"
                                ::formatted);
        Stream<String> variables = present(NOT_READ_AS_VARIABLES, directory)
                .map("%s has no effect; a file of variables is .env in the working directory"::formatted);
        Stream<String> unread = PathKind.otherThanFile(directory.resolve(DEFAULT_FILE)).stream()
                .map(other -> "%s is %s and has no effect; it should be a file of settings, or not there"
                        .formatted(DEFAULT_FILE, other));
        return Stream.of(others, variables, unread, repeated(directory.resolve(DEFAULT_FILE)))
                .flatMap(lines -> lines)
                .toList();
    }

    /**
     * @param jar the class path, which is one jar where {@code -jar} names it
     * @param directory in which the process works
     * @param sources of all settings
     */
    static List<String> warningsBeside(String jar, Path directory, Iterable<ConfigSource> sources) {
        if (!jar.endsWith(".jar") || jar.contains(File.pathSeparator)) {
            return List.of();
        }
        Path beside = Path.of(jar).toAbsolutePath().getParent();
        return present(BESIDE_THE_JAR, beside)
                .filter(name -> !SameFile.isOne(
                        beside.resolve(name).toString(), directory.resolve(name).toString()))
                .filter(name -> !isRead(beside.resolve(name), sources))
                .map(
                        "%s beside the jar has no effect; config/application.properties is read from the working directory"
                                ::formatted)
                .toList();
    }

    private static Stream<String> present(List<String> names, Path directory) {
        return names.stream().filter(name -> Files.isRegularFile(directory.resolve(name)));
    }

    /** Whether a file that exists is one of the sources: it is named as a location, or belongs to a profile and is beside such a file. */
    private static boolean isRead(Path file, Iterable<ConfigSource> sources) {
        return StreamSupport.stream(sources.spliterator(), false)
                .map(source -> OF_FILE.matcher(source.getName()))
                .filter(Matcher::matches)
                .anyMatch(source ->
                        SameFile.isOne(Path.of(URI.create(source.group("file"))).toString(), file.toString()));
    }

    /** SmallRye Config's own message on them, which quotes values, is switched off. */
    private static Stream<String> repeated(Path file) {
        Set<String> names = new TreeSet<>();
        Properties all = new Properties() {
            @Override
            public synchronized Object put(Object name, Object value) {
                if (super.put(name, value) != null) {
                    names.add(name.toString());
                }
                return null;
            }
        };
        if (Files.isRegularFile(file)) {
            try (Reader text = Files.newBufferedReader(file)) {
                all.load(text);
            } catch (IOException | IllegalArgumentException e) {
                return Stream.empty(); // What cannot be read ends the start.
            }
        }
        return names.stream()
                .filter(PropertyNames::isName)
                .map(name -> "%s is set twice in %s; only the last one counts"
                        .formatted(ShownValue.ofName(name), DEFAULT_FILE));
    }
}
