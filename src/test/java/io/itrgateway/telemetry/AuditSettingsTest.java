package io.itrgateway.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.config.ConfigurationFaults;
import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigValue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An audit that could not be written stops the start. */
class AuditSettingsTest {

    private record Given(Optional<String> auditKey, Optional<String> auditFile) implements AuditSettings.Config {}

    @TempDir
    private Path directory;

    private static List<String> faults(String path) {
        var faults = new ConfigurationFaults();
        new AuditSettings(new Given(Optional.of("k".repeat(32)), Optional.of(path)), faults);
        return faults.lines();
    }

    private static void isRefused(Path path) {
        assertThat(faults(path.toString()))
                .containsExactly(
                        "GATEWAY_AUDIT_FILE is \"%s\"; it should be the path of a regular file that this user can write or create; without it the audit goes where the log goes"
                                .formatted(path));
    }

    @Test
    void aDirectoryIsNoFile() {
        isRefused(directory);
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aDeviceIsNoFile() {
        isRefused(Path.of("/dev/null"));
    }

    /** Opening it would wait for a reader. */
    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aNamedPipeIsNoFile() throws Exception {
        Path pipe = directory.resolve("audit.pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();

        isRefused(pipe);
        assertThat(handlerFor(pipe)).isEmpty();
    }

    /** Quarkus opens the file before the configuration is judged, and rotates what is there. */
    @Test
    void whatIsRefusedIsNotOpened() {
        assertThat(handlerFor(directory)).isEmpty();
        assertThat(handlerFor(directory.resolve("audit.log"))).hasSize(1);
    }

    private static Iterable<ConfigSource> handlerFor(Path path) {
        var given = ConfigValue.builder()
                .withName(AuditFileConfigSourceFactory.PROPERTY)
                .withValue(path.toString())
                .build();
        return new AuditFileConfigSourceFactory().getConfigSources(new ConfigSourceContext() {
            @Override
            public ConfigValue getValue(String name) {
                return name.equals(AuditFileConfigSourceFactory.PROPERTY) ? given : null;
            }

            @Override
            public List<String> getProfiles() {
                return List.of();
            }

            @Override
            public Iterator<String> iterateNames() {
                return List.of(AuditFileConfigSourceFactory.PROPERTY).iterator();
            }
        });
    }

    /** Not even by root, which is allowed to write everywhere. */
    @ParameterizedTest
    @ValueSource(strings = {"/proc/audit.log", "/proc/x/audit.log"})
    @EnabledOnOs(OS.LINUX)
    void nothingCanBeWrittenInAFileSystemOfTheKernel(Path path) {
        isRefused(path);
    }

    @Test
    void nothingCanBeCreatedBelowAFile() throws Exception {
        isRefused(Files.createFile(directory.resolve("file")).resolve("audit.log"));
    }

    @Test
    void aFileThatIsThereAndOneThatCanBeCreatedAreFineAndStayAsTheyAre() throws Exception {
        Path there = Files.writeString(directory.resolve("audit.log"), "before");

        assertThat(faults(there.toString())).isEmpty();
        assertThat(faults(directory.resolve("new/audit.log").toString())).isEmpty();
        assertThat(there).hasContent("before");
        assertThat(directory).isDirectoryNotContaining(path -> !path.equals(there));
    }
}
