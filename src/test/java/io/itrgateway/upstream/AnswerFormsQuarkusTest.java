package io.itrgateway.upstream;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static io.itrgateway.sandbox.Gateway.caller;
import static io.itrgateway.sandbox.Gateway.register;
import static io.itrgateway.sandbox.Gateway.send;
import static io.itrgateway.sandbox.Person.ASHA;
import static io.itrgateway.sandbox.Person.magic;
import static io.itrgateway.sandbox.Sandbox.AUTHORIZE;
import static io.itrgateway.sandbox.Sandbox.CREATE_CLIENT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import io.itrgateway.sandbox.RawHttp2;
import io.itrgateway.sandbox.Sandbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Base64;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an upstream, its CDN or a proxy may do to the form of an answer, without harm to the call. */
@QuarkusTest
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
class AnswerFormsQuarkusTest {

    private static final String ENVELOPE = "{\"data\":{\"itr_client_id\":\"itr_qkgtvIwLcuooWhtrFFbK\"}}\n";
    private static final String REFUSAL = "{\"detail\":\"Invalid Pan pattern\"}";
    /** One that the sandbox takes: it says until when. */
    private static final String TOKEN =
            "{\"access_token\":\"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJzYW5kYm94In0.20990101T000000000Z\","
                    + "\"expiry\":\"24hrs\"}";

    private static final int MOST_BYTES = 16 * 1024 * 1024;

    @BeforeEach
    void freshSandbox() {
        Sandbox.forget();
    }

    /** The envelope in every coding; br, zstd and compress as the usual tools write them. */
    static Stream<Object[]> codings() {
        var base64 = Base64.getDecoder();
        return Stream.of(
                new Object[] {"gzip", gzip(ENVELOPE)},
                new Object[] {"gzip, gzip", gzip(gzip(ENVELOPE))},
                new Object[] {
                    "br",
                    base64.decode("IdQABHsiZGF0YSI6eyJpdHJfY2xpZW50X2lkIjoiaXRyX3FrZ3R2SXdMY3Vvb1dodHJGRmJLIn19CgM=")
                },
                new Object[] {
                    "zstd",
                    base64.decode(
                            "KLUv/SQ2sQEAeyJkYXRhIjp7Iml0cl9jbGllbnRfaWQiOiJpdHJfcWtndHZJd0xjdW9vV2h0ckZGYksifX0KXIMMcQ==")
                },
                new Object[] {
                    "compress",
                    base64.decode("H52Qe0SQCUMnjAgdAdPQkfNlDJs0ZdzQ+ZKGzEERChnGWXOGjp0kd5iMqfPmzRU0C40YEbNERJ8+CgA=")
                });
    }

    /** What a header can be instead of {@code application/json}. */
    static Stream<String> contentTypes() {
        return Stream.of(
                null,
                "",
                "json",
                "JSON/",
                "application/",
                "/json",
                ";;;",
                ",",
                "text/html",
                "text/plain;charset=utf-16",
                "application/json; charset=",
                "application/json; charset=utf-32",
                "application/json; charset=\"utf-8",
                "application/json; charset=no-such-charset",
                "application/json;;;=;a",
                "application/json, text/html",
                "multipart/form-data",
                "multipart/form-data; boundary=x",
                "text/event-stream",
                "application/x-ndjson",
                "application/vnd.deepvue+json",
                "application/octet-stream",
                "*/*",
                "application/j\u00e9son",
                "x".repeat(4_000));
    }

    @ParameterizedTest
    @MethodSource("codings")
    void aSuccessIsDecoded(String coding, byte[] body) {
        createClientAnswers(json(200, body).withHeader("Content-Encoding", coding));

        assertThat(register(ASHA)
                        .statusCode(200)
                        .header("Content-Encoding", nullValue())
                        .extract()
                        .asString())
                .isEqualTo(ENVELOPE);
    }

    @Test
    void aSuccessThatIsCodedTwiceInTwoHeaderLinesIsDecoded() {
        createClientAnswers(json(200, gzip(gzip(ENVELOPE))).withHeader("Content-Encoding", "x-gzip", "GZIP"));

        assertThat(register(ASHA).statusCode(200).extract().asString()).isEqualTo(ENVELOPE);
    }

    @Test
    void aRefusalIsDecoded() {
        createClientAnswers(json(422, gzip(REFUSAL)).withHeader("Content-Encoding", "gzip"));

        register(ASHA).statusCode(422).body("detail", equalTo("Deepvue says: Invalid Pan pattern"));
    }

