package io.itrgateway.telemetry;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.sandbox.PackagedService;
import io.itrgateway.sandbox.RecordingUpstream;
import io.itrgateway.sandbox.Sandbox;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service with a log file. */
class LogFileIT {

    /** Their lines are several times what a pipe holds. */
    private static final int CALLS = 1_000;

    @TempDir
    private Path directory;

    @Test
    @Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void callsAreAnsweredWhileTheLogFileTakesNothing() throws Exception {
        Path pipe = directory.resolve("gateway.log");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        // Opened, so that the service can open it, and never read.
        var reader = new RandomAccessFile(pipe.toFile(), "rw");
        try (var upstream = new RecordingUpstream()) {
            Map<String, String> environment = new HashMap<>(upstream.environment());
            environment.put("QUARKUS_LOG_FILE_ENABLED", "true");
            environment.put("QUARKUS_LOG_FILE_PATH", pipe.toString());
            try (var service = PackagedService.start(environment)) {
                int port = service.port();
                for (int i = 0; i < CALLS; i++) {
                    given().port(port).post(Sandbox.CREATE_CLIENT).then().statusCode(415);
                }
            }
        } finally {
            reader.close();
        }
    }
}
