package io.itrgateway.ratelimit;

import static io.itrgateway.sandbox.Gateway.caller;
import static io.itrgateway.sandbox.Gateway.register;
import static io.itrgateway.sandbox.Gateway.send;
import static io.itrgateway.sandbox.Person.ASHA;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.nullValue;

import io.itrgateway.sandbox.Sandbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.specification.RequestSpecification;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A small plan, and a caller with a smaller limit of its own, over HTTP. */
@QuarkusTest
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
@TestProfile(PlanQuarkusTest.FiveAMinute.class)
class PlanQuarkusTest {

    public static class FiveAMinute implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "deepvue.plan", "0/5/0",
                    "gateway.max-wait", "1s",
                    "gateway.caller-limits", "small:0/1/0",
                    // The key "small", beside "demo".
                    "gateway.api-keys",
                            Sandbox.API_KEYS
                                    + ",small:81db8ebbbbc69c6c6ad4a6aa92b76e0c08af547da236b9e2c9dbe1d8285a8130");
        }
    }

    @Test
    void aMinuteOfASmallPlan() {
        // An unknown caller learns nothing of the plan.
        given().contentType("application/json")
                .post(Sandbox.CREATE_CLIENT)
                .then()
                .statusCode(401)
                .header("RateLimit", nullValue())
                .header("RateLimit-Policy", nullValue());
        // What is refused here costs nothing.
        send(caller(), "{}").statusCode(422).header("RateLimit", equalTo("\"minute\";r=5;t=60"));

        // The first call pays for its authorize, too.
        send(small(), ASHA.json())
                .statusCode(200)
                .header("RateLimit-Policy", equalTo("\"minute\";q=5;w=60"))
                .header("RateLimit", matchesPattern("\"minute\";r=3;t=(5\\d|60|61)"));
        send(small(), ASHA.json())
                .statusCode(429)
                .header("Retry-After", matchesPattern("5\\d|60"))
                .header("RateLimit", containsString("\"minute\";r=3;t="))
                .body("code", equalTo("caller-limit"))
                .body("outcome", equalTo("not_processed"));
        register(ASHA).statusCode(200);
        register(ASHA).statusCode(200);
        register(ASHA).statusCode(200).header("RateLimit", containsString(";r=0;"));

        register(ASHA)
                .statusCode(429)
                .header("Retry-After", matchesPattern("5\\d|60|61"))
                .header("RateLimit", containsString("\"minute\";r=0;t="))
                .body("code", equalTo("quota-exhausted"))
                .body("outcome", equalTo("not_processed"))
                .body("retryable", equalTo(true));
        assertThat(Sandbox.received(Sandbox.CREATE_CLIENT)).isEqualTo(4);
        assertThat(Sandbox.received(Sandbox.AUTHORIZE)).isEqualTo(1);
        send(caller().header("Prefer", "wait=0"), ASHA.json()).statusCode(429).body("code", equalTo("quota-exhausted"));
    }

    private static RequestSpecification small() {
        return given().header("x-api-key", "small").header("Content-Type", "application/json");
    }
}
