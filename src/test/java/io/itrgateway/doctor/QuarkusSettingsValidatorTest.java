package io.itrgateway.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.config.GivenSettings;
import io.itrgateway.config.ShownValue;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuarkusSettingsValidatorTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "quarkus.http.host     | 192.0.2.1       | QUARKUS_HTTP_HOST     | an address of this machine, such as 0.0.0.0",
            })
    void whatTheServiceWouldNotStartWithIsALine(String property, String value, String name, String shouldBe) {
        assertThat(QuarkusSettingsValidator.faults(asked -> Optional.of(value).filter(any -> asked.equals(property))))
                .containsExactly("%s is %s; it should be %s".formatted(name, ShownValue.of(value), shouldBe));
    }

    /** As a file with the line ends of Windows leaves it; Quarkus takes it as a part of the value. */
    @ParameterizedTest
    @CsvSource({"quarkus.http.host, localhost"})
    void aLineEndBehindTheValueIsALine(String property, String value) {
        assertThat(QuarkusSettingsValidator.faults(
                        asked -> Optional.of(value + "\r").filter(any -> asked.equals(property))))
                .hasSize(1);
    }

    @Test
    void whatTheServiceStartsWithIsFine() {
        var settings = Map.of("quarkus.http.host", "127.0.0.1");

        assertThat(QuarkusSettingsValidator.faults(property -> Optional.ofNullable(settings.get(property))))
                .isEmpty();
    }

    @Test
    void theValueOfAnExpressionIsJudged() {
        assertThat(faultsOf(Map.of("quarkus.http.host", "${HOST}", "HOST", "127.0.0.1")))
                .isEmpty();
        assertThat(faultsOf(Map.of("quarkus.http.host", "${HOST:192.0.2.1}"))).hasSize(1);
        assertThat(faultsOf(Map.of("quarkus.http.host", "${HOST}")))
                .singleElement()
                .asString()
                .startsWith("QUARKUS_HTTP_HOST has an expression for something that is not set");
    }

    private static List<String> faultsOf(Map<String, String> settings) {
        var config = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withSources(new PropertiesConfigSource(settings, "operator", 300))
                .build();
        return QuarkusSettingsValidator.faults(property -> GivenSettings.valueOf(property, config));
    }

    @Test
    void whatIsNotSetIsFine() {
        assertThat(QuarkusSettingsValidator.faults(property -> Optional.empty()))
                .isEmpty();
    }
}
