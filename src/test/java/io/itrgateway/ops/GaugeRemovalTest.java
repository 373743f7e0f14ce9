package io.itrgateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

class GaugeRemovalTest {

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void theGaugesGoWithTheApplication() {
        meters.gauge("gateway.waiting", 1);
        meters.gauge("gateway.budget.left", 2);
        meters.gauge("jvm.memory.used", 3);
        meters.counter("gateway.shed");

        new GaugeRemoval(meters).stop(new ShutdownEvent());

        assertThat(meters.getMeters())
                .extracting(Meter::getId)
                .extracting(Meter.Id::getName)
                .containsExactlyInAnyOrderElementsOf(List.of("jvm.memory.used", "gateway.shed"));
    }
}
