package io.itrgateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.impl.VertxByteBufAllocator;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DirectMemoryTest {

    @ParameterizedTest
    @CsvSource({"0, UP", "900, UP", "950, DOWN", "1000, DOWN"})
    void aProcessThatHasUsedItUpIsNotAlive(int usedBytes, Status status) {
        assertThat(new DirectMemory(() -> usedBytes, 1000).call().getStatus()).isEqualTo(status);
    }

    @Test
    void theBuffersOfConnectionsAreCounted() {
        var meters = new SimpleMeterRegistry();
        new DirectMemory().bindTo(meters);
        var used = meters.get("gateway.direct.memory").gauge();
        double before = used.value();

        ByteBuf buffer = VertxByteBufAllocator.POOLED_ALLOCATOR.ioBuffer(16 * 1024 * 1024);
        double after = used.value();
        buffer.release();

        assertThat(after - before).isGreaterThanOrEqualTo(16 * 1024 * 1024);
        assertThat(meters.get("gateway.direct.memory.limit").gauge().value()).isGreaterThan(after);
    }
}
