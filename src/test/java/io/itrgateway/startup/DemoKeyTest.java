package io.itrgateway.startup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class DemoKeyTest {

    private static final String DEEPVUE = "https://production.deepvue.tech";

    @ParameterizedTest
    @ValueSource(strings = {DEEPVUE, "https://Sandbox.Deepvue.Tech/", " https://deepvue.tech:443"})
    void thePublicKeyInFrontOfDeepvueIsAWarning(String baseUrl) {
        assertThat(DemoKey.warnings(key -> key.equals("demo") ? Optional.of("acme") : Optional.empty(), baseUrl))
                .singleElement()
                .asString()
                .contains("GATEWAY_API_KEYS", "public");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {"http://sandbox:8080", "https://localhost", "https://notdeepvue.tech", "deepvue", "https://a b"})
    void itIsNoneInFrontOfTheSandbox(String baseUrl) {
        assertThat(DemoKey.warnings(key -> Optional.of("acme"), baseUrl)).isEmpty();
    }

    @Test
    void otherKeysAreNone() {
        assertThat(DemoKey.warnings(key -> Optional.empty(), DEEPVUE)).isEqualTo(List.of());
    }
}
