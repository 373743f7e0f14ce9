package io.itrgateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class MemoryLimitsTest {

    private static final long MIB = 1024 * 1024;

    @Test
    void aSettingThatAllowsMoreThanTheHeapIsALine() {
        assertThat(MemoryLimits.warnings(
                        512 * MIB,
                        Map.of("gateway.idempotency-memory", 1024 * MIB, "gateway.max-answer-bytes", 128 * MIB)))
                .containsExactly(
                        "GATEWAY_IDEMPOTENCY_MEMORY allows 1024 MiB, more than the heap of 512 MiB has; lower it, or"
                                + " give the process a larger heap (-Xmx)");
    }

    @Test
    void settingsThatLeaveLittleOfTheHeapTogetherAreALine() {
        assertThat(MemoryLimits.warnings(
                        512 * MIB,
                        Map.of("gateway.idempotency-memory", 300 * MIB, "gateway.max-answer-bytes", 128 * MIB)))
                .containsExactly(
                        "GATEWAY_IDEMPOTENCY_MEMORY, GATEWAY_MAX_ANSWER_BYTES together allow 428 MiB, more than three"
                                + " quarters of the heap of 512 MiB; lower them, or give the process a larger heap (-Xmx)");
    }

    @Test
    void settingsThatLeaveEnoughAreNone() {
        assertThat(MemoryLimits.warnings(
                        256 * MIB,
                        Map.of("gateway.idempotency-memory", 64 * MIB, "gateway.max-answer-bytes", 128 * MIB)))
                .isEmpty();
    }
}
