package io.itrgateway.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IdempotencyTelemetryTest {

    private final Logger logger = Logger.getLogger(IdempotencyTelemetry.class.getName());
    private final List<LogRecord> said = new ArrayList<>();
    private final Handler ear = new Handler() {
        @Override
        public void publish(LogRecord line) {
            said.add(line);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };
    private final IdempotencyTelemetry meter = new IdempotencyTelemetry(new SimpleMeterRegistry());

    @BeforeEach
    void listen() {
        logger.addHandler(ear);
    }

    @AfterEach
    void listenNoMore() {
        logger.removeHandler(ear);
    }

    @Test
    void thatNothingCanBeClaimedIsSaidOnceHoweverManyAreRefused() {
        for (int i = 0; i < 1000; i++) {
            meter.recordClaimFailure(new IllegalStateException("redis://secret@host"));
        }

        assertThat(said).hasSize(1);
        assertThat(said.get(0).getThrown().toString()).doesNotContain("secret");
    }

    @Test
    void itIsSaidAgainWhenItHappensAgain() {
        meter.recordClaimFailure(new IllegalStateException("once"));
        meter.recordClaimed();
        meter.recordClaimFailure(new IllegalStateException("again"));

        assertThat(said).hasSize(2);
    }
}
