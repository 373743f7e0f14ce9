package io.itrgateway.edge;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.sandbox.PackagedService;
import io.itrgateway.sandbox.Person;
import io.itrgateway.sandbox.RecordingUpstream;
import io.itrgateway.sandbox.Sandbox;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the log says of tokens, where an operator has it say more than usual. */
class TokensInLogsIT {

    @ParameterizedTest
    @ValueSource(strings = {"QUARKUS_LOG_LEVEL", "QUARKUS_LOG_CATEGORY__IO_QUARKUS_OIDC__LEVEL"})
    void aTokenThatIsRefusedIsNotLoggedAtAnyLevel(String level) throws Exception {
        String token = Issuer.forgedToken("acme");
        try (var upstream = new RecordingUpstream()) {
            Map<String, String> environment = new HashMap<>(upstream.environment());
            environment.put("QUARKUS_OIDC_PUBLIC_KEY", Issuer.publicKey());
            environment.put(level, "DEBUG");
            try (var service = PackagedService.start(environment)) {
                register(service, token, 401);

                service.terminate();
                service.exitCode();
                assertThat(service.output()).doesNotContain(token.substring(token.lastIndexOf('.')));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"%r", "%U", "%R", "%{i,X-Request-Id}", "%{i,User-Agent}"})
    void aKeyThatItsCallerRepeatsElsewhereIsMaskedInTheAccessLog(String pattern) throws Exception {
        String key = "key-that-no-caller-has";
        try (var upstream = new RecordingUpstream()) {
            Map<String, String> environment = new HashMap<>(upstream.environment());
            environment.put("QUARKUS_HTTP_ACCESS_LOG_ENABLED", "true");
            environment.put("QUARKUS_HTTP_ACCESS_LOG_PATTERN", "shown " + pattern);
            try (var service = PackagedService.start(environment)) {
                given().port(service.port())
                        .header("x-api-key", key)
                        .header("X-Request-Id", key)
                        .header("User-Agent", "client " + key)
                        .get("/some/" + key + "?" + key)
                        .then()
                        .statusCode(404);

                service.terminate();
                service.exitCode();
                assertThat(service.output()).contains("shown ...").doesNotContain(key);
            }
        }
    }

    @Test
    void theNameOfACallerIsLoggedAsItIsWhateverTheLocale() throws Exception {
        try (var upstream = new RecordingUpstream()) {
            Map<String, String> environment = new HashMap<>(upstream.environment());
            environment.put("QUARKUS_OIDC_PUBLIC_KEY", Issuer.publicKey());
            environment.put("LC_ALL", "C");
            try (var service = PackagedService.start(environment)) {
                register(service, Issuer.tokenWith("\"sub\":\"\u0906\u0936\u093e\""), 200);

                service.terminate();
                service.exitCode();
                assertThat(service.output()).contains("caller=oidc:\u0906\u0936\u093e ");
            }
        }
    }

    private static void register(PackagedService service, String token, int status) {
        given().port(service.port())
                .header("Authorization", "Bearer " + token)
                .contentType("application/json")
                .body(Person.ASHA.json())
                .post(Sandbox.CREATE_CLIENT)
                .then()
                .statusCode(status);
    }
}
