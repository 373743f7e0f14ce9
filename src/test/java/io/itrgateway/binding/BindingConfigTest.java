package io.itrgateway.binding;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.config.ConfigurationFaults;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BindingConfigTest {

    private final ConfigurationFaults faults = new ConfigurationFaults();

    private record Given(String clientBinding) implements BindingConfig {}

    @ParameterizedTest
    @ValueSource(strings = {"on", "true", "Known", "known,strict", ""})
    void aModeThatIsNoneIsNoted(String mode) {
        BindingConfig.mode(new Given(mode), faults);

        assertThat(faults.lines())
                .containsExactly("GATEWAY_CLIENT_BINDING is \"" + mode + "\"; it should be off, known or strict");
    }

    @ParameterizedTest
    @CsvSource({"off, OFF", "known, KNOWN", "strict, STRICT", "' strict ', STRICT"})
    void aModeIsReadByItsName(String text, BindingMode mode) {
        assertThat(BindingConfig.mode(new Given(text), faults)).isEqualTo(mode);
        assertThat(faults.lines()).isEmpty();
    }
}
