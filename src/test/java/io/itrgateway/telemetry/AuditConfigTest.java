package io.itrgateway.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.config.ConfigurationFaults;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An audit that could not be written stops the start. */
class AuditConfigTest {

    @TempDir
    private Path directory;

    private static List<String> faults(String path) {
        var faults = new ConfigurationFaults();
        AuditConfig.checkFile(
                new AuditConfig() {
                    @Override
                    public Optional<String> auditKey() {
                        return Optional.empty();
                    }

                    @Override
                    public Optional<String> auditFile() {
                        return Optional.of(path);
                    }
                },
                faults);
        return faults.lines();
    }

    private static void isRefused(Path path) {
        assertThat(faults(path.toString()))
                .containsExactly(
                        "GATEWAY_AUDIT_FILE is \"%s\"; it should be the path of a file that this user can write or create"
                                .formatted(path));
    }

    @Test
    void aDirectoryIsNoFile() {
        isRefused(directory);
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
        assertThat(directory.resolve("new")).doesNotExist();
    }
}
