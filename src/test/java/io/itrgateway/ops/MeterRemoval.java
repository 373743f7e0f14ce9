package io.itrgateway.ops;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/**
 * Removes the gauges of an application that has ended, and the counters that read a value of it. Between the tests of one JVM the registry outlives
 * it, and keeps the first meter of a name: those of the next application would not be registered. Other counters, and timers, go on.
 */
@Singleton
class MeterRemoval {

    private final MeterRegistry meters;

    MeterRemoval(MeterRegistry meters) {
        this.meters = meters;
    }

    void stop(@Observes ShutdownEvent event) {
        meters.getMeters().stream()
                .filter(meter -> meter instanceof Gauge || meter instanceof FunctionCounter)
                .filter(meter -> meter.getId().getName().startsWith("gateway."))
                .forEach(meters::remove);
    }
}
