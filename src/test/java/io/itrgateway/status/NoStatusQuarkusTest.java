package io.itrgateway.status;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;

import io.itrgateway.sandbox.Sandbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
class NoStatusQuarkusTest {

    @ParameterizedTest
    @ValueSource(strings = {"/status", "/status/events", "/status/status.js"})
    void withoutAnOperatorsKeyThereIsNoStatusPage(String path) {
        given().auth()
                .preemptive()
                .basic("operator", "")
                .get(path)
                .then()
                .statusCode(404)
                .body("code", equalTo("not-found"));
    }
}
