package io.itrgateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.config.ConfigurationFaults;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One test for each bug that was found here. */
class ConnectionSettingsRegressionTest {

    private final ConfigurationFaults faults = new ConfigurationFaults();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://company:s3cret@production.deepvue.tech",
                "https://production.deepvue.tech?api_key=s3cret",
                "https://production.deepvue.tech/#s3cret"
            })
    void aPasswordInTheAddressIsNotShown(String text) {
        DeepvueKeys.GOOD.withBaseUrl(text).connection(faults);

        assertThat(faults.lines())
                .hasSize(1)
                .allSatisfy(line -> assertThat(line).doesNotContain("s3cret"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://production.deepvue.tech:0",
                "https://production.deepvue.tech:65536",
                "https://production.deepvue.tech:99999"
            })
    void aPortThatDoesNotExistIsNoted(String text) {
        DeepvueKeys.GOOD.withBaseUrl(text).connection(faults);

        assertThat(faults.lines()).hasSize(1);
    }

    @Test
    void theSchemeMayBeWrittenInCapitals() {
        DeepvueKeys.GOOD.withBaseUrl("HTTPS://production.deepvue.tech").connection(faults);

        assertThat(faults.lines()).isEmpty();
    }

    @Test
    void severalSlashesAtTheEndDoNoHarm() {
        assertThat(DeepvueKeys.GOOD
                        .withBaseUrl("https://production.deepvue.tech//")
                        .connection(faults)
                        .baseUrl())
                .hasToString("https://production.deepvue.tech");
    }
}
