package io.itrgateway.api;

import static io.itrgateway.sandbox.Gateway.caller;
import static io.itrgateway.sandbox.Gateway.metric;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.itrgateway.sandbox.RawCaller;
import io.itrgateway.sandbox.RawHttp2;
import io.itrgateway.sandbox.Sandbox;
import io.itrgateway.secret.SecretsQuarkusTest;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Operations that are not in the catalogue, as far as the operator has listed them. */
@QuarkusTest
@TestProfile(SecretsQuarkusTest.Talkative.class)
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
class RelayQuarkusTest {

    private static final String GENERIC = "/v1/verification/generic";
    private static final String BODY = "{\"pan_number\": \"ABCDE1234F\" }\n";
    private static final int LONGEST_BYTES = 8 * 1024 * 1024;
    private static final Duration LONG = Duration.ofMinutes(2);

    @BeforeEach
    void freshSandbox() {
        Sandbox.forget();
    }

    private static ValidatableResponse post(String path) {
        return post(caller(), path, BODY);
    }

    private static ValidatableResponse post(RequestSpecification request, String path, String body) {
        return request.body(body).post(path).then();
    }

    private static LoggedRequest theOneSent(String path) {
        List<LoggedRequest> sent = Sandbox.requests(path);
        assertThat(sent).hasSize(1);
        return sent.get(0);
    }

    private static String raw(String requestLine, String... fields) throws IOException {
        return RawCaller.exchange(
                RestAssured.port,
                requestLine + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + String.join("", List.of(fields))
                        + "\r\n");
    }

    private static String key() {
        return "x-api-key: " + Sandbox.API_KEY + "\r\n";
    }

    private static String document(String boundary) {
        return "--%1$s\r\nContent-Disposition: form-data; name=\"document\"\r\n\r\nABC\r\n--%1$s--\r\n"
                .formatted(boundary);
    }

    private static RequestSpecification multipart(String boundary) {
        return given().header("x-api-key", Sandbox.API_KEY)
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .config(RestAssured.config()
                        .encoderConfig(RestAssured.config()
                                .getEncoderConfig()
                                .encodeContentTypeAs("multipart/form-data", io.restassured.http.ContentType.TEXT)));
    }

