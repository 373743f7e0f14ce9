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
                "quarkus.http.port     | 99999           | QUARKUS_HTTP_PORT     | a number from 0 to 65535",
                "quarkus.http.port     | 80a             | QUARKUS_HTTP_PORT     | a number from 0 to 65535",
                "quarkus.http.ssl-port | -1              | QUARKUS_HTTP_SSL_PORT | a number from 0 to 65535",
                "quarkus.http.host     | 192.0.2.1       | QUARKUS_HTTP_HOST     | an address of this machine, such as 0.0.0.0",
                "quarkus.log.level     | verbose         | QUARKUS_LOG_LEVEL     | what Quarkus' guide to logging lists, such as INFO for a level"
            })
    void whatTheServiceWouldNotStartWithIsALine(String property, String value, String name, String shouldBe) {
        assertThat(QuarkusSettingsValidator.faults(asked -> Optional.of(value).filter(any -> asked.equals(property))))
                .containsExactly("%s is %s; it should be %s".formatted(name, ShownValue.of(value), shouldBe));
    }

    /** As a file with the line ends of Windows leaves it; Quarkus takes it as a part of the value. */
    @ParameterizedTest
    @CsvSource({"quarkus.log.level, INFO", "quarkus.http.host, localhost"})
    void aLineEndBehindTheValueIsALine(String property, String value) {
        assertThat(QuarkusSettingsValidator.faults(
                        asked -> Optional.of(value + "\r").filter(any -> asked.equals(property))))
                .hasSize(1);
    }

    @Test
    void whatTheServiceStartsWithIsFine() {
        var settings = Map.of(
                "quarkus.http.port", "0\r",
                "quarkus.http.ssl-port", "65535",
                "quarkus.http.host", "127.0.0.1",
                "quarkus.log.level", "debug");

        assertThat(QuarkusSettingsValidator.faults(property -> Optional.ofNullable(settings.get(property))))
                .isEmpty();
    }

    @Test
    void theValueOfAnExpressionIsJudged() {
        assertThat(faultsOf(Map.of("quarkus.http.port", "${PORT}", "PORT", "8081")))
                .isEmpty();
        assertThat(faultsOf(Map.of("quarkus.http.port", "${PORT:eighty}")))
                .containsExactly("QUARKUS_HTTP_PORT is \"eighty\"; it should be a number from 0 to 65535");
        assertThat(faultsOf(Map.of("quarkus.log.level", "${LEVEL}")))
                .singleElement()
                .asString()
                .startsWith("QUARKUS_LOG_LEVEL has an expression for something that is not set");
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
