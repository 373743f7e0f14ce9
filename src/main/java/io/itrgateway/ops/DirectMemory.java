package io.itrgateway.ops;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.util.internal.PlatformDependent;
import io.vertx.core.buffer.impl.VertxByteBufAllocator;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.function.DoubleSupplier;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/**
 * The memory outside of the heap in which connections read and write. A process without any left neither serves calls nor ends, since the JVM's flag to
 * exit is for the heap: it is reported as not alive, so that the orchestrator replaces it.
 */
@Singleton
@Liveness
@Typed({HealthCheck.class, MeterBinder.class})
class DirectMemory implements HealthCheck, MeterBinder {

    private static final double USED_UP = 0.95;

    private final DoubleSupplier usedBytes;
    private final double limitBytes;

    @Inject
    DirectMemory() {
        this(
                ((ByteBufAllocatorMetricProvider) VertxByteBufAllocator.POOLED_ALLOCATOR).metric()::usedDirectMemory,
                PlatformDependent.maxDirectMemory());
    }

    DirectMemory(DoubleSupplier usedBytes, double limitBytes) {
        this.usedBytes = usedBytes;
        this.limitBytes = limitBytes;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("direct memory")
                .status(usedBytes.getAsDouble() < USED_UP * limitBytes)
                .build();
    }

    @Override
    public void bindTo(MeterRegistry meters) {
        Gauge.builder("gateway.direct.memory", usedBytes::getAsDouble)
                .baseUnit("bytes")
                .description("Memory outside of the heap that the buffers of connections use")
                .register(meters);
        Gauge.builder("gateway.direct.memory.limit", () -> limitBytes)
                .baseUnit("bytes")
                .description("Most memory outside of the heap that buffers can use (-XX:MaxDirectMemorySize)")
                .register(meters);
    }
}
