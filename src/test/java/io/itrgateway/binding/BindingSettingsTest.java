package io.itrgateway.binding;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.ShownValue;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BindingSettingsTest {

    private final ConfigurationFaults faults = new ConfigurationFaults();

    private record Given(String clientBinding) implements BindingSettings.Config {}

    @ParameterizedTest
    @ValueSource(strings = {"on", "true", "known,strict", ""})
    void aModeThatIsNoneIsNoted(String mode) {
        new BindingSettings(new Given(mode), faults);

        assertThat(faults.lines())
                .containsExactly(
                        "GATEWAY_CLIENT_BINDING is " + ShownValue.of(mode) + "; it should be off, known or strict");
    }

    @ParameterizedTest
    @CsvSource({"off, OFF", "known, KNOWN", "Known, KNOWN", "strict, STRICT", "' STRICT ', STRICT"})
    void aModeIsReadByItsName(String text, BindingMode mode) {
        assertThat(new BindingSettings(new Given(text), faults).mode()).isEqualTo(mode);
        assertThat(faults.lines()).isEmpty();
    }
}
