package io.itrgateway.ops;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/**
 * Removes the gauges of an application that has ended. In tests the registry outlives it, and keeps the first gauge of a name: those of the next
 * application would not be registered. Counters and timers go on.
 */
@Singleton
class GaugeRemoval {

    private final MeterRegistry meters;

    GaugeRemoval(MeterRegistry meters) {
        this.meters = meters;
    }

    /** After {@link Drain}, during which the metrics are still read. */
    void stop(@Observes ShutdownEvent event) {
        meters.getMeters().stream()
                .filter(meter ->
                        meter instanceof Gauge && meter.getId().getName().startsWith("gateway."))
                .forEach(meters::remove);
    }
}
