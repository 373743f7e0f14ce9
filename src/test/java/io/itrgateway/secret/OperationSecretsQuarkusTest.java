package io.itrgateway.secret;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static io.itrgateway.sandbox.OperationCalls.AFTER_A_REGISTRATION;
import static io.itrgateway.sandbox.OperationCalls.send;
import static io.restassured.RestAssured.given;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import io.itrgateway.operation.Field;
import io.itrgateway.operation.Operation;
import io.itrgateway.operation.Operation.Method;
import io.itrgateway.operation.Operations;
import io.itrgateway.sandbox.Gateway;
import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.RawCaller;
import io.itrgateway.sandbox.Sandbox;
import io.itrgateway.sandbox.SharedRedis;
import io.itrgateway.sandbox.TraceReceiver;
import io.itrgateway.sandbox.TwoCallers;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What callers send and what Deepvue returns is in no log line, span, metric or problem, and in Redis sealed only: of no operation of the
 * catalogue, whatever becomes of the call, and with every switch turned to talk.
 */
@QuarkusTest
@TestProfile(SecretsQuarkusTest.Talkative.class)
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
@QuarkusTestResource(value = SharedRedis.class, restrictToAnnotatedClass = true)
@QuarkusTestResource(value = TraceReceiver.class, restrictToAnnotatedClass = true)
@Needs(Needs.Tool.REDIS)
class OperationSecretsQuarkusTest {

    private static final Duration LONG = Duration.ofMinutes(3);

    /** In every value of a request, and in every text of an answer. */
    private static final String WORD = "unspeakable";

    /** The numbers of an answer. */
    private static final String INCOME = "731055824691";

    private static final String DATA =
            ("{\"itr_client_id\":\"%1$s-itr_client_id\",\"status\":\"%3$s\",\"name\":\"%1$s name\","
                            + "\"aadhaar_no\":\"%1$s number\",\"address\":\"%1$s street\",\"income\":%2$s,\"tds_data\":[{\"amount\":\"%2$s.00\"}],"
                            + "\"ais_file\":\"https://files.example/%1$s.json?X-Amz-Signature=%1$s\"}")
                    .formatted(WORD, INCOME, "%s");
    private static final String ENVELOPE = "{\"code\":200,\"transaction_id\":\"txn_1\",\"message\":\"%s\",\"data\":%s}";

    /** Later than its caller waits, and not later than the gateway does. */
    private static final int LATE_MILLIS = 1_500;

    /** What Deepvue answers to a call of an operation. */
    private interface Reply extends Function<Operation, ResponseDefinitionBuilder> {}

