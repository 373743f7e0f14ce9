package io.itrgateway.edge;

import static io.itrgateway.sandbox.Gateway.send;
import static io.itrgateway.sandbox.Person.ASHA;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;

import io.itrgateway.sandbox.Sandbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Who may call, where an OIDC issuer is configured beside the keys. */
@QuarkusTest
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
@QuarkusTestResource(value = Issuer.class, restrictToAnnotatedClass = true)
class IssuerQuarkusTest {

    private static final Duration AN_HOUR = Duration.ofHours(1);

    private static RequestSpecification bearer(String token) {
        return given().contentType("application/json").header("Authorization", "Bearer " + token);
    }

    private static void isRefused(RequestSpecification request) {
        send(request, ASHA.json())
                .statusCode(401)
                .contentType("application/problem+json")
                .body("code", equalTo("unauthenticated"))
                .body("outcome", equalTo("not_processed"));
    }

    @Test
    void aTokenSignedBySomebodyElseIsRefused() {
        isRefused(bearer(Issuer.forgedToken("acme")));
    }

    @Test
    void anExpiredTokenIsRefused() {
        isRefused(bearer(Issuer.token("acme", AN_HOUR.negated())));
    }

    @Test
    void aTokenThatIsNoJwtIsRefused() {
        isRefused(bearer("YOUR_API_TOKEN"));
    }

    @Test
    void aWrongKeyIsRefusedEvenBesideAGoodToken() {
        isRefused(bearer(Issuer.token("acme", AN_HOUR)).header("x-api-key", "wrong"));
    }

    @Test
    void aTokenOfTheIssuerIsLetIn() {
        send(bearer(Issuer.token("acme", AN_HOUR)), ASHA.json()).statusCode(200);
    }

    @Test
    void aGoodKeyIsLetInBesideAVendorsToken() {
        send(bearer("YOUR_API_TOKEN (JWT)").header("x-api-key", Sandbox.API_KEY), ASHA.json())
                .statusCode(200);
    }
}
