package io.itrgateway.edge;

import static io.itrgateway.sandbox.Gateway.send;
import static io.itrgateway.sandbox.Person.ASHA;
import static io.itrgateway.sandbox.Sandbox.CREATE_CLIENT;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.itrgateway.sandbox.LoggedLines;
import io.itrgateway.sandbox.Sandbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.DisabledOnIntegrationTest;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.security.TestSecurity;
import io.restassured.specification.RequestSpecification;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may call, where only keys are configured. */
@QuarkusTest
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
class CallersQuarkusTest {

    @BeforeEach
    void freshSandbox() {
        Sandbox.forget();
    }

    private static RequestSpecification stranger() {
        return given().contentType("application/json");
    }

    private static void isRefused(RequestSpecification request) {
        send(request, ASHA.json())
                .statusCode(401)
                .contentType("application/problem+json")
                .header("WWW-Authenticate", equalTo("ApiKey realm=\"itr-gateway\", header=\"x-api-key\""))
                .body("code", equalTo("unauthenticated"))
                .body("outcome", equalTo("not_processed"));
        assertThat(Sandbox.received(CREATE_CLIENT)).isZero();
    }

    @Test
    void aCallerWithoutAKeyIsRefused() {
        isRefused(stranger());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "wrong", "DEMO", "2a97516c354b68848cdbd8f54a226a0a55b21ed138e207ad6c5cbb9c00aa5aea"})
    void aCallerWithAWrongKeyIsRefusedWhateverElseItCarries(String key) {
        isRefused(stranger().header("x-api-key", key).header("Authorization", "Bearer abc"));
    }

    @Test
    void aBearerTokenWithoutAKeyIsRefusedWhileThereIsNoIssuer() {
        isRefused(stranger().header("Authorization", "Bearer abc"));
    }

    @Test
    void whoIsCallingIsAskedBeforeTheBodyIsJudged() {
        send(stranger(), "{").statusCode(401);
    }

    @Test
    @DisabledOnIntegrationTest("the identity is one of this process")
    @TestSecurity(user = "somebody")
    void quarkusTestIdentitiesAreAccepted() {
        send(stranger(), ASHA.json()).statusCode(200);
    }

    @Test
    void aKnownCallerIsLetIn() {
        send(stranger().header("x-api-key", Sandbox.API_KEY), ASHA.json()).statusCode(200);
    }

    @Test
    void twoKeysAreNotChosenFrom() {
        send(stranger().header("x-api-key", Sandbox.API_KEY).header("x-api-key", "wrong"), ASHA.json())
                .statusCode(400)
                .body("code", equalTo("malformed-request"));
    }

    @Test
    @DisabledOnIntegrationTest("reads the log of this process")
    void aRequestIdThatIsTheKeyIsReplacedAndNotLogged() {
        try (var log = new LoggedLines("")) {
            var id = send(
                            stranger()
                                    .header("x-api-key", "a-key-that-no-caller-has")
                                    .header("X-Request-Id", "a-key-that-no-caller-has"),
                            ASHA.json())
                    .statusCode(401)
                    .extract()
                    .header("X-Request-Id");

            assertThat(id).isNotEqualTo("a-key-that-no-caller-has");
            await().until(() -> !log.of(id).isEmpty());
            assertThat(log.all()).noneMatch(line -> line.toString().contains("a-key-that-no-caller-has"));
        }
    }
}
