package io.itrgateway.transport;

import static io.itrgateway.sandbox.Gateway.register;
import static io.itrgateway.sandbox.Person.ASHA;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;

import io.itrgateway.sandbox.Sandbox;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** An upstream that has no address. */
@QuarkusTest
@TestProfile(NoSuchHostQuarkusTest.Nowhere.class)
class NoSuchHostQuarkusTest {

    public static class Nowhere implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "deepvue.base-url",
                    "https://upstream.invalid",
                    "smallrye.config.locations",
                    Sandbox.account().toString());
        }
    }

    @Test
    void nothingWasSent() {
        register(ASHA)
                .statusCode(503)
                .body("code", equalTo("upstream-unavailable"))
                .body("outcome", equalTo("not_processed"));
    }

    @Test
    void callsDuringThePauseGetARetryAfter() {
        register(ASHA).statusCode(503);

        register(ASHA).statusCode(503).header("Retry-After", matchesPattern("[1-9]\\d?"));
    }
}
