package io.itrgateway.api;

import static io.itrgateway.sandbox.Gateway.caller;
import static io.itrgateway.sandbox.Gateway.register;
import static io.itrgateway.sandbox.Gateway.send;
import static io.itrgateway.sandbox.Person.ASHA;
import static io.itrgateway.sandbox.Person.magic;
import static io.itrgateway.sandbox.Sandbox.AUTHORIZE;
import static io.itrgateway.sandbox.Sandbox.CREATE_CLIENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import com.github.tomakehurst.wiremock.client.WireMock;
import io.itrgateway.sandbox.Sandbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a caller gets for each thing that the upstream can do. */
@QuarkusTest
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
class CreateClientQuarkusTest {

    @BeforeEach
    void freshSandbox() {
        Sandbox.forget();
    }

    @ParameterizedTest
    @CsvSource({
        "upstream-rejected,                       422, upstream-rejected,            rejected",
        "upstream-rejected-pan,                   422, upstream-rejected,            rejected",
        "upstream-rejected-fastapi,               422, upstream-rejected,            rejected",
        "upstream-rejected-400,                   400, upstream-rejected,            rejected",
        "upstream-rejected-404,                   400, upstream-rejected,            rejected",
        "upstream-rejected-409,                   400, upstream-rejected,            rejected",
        "upstream-rejected-html,                  400, upstream-rejected,            rejected",
        "quota-exhausted,                         429, quota-exhausted,              not_processed",
        "upstream-credentials-refused,            502, upstream-credentials-refused, not_processed",
        "upstream-credentials-refused-html,       502, upstream-credentials-refused, not_processed",
        "upstream-error,                          502, upstream-error,               unknown",
        "upstream-error-html,                     502, upstream-error,               unknown",
        "upstream-error-504,                      502, upstream-error,               unknown",
        "upstream-error-empty,                    502, upstream-error,               unknown",
        "upstream-invalid-response,               502, upstream-invalid-response,    unknown",
        "upstream-invalid-response-json,          502, upstream-invalid-response,    unknown",
        "upstream-invalid-response-empty,         502, upstream-invalid-response,    unknown",
        "upstream-invalid-response-204,           502, upstream-invalid-response,    unknown",
        "upstream-invalid-response-cut,           502, upstream-invalid-response,    unknown",
        "upstream-invalid-response-too-large,     502, upstream-invalid-response,    unknown",
        "upstream-invalid-response-redirect,      502, upstream-invalid-response,    unknown",
        "upstream-connection-lost,                502, upstream-connection-lost,     unknown",
        "upstream-connection-lost-empty,          502, upstream-connection-lost,     unknown",
        "upstream-connection-lost-garbage,        502, upstream-connection-lost,     unknown",
        "upstream-invalid-response-halfway,        502, upstream-invalid-response,    unknown",
        "upstream-unavailable,                    503, upstream-unavailable,         not_processed",
        "upstream-timeout,                        504, upstream-timeout,             unknown",
        "upstream-slow-drip,                      504, upstream-timeout,             unknown",
    })
    void everyUpstreamFailureIsDistinguishedAndSentOnce(String username, int status, String code, String outcome) {
        var answer = register(magic(username));

        answer.statusCode(status)
                .contentType("application/problem+json")
                .header("Cache-Control", "no-store")
                .body("code", equalTo(code))
                .body("outcome", equalTo(outcome))
                .body("status", equalTo(status))
                .body("type", equalTo("/problems/" + code))
                .body("instance", equalTo(CREATE_CLIENT))
                .body("request_id", equalTo(answer.extract().header("X-Request-Id")));
        assertThat(Sandbox.received(CREATE_CLIENT)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"upstream-credentials-refused-401", "upstream-credentials-refused-403"})
    void aTokenThatIsRefusedAgainIsOurAccountsFaultAndIsRepeatedOnce(String username) {
        register(ASHA).statusCode(200);
        Sandbox.forget();

        register(magic(username))
                .statusCode(502)
                .body("code", equalTo("upstream-credentials-refused"))
                .body("outcome", equalTo("not_processed"));

        assertThat(Sandbox.received(CREATE_CLIENT)).isEqualTo(2);
        assertThat(Sandbox.received(AUTHORIZE)).isEqualTo(1);
        register(ASHA).statusCode(200);
    }

    @Test
    void aTokenRefusedHalfwayCostsTheCallerNothing() {
        register(ASHA).statusCode(200);
        Sandbox.forget();

        register(magic("token-refused-once")).statusCode(200);

        assertThat(Sandbox.received(CREATE_CLIENT)).isEqualTo(2);
        assertThat(Sandbox.received(AUTHORIZE)).isEqualTo(1);
    }

