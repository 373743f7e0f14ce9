package io.itrgateway.edge;

import static io.itrgateway.sandbox.Gateway.caller;
import static io.itrgateway.sandbox.Gateway.register;
import static io.itrgateway.sandbox.Gateway.send;
import static io.itrgateway.sandbox.Person.ASHA;
import static io.itrgateway.sandbox.Person.magic;
import static io.itrgateway.sandbox.Sandbox.CREATE_CLIENT;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.itrgateway.sandbox.Sandbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The service as a function of AWS Lambda ({@code -Plambda}), behind Quarkus' mock event server: what is sent to that becomes an event
 * of API Gateway v2 or a function URL, and no connection reaches the service, so that {@link GuardedTransport} sees nothing.
 */
@QuarkusTest
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
@EnabledIfSystemProperty(named = "lambda", matches = "true", disabledReason = "built without -Plambda")
class LambdaQuarkusTest {

    @BeforeEach
    void freshSandbox() {
        Sandbox.forget();
    }

    @Test
    void aCallWithoutAKeyIsUnauthenticatedAndNotSent() {
        var answer = send(given().contentType("application/json"), ASHA.json());

        answer.statusCode(401).contentType("application/problem+json").body("code", equalTo("unauthenticated"));
        assertThat(Sandbox.received(CREATE_CLIENT)).isZero();
    }

    @Test
    void aBodyThatIsNotJsonIsMalformed() {
        var answer = send(caller(), "{");

        answer.statusCode(400).body("code", equalTo("malformed-request")).body("outcome", equalTo("not_processed"));
        assertThat(Sandbox.received(CREATE_CLIENT)).isZero();
    }

    @Test
    void aBodyOverTheLimitIsTooLarge() {
        var answer = send(caller(), " ".repeat(BoundedBodyReader.LONGEST_BYTES) + ASHA.json());

        answer.statusCode(413).body("code", equalTo("payload-too-large"));
        assertThat(Sandbox.received(CREATE_CLIENT)).isZero();
    }

    @Test
    void aPathThatTwoParsersCouldReadDifferentlyIsNotFound() {
        var answer = caller().urlEncodingEnabled(false).body(ASHA.json()).post(CREATE_CLIENT + ";a=b");

        answer.then().statusCode(404).body("code", equalTo("not-found"));
        assertThat(Sandbox.received(CREATE_CLIENT)).isZero();
    }

    @Test
    void aFailureOfTheUpstreamIsAProblemWithItsOutcome() {
        var answer = register(magic("upstream-error"));

        answer.statusCode(502)
                .contentType("application/problem+json")
                .header("Cache-Control", "no-store")
                .body("code", equalTo("upstream-error"))
                .body("outcome", equalTo("unknown"))
                .body("request_id", equalTo(answer.extract().header("X-Request-Id")));
    }

    @Test
    void aCallIsAnsweredUnderItsOwnRequestId() {
        var answer = send(caller().header("X-Request-Id", "of-the-caller"), ASHA.json());

        answer.statusCode(200)
                .header("X-Request-Id", "of-the-caller")
                .body("data.itr_client_id", containsString("itr_"));
    }

    @Test
    void anEventOfAFunctionUrlMayCarryItsBodyInBase64() {
        var answer = given().contentType("application/json")
                .body(event(Base64.getEncoder().encodeToString(ASHA.json().getBytes(StandardCharsets.UTF_8))))
                .post("/_lambda_");

        answer.then().statusCode(200).body("statusCode", equalTo(200)).body("body", containsString("itr_client_id"));
    }

    private static String event(String body) {
        return """
                {"version": "2.0", "routeKey": "$default", "rawPath": "%s", "rawQueryString": "",
                 "headers": {"x-api-key": "%s", "content-type": "application/json"},
                 "requestContext": {"http": {"method": "POST", "path": "%1$s", "sourceIp": "192.0.2.1"}},
                 "body": "%s", "isBase64Encoded": true}
                """.formatted(CREATE_CLIENT, Sandbox.API_KEY, body);
    }
}
