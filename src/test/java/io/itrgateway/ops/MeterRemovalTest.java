package io.itrgateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeterRemovalTest {

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void theMetersThatReadTheApplicationGoWithIt() {
        meters.gauge("gateway.waiting", 1);
        meters.gauge("gateway.budget.left", 2);
        meters.gauge("jvm.memory.used", 3);
        meters.counter("gateway.shed");
        FunctionCounter.builder("gateway.gc", this, read -> 4).register(meters);
        FunctionCounter.builder("jvm.classes.loaded", this, read -> 5).register(meters);

        new MeterRemoval(meters).stop(new ShutdownEvent());

        assertThat(meters.getMeters())
                .extracting(Meter::getId)
                .extracting(Meter.Id::getName)
                .containsExactlyInAnyOrderElementsOf(List.of("jvm.memory.used", "jvm.classes.loaded", "gateway.shed"));
    }
}
