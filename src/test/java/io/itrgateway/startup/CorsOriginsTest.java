package io.itrgateway.startup;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CorsOriginsTest {

    private static List<String> warnings(Map<String, String> settings) {
        return CorsOrigins.warnings(new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(settings, "operator", 300))
                .build());
    }

    private static List<String> ofOrigins(String origins) {
        return warnings(Map.of("quarkus.http.cors.enabled", "true", "quarkus.http.cors.origins", origins));
    }

    @Test
    void originsHaveNoEffectUnlessTheyAreSwitchedOn() {
        assertThat(warnings(Map.of("quarkus.http.cors.origins", "https://a.example")))
                .containsExactly(
                        "QUARKUS_HTTP_CORS_ORIGINS has no effect, since QUARKUS_HTTP_CORS_ENABLED is not true");
    }

    @Test
    void withoutOriginsNoScriptOfAnotherOriginMayCall() {
        assertThat(warnings(Map.of("quarkus.http.cors.enabled", "true")))
                .containsExactly(
                        "QUARKUS_HTTP_CORS_ENABLED is true, and QUARKUS_HTTP_CORS_ORIGINS is not set: scripts of all other origins get 403");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://a.example/",
                "https://a.example/app",
                "https://A.example",
                "https://a.example:443",
                "https://*.example",
                "https://a.example https://b.example",
                "a.example",
                "https://a.example,*"
            })
    void whatNoBrowserSendsIsAWarning(String origins) {
        assertThat(ofOrigins(origins))
                .singleElement()
                .asString()
                .startsWith("QUARKUS_HTTP_CORS_ORIGINS lists ")
                .contains(", which is no origin that a browser sends; it should be scheme://host");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "null",
                "https://a.example , http://localhost:3000",
                "https://my_app.example:8443",
                "http://a.example:443",
                "http://[::1]:8080",
                "http://127.0.0.1",
                "chrome-extension://abcdef",
                "/https://.*[.]example/"
            })
    void whatBrowsersSendIsFine(String origins) {
        assertThat(ofOrigins(origins)).isEmpty();
    }

    @Test
    void nothingIsSaidWhereNothingIsSet() {
        assertThat(warnings(Map.of())).isEmpty();
        assertThat(warnings(Map.of("quarkus.http.cors.enabled", "false"))).isEmpty();
        // As Docker Compose passes ${NAME:-} on.
        assertThat(warnings(Map.of("quarkus.http.cors.enabled", "", "quarkus.http.cors.origins", "")))
                .isEmpty();
    }
}
