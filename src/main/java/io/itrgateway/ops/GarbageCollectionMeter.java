package io.itrgateway.ops;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.inject.Singleton;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;

/** Time spent in garbage collection, on a JVM and in a native binary, which has no {@code jvm_gc_*}. */
@Singleton
class GarbageCollectionMeter implements MeterBinder {

    /** Held here: the registry holds it weakly. */
    private final List<GarbageCollectorMXBean> collectors = ManagementFactory.getGarbageCollectorMXBeans().stream()
            // of ZGC, whose cycles run beside the service: their length is no pause
            .filter(collector -> !collector.getName().endsWith("Cycles"))
            .toList();

    @Override
    public void bindTo(MeterRegistry meters) {
        FunctionCounter.builder("gateway.gc", collectors, GarbageCollectionMeter::secondsOf)
                .baseUnit("seconds")
                .description("Time for which the garbage collector paused the process")
                .register(meters);
    }

    private static double secondsOf(List<GarbageCollectorMXBean> collectors) {
        return collectors.stream()
                        .mapToLong(collector -> Math.max(0, collector.getCollectionTime()))
                        .sum()
                / 1000.0;
    }
}
