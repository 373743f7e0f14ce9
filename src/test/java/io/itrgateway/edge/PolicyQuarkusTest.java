package io.itrgateway.edge;

import static io.itrgateway.sandbox.Gateway.register;
import static io.itrgateway.sandbox.Person.ASHA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.itrgateway.sandbox.Gateway;
import io.itrgateway.sandbox.Sandbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A permission policy of the operator, in Quarkus' own settings. */
@QuarkusTest
@TestProfile(PolicyQuarkusTest.OnlyAuditors.class)
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
class PolicyQuarkusTest {

    public static class OnlyAuditors implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "quarkus.http.auth.policy.auditors.roles-allowed", "auditor",
                    "quarkus.http.auth.permission.itr.paths", "/v1/*",
                    "quarkus.http.auth.permission.itr.policy", "auditors");
        }
    }

    @Test
    void aKnownCallerWithoutTheGrantIsForbidden() {
        register(ASHA)
                .statusCode(403)
                .contentType("application/problem+json")
                .body("code", equalTo("forbidden"))
                .body("outcome", equalTo("not_processed"));
        assertThat(Sandbox.received(Sandbox.CREATE_CLIENT)).isZero();
    }

    @Test
    void aStrangerIsUnauthenticated() {
        Gateway.send(RestAssured.given().contentType("application/json"), ASHA.json())
                .statusCode(401)
                .contentType("application/problem+json")
                .body("code", equalTo("unauthenticated"));
    }
}