    @Test
    void aTokenIsDecoded() {
        register(ASHA).statusCode(200);
        Sandbox.forget();
        authorizeAnswers(json(200, gzip(TOKEN)).withHeader("Content-Encoding", "gzip"));

        register(magic("token-refused-once")).statusCode(200);

        assertThat(Sandbox.received(AUTHORIZE)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "br", "zstd", "deflate", "aes128gcm", "nonsense"})
    void aSuccessThatCannotBeDecodedIsAnInvalidResponse(String coding) {
        createClientAnswers(json(200, ENVELOPE.getBytes(UTF_8)).withHeader("Content-Encoding", coding));

        register(ASHA)
                .statusCode(502)
                .body("code", equalTo("upstream-invalid-response"))
                .body("outcome", equalTo("unknown"));
    }

    @Test
    void aSuccessThatIsTooLargeWhenDecodedIsAnInvalidResponse() {
        createClientAnswers(json(200, gzip(envelopeOf(MOST_BYTES + 1))).withHeader("Content-Encoding", "gzip"));

        register(ASHA).statusCode(502).body("code", equalTo("upstream-invalid-response"));
    }

    @Test
    void aLargeSuccessIsDecodedWhole() {
        byte[] large = envelopeOf(1_000_000);
        createClientAnswers(json(200, gzip(large)).withHeader("Content-Encoding", "gzip"));

        assertThat(register(ASHA).statusCode(200).extract().asByteArray()).isEqualTo(large);
    }

    @Test
    void aLargeSuccessBeginsBeforeItsCallerTakesAnyOfIt() throws Exception {
        createClientAnswers(json(200, envelopeOf(1_000_000)));

        try (var caller = RawHttp2.connect(RestAssured.port, RawHttp2.INITIAL_WINDOW_SIZE, 0)) {
            caller.register(1);

            assertThat(caller.begun(1).status()).isEqualTo(200);
        }
    }

    @Test
    void theLongestAnswerIsPassedOnWholeBeforeItsConnectionEnds() {
        createClientAnswers(json(200, envelopeOf(MOST_BYTES)));

        byte[] answer = caller().header("Connection", "close")
                .body(ASHA.json())
                .post(CREATE_CLIENT)
                .then()
                .statusCode(200)
                .extract()
                .asByteArray();

        assertThat(answer).hasSize(MOST_BYTES);
    }

