package io.itrgateway.edge;

import static io.itrgateway.sandbox.Gateway.register;
import static io.itrgateway.sandbox.Person.ASHA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.itrgateway.operation.Operations;
import io.itrgateway.sandbox.Gateway;
import io.itrgateway.sandbox.OperationCalls;
import io.itrgateway.sandbox.RawCaller;
import io.itrgateway.sandbox.RawHttp2;
import io.itrgateway.sandbox.Sandbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A permission policy, the CORS and a header of every answer, as the operator sets them, in Quarkus' own settings. */
@QuarkusTest
@TestProfile(PolicyQuarkusTest.OnlyAuditors.class)
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
@QuarkusTestResource(
        value = Issuer.class,
        restrictToAnnotatedClass = true,
        initArgs = @ResourceArg(name = Issuer.AWAY, value = "true"))
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PolicyQuarkusTest {

    public static class OnlyAuditors implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "deepvue.plan", "0/100000/0",
                    "gateway.client-binding", "strict",
                    "quarkus.http.auth.policy.auditors.roles-allowed", "auditor",
                    "quarkus.http.auth.permission.itr.paths", "/v1/verification/itr/*",
                    "quarkus.http.cors.enabled", "true",
                    "quarkus.http.cors.origins", "https://shop.example",
                    "quarkus.http.cors.methods", "GET,POST",
                    "quarkus.http.auth.permission.itr.policy", "auditors",
                    "quarkus.http.header.Connection.path", "/problems",
                    "quarkus.http.header.Connection.value", "close");
        }
    }

    private static final Duration LONG = Duration.ofMinutes(1);

    @BeforeEach
    void freshSandbox() {
        Sandbox.forget();
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
                .header(
                        "WWW-Authenticate",
                        equalTo("ApiKey realm=\"itr-gateway\", header=\"x-api-key\", Bearer realm=\"itr-gateway\""))
                .body("code", equalTo("unauthenticated"));
    }

    @Test
    @Order(1)
    void anIssuerThatHasBeenAwaySinceTheStartIsNoBug() {
        sendBearer(Issuer.tokenWith("\"sub\":\"acme\",\"groups\":[\"auditor\"]"))
                .statusCode(503)
                .contentType("application/problem+json")
                .header("Retry-After", equalTo("5"))
                .body("code", equalTo("overloaded"))
                .body("outcome", equalTo("not_processed"));
        assertThat(Sandbox.received(Sandbox.CREATE_CLIENT)).isZero();
    }

    @Test
    @Order(2)
    void anIssuerThatDoesNotEndItsAnswersKeepsNoConnections() throws Exception {
        int requests = 20;
        Executor eachInAThread = request -> new Thread(request).start();
        String token = Issuer.tokenWith("\"sub\":\"acme\",\"groups\":[\"auditor\"]");
        try (HangingIssuer issuer = Issuer.hangs()) {
            // Requests share the result of an attempt of the test before as long as it is no older than a second.
            await().until(() -> {
                CompletableFuture.supplyAsync(() -> sendBearer(token), eachInAThread);
                return issuer.connections() > 0;
            });
            List<CompletableFuture<ValidatableResponse>> answers = IntStream.range(0, requests)
                    .mapToObj(request -> CompletableFuture.supplyAsync(() -> sendBearer(token), eachInAThread))
                    .toList();

            for (CompletableFuture<ValidatableResponse> answer : answers) {
                answer.join()
                        .statusCode(503)
                        .header("Retry-After", equalTo("5"))
                        .body("code", equalTo("overloaded"))
                        .body("outcome", equalTo("not_processed"));
            }
            assertThat(issuer.connections()).isBetween(1, requests - 1);
            await().atMost(LONG).until(() -> issuer.openConnections() == 0);
        }
    }

    @Test
    @Order(3)
    void anIssuerThatComesLaterIsFound() {
        Issuer.comes();

        sendBearer(Issuer.tokenWith("\"sub\":\"acme\",\"groups\":[\"auditor\"]"))
                .statusCode(200);
    }

    @Test
    void aTokenWithTheNewKeyOfTheIssuerIsNotRefusedWhileItsKeysAreRead() {
        Issuer.comes();
        sendBearer(Issuer.tokenWith("\"sub\":\"acme\"")).statusCode(403); // its first keys are read
        String token = Issuer.tokenWithNewKeyReadIn(Duration.ofSeconds(3));
        int before = Issuer.keyReads();
        var first =
                CompletableFuture.supplyAsync(() -> sendBearer(token).extract().statusCode());
        await().until(() -> Issuer.keyReads() > before);

        ValidatableResponse second = sendBearer(token);
        ValidatableResponse ofAnotherIssuer = sendBearer(Issuer.tokenOfAnotherIssuer());
        ValidatableResponse noJwt = sendBearer(".");

        assumeFalse(first.isDone(), "the keys were read before the second request came: the machine is too slow");
        second.statusCode(503)
                .header("Retry-After", equalTo("1"))
                .body("code", equalTo("overloaded"))
                .body("outcome", equalTo("not_processed"));
        ofAnotherIssuer.statusCode(401).body("code", equalTo("unauthenticated"));
        noJwt.statusCode(401).body("code", equalTo("unauthenticated"));
        // Judged by then: the token has no grant.
        assertThat(first.join()).isEqualTo(403);
        sendBearer(token).statusCode(403);
    }

    @Test
    void aTokenWithoutTheGrantIsForbidden() {
        Issuer.comes();

        sendBearer(Issuer.tokenWith("\"sub\":\"acme\",\"groups\":[\"guest\"]"))
                .statusCode(403)
                .contentType("application/problem+json")
                .header("RateLimit", containsString("minute"))
                .body("code", equalTo("forbidden"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"forged", "\"upn\":42", "\"upn\":\"\"", ""})
    void aTokenThatIsNoGoodIsUnauthenticated(String claims) {
        Issuer.comes();
        String token = claims.equals("forged")
                ? Issuer.forgedToken("acme")
                : Issuer.tokenWith((claims.isEmpty() ? "" : claims + ",") + "\"groups\":[\"auditor\"]");

        sendBearer(token)
                .statusCode(401)
                .contentType("application/problem+json")
                .header("WWW-Authenticate", containsString("x-api-key"))
                .header("RateLimit", nullValue())
                .body("code", equalTo("unauthenticated"))
                .body("outcome", equalTo("not_processed"));
    }

    @Test
    void withStrictBindingACallerMayUseTheClientIdsThatItHasRegisteredAndNoOthers() {
        Issuer.comes();
        String token = Issuer.tokenWith("\"sub\":\"acme\",\"groups\":[\"auditor\"]");
        String own = sendBearer(token).statusCode(200).extract().path("data.itr_client_id");

        OperationCalls.send(bearer(token), Operations.ITR_DOWNLOAD, "itr_that_nobody_has_registered")
                .statusCode(403)
                .body("code", equalTo("forbidden"))
                .body("outcome", equalTo("not_processed"));
        assertThat(Sandbox.received(Operations.ITR_DOWNLOAD.path())).isZero();
        OperationCalls.send(bearer(token), Operations.ITR_DOWNLOAD, own).statusCode(200);
    }

    private static RequestSpecification bearer(String token) {
        return RestAssured.given().contentType("application/json").header("Authorization", "Bearer " + token);
    }

    private static ValidatableResponse sendBearer(String token) {
        return Gateway.send(bearer(token), ASHA.json());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/verification/itr;a/create-client",
                "/v1/verification/itr%3Ba/create-client",
                "/v1/verification/itr%2Fcreate-client",
                "/v1/verification/./itr/create-client",
                "/v1/verification//itr/create-client",
                "//v1/verification/itr/create-client",
                "/v1;x/verification/itr/create-client",
                "/v1/verification/%69tr/create-client"
            })
    void noOtherSpellingOfThePathPassesThePolicyBy(String path) throws Exception {
        String answer = RawCaller.exchange(
                RestAssured.port,
                "POST %s HTTP/1.1\r\nHost: localhost\r\nx-api-key: %s\r\nContent-Type: application/json\r\nConnection: close\r\n"
                                .formatted(path, Sandbox.API_KEY)
                        + "Content-Length: %d\r\n\r\n%s".formatted(ASHA.json().length(), ASHA.json()));

        assertThat(answer).startsWith("HTTP/1.1 404 ").contains("\"code\":\"not-found\"");
        assertThat(Sandbox.received(Sandbox.CREATE_CLIENT)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://other.example", "null", "https://shop.example.other", "http://shop.example", "%"})
    void aForeignOriginIsForbidden(String origin) {
        Gateway.caller()
                .header("Origin", origin)
                .get("/problems")
                .then()
                .statusCode(403)
                .contentType("application/problem+json")
                .body("code", equalTo("forbidden"));
    }

    @Test
    void thePreflightOfAForeignOriginIsForbiddenToo() {
        RestAssured.given()
                .header("Origin", "https://other.example")
                .header("Access-Control-Request-Method", "POST")
                .options(Sandbox.CREATE_CLIENT)
                .then()
                .statusCode(403)
                .contentType("application/problem+json")
                .body("code", equalTo("forbidden"));
    }

    @Test
    void aMethodThatIsNotGrantedToAnOriginIsForbidden() {
        Gateway.caller()
                .header("Origin", "https://shop.example")
                .delete("/problems")
                .then()
                .statusCode(403)
                .contentType("application/problem+json")
                .body("code", equalTo("forbidden"));
    }

    @Test
    void aGrantedOriginIsServed() {
        RestAssured.given()
                .header("Origin", "https://shop.example")
                .get("/problems")
                .then()
                .statusCode(200)
                .header("Access-Control-Allow-Origin", "https://shop.example");
    }

    private static String sendHead(String origin, String target, String field) throws Exception {
        return RawCaller.exchange(
                RestAssured.port,
                "GET %s HTTP/1.1\r\nHost: localhost\r\nOrigin: %s\r\n%s\r\nConnection: close\r\n\r\n"
                        .formatted(target, origin, field));
    }

    @ParameterizedTest
    @CsvSource({
        "/problems;x, Accept: */*",
        "/problems, Accept: nonsense",
        "/problems, Expect: nothing",
        "//problems, Accept: */*",
        "/%, Accept: */*",
        "/problems, a name with spaces: x"
    })
    void aScriptOfAGrantedOriginCanReadWhyItsHeadIsRefused(String target, String field) throws Exception {
        assertThat(sendHead("https://shop.example", target, field))
                .contains("application/problem+json")
                .containsIgnoringCase("\r\nAccess-Control-Allow-Origin: https://shop.example\r\n");
        assertThat(sendHead("https://other.example", target, field))
                .contains("application/problem+json")
                .doesNotContainIgnoringCase("Access-Control-");
    }

    @Test
    void thePreflightOfAGrantedOriginIsServed() {
        RestAssured.given()
                .header("Origin", "https://shop.example")
                .header("Access-Control-Request-Method", "POST")
                .options(Sandbox.CREATE_CLIENT)
                .then()
                .statusCode(200)
                .header("Access-Control-Allow-Methods", "GET,POST");
    }

    @ParameterizedTest
    @CsvSource({"https://other.example, https://shop.example", "https://shop.example, https://other.example"})
    void twoOriginsAreNone(String first, String second) {
        Gateway.caller()
                .header("Origin", first, second)
                .get("/problems")
                .then()
                .statusCode(403)
                .body("code", equalTo("forbidden"));
    }

    @ParameterizedTest
    @CsvSource({"PUT, x-api-key", "<b>, x-api-key", "POST, <b>x", "POST, a b", "GET, x-api-key"})
    void aPreflightIsGrantedNothingThatThePathDoesNotHave(String method, String names) {
        RestAssured.given()
                .header("Origin", "https://shop.example")
                .header("Access-Control-Request-Method", method)
                .header("Access-Control-Request-Headers", names)
                .options(Sandbox.CREATE_CLIENT)
                .then()
                .statusCode(403)
                .header("Access-Control-Allow-Headers", nullValue())
                .body("code", equalTo("forbidden"));
    }

    @Test
    void aHeaderOfHttp1ThatTheOperatorAddsIsLeftOutOverHttp2() throws Exception {
        assertThat(RawCaller.exchange(RestAssured.port, "GET /problems HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .containsIgnoringCase("\r\nConnection: close\r\n");

        try (var caller = RawHttp2.connect(RestAssured.port)) {
            caller.send(RawHttp2.get(1, "/problems"));

            assertThat(caller.answer(1).headerNames())
                    .contains("x-request-id", "date")
                    .doesNotContain("connection");
        }
    }

    @Test
    void thePagesOfTheServiceItselfAreServed() {
        RestAssured.given()
                .header("Origin", "http://localhost:" + RestAssured.port)
                .get("/problems")
                .then()
                .statusCode(200);
    }
}
