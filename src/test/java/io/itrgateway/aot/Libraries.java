package io.itrgateway.aot;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/**
 * Puts the libraries of a packaged {@code aot-jar} into one jar. Of two hundred, the JVM and the log manager read each one's manifest at every
 * start, and the JVM defines the package of each class that lies behind the 32nd jar of the class path once more.
 */
final class Libraries {

    private static final String LIBRARIES = "lib/";
    /** Where Quarkus' entry point lies has to be two directories below that of the package. */
    private static final String ONE_JAR = LIBRARIES + "boot/libraries.jar";

    private static final String META_INF = "META-INF/";
    private static final String VERSIONS = META_INF + "versions/";
    /** What speaks of the jar that it is in. */
    private static final Pattern OF_ONE_JAR =
            Pattern.compile("META-INF/(MANIFEST\\.MF|INDEX\\.LIST|[^/]+\\.(SF|RSA|DSA|EC))");

    private final Path application;
    /** What the one jar holds, by its name in it. */
    private final Map<String, byte[]> files = new TreeMap<>();

    private Libraries(Path application) {
        this.application = application;
    }

    static void intoOneJar(Path application) throws IOException {
        new Libraries(application).pack();
    }

    private void pack() throws IOException {
        Path runner = application.resolve("quarkus-run.jar");
        Manifest manifest = manifestOf(runner);
        List<String> classPath = List.of(manifest.getMainAttributes()
                .getValue(Attributes.Name.CLASS_PATH)
                .split(" "));
        List<String> libraries = new ArrayList<>(classPath);
        libraries.removeIf(jar -> !jar.startsWith(LIBRARIES));
        if (libraries.equals(List.of(ONE_JAR))) {
            return;
        }
        for (String library : libraries) {
            add(application.resolve(library));
        }
        deleteAll(application.resolve(LIBRARIES));
        Files.createDirectories(application.resolve(ONE_JAR).getParent());
        var own = new Manifest();
        own.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        own.getMainAttributes().put(Attributes.Name.MULTI_RELEASE, "true");
        write(application.resolve(ONE_JAR), own, files);

        List<String> shorter = new ArrayList<>(classPath);
        shorter.removeAll(libraries);
        shorter.add(ONE_JAR);
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, String.join(" ", shorter));
        write(runner, manifest, Map.of());
    }

    private static Manifest manifestOf(Path jar) throws IOException {
        try (var file = new JarFile(jar.toFile())) {
            if (file.stream()
                    .anyMatch(entry -> !entry.isDirectory() && !entry.getName().equals(JarFile.MANIFEST_NAME))) {
                throw new IllegalStateException(jar + " has more than a manifest");
            }
            return file.getManifest();
        }
    }

    private void add(Path library) throws IOException {
        try (var jar = new JarFile(library.toFile())) {
            for (ZipEntry entry : (Iterable<ZipEntry>) jar.stream().<ZipEntry>map(each -> each)::iterator) {
                String name = entry.getName();
                boolean isLeftOut = entry.isDirectory()
                        || OF_ONE_JAR.matcher(name).matches()
                        || name.endsWith("module-info.class")
                        || name.startsWith(VERSIONS) && !jar.isMultiRelease();
                if (!isLeftOut) {
                    add(library, name, jar.getInputStream(entry).readAllBytes());
                }
            }
        }
    }

    private void add(Path library, String name, byte[] content) throws IOException {
        byte[] other = files.putIfAbsent(name, content);
        if (other == null || Arrays.equals(other, content)) {
            return;
        }
        if (name.startsWith(META_INF + "services/") || name.endsWith("io.netty.versions.properties")) {
            files.put(name, joined(other, content));
        } else if (name.startsWith(META_INF) && !name.startsWith(VERSIONS)) {
            // Licences and notices, which have to stay, and what the build of Quarkus has read.
            files.put(META_INF + library.getFileName() + name.substring(META_INF.length() - 1), content);
        } else {
            throw new IllegalStateException("%s is in two libraries, one of them %s".formatted(name, library));
        }
    }

    private static byte[] joined(byte[] first, byte[] second) throws IOException {
        var both = new ByteArrayOutputStream();
        both.write(first);
        both.write("\n".getBytes(StandardCharsets.UTF_8));
        both.write(second);
        return both.toByteArray();
    }

    private static void deleteAll(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    /** All entries have one time, so that the same libraries make the same jar. */
    private static void write(Path jar, Manifest manifest, Map<String, byte[]> files) throws IOException {
        try (OutputStream file = Files.newOutputStream(jar);
                var out = new JarOutputStream(file)) {
            put(out, JarFile.MANIFEST_NAME, bytes(manifest));
            for (var each : files.entrySet()) {
                put(out, each.getKey(), each.getValue());
            }
        }
    }

    private static byte[] bytes(Manifest manifest) throws IOException {
        var bytes = new ByteArrayOutputStream();
        manifest.write(bytes);
        return bytes.toByteArray();
    }

    private static void put(JarOutputStream out, String name, byte[] content) throws IOException {
        var entry = new ZipEntry(name);
        entry.setTimeLocal(LocalDateTime.of(1980, 2, 1, 0, 0));
        out.putNextEntry(entry);
        out.write(content);
        out.closeEntry();
    }
}