    @Test
    void theLongestAnswersArePassedOnWholeOverHttp2() throws IOException {
        createClientAnswers(json(200, envelopeOf(MOST_BYTES)));

        try (var connection = RawHttp2.connect(RestAssured.port, RawHttp2.INITIAL_WINDOW_SIZE, 1 << 30)) {
            for (int stream : new int[] {1, 3}) {
                connection.register(stream);

                assertThat(connection.answer(stream).body()).hasSize(MOST_BYTES);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"404, 400, upstream-rejected", "500, 502, upstream-error", "408, 503, upstream-unavailable"})
    void theStatusOfARefusalThatCannotBeDecodedCounts(int upstream, int status, String code) {
        createClientAnswers(json(upstream, REFUSAL.getBytes(UTF_8)).withHeader("Content-Encoding", "br"));

        register(ASHA).statusCode(status).body("code", equalTo(code));
    }

    @ParameterizedTest
    @MethodSource("contentTypes")
    void theBodyDecidesWhatASuccessIs(String contentType) {
        createClientAnswers(typed(200, ENVELOPE, contentType));

        assertThat(register(ASHA)
                        .statusCode(200)
                        .contentType("application/json")
                        .extract()
                        .asString())
                .isEqualTo(ENVELOPE);
    }

    @ParameterizedTest
    @MethodSource("contentTypes")
    void theBodyDecidesWhatARefusalSays(String contentType) {
        createClientAnswers(typed(422, REFUSAL, contentType));

        register(ASHA).statusCode(422).body("detail", equalTo("Deepvue says: Invalid Pan pattern"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", "multipart/form-data", ";;;", "text/html"})
    void theBodyDecidesWhetherThereIsAToken(String contentType) {
        register(ASHA).statusCode(200);
        Sandbox.forget();
        authorizeAnswers(typed(200, TOKEN, contentType));

        register(magic("token-refused-once")).statusCode(200);
    }

    @Test
    void twoContentTypesDoNotHarmASuccess() {
        createClientAnswers(
                aResponse().withStatus(200).withBody(ENVELOPE).withHeader("Content-Type", "json", "text/html"));

        register(ASHA).statusCode(200);
    }

    @Test
    void aByteOrderMarkIsNotPassedOn() {
        createClientAnswers(json(200, ("\ufeff" + ENVELOPE).getBytes(UTF_8)));

        assertThat(register(ASHA).statusCode(200).extract().asByteArray()).isEqualTo(ENVELOPE.getBytes(UTF_8));
    }

    @Test
    void aByteOrderMarkHidesNothingOfARefusal() {
        createClientAnswers(json(422, ("\ufeff" + REFUSAL).getBytes(UTF_8)));

        register(ASHA).body("detail", equalTo("Deepvue says: Invalid Pan pattern"));
    }

    @Test
    void aByteOrderMarkHidesNoToken() {
        register(ASHA).statusCode(200);
        Sandbox.forget();
        authorizeAnswers(json(200, ("\ufeff" + TOKEN).getBytes(UTF_8)));

        register(magic("token-refused-once")).statusCode(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {" %s ", "%s\\n", "\\r\\n\\t%s"})
    void blanksAndLineBreaksAroundATokenAreNotOfIt(String pattern) {
        register(ASHA).statusCode(200);
        Sandbox.forget();
        String token = TOKEN.split("\"")[3];
        authorizeAnswers(
                json(200, TOKEN.replace(token, pattern.formatted(token)).getBytes(UTF_8)));

        register(magic("token-refused-once")).statusCode(200);
    }

    @Test
    void noContentCodingIsAskedFor() {
        register(ASHA).statusCode(200);

        assertThat(Sandbox.requests(CREATE_CLIENT))
                .allSatisfy(request ->
                        assertThat(request.containsHeader("Accept-Encoding")).isFalse());
    }

    @ParameterizedTest
    @ValueSource(ints = {407, 408, 411, 417, 421, 425, 426, 431, 505, 511})
    void aStatusThatSaysThatNothingWasDoneFreesTheIdempotencyKey(int status) {
        createClientAnswers(json(status, REFUSAL.getBytes(UTF_8)).withHeader("Retry-After", "7"));
        String key = UUID.randomUUID().toString();

        send(caller().header("Idempotency-Key", key), ASHA.json())
                .statusCode(503)
                .header("Retry-After", "7")
                .body("code", equalTo("upstream-unavailable"))
                .body("outcome", equalTo("not_processed"))
                .body("retryable", equalTo(true))
                .body("detail", not(emptyString()));
        assertThat(Sandbox.received(CREATE_CLIENT)).isEqualTo(1);

        Sandbox.forget();
        send(caller().header("Idempotency-Key", key), ASHA.json())
                .statusCode(200)
                .header("Idempotency-Replayed", nullValue());
    }

    @ParameterizedTest
    @CsvSource({"200, nonsense", "408, identity"})
    void anAuthorizeWithoutAnAnswerThatCanBeReadIsAnOutageThatPasses(int status, String coding) {
        register(ASHA).statusCode(200);
        Sandbox.forget();
        authorizeAnswers(json(status, TOKEN.getBytes(UTF_8)).withHeader("Content-Encoding", coding));

        register(magic("token-refused-once"))
                .statusCode(503)
                .body("code", equalTo("upstream-unavailable"))
                .body("outcome", equalTo("not_processed"));

        Sandbox.forget();
        await().atMost(Duration.ofMinutes(1))
                .until(() -> register(ASHA).extract().statusCode() == 200);
    }

    /** All callers get it until the next authorize, and the operator says how long calls are held back at the most: here not at all. */
    @Test
    void retryAfterOfAnAuthorizeIsNoLongerThanCallsAreHeldBack() {
        register(ASHA).statusCode(200);
        Sandbox.forget();
        authorizeAnswers(json(503, REFUSAL.getBytes(UTF_8)).withHeader("Retry-After", "3600"));

        register(magic("token-refused-once")).statusCode(503).header("Retry-After", "1");

        Sandbox.forget();
        await().atMost(Duration.ofMinutes(1))
                .until(() -> register(ASHA).extract().statusCode() == 200);
    }

    private static void createClientAnswers(ResponseDefinitionBuilder answer) {
        Sandbox.stubs().stubFor(post(CREATE_CLIENT).atPriority(1).willReturn(answer));
    }

    private static void authorizeAnswers(ResponseDefinitionBuilder answer) {
        Sandbox.stubs().stubFor(post(AUTHORIZE).atPriority(1).willReturn(answer));
    }

    private static ResponseDefinitionBuilder json(int status, byte[] body) {
        return aResponse()
                .withStatus(status)
                .withHeader("Content-Type", "application/json")
                .withBody(body);
    }

    private static ResponseDefinitionBuilder typed(int status, String body, String contentType) {
        var answer = aResponse().withStatus(status).withBody(body);
        return contentType == null ? answer : answer.withHeader("Content-Type", contentType);
    }

    private static byte[] envelopeOf(int bytes) {
        String start = "{\"data\":\"";
        return (start + "x".repeat(bytes - start.length() - 2) + "\"}").getBytes(UTF_8);
    }

    private static byte[] gzip(String plain) {
        return gzip(plain.getBytes(UTF_8));
    }

    private static byte[] gzip(byte[] plain) {
        var bytes = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(bytes)) {
            gzip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
