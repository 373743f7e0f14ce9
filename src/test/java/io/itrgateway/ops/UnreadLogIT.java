package io.itrgateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.sandbox.PackagedService;
import io.itrgateway.sandbox.RecordingUpstream;
import java.io.IOException;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The packaged service with a reader of its log that stands still, as the log driver of a container may. */
class UnreadLogIT {

    /** Some 250 KiB of log; a pipe holds 64. */
    private static final int CALLS = 1_000;

    private static final int TERMINATED = 143;

    private final RecordingUpstream upstream = new RecordingUpstream();
    private Process service;

    @AfterEach
    void stop() throws IOException {
        service.destroyForcibly().onExit().join();
        upstream.close();
    }

    @Test
    void callsAreServedAndTheProcessEnds() throws Exception {
        service = PackagedService.startWithPipe(upstream.environment());
        int port = service.inputReader()
                .lines()
                .map(PackagedService::portIn)
                .flatMapToInt(OptionalInt::stream)
                .findFirst()
                .orElseThrow();
        try (var caller = new Http1Caller(port)) {
            for (int i = 0; i < CALLS; i++) {
                caller.send(Http1Caller.registration("unread-" + i));
                assertThat(caller.answer().status()).isEqualTo(200);
            }
        }

        service.destroy();

        assertThat(service.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(service.exitValue()).isEqualTo(TERMINATED);
    }
}
