package io.itrgateway.aot;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.sandbox.PackagedService;
import io.itrgateway.sandbox.Sandbox;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The AOT cache, as the JVM itself reports on it; where the package was built with one. */
@EnabledIfSystemProperty(named = "aot.java", matches = ".+", disabledReason = "built without -Paot")
class AotCacheIT {

    private static final Path PACKAGE = Path.of("target", "quarkus-app").toAbsolutePath();
    private static final Path CACHE = PACKAGE.resolve("app.aot");

    @TempDir
    private Path directory;

    @Test
    void theClassesOfTheServiceComeFromTheCache() throws IOException {
        String output = outputOfStart(PACKAGE, CACHE, "-Xlog:class+load");

        assertThat(output)
                .contains("io.itrgateway.Main source: shared objects file")
                .contains("io.itrgateway.api.ItrResource source: shared objects file")
                .doesNotContainPattern("\\[(warning|error)");
    }

    @Test
    void theCacheHoldsNoPathOfTheBuild() throws IOException {
        byte[] cache = Files.readAllBytes(CACHE);

        assertThat(indexOf(cache, bytes(PACKAGE.toString())))
                .as("the place of a path of the build, whose classes would have no code source elsewhere")
                .isNegative();
    }

    @Test
    void theLibrariesAreOneJar() throws IOException {
        try (var libraries = Files.walk(PACKAGE.resolve("lib"))) {
            assertThat(libraries.filter(Files::isRegularFile))
                    .containsExactly(PACKAGE.resolve("lib").resolve("boot").resolve("libraries.jar"));
        }
    }

    @Test
    void aCacheOfAnotherRuntimeIsReportedAndTheServiceStartsWithoutIt() throws IOException {
        byte[] cache = Files.readAllBytes(CACHE);
        int version = indexOf(cache, bytes(System.getProperty("java.vm.version")));
        assertThat(version).as("the place of the version of its JVM").isNotNegative();
        cache[version]++;
        Path ofAnotherRuntime = Files.write(directory.resolve("app.aot"), cache);

        String output = outputOfStart(PACKAGE, ofAnotherRuntime);

        assertThat(output).containsPattern("\\[(warning|error) *\\]\\[aot");
    }

    @Test
    void aCacheOfAnotherJarIsReportedAndTheServiceStartsWithoutIt() throws IOException {
        for (String unchanged : List.of("lib", "quarkus")) {
            Files.createSymbolicLink(directory.resolve(unchanged), PACKAGE.resolve(unchanged));
        }
        Files.copy(
                PACKAGE.resolve("quarkus-run.jar"),
                directory.resolve("quarkus-run.jar"),
                StandardCopyOption.COPY_ATTRIBUTES);
        Path jars = Files.createDirectory(directory.resolve("app"));
        try (var own = Files.newDirectoryStream(PACKAGE.resolve("app"))) {
            for (Path jar : own) {
                Files.copy(jar, jars.resolve(jar.getFileName()));
            }
        }

        String output = outputOfStart(directory, CACHE);

        assertThat(output).containsPattern("\\[(warning|error) *\\]\\[aot");
    }

    /** What the service prints until it answers. */
    private static String outputOfStart(Path application, Path cache, String... flags) throws IOException {
        List<String> all = new ArrayList<>(
                List.of("@" + Path.of("docker", "jvm.options").toAbsolutePath(), "-XX:AOTCache=" + cache));
        all.addAll(List.of(flags));
        Map<String, String> account = Map.of(
                "DEEPVUE_CLIENT_ID", "sandbox",
                "DEEPVUE_CLIENT_SECRET", Sandbox.CLIENT_SECRET,
                "GATEWAY_API_KEYS", Sandbox.API_KEYS);
        try (var service = PackagedService.start(
                Path.of(System.getProperty("aot.java")), all, application.resolve("quarkus-run.jar"), account)) {
            given().port(service.port()).get("/q/health/live").then().statusCode(200);
            return service.output();
        }
    }

    /** Negative if it is not there. */
    private static int indexOf(byte[] content, byte[] wanted) {
        for (int from = 0; from <= content.length - wanted.length; from++) {
            int length = 0;
            while (length < wanted.length && content[from + length] == wanted[length]) {
                length++;
            }
            if (length == wanted.length) {
                return from;
            }
        }
        return -1;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
