package io.itrgateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InboundLimitsTest {

    private static final long MIB = 1024 * 1024;

    private static SmallRyeConfig connections(int most) {
        var source = new PropertiesConfigSource(
                Map.of(InboundLimits.MAX_CONNECTIONS, Integer.toString(most)), "a source", 100);
        return new SmallRyeConfigBuilder().withSources(source).build();
    }

    private static int accepted(InboundLimits limits) {
        int accepted = 0;
        while (limits.acquire()) {
            accepted++;
        }
        return accepted;
    }

    @Test
    void halfAHeadOnEachConnectionLeavesDirectMemoryOfASmallHeap() {
        var limits = InboundLimits.of(connections(20_000), 256 * MIB);

        long mostOfOneHead = 33 * 1024;
        assertThat(accepted(limits) * mostOfOneHead).isLessThan(256 * MIB * 3 / 4);
    }

    @Test
    void theHeapOfTheImageAllowsTenThousandWaitingCallers() {
        assertThat(accepted(InboundLimits.of(connections(20_000), 496 * MIB))).isGreaterThan(10_000);
    }

    @Test
    void aHeapThatIsLargeEnoughAllowsWhatIsSet() {
        assertThat(accepted(InboundLimits.of(connections(20_000), 2048 * MIB))).isEqualTo(20_000);
        assertThat(accepted(InboundLimits.of(connections(300), 256 * MIB))).isEqualTo(300);
    }
}
