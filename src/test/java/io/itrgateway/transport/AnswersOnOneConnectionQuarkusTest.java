package io.itrgateway.transport;

import static io.itrgateway.sandbox.Gateway.caller;
import static io.itrgateway.sandbox.Gateway.metric;
import static io.itrgateway.sandbox.Gateway.register;
import static io.itrgateway.sandbox.Gateway.send;
import static io.itrgateway.sandbox.Person.magic;
import static io.itrgateway.sandbox.ScriptedUpstream.answer;
import static io.itrgateway.sandbox.ScriptedUpstream.answers;
import static io.itrgateway.sandbox.ScriptedUpstream.answersAuthorize;
import static io.itrgateway.sandbox.ScriptedUpstream.connectionOf;
import static io.itrgateway.sandbox.ScriptedUpstream.envelope;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.emptyOrNullString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import io.itrgateway.sandbox.RawCaller;
import io.itrgateway.sandbox.Sandbox;
import io.itrgateway.sandbox.ScriptedUpstream;
import io.itrgateway.sandbox.ScriptedUpstream.Script;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.ValidatableResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two callers, one after the other, where the upstream's first answer is not what an answer should be. */
@QuarkusTest
@QuarkusTestResource(value = ScriptedUpstream.class, restrictToAnnotatedClass = true)
class AnswersOnOneConnectionQuarkusTest {

    private static final String FIRST = "FIRST0001A";
    private static final String SECOND = "SECOND002B";
    private static final String FIRST_ANSWER = answer("200 OK", envelope(FIRST));
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final String CALLS_THAT_LEFT = "gateway_wait_seconds_count{result=\"left\"}";
    private static final int LONGEST_BODY_BYTES = 16 * 1024 * 1024;
    private static final int LONGEST_HEADERS_BYTES = 32 * 1024;

