package io.itrgateway.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class GarbageCollectionMeterTest {

    private final GarbageCollectionMeter meter = new GarbageCollectionMeter();

    @Test
    void collectionsAddToTheTimeThatIsCounted() {
        var meters = new SimpleMeterRegistry();
        meter.bindTo(meters);
        var counted = meters.get("gateway.gc").functionCounter();
        double before = counted.count();

        await().untilAsserted(() -> {
            System.gc();
            assertThat(counted.count()).isGreaterThan(before);
        });
    }
}