    // ---- what is not relayed ----------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/verification/generic/a/b",
                "/v1/verification/generic/",
                "/v1/verification//generic",
                "/v1/verification/generic/.",
                "/v1/verification/x/../generic",
                "/v1/verification/generic;a=b",
                "/v1/verification/generic/a;b",
                "/v1/verification/generi%63",
                "/v1/verification/generic/%61",
                "/v1/verification/generic%2Fa",
                "/v1/verification/Generic",
                "/v1/verification/other",
                "/v1",
                "/v1/authorize",
                "/v1/verification/itr",
                "/v1/verification/itr/create-client/x"
            })
    void aPathOutsideOfTheListIsNotFoundWithOrWithoutAKey(String path) throws Exception {
        for (String fields : List.of("", key())) {
            String answer = raw("POST " + path, fields, "Content-Type: application/json\r\n", "Content-Length: 0\r\n");

            assertThat(answer).startsWith("HTTP/1.1 404 ").contains("\"code\":\"not-found\"");
        }
        assertThat(Sandbox.stubs().getAllServeEvents())
                .noneMatch(sent -> sent.getRequest().getUrl().contains("generic"))
                .noneMatch(sent -> sent.getRequest().getUrl().contains("itr"));
    }

    @Test
    void aCallerWithoutAKeyIsNotServed() {
        post(given().contentType("application/json"), GENERIC, BODY)
                .statusCode(401)
                .header("WWW-Authenticate", containsString("x-api-key"))
                .header("RateLimit", nullValue())
                .body("code", equalTo("unauthenticated"));

        assertThat(Sandbox.received(GENERIC)).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/verification/generic, 'DELETE, OPTIONS, PATCH, POST'",
        "DELETE, /v1/verification/generic/a, 'GET, HEAD, OPTIONS, POST, PUT'",
        "GET, /v1/verification/itr/create-client, 'OPTIONS, POST'",
        "PUT, /v1/verification/itr/get-itr-details, 'GET, HEAD, OPTIONS'"
    })
    void aMethodThatIsNotListedIsNotAllowed(String method, String path, String allow) {
        caller().request(method, path)
                .then()
                .statusCode(405)
                .header("Allow", allow)
                .body("code", equalTo("method-not-allowed"));
        caller().options(path).then().statusCode(200).header("Allow", allow);

        assertThat(Sandbox.received(path)).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/xml",
                "application/x-www-form-urlencoded",
                "application/vnd.api+json",
                "multipart/mixed; boundary=x",
                "multipart/form-data",
                "multipart/form-data; boundary=1234567890123456789012345678901234567890123456789012345678901234567890+"
            })
    void anotherTypeOfBodyIsNotSupported(String type) throws Exception {
        assertThat(raw("POST " + GENERIC, key(), "Content-Type: " + type + "\r\n", "Content-Length: 0\r\n"))
                .startsWith("HTTP/1.1 415 ")
                .contains("multipart/form-data");

        assertThat(Sandbox.received(GENERIC)).isZero();
    }

    /** Deepvue would refuse the request for its fields, as it does where the gateway is at fault, and the circuit would open. */
    @Test
    void aLongContentTypeIsMalformed() throws Exception {
        assertThat(raw(
                        "POST " + GENERIC,
                        key(),
                        "Content-Type: application/json;a=" + "b".repeat(240) + "\r\n",
                        "Content-Length: 0\r\n"))
                .startsWith("HTTP/1.1 400 ")
                .contains("\"code\":\"malformed-request\"", "Content-Type");

        assertThat(Sandbox.received(GENERIC)).isZero();
    }

    @Test
    void aLongPathIsMalformed() throws Exception {
        String path = GENERIC + "/" + "a".repeat(4_000);
        try (var http2 = RawHttp2.connect(RestAssured.port)) {
            http2.send(RawHttp2.headers(
                    1,
                    RawHttp2.END_STREAM,
                    RawHttp2.request("GET", path + "?" + "b".repeat(100), "x-api-key", Sandbox.API_KEY)));

            assertThat(http2.answer(1).status()).isEqualTo(400);
            assertThat(http2.stream(1).body()).contains("\"code\":\"malformed-request\"", "4 KiB");
        }
        assertThat(Sandbox.received(path)).isZero();
    }

    @Test
    void aCompressedBodyIsNotSupported() {
        post(caller().header("Content-Encoding", "gzip"), GENERIC, BODY).statusCode(415);

        assertThat(Sandbox.received(GENERIC)).isZero();
    }

    @Test
    void nothingButJsonIsAnswered() {
        post(caller().accept("text/html"), GENERIC, BODY).statusCode(406).body("code", equalTo("not-acceptable"));
        post(caller().accept("text/html, application/*;q=0.5"), GENERIC, BODY).statusCode(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{a}", "a|b", "a\\b", "a^b", "\"a\"", "<a>", "a`b"})
    void aQueryThatIsNoneOfAUriIsMalformed(String query) throws Exception {
        assertThat(raw("GET " + GENERIC + "/a?" + query, key())).startsWith("HTTP/1.1 400 ");

        assertThat(Sandbox.received(GENERIC + "/a")).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBodyOverTheLimitIsTooLarge(boolean announced) throws Exception {
        var body = new byte[LONGEST_BYTES + 1];
        var request = HttpRequest.newBuilder(URI.create(RestAssured.baseURI + ":" + RestAssured.port + GENERIC))
                .version(HttpClient.Version.HTTP_1_1)
                .header("x-api-key", Sandbox.API_KEY)
                .header("Content-Type", "application/json")
                .POST(
                        announced
                                ? BodyPublishers.ofByteArray(body)
                                : BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)))
                .build();

        var answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(answer.body()).contains("\"code\":\"payload-too-large\"", "8 MiB");
        assertThat(Sandbox.received(GENERIC)).isZero();
    }

    // ---- what is sent -----------------------------------------------------------------------------------------------

    @Test
    void theBodyIsSentAsItIsAndOfTheHeadersOnlyItsType() {
        post(
                        caller().header("Cookie", "a=b")
                                .header("X-Request-Id", "mine")
                                .header("X-Other", "mine")
                                .header("Forwarded", "for=mine"),
                        GENERIC,
                        BODY)
                .statusCode(200)
                .contentType("application/json")
                .header("Cache-Control", "no-store")
                .header("X-Request-Id", "mine")
                .body("data.bytes", equalTo(BODY.length()));

        var sent = theOneSent(GENERIC);
        assertThat(sent.getBodyAsString()).isEqualTo(BODY);
        assertThat(sent.getHeader("x-api-key")).isEqualTo(Sandbox.CLIENT_SECRET);
        assertThat(sent.getHeader("Content-Type")).startsWith("application/json");
        assertThat(sent.getAllHeaderKeys().stream().map(String::toLowerCase))
                .containsExactlyInAnyOrder(
                        "accept", "authorization", "content-length", "content-type", "host", "user-agent", "x-api-key");
    }

    @ParameterizedTest
    @CsvSource({"POST, ''", "POST, /a", "PUT, /a", "PATCH, ''", "DELETE, ''"})
    void everyListedMethodIsSentWithItsBody(String method, String segment) {
        caller().body(BODY).request(method, GENERIC + segment).then().statusCode(200);

        var sent = theOneSent(GENERIC + segment);
        assertThat(sent.getMethod().getName()).isEqualTo(method);
        assertThat(sent.getBodyAsString()).isEqualTo(BODY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a", "a-b_c~d.e", "A!$&'()*+,=:@", "...", "a?", "a?b=%41+c&d&&e=1%2F2;f='*'", "a?[x]=%C3%A4?/:@"
            })
    void thePathAndTheQueryAreSentLetterByLetter(String target) throws Exception {
        assertThat(raw("GET " + GENERIC + "/" + target, key())).startsWith("HTTP/1.1 200 ");

        assertThat(Sandbox.stubs().getAllServeEvents().stream()
                        .map(sent -> sent.getRequest().getUrl())
                        .filter(url -> url.startsWith(GENERIC)))
                .containsExactly(GENERIC + "/" + target.replaceFirst("\\?$", ""));
    }

    @Test
    void aReadIsAnsweredToHeadWithoutABody() {
        caller().head(GENERIC + "/a").then().statusCode(200).body(equalTo(""));
    }

    @Test
    void theLongestBoundaryIsSent() {
        String boundary = "b".repeat(70);

        post(multipart(boundary), GENERIC, document(boundary)).statusCode(200);
    }

    @Test
    void anEmptyBodyIsSentAsNone() throws Exception {
        assertThat(raw("POST " + GENERIC, key(), "Content-Length: 0\r\n")).startsWith("HTTP/1.1 200 ");

        assertThat(theOneSent(GENERIC).getBody()).isEmpty();
    }

    /** Over HTTP/2, which reads bodies in its own way. */
    @Test
    void aDocumentOfMebibytesIsSentByteByByte() {
        byte[] document = new byte[3 * 1024 * 1024];
        new Random(1).nextBytes(document);
        var body = Buffer.buffer("--x-y\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n")
                .appendBytes(document)
                .appendString("\r\n--x-y--\r\n");
        var vertx = Vertx.vertx();
        try {
            int status = vertx.createHttpClient(new HttpClientOptions()
                            .setProtocolVersion(HttpVersion.HTTP_2)
                            .setHttp2ClearTextUpgrade(false))
                    .request(new RequestOptions()
                            .setMethod(HttpMethod.POST)
                            .setHost("localhost")
                            .setPort(RestAssured.port)
                            .setURI(GENERIC)
                            .putHeader("x-api-key", Sandbox.API_KEY)
                            .putHeader("Content-Type", "multipart/form-data; boundary=x-y"))
                    .compose(request -> request.send(body))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join()
                    .statusCode();

            assertThat(status).isEqualTo(200);
        } finally {
            vertx.close();
        }
        assertThat(theOneSent(GENERIC).getBody()).isEqualTo(body.getBytes());
        assertThat(theOneSent(GENERIC).getHeader("Content-Type")).isEqualTo("multipart/form-data;boundary=x-y");
    }

    // ---- what comes back --------------------------------------------------------------------------------------------

    /** Over HTTP/2, where the stream may be closed before the end of its answer is reported. */
    @Test
    void anAnswerThatTheCallerHasInFullIsRecordedAsAnswered() throws IOException {
        String answered =
                "gateway_calls_seconds_count{code=\"ok\",operation=\"relay\",outcome=\"processed\",status=\"200\"}";
        double before = metric(answered);

        try (var http2 = RawHttp2.connect(RestAssured.port)) {
            http2.send(
                    RawHttp2.headers(
                            1,
                            0,
                            RawHttp2.request(
                                    "POST", GENERIC, "x-api-key", Sandbox.API_KEY, "content-type", "application/json")),
                    RawHttp2.frame(RawHttp2.DATA, RawHttp2.END_STREAM, 1, BODY.getBytes(UTF_8)));
            assertThat(http2.answer(1).status()).isEqualTo(200);
            assertThat(http2.stream(1).isComplete()).isTrue();

            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(metric(answered)).isEqualTo(before + 1));
        }
    }

    @Test
    void anAnswerWithoutDataIsPassedOn() {
        post(GENERIC + "/no-data").statusCode(200).body("message", equalTo("Request accepted"));
    }

    @Test
    void stillProcessingIsAnAnswer() {
        post(GENERIC + "/pending").statusCode(202);
    }

    @Test
    void aSuccessThatIsNotJsonIsAnInvalidResponse() {
        post(GENERIC + "/upstream-invalid-response")
                .statusCode(502)
                .body("code", equalTo("upstream-invalid-response"))
                .body("outcome", equalTo("unknown"));
    }

    @Test
    void aRefusalQuotesNothingOfTheRequest() {
        String answer = post(GENERIC + "/upstream-rejected")
                .statusCode(422)
                .body("code", equalTo("upstream-rejected"))
                .body("outcome", equalTo("rejected"))
                .extract()
                .asString();

        assertThat(answer).doesNotContain("ABCDE1234F");
    }

    @ParameterizedTest
    @CsvSource({
        "POST, false, may have been carried out",
        "PUT, true, may have begun to fetch",
        "GET, true, A repeat does no harm"
    })
    void whatIsSaidOfALostAnswerDependsOnWhatTheListSays(String method, boolean retryable, String detail) {
        caller().request(method, GENERIC + "/upstream-error")
                .then()
                .statusCode(502)
                .body("outcome", equalTo("unknown"))
                .body("retryable", equalTo(retryable))
                .body("detail", containsString(detail))
                .body("detail", not(containsString("registration")));
    }

    @ParameterizedTest
    @CsvSource({"POST, 1", "PUT, 1", "GET, 2"})
    void onlyAReadIsRepeatedWhenItsConnectionIsLost(String method, int times) {
        String path = GENERIC + "/upstream-connection-lost";

        caller().request(method, path).then().statusCode(502).body("code", equalTo("upstream-connection-lost"));

        assertThat(Sandbox.received(path)).isEqualTo(times);
    }

    /** As for a product that is not in the contract. How long no further token is asked for grows, so that a slow machine sees it, too. */
    @Test
    void whatIsRefusedWithANewTokenAsWellSoonCostsOneCallAndNoToken() {
        String path = GENERIC + "/not-in-the-contract";
        refuseEveryToken(path);

        postRefused(path);

        assertThat(Sandbox.received(path)).isEqualTo(2);
        assertThat(Sandbox.received(Sandbox.AUTHORIZE)).isEqualTo(1);
        await().until(() -> {
            int calls = Sandbox.received(path);
            int authorizes = Sandbox.received(Sandbox.AUTHORIZE);
            postRefused(path);
            return Sandbox.received(path) == calls + 1 && Sandbox.received(Sandbox.AUTHORIZE) == authorizes;
        });
        int authorizes = Sandbox.received(Sandbox.AUTHORIZE);
        post(GENERIC).statusCode(200);
        post(GENERIC + "/token-refused-once").statusCode(200);
        assertThat(Sandbox.received(Sandbox.AUTHORIZE)).isEqualTo(authorizes + 1);
    }

    /** The new token may have been revoked at once, so the first few renewals follow each other soon. */
    @Test
    void whatIsRefusedAgainAndAgainDelaysNoOtherCall() {
        String path = GENERIC + "/refused-again-and-again";
        refuseEveryToken(path);

        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> {
                    int calls = Sandbox.received(path);
                    postRefused(path);
                    assertThat(Sandbox.received(path)).as("there is a token").isGreaterThan(calls);
                    return Sandbox.received(Sandbox.AUTHORIZE) == 3;
                });

        post(GENERIC).statusCode(200);
    }

    /** Of the token that is held, Deepvue has accepted another call. */
    private static void refuseEveryToken(String path) {
        post(GENERIC).statusCode(200);
        Sandbox.forget();
        Sandbox.stubs().stubFor(WireMock.post(path).atPriority(1).willReturn(WireMock.unauthorized()));
    }

    private static void postRefused(String path) {
        post(path)
                .statusCode(502)
                .body("code", equalTo("upstream-credentials-refused"))
                .body("outcome", equalTo("not_processed"));
    }

    @Test
    void whatWasRefusedAndIsAcceptedAgainHasItsTokenRenewed() {
        String path = GENERIC + "/in-the-contract-again";
        var refused = WireMock.post(path).atPriority(1).willReturn(WireMock.unauthorized());
        post(GENERIC).statusCode(200);
        Sandbox.stubs().stubFor(refused);
        post(path).statusCode(502);
        Sandbox.forget();
        post(path).statusCode(200);
        Sandbox.forget();

        Sandbox.stubs().stubFor(refused);
        post(path).statusCode(502);

        assertThat(Sandbox.received(path)).isEqualTo(2);
        assertThat(Sandbox.received(Sandbox.AUTHORIZE)).isEqualTo(1);
    }

    @Test
    void aRefusedTokenIsRenewedAndTheSameBodySentAgain() {
        String path = GENERIC + "/token-refused-once";

        post(path).statusCode(200);

        assertThat(Sandbox.requests(path))
                .extracting(LoggedRequest::getBodyAsString)
                .containsExactly(BODY, BODY);
    }

    // ---- what it costs ----------------------------------------------------------------------------------------------

    private static int left(ValidatableResponse answer) {
        return Integer.parseInt(answer.extract().header("RateLimit").replaceAll(".*;r=(\\d+);.*", "$1"));
    }

    @Test
    void aRelayedCallCountsInThePlanAndInTheMetrics() {
        String series =
                "gateway_calls_seconds_count{code=\"ok\",operation=\"relay\",outcome=\"processed\",status=\"200\"}";
        int before = left(post(GENERIC).statusCode(200));
        double counted = metric(series);

        int after = left(post(GENERIC).statusCode(200));

        assertThat(after).isEqualTo(before - 1);
        assertThat(metric(series)).isGreaterThan(counted);
        assertThat(left(post(caller().accept("text/html"), GENERIC, BODY))).isEqualTo(after);
    }

    // ---- repeating --------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"", "/upstream-error", "/upstream-rejected"})
    void theSameKeyGetsTheSameAnswer(String segment) {
        String key = UUID.randomUUID().toString();
        int status = post(caller().header("Idempotency-Key", key), GENERIC + segment, BODY)
                .extract()
                .statusCode();

        post(caller().header("Idempotency-Key", key), GENERIC + segment, BODY)
                .statusCode(status)
                .header("Idempotency-Replayed", equalTo("true"));

        assertThat(Sandbox.received(GENERIC + segment)).isEqualTo(1);
    }

    @Test
    void aKeyIsOfOneMethodAndPath() {
        String key = UUID.randomUUID().toString();
        post(caller().header("Idempotency-Key", key), GENERIC, BODY).statusCode(200);

        post(caller().header("Idempotency-Key", key), GENERIC, "{}")
                .statusCode(422)
                .body("code", equalTo("idempotency-key-reused"));
        post(caller().header("Idempotency-Key", key), GENERIC + "?a", BODY).statusCode(422);
        post(caller().header("Idempotency-Key", key), GENERIC + "/a", BODY)
                .statusCode(200)
                .header("Idempotency-Replayed", nullValue());

        assertThat(Sandbox.received(GENERIC)).isEqualTo(1);
    }

    @Test
    void aMultipartBodyWithANewBoundaryIsTheSameCall() {
        String key = UUID.randomUUID().toString();
        post(multipart("one").header("Idempotency-Key", key), GENERIC, document("one"))
                .statusCode(200);

        post(multipart("another").header("Idempotency-Key", key), GENERIC, document("another"))
                .statusCode(200)
                .header("Idempotency-Replayed", equalTo("true"));

        assertThat(Sandbox.requests(GENERIC))
                .extracting(sent -> new String(sent.getBody(), UTF_8))
                .containsExactly(document("one"));
    }
}