    private static final List<Reply> REPLIES = List.of(
            operation -> json(202, envelope("pending")),
            operation -> json(200, envelope("completed")),
            operation -> json(200, envelope("pending")),
            operation -> json(200, envelope("completed"))
                    .withStatusMessage("OK " + WORD)
                    .withHeader("Set-Cookie", "session=" + WORD)
                    .withHeader("Link", "<https://files.example/" + WORD + ">"),
            operation -> json(422, "{\"detail\":\"%s\"}".formatted(quote(operation))),
            operation -> json(422, "{\"details\":[{\"field\":\"x\",\"message\":\"%s\"}]}".formatted(quote(operation))),
            operation -> json(400, "{\"message\":\"%s\"}".formatted(quote(operation))),
            operation -> json(404, "{\"message\":\"%s\"}".formatted(quote(operation))),
            operation -> html(403, operation),
            operation -> json(429, "{\"detail\":\"%s\"}".formatted(quote(operation))),
            operation -> json(500, "{\"message\":\"%s\",\"requestId\":\"req_1\"}".formatted(quote(operation))),
            operation -> html(502, operation),
            operation -> json(503, "{\"detail\":\"%s\"}".formatted(quote(operation))),
            operation -> html(200, operation),
            operation -> json(200, "[" + DATA + "]"),
            operation -> json(200, envelope("completed").substring(0, 200)),
            operation -> json(200, "").withBody(new byte[] {'{', '"', (byte) 0xFF, '"', '}'}),
            operation -> json(200, envelope("completed")).withHeader("Content-Encoding", "gzip"),
            operation -> json(206, envelope("completed")),
            operation -> json(302, "").withHeader("Location", "/moved?itr_client_id=" + WORD),
            operation -> aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER),
            operation -> aResponse().withFault(Fault.EMPTY_RESPONSE),
            operation -> aResponse().withFault(Fault.RANDOM_DATA_THEN_CLOSE),
            operation -> aResponse().withFault(Fault.MALFORMED_RESPONSE_CHUNK));

    private static final Reply SUCCESS = REPLIES.get(1);

    private final WholeLog log = new WholeLog();
    private final AtomicInteger calls = new AtomicInteger();

    private static ResponseDefinitionBuilder json(int status, String body) {
        return aResponse()
                .withStatus(status)
                .withHeader("Content-Type", "application/json")
                .withBody(body);
    }

    private static ResponseDefinitionBuilder html(int status, Operation operation) {
        return aResponse()
                .withStatus(status)
                .withHeader("Content-Type", "text/html")
                .withBody("<html>" + quote(operation) + "</html>");
    }

    /** All that the request of the operation says. */
    private static String quote(Operation operation) {
        return operation.fields().stream()
                .map(OperationSecretsQuarkusTest::value)
                .collect(joining(", ", "refused: ", ""));
    }

    private static String envelope(String status) {
        return ENVELOPE.formatted(WORD, DATA.formatted(status));
    }

    private static String value(Field field) {
        return WORD + "-" + field.name();
    }

    private static Map<String, String> values(Operation operation) {
        return operation.fields().stream().collect(toMap(Field::name, OperationSecretsQuarkusTest::value));
    }

    @BeforeEach
    void listen() {
        Sandbox.forget();
        TraceReceiver.forget();
        SharedRedis.awaitCompleteDataSet();
        log.listen();
    }

    @AfterEach
    void stopListening() {
        log.close();
    }

    private static void deepvueAnswers(Reply reply) {
        for (Operation operation : Operations.ALL) {
            Sandbox.stubs()
                    .stubFor(any(urlPathEqualTo(operation.path())).atPriority(1).willReturn(reply.apply(operation)));
        }
    }

    private ValidatableResponse call(Supplier<RequestSpecification> caller, Operation operation) {
        return callUntil(answer -> true, caller, operation);
    }

    /** Once more where Redis was too slow for a call with a key, which says nothing of what is tested here. */
    private ValidatableResponse callUntil(
            Predicate<Integer> isExpected, Supplier<RequestSpecification> caller, Operation operation) {
        while (true) {
            calls.incrementAndGet();
            var answer = send(
                    operation.method() == Method.POST
                            ? caller.get()
                                    .header("Idempotency-Key", UUID.randomUUID().toString())
                            : caller.get(),
                    operation,
                    values(operation));
            int status = answer.extract().statusCode();
            boolean isOverloaded =
                    status == 503 && answer.extract().path("code").equals("overloaded");
            if (!isOverloaded && isExpected.test(status)) {
                return answer;
            }
        }
    }

    /** A call whose caller does not wait until Deepvue has answered; once more where it did not even wait until the call was sent. */
    private ValidatableResponse callWithoutWaiting(Operation operation) {
        return callUntil(status -> status == 504, () -> Gateway.caller().header("Prefer", "wait=1"), operation);
    }

    private ValidatableResponse register() {
        deepvueAnswers(SUCCESS);
        return call(Gateway::caller, Operations.CREATE_CLIENT).statusCode(200);
    }

    // ---- where nothing may be found ---------------------------------------------------------------------------------

    private static void assertThatNothingIsSaid(String where, String text) {
        for (String secret : List.of(
                WORD,
                INCOME,
                "X-Amz-Signature",
                "files.example",
                "itr_client_id=",
                Sandbox.CLIENT_SECRET,
                "eyJhbGci")) {
            int at = text.indexOf(secret);
            assertThat(at)
                    .as(() -> "%s says %s: %s"
                            .formatted(
                                    where,
                                    secret,
                                    text.substring(Math.max(0, at - 200), Math.min(text.length(), at + 50))))
                    .isNegative();
        }
    }

    private static void assertThatNothingIsSaid(ValidatableResponse problem) {
        var answer = problem.extract();
        if (answer.statusCode() >= 300) {
            assertThatNothingIsSaid("a problem", answer.headers() + answer.asString());
            assertThat(answer.<String>path("instance")).doesNotContain("?");
        }
    }

    private static long calledSpans() {
        return TraceReceiver.spans().stream()
                .filter(span -> span.getKind() == SpanKind.SPAN_KIND_SERVER)
                .count();
    }

    private void assertThatNothingIsSaidAnywhere() {
        await().atMost(LONG)
                .until(() -> log.linesOf("io.itrgateway.call") >= calls.get() && calledSpans() >= calls.get());
        // In this process Quarkus does not find what masks a query in it; CallTelemetryIT reads that of the packaged
        // service.
        assertThatNothingIsSaid(
                "the log",
                log.lines().stream()
                        .filter(line -> !line.contains("[io.quarkus.http.access-log]"))
                        .collect(joining()));
        assertThatNothingIsSaid("a trace", TraceReceiver.everything());
        assertThat(TraceReceiver.spans()).allSatisfy(span -> {
            assertThat(span.getName()).doesNotContain("?");
            assertThat(span.getAttributesList())
                    .noneMatch(attribute -> List.of("url.full", "url.query", "url.path", "http.target", "http.url")
                            .contains(attribute.getKey()));
        });
        assertThatNothingIsSaid("a metric", given().get("/q/metrics").asString());
        assertThatNothingIsSaid("Redis", redis());
    }

    /** Every name and every value. */
    private static String redis() {
        List<String> all = new ArrayList<>();
        for (String key : SharedRedis.server().keys()) {
            Response value =
                    switch (SharedRedis.server().command(Command.TYPE, key).toString()) {
                        case "string" -> SharedRedis.server().command(Command.GET, key);
                        case "hash" -> SharedRedis.server().command(Command.HGETALL, key);
                        case "list" -> SharedRedis.server().command(Command.LRANGE, key, 0, -1);
                        case "set" -> SharedRedis.server().command(Command.SMEMBERS, key);
                        case "zset" -> SharedRedis.server().command(Command.ZRANGE, key, 0, -1);
                        case "none" -> null; // it has expired
                        default -> throw new AssertionError("a type that this test does not read: " + key);
                    };
            all.add(key + " " + value);
        }
        assertThat(all)
                .anyMatch(entry -> entry.contains(":claim:") && entry.contains("result"))
                .anyMatch(entry -> entry.contains(":client:"));
        return String.join("\n", all);
    }

    // ---- what callers and Deepvue do --------------------------------------------------------------------------------

    @Test
    void whateverDeepvueAnswersNothingOfItAndOfTheRequestIsSaid() {
        for (Reply reply : REPLIES) {
            deepvueAnswers(reply);
            Operations.ALL.forEach(operation -> assertThatNothingIsSaid(call(Gateway::caller, operation)));
        }

        assertThatNothingIsSaidAnywhere();
    }

    @Test
    void anAnswerThatComesTooLateForItsCallerSaysNothing() {
        register();
        deepvueAnswers(operation -> json(200, envelope("completed")).withFixedDelay(LATE_MILLIS));

        List<CompletableFuture<ValidatableResponse>> answers = Operations.ALL.stream()
                .map(operation -> CompletableFuture.supplyAsync(
                        () -> callWithoutWaiting(operation), task -> new Thread(task).start()))
                .toList();

        answers.forEach(each -> assertThatNothingIsSaid(each.join()));
        await().atMost(LONG)
                .until(() -> log.lines().stream()
                                .filter(line -> line.contains("[io.itrgateway.call]") && line.contains("event=ended"))
                                .count()
                        >= Operations.ALL.size());

        assertThatNothingIsSaidAnywhere();
    }

    @Test
    void aRefusalOfAnotherCallersClientSaysNothingOfIt() {
        register();

        for (Operation operation : AFTER_A_REGISTRATION) {
            var answer = call(TwoCallers::otherCaller, operation).statusCode(403);
            assertThatNothingIsSaid(answer);
        }

        assertThatNothingIsSaidAnywhere();
    }

    @Test
    void noRequestThatIsRefusedMakesUsSayItsQueryOrItsBody() throws IOException {
        register();

        for (Operation operation : Operations.ALL) {
            for (String request : refusedRequests(operation)) {
                String answer = RawCaller.exchange(RestAssured.port, request);
                assertThat(answer).as(request).startsWith("HTTP/1.1 4");
                assertThatNothingIsSaid(request, answer);
            }
        }

        register(); // when this one is logged, the others are

        assertThatNothingIsSaidAnywhere();
    }

    private static List<String> refusedRequests(Operation operation) {
        String query = operation.fields().stream()
                .map(field -> field.name() + "=" + value(field))
                .collect(joining("&", "?", ""));
        String body = operation.fields().stream()
                .map(field -> "\"" + field.name() + "\":\"" + value(field) + "\"")
                .collect(joining(",", "{", "}"));
        String other = operation.method() == Method.POST ? "GET" : "POST";
        String path = operation.path();
        List<String> requests = new ArrayList<>(List.of(
                request(other, path + query, KEY, body),
                request("DELETE", path + query, KEY, ""),
                request("GET", path + "/" + query, KEY, ""),
                request("GET", path + ";x=1" + query, KEY, ""),
                request("GET", "/elsewhere" + query, KEY, ""),
                request("GET", path + query, "", ""),
                request("GET", path + query, "x-api-key: wrong\r\n", ""),
                request(operation.method().name(), path + query + "&" + WORD + "1=1&more=" + WORD, KEY, body),
                request(operation.method().name(), path + query + "&x=%zz", KEY, body),
                request(operation.method().name(), path + query, KEY + "Accept: text/plain\r\n", body)));
        if (operation.method() == Method.GET) {
            requests.add(request("GET", path + query + "&itr_client_id=" + WORD, KEY, ""));
        } else {
            requests.add(request("POST", path, KEY, body + WORD));
            requests.add(request("POST", path, KEY, body.replace('}', ',') + "\"" + WORD + "1\":\"" + WORD + "\"}"));
            requests.add(request("POST", path, KEY, body.replace(":\"", ":[\"").replace('}', ']')));
            requests.add(request("POST", path, KEY + "Content-Encoding: gzip\r\n", body));
        }
        return requests;
    }

    private static final String KEY = "x-api-key: " + Sandbox.API_KEY + "\r\n";

    private static String request(String method, String target, String headers, String body) {
        return ("%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s")
                .formatted(method, target, headers, body.length(), body);
    }
}
