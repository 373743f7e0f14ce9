package io.itrgateway.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.ShownValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdempotencySettingsTest {

    private final ConfigurationFaults faults = new ConfigurationFaults();

    private record Given(String idempotencyMemory, String maxWaiting) implements IdempotencySettings.Config {}

    @ParameterizedTest
    @ValueSource(strings = {"0", "65537", "64MiB", "0.5", "-1", ""})
    void memoryThatIsNoNumberOfMebibytesOrOutOfBoundsIsNoted(String memory) {
        new IdempotencySettings(new Given(memory, "10000"), faults);

        assertThat(faults.lines())
                .containsExactly("GATEWAY_IDEMPOTENCY_MEMORY is " + ShownValue.of(memory)
                        + "; it should be a whole number from 1 to 65536");
    }

    @ParameterizedTest
    @ValueSource(strings = {"100001", "many", "-1", ""})
    void aNumberOfWaitersThatIsNoneOrOutOfBoundsIsNoted(String waiters) {
        new IdempotencySettings(new Given("64", waiters), faults);

        assertThat(faults.lines())
                .containsExactly("GATEWAY_MAX_WAITING is " + ShownValue.of(waiters)
                        + "; it should be a whole number from 0 to 100000");
    }

    @ParameterizedTest
    @CsvSource({"1, 1048576", "64, 67108864", "65536, 68719476736"})
    void memoryIsGivenInMebibytes(String memory, long bytes) {
        assertThat(new IdempotencySettings(new Given(memory, "10000"), faults).memoryBytes())
                .isEqualTo(bytes);
        assertThat(faults.lines()).isEmpty();
    }

    @Test
    void noWaiterIsTheFewestAndAHundredThousandTheMost() {
        assertThat(new IdempotencySettings(new Given("64", "0"), faults).maxWaiting())
                .isZero();
        assertThat(new IdempotencySettings(new Given("64", "100000"), faults).maxWaiting())
                .isEqualTo(100_000);
        assertThat(faults.lines()).isEmpty();
    }
}