    @Test
    void aConnectionWhoseAnswersAreInOrderIsKept() {
        firstIsAnswered(connection -> connection.send(FIRST_ANSWER)).statusCode(200);

        secondGetsItsOwnAnswer();

        assertThat(connectionOf(SECOND)).isEqualTo(connectionOf(FIRST));
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 102, 103, 104, 110, 199})
    void interimAnswersAreSkippedAndTheConnectionIsKept(int status) {
        String interim = "HTTP/1.1 " + status + " Wait\r\nLink: </style.css>; rel=preload\r\n\r\n";

        firstIsAnswered(connection -> {
                    connection.send(interim);
                    connection.send(interim + interim);
                    connection.send(interim.substring(0, 20));
                    connection.send(interim.substring(20) + FIRST_ANSWER);
                })
                .statusCode(200)
                .body("data.itr_client_id", equalTo("itr_" + FIRST));

        secondGetsItsOwnAnswer();
        assertThat(connectionOf(SECOND)).isEqualTo(connectionOf(FIRST));
    }

    @Test
    void anUnrequestedProtocolSwitchIsNoAnswer() {
        isUnknown(firstIsAnswered(connection -> {
            connection.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n");
            connection.send(FIRST_ANSWER);
        }));

        secondGetsItsOwnAnswerOnAnotherConnection();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 23\r\n\r\n{\"data\":{\"other\":true}}",
                "HTTP/1.1 200 OK\r\nX-Half: a he",
                "HTTP/1.1 102 Processing\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\n\r\n",
                "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
                "\r\n",
                "}"
            })
    void bytesBehindAnAnswerHarmNeitherItsCallerNorTheNext(String surplus) {
        firstIsAnswered(connection -> connection.send(FIRST_ANSWER + surplus))
                .statusCode(200)
                .body("data.itr_client_id", equalTo("itr_" + FIRST));

        secondGetsItsOwnAnswerOnAnotherConnection();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 23\r\n\r\n{\"data\":{\"other\":true}}",
                "HTTP/1.1 200 OK\r\nX-Half: a he",
                "HTTP/1.1 104 Upload Resumption Supported\r\n\r\n",
                "\r\n",
                "}"
            })
    void bytesOnAnIdleConnectionEndIt(String surplus) throws InterruptedException {
        var answered = new CountDownLatch(1);
        var closed = new CountDownLatch(1);

        firstIsAnswered(connection -> {
                    connection.send(FIRST_ANSWER);
                    await(answered);
                    connection.send(surplus);
                    connection.awaitClose();
                    closed.countDown();
                })
                .statusCode(200);
        answered.countDown();
        assertThat(closed.await(60, TimeUnit.SECONDS)).isTrue();

        secondGetsItsOwnAnswerOnAnotherConnection();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\nTrailer: late\r\n\r\nmore",
                "HTTP/1.1 204 No Content\r\nContent-Length: %d\r\n\r\n%s",
                "HTTP/1.1 200 OK\r\nContent-Length: 0%d\r\nConnection: Keep-Alive, close\r\n\r\n%s",
                "HTTP/1.1 103 Early Hints\r\nConnection: close\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s",
                "HTTP/1.1 408 Request Timeout\r\nContent-Length: %d\r\n\r\n%s"
            })
    void anAnswerWithAnUncertainEndIsTheLastOfItsConnection(String pattern) {
        firstIsAnswered(connection -> {
            connection.send(pattern.formatted(envelope(FIRST).length(), envelope(FIRST)));
            connection.awaitClose();
        });

        secondGetsItsOwnAnswerOnAnotherConnection();
    }

    @Test
    void anAnswerThatTheEndOfTheConnectionEndsIsWhole() {
        firstIsAnswered(connection -> {
                    connection.send("HTTP/1.1 200 OK\r\n\r\n" + envelope(FIRST));
                    connection.close();
                })
                .statusCode(200)
                .body("data.itr_client_id", equalTo("itr_" + FIRST));

        secondGetsItsOwnAnswerOnAnotherConnection();
    }

    @Test
    void aChunkedAnswerWithTrailersKeepsTheConnection() {
        firstIsAnswered(connection -> connection.send(
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\nDate: then\r\n\r\n"
                                .formatted(envelope(FIRST).length(), envelope(FIRST))))
                .statusCode(200);

        secondGetsItsOwnAnswer();
        assertThat(connectionOf(SECOND)).isEqualTo(connectionOf(FIRST));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 1_000})
    void chunksOverrideALengthAndTheConnectionIsNotUsedAgain(int length) {
        firstIsAnswered(connection -> connection.send(
                        "HTTP/1.1 200 OK\r\nContent-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n"
                                .formatted(length, envelope(FIRST).length(), envelope(FIRST))))
                .statusCode(200)
                .body("data.itr_client_id", equalTo("itr_" + FIRST));

        secondGetsItsOwnAnswerOnAnotherConnection();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: %d\r\nContent-Length: 5\r\n\r\n%s",
                "HTTP/1.1 200 OK\r\nContent-Length: %d, 5\r\n\r\n%s",
                "HTTP/1.0 200 OK\r\nContent-Length: %d\r\nContent-Length: 5\r\n\r\n%s",
                "HTTP/1.1 200 OK\r\nContent-Length: -%d\r\n\r\n%s",
                "HTTP/1.1 200 OK\r\nContent-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n%2$s",
                "HTTP/1.1 200 OK\r\nContent-Length: %d, 5\r\nTransfer-Encoding: chunked\r\n\r\n%1$x\r\n%2$s\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: %d\r\nTransfer-Encoding: chunked, chunked\r\n\r\n%1$x\r\n%2$s\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\nContent-Length: %d\n\n%s",
                "HTTP/1.0 200 OK\r\nX: %d\r\nTransfer-Encoding: chunked\r\n\r\n%2$s",
                "HTTP/2.0 200 OK\r\nContent-Length: %d\r\n\r\n%s",
                "%d %s"
            })
    void anAnswerThatTwoReadersCouldReadDifferentlyIsNone(String pattern) {
        isUnknown(firstIsAnswered(
                connection -> connection.send(pattern.formatted(envelope(FIRST).length(), envelope(FIRST)) + "\r\n")));

        secondGetsItsOwnAnswerOnAnotherConnection();
    }

    @Test
    void aBodyShorterThanItsLengthIsCutShort() {
        isUnknown(firstIsAnswered(connection -> {
            connection.send(FIRST_ANSWER.substring(0, FIRST_ANSWER.length() - 1));
            connection.close();
        }));

        secondGetsItsOwnAnswerOnAnotherConnection();
    }

    @Test
    void authorizeSkipsInterimAnswersAndIgnoresBytesBehindItsAnswer() {
        String refused = answer("401 Unauthorized", "{\"detail\":\"Could not validate credentials\"}");
        String token = "{\"access_token\":\"%s\",\"expiry\":\"24hrs\"}";
        answersAuthorize(connection -> {
            connection.send("HTTP/1.1 102 Processing\r\n\r\n");
            connection.send(answer("200 OK", token.formatted("one")) + answer("200 OK", "{}"));
        });
        answersAuthorize(connection -> connection.send(answer("200 OK", token.formatted("two"))));

        firstIsAnswered(connection -> connection.send(refused)).statusCode(200);
        firstIsAnswered(connection -> connection.send(refused)).statusCode(200);
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 203})
    void aSuccessWithAnEnvelopeIsTwoHundred(int status) {
        firstIsAnswered(connection -> connection.send(answer(status + " Success", envelope(FIRST))))
                .statusCode(200)
                .body("data.itr_client_id", equalTo("itr_" + FIRST));
    }

    @Test
    void aCallThatIsStillProcessedIsTwoHundredAndTwo() {
        firstIsAnswered(connection -> connection.send(answer("202 Accepted", envelope(FIRST))))
                .statusCode(202)
                .body("data.itr_client_id", equalTo("itr_" + FIRST));
    }

    @ParameterizedTest
    @ValueSource(ints = {205, 206, 207, 208, 226, 250, 299})
    void anyOtherSuccessIsNone(int status) {
        isUnknown(firstIsAnswered(connection -> connection.send(answer(status + " Success", envelope(FIRST)))));
    }

    /** RFC 9112, 2.3, has it in upper case only; what it says is certain all the same. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "http/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s",
                "http/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n"
            })
    void theVersionMayBeInLowerCase(String pattern) {
        firstIsAnswered(connection ->
                        connection.send(pattern.formatted(envelope(FIRST).length(), envelope(FIRST))))
                .statusCode(200)
                .body("data.itr_client_id", equalTo("itr_" + FIRST));

        secondGetsItsOwnAnswer();
        assertThat(connectionOf(SECOND)).isEqualTo(connectionOf(FIRST));
    }

    /** RFC 9112, 6.1: a client closes the connection after an answer of HTTP/1.0 with chunks. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%s",
                "HTTP/1.0 200 OK\r\nContent-Length: %d\r\nConnection: keep-alive\r\n\r\n%s",
                "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n"
            })
    void anAnswerOfAnOlderVersionIsTheLastOfItsConnection(String pattern) {
        firstIsAnswered(connection -> {
                    connection.send(pattern.formatted(envelope(FIRST).length(), envelope(FIRST)));
                    connection.awaitClose();
                })
                .statusCode(200)
                .body("data.itr_client_id", equalTo("itr_" + FIRST));

        secondGetsItsOwnAnswerOnAnotherConnection();
    }

    @Test
    void aSuccessWithoutContentIsNone() {
        isUnknown(firstIsAnswered(connection -> connection.send("HTTP/1.1 204 No Content\r\n\r\n")));
    }

    @Test
    void headersMayHave32KiB() {
        firstIsAnswered(connection -> connection.send(withHeadersOf(LONGEST_HEADERS_BYTES)))
                .statusCode(200)
                .body("data.itr_client_id", equalTo("itr_" + FIRST));
    }

    /** RFC 9112, 4: a client "SHOULD ignore the reason-phrase content". */
    @Test
    void aReasonMayBeLong() {
        firstIsAnswered(connection -> connection.send(
                        answer("422 " + "reason ".repeat(3_000), "{\"detail\":\"Invalid Pan pattern\"}")))
                .statusCode(422)
                .body("detail", equalTo("Deepvue says: Invalid Pan pattern"));

        secondGetsItsOwnAnswer();
        assertThat(connectionOf(SECOND)).isEqualTo(connectionOf(FIRST));
    }

    @Test
    void headersOfMoreThan32KiBLeaveTheOutcomeUnknown() {
        isUnknown(firstIsAnswered(connection -> connection.send(withHeadersOf(LONGEST_HEADERS_BYTES + 1024))));

        secondGetsItsOwnAnswerOnAnotherConnection();
    }

    /** By a client that does not look at every character. */
    @Test
    void anAnswerMayHave16MiB() throws Exception {
        String body = envelopeOf(LONGEST_BODY_BYTES);
        answers(FIRST, connection -> connection.send(answer("200 OK", body)));

        var answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(
                                        URI.create("http://localhost:" + RestAssured.port + Sandbox.CREATE_CLIENT))
                                .header("x-api-key", Sandbox.API_KEY)
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString(magic(FIRST).json()))
                                .build(),
                        BodyHandlers.ofByteArray());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(body.getBytes(US_ASCII));
    }

    @Test
    void anAnswerOfMoreThan16MiBLeavesTheOutcomeUnknown() {
        String body = envelopeOf(LONGEST_BODY_BYTES + 1);

        isUnknown(firstIsAnswered(connection -> connection.send(answer("200 OK", body))));

        secondGetsItsOwnAnswerOnAnotherConnection();
    }

    @Test
    void whileACallerDoesNotReadItsLongAnswerItsNextCallIsNotSent() throws Exception {
        try (var idle = new Socket()) {
            leaveTheLongestAnswerUnread(idle);

            register(magic(SECOND))
                    .statusCode(503)
                    .header("Retry-After", not(emptyOrNullString()))
                    .body("code", equalTo("overloaded"))
                    .body("outcome", equalTo("not_processed"))
                    .body("retryable", equalTo(true));
        }

        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> metric("gateway_answer_bytes") == 0);
        secondGetsItsOwnAnswer();
    }

    @Test
    void whileACallerDoesNotReadItsLongAnswerAnotherCallerGetsItsOwn() throws Exception {
        answers(SECOND, connection -> connection.send(answer("200 OK", envelope(SECOND))));
        try (var idle = new Socket()) {
            leaveTheLongestAnswerUnread(idle);

            send(
                            given().header("x-api-key", ScriptedUpstream.NEIGHBOUR_KEY)
                                    .header("Content-Type", "application/json"),
                            magic(SECOND).json())
                    .statusCode(200)
                    .body("data.itr_client_id", equalTo("itr_" + SECOND));
        }

        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> metric("gateway_answer_bytes") == 0);
    }

    @Test
    void whileACallerDoesNotReadItsLongAnswerItsLongReplayIsRefusedAndLaterGiven() throws Exception {
        answers(SECOND, connection -> connection.send(answer("200 OK", envelopeOf(200_000))));
        registerWithKey(SECOND).statusCode(200);
        try (var idle = new Socket()) {
            leaveTheLongestAnswerUnread(idle);

            registerWithKey(SECOND)
                    .statusCode(502)
                    .header("Idempotency-Replayed", nullValue())
                    .body("code", equalTo("call-interrupted"))
                    .body("outcome", equalTo("unknown"))
                    .body("detail", containsString("repeat with the same key"));
        }

        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> metric("gateway_answer_bytes") == 0);
        registerWithKey(SECOND).statusCode(200).header("Idempotency-Replayed", "true");
    }

    /** Long answers are written in parts of 64 KiB, and no part ends the guard of its connection, whatever it begins with. */
    @Test
    void aLongAnswerWithATextThatLooksLikeAProtocolSwitchLeavesItsConnectionGuarded() throws Exception {
        String body = envelopeOf(200_000);
        String switching = "HTTP/1.1 101 Switching Protocols";
        answers(
                FIRST,
                connection -> connection.send(answer(
                        "200 OK",
                        body.substring(0, 64 * 1024) + switching + body.substring(64 * 1024 + switching.length()))));

        try (var caller = new RawCaller(RestAssured.port)) {
            caller.send(new String(registrationOf(FIRST), US_ASCII));
            assertThat(caller.until("}}")).startsWith("HTTP/1.1 200 ").contains(switching);
            caller.send("GET /problems ABC/9.9\r\nHost: localhost\r\n\r\n");

            assertThat(caller.everything()).startsWith("HTTP/1.1 400 ").contains("\"code\":\"malformed-request\"");
        }
    }

    /** The answer is in memory until it can be written. */
    private static void leaveTheLongestAnswerUnread(Socket caller) throws IOException {
        answers(FIRST, connection -> connection.send(answer("200 OK", envelopeOf(LONGEST_BODY_BYTES))));
        caller.setReceiveBufferSize(4 * 1024);
        caller.connect(new InetSocketAddress("localhost", RestAssured.port));
        caller.getOutputStream().write(registrationOf(FIRST));
        // Its head has left: what is counted from now on is what is being sent, not what arrives.
        assertThat(caller.getInputStream().read()).isNotNegative();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> metric("gateway_answer_bytes") >= LONGEST_BODY_BYTES);
    }

    private static ValidatableResponse registerWithKey(String username) {
        return send(
                caller().header("Idempotency-Key", "key-of-a-long-answer"),
                magic(username).json());
    }

    /** One call is at the upstream, and no more than one may be. */
    @Test
    void aCallWithAKeyWhoseCallerHangsUpInTheQueueIsNotMade() throws Exception {
        var arrived = new CountDownLatch(1);
        var proceeds = new CountDownLatch(1);
        answers(FIRST, connection -> {
            arrived.countDown();
            await(proceeds);
            connection.send(FIRST_ANSWER);
        });
        double left = metric(CALLS_THAT_LEFT);
        try (var first = new RawCaller(RestAssured.port)) {
            first.send(new String(registrationOf(FIRST), US_ASCII));
            await(arrived);
            try (var second = new RawCaller(RestAssured.port)) {
                second.send(new String(registrationOf(SECOND), US_ASCII)
                        .replace("Host:", "Idempotency-Key: left-the-queue\r\nHost:"));
                Awaitility.await().atMost(LONG).until(() -> metric("gateway_waiting") == 1);
            }
            Awaitility.await().atMost(LONG).until(() -> metric("gateway_waiting") == 0);
            proceeds.countDown();
            assertThat(first.until("}}")).startsWith("HTTP/1.1 200 ");
        }

        assertThat(metric(CALLS_THAT_LEFT)).isEqualTo(left + 1);
        send(caller().header("Idempotency-Key", "left-the-queue"), magic(SECOND).json())
                .statusCode(200)
                .header("Idempotency-Replayed", nullValue());
    }

    private static byte[] registrationOf(String username) {
        String body = magic(username).json();
        return """
                POST %s HTTP/1.1\r
                Host: localhost\r
                x-api-key: %s\r
                Content-Type: application/json\r
                Content-Length: %d\r
                \r
                %s""".formatted(Sandbox.CREATE_CLIENT, Sandbox.API_KEY, body.length(), body)
                .getBytes(US_ASCII);
    }

    private static ValidatableResponse firstIsAnswered(Script script) {
        answers(FIRST, script);
        return register(magic(FIRST));
    }

    private static void secondGetsItsOwnAnswer() {
        register(magic(SECOND)).statusCode(200).body("data.itr_client_id", equalTo("itr_" + SECOND));
    }

    private static void secondGetsItsOwnAnswerOnAnotherConnection() {
        secondGetsItsOwnAnswer();
        assertThat(connectionOf(SECOND)).isNotEqualTo(connectionOf(FIRST));
    }

    private static void isUnknown(ValidatableResponse answer) {
        answer.statusCode(502)
                .body("code", equalTo("upstream-invalid-response"))
                .body("outcome", equalTo("unknown"));
    }

    /** Status line, header fields and empty line are that long together. */
    private static String withHeadersOf(int bytes) {
        String empty = FIRST_ANSWER.replace("\r\n\r\n", "\r\nA: \r\nSet-Cookie: \r\n\r\n");
        int missing = bytes - empty.indexOf(envelope(FIRST));
        return empty.replace("A: ", "A: " + "a".repeat(missing / 2))
                .replace("Cookie: ", "Cookie: " + "c".repeat(missing - missing / 2));
    }

    private static String envelopeOf(int bytes) {
        String empty = "{\"data\":{\"raw_itr\":\"\"}}";
        return empty.replace("\"\"", "\"" + "r".repeat(bytes - empty.length()) + "\"");
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