    @Test
    void theUpstreamsFieldFaultsAndItsTextReachTheCaller() {
        register(magic("upstream-rejected"))
                .body("errors[0].pointer", equalTo("#/password"))
                .body("errors[0].detail", containsString("8 characters"))
                .body("detail", startsWith("Deepvue says:"));
    }

    @Test
    void theUpstreamsIdOfAFailedCallReachesTheCaller() {
        register(magic("upstream-error")).body("transaction_id", equalTo("req_1234567890"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "upstream-error",
                "upstream-error-html",
                "upstream-credentials-refused-html",
                "upstream-rejected-html"
            })
    void whatTheUpstreamOrAProxySaysOfItselfStaysInside(String username) {
        register(magic(username)).body(not(containsString("<"))).body(not(containsString("unexpected error occurred")));
    }

    @ParameterizedTest
    @CsvSource({"quota-exhausted-retry-after, 7", "quota-exhausted, 1", "upstream-unavailable, 1"})
    void everyRefusalThatPassesSaysWhenToComeBack(String username, String seconds) {
        register(magic(username)).header("Retry-After", seconds).body("retryable", equalTo(true));
    }

    @Test
    void aCallerWhoseWaitEndsLearnsThatTheCallWasSent() {
        register(ASHA).statusCode(200);

        send(caller().header("Prefer", "respond-async, wait=1"), magic("slow").json())
                .statusCode(504)
                .body("code", equalTo("upstream-timeout"))
                .body("outcome", equalTo("unknown"))
                .body("detail", containsString("within 1 s"));
    }

    @Test
    void aCallerWhoWillNotWaitAtAllCostsNoCall() {
        send(caller().header("Prefer", "wait=0"), ASHA.json())
                .statusCode(503)
                .header("Retry-After", "1")
                .body("outcome", equalTo("not_processed"));

        assertThat(Sandbox.received(CREATE_CLIENT)).isZero();
    }

    @Test
    void aWaitThatIsNoNumberIsRefused() {
        send(caller().header("Prefer", "wait=soon"), ASHA.json())
                .statusCode(400)
                .body("code", equalTo("malformed-request"))
                .body("outcome", equalTo("not_processed"));
    }

    @Test
    void aRegistrationIsPassedOnWithBothCredentialsAndOurOwnName() {
        register(ASHA)
                .statusCode(200)
                .contentType("application/json")
                .header("Cache-Control", "no-store")
                .header("X-Request-Id", matchesPattern("[0-9a-f-]{36}"))
                .body("sub_code", equalTo("SUCCESS"))
                .body("data.itr_client_id", startsWith("itr_"));

        var sent = Sandbox.requests(CREATE_CLIENT).get(0);
        assertThat(sent.getBodyAsString()).isEqualTo(ASHA.json());
        assertThat(sent.getHeader("Authorization")).startsWith("Bearer ");
        assertThat(sent.getHeader("x-api-key")).isEqualTo(Sandbox.CLIENT_SECRET);
        assertThat(sent.getHeader("User-Agent")).startsWith("itr-gateway/");
        assertThat(sent.getHeader("Content-Type")).startsWith("application/json");
        assertThat(sent.containsHeader("X-Request-Id")).isFalse();
    }

    @Test
    void theEnvelopeIsPassedOnByteForByte() {
        String odd =
                "{ \"sub_code\":\"SUCCESS\",\"new_field\":[1.50,12345678901234567890,null],  \"data\":{\"x\":\"\\u00e9é\"},\"code\":42 }";
        Sandbox.stubs().stubFor(WireMock.post(CREATE_CLIENT).atPriority(1).willReturn(WireMock.okJson(odd)));

        var body = register(ASHA).statusCode(200).extract().asString();

        assertThat(body).isEqualTo(odd);
    }

    @Test
    void anEnvelopeOfAStillRunningRegistrationKeepsItsStatus() {
        register(magic("pending")).statusCode(202).body("data.status", equalTo("pending"));
    }

    @Test
    void theVendorsSampleClientsHeadersWork() {
        send(
                        caller().header("Authorization", "Bearer YOUR_API_TOKEN (JWT)"),
                        "{\"username\":\"John Doe\",\"password\":\"example_string\"}")
                .statusCode(200)
                .body("data.itr_client_id", startsWith("itr_"));
    }

    @Test
    void oneTokenServesManyCalls() {
        register(ASHA).statusCode(200);
        Sandbox.forget();

        for (int i = 0; i < 20; i++) {
            register(ASHA).statusCode(200);
        }

        assertThat(Sandbox.received(AUTHORIZE)).isZero();
    }

    @Test
    void theTransactionIdIsOnlyInAProblemThatHasOne() {
        register(magic("upstream-error-html")).body("transaction_id", nullValue());
    }
}
