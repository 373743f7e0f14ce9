package io.itrgateway.api;

import static io.itrgateway.sandbox.Person.ASHA;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;

import io.itrgateway.sandbox.PackagedService;
import io.itrgateway.sandbox.RecordingUpstream;
import io.itrgateway.sandbox.Sandbox;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A caller that does not say how long it waits. */
class LongestCallIT {

    @Test
    void theWaitForATokenIsPartOfTheTimeOfTheCall() throws Exception {
        try (var upstream = new RecordingUpstream()) {
            upstream.authorizesAfter(Duration.ofSeconds(3));
            upstream.hold();
            Map<String, String> environment = new HashMap<>(upstream.environment());
            environment.put("GATEWAY_MAX_WAIT", "1s");
            environment.put("DEEPVUE_TIMEOUT", "6s");
            try (var service = PackagedService.start(environment)) {
                given().port(service.port())
                        .header("x-api-key", Sandbox.API_KEY)
                        .contentType("application/json")
                        .body(ASHA.json())
                        .post(Sandbox.CREATE_CLIENT)
                        .then()
                        .statusCode(504)
                        .body("code", equalTo("upstream-timeout"))
                        .body("outcome", equalTo("unknown"))
                        .body("detail", startsWith("Deepvue's answer did not come within 7 s of the request."));
            }
        }
    }
}
