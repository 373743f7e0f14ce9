package io.itrgateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CallerCipherSuitesTest {

    private static final String NAME = "quarkus.http.tls-configuration-name";

    private static Optional<List<String>> suites(String property, Map<String, String> settings) {
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .withInterceptors(new CallerCipherSuites())
                .withDefaultValues(settings)
                .build();
        return config.getOptionalValues(property, String.class);
    }

    @ParameterizedTest
    @CsvSource({
        "quarkus.tls.callers.cipher-suites, other",
        "quarkus.tls.deepvue.cipher-suites, callers",
        "quarkus.tls.cipher-suites, callers",
        "quarkus.tls.deepvue.cipher-suites, ''"
    })
    void aConfigurationThatIsNotForCallersIsUnchanged(String property, String named) {
        assertThat(suites(property, named.isEmpty() ? Map.of() : Map.of(NAME, named)))
                .isEmpty();
    }

    @Test
    void whatAnOperatorSetsIsUsed() {
        String property = "quarkus.http.ssl.cipher-suites";

        assertThat(suites(property, Map.of(property, "TLS_RSA_WITH_AES_128_CBC_SHA")))
                .hasValue(List.of("TLS_RSA_WITH_AES_128_CBC_SHA"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"quarkus.http.ssl.cipher-suites", "quarkus.tls.cipher-suites"})
    void withoutANameTheDefaultConfigurationsAreForCallers(String property) {
        assertThat(suites(property, Map.of()).orElseThrow())
                .isNotEmpty()
                .allMatch(suite -> suite.matches(
                        "TLS_(ECDHE_(ECDSA|RSA)_WITH_)?(AES_(128|256)_GCM|CHACHA20_POLY1305)_SHA(256|384)"));
    }

    @ParameterizedTest
    @CsvSource({"quarkus.tls.callers.cipher-suites, callers", "quarkus.tls.\"a.b\".cipher-suites, a.b"})
    void theConfigurationThatIsNamedIsForCallers(String property, String named) {
        assertThat(suites(property, Map.of(NAME, named))).isPresent();
    }

    @Test
    void aConfigurationThatDoesNotExistIsNotMade() {
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .withInterceptors(new CallerCipherSuites())
                .withDefaultValue(NAME, "misspelt")
                .build();

        assertThat(config.getPropertyNames()).noneMatch(name -> name.startsWith("quarkus.tls."));
    }
}
