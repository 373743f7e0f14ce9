package io.itrgateway.startup;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MemoryLimitsTest {

    private static final long MIB = 1024 * 1024;
    private static final int OUR_OWN = 250;
    private static final int ENVIRONMENT = 300;

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

    private static SmallRyeConfig connections(int most, int ordinal) {
        var source = new PropertiesConfigSource(
                Map.of("quarkus.http.limits.max-connections", Integer.toString(most)), "a source", ordinal);
        return new SmallRyeConfigBuilder().withSources(source).build();
    }

    @Test
    void moreConnectionsThanTheHeapAllowsAreALineIfAnOperatorHasSetThem() {
        assertThat(MemoryLimits.connections(240 * MIB, connections(8_000, ENVIRONMENT)))
                .contains("QUARKUS_HTTP_LIMITS_MAX_CONNECTIONS is 8000, but a heap of 240 MiB allows 5120 connections;"
                        + " lower it, or give the process a larger heap (-Xmx)");
        assertThat(MemoryLimits.connections(240 * MIB, connections(5_120, ENVIRONMENT)))
                .isEmpty();
        assertThat(MemoryLimits.connections(240 * MIB, connections(20_000, OUR_OWN)))
                .isEmpty();
    }
}
