package io.itrgateway.api;

import static io.itrgateway.sandbox.Gateway.caller;
import static io.itrgateway.sandbox.Gateway.metric;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;

import io.itrgateway.operation.Field;
import io.itrgateway.operation.Operation;
import io.itrgateway.operation.Operation.Method;
import io.itrgateway.operation.Operations;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.sandbox.Sandbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operation that is about a client id, by the catalogue: what holds for one holds for all. */
@QuarkusTest
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
class OperationsQuarkusTest {

    static final List<Operation> operations = Operations.ALL.stream()
            .filter(operation -> operation != Operations.CREATE_CLIENT)
            .toList();

    static final List<Operation> posts = operations.stream()
            .filter(operation -> operation.method() == Method.POST)
            .toList();

    static final List<Operation> reads = operations.stream()
            .filter(operation -> operation.method() == Method.GET)
            .toList();

    private static final Map<String, ProblemKind> FAILURES = Map.of(
            "upstream-rejected", ProblemKind.UPSTREAM_REJECTED_FIELDS,
            "upstream-rejected-400", ProblemKind.UPSTREAM_REJECTED_REQUEST,
            "expired", ProblemKind.UPSTREAM_REJECTED_REQUEST,
            "quota-exhausted", ProblemKind.QUOTA_EXHAUSTED,
            "upstream-credentials-refused", ProblemKind.UPSTREAM_CREDENTIALS_REFUSED,
            "upstream-unavailable", ProblemKind.UPSTREAM_UNAVAILABLE,
            "upstream-error", ProblemKind.UPSTREAM_ERROR,
            "upstream-invalid-response", ProblemKind.UPSTREAM_INVALID_RESPONSE,
            "upstream-connection-lost", ProblemKind.UPSTREAM_CONNECTION_LOST,
            "upstream-timeout", ProblemKind.UPSTREAM_TIMEOUT);

    static Stream<Arguments> failures() {
        return operations.stream()
                .flatMap(operation -> FAILURES.entrySet().stream()
                        // Each waits for a time limit; that of one operation shows what becomes of it.
                        .filter(failure -> failure.getValue() != ProblemKind.UPSTREAM_TIMEOUT
                                || operation == Operations.ITR_DOWNLOAD)
                        .map(failure ->
                                Arguments.of(operation.name(), failure.getKey(), operation, failure.getValue())));
    }

    @BeforeEach
    void freshSandbox() {
        Sandbox.forget();
    }

    private static Map<String, String> values(Operation operation, String clientId) {
        Map<String, String> values =
                new HashMap<>(operation.fields().stream().collect(Collectors.toMap(Field::name, Field::example)));
        values.put("itr_client_id", clientId);
        return values;
    }

    private static ValidatableResponse call(Operation operation, String clientId) {
        return send(caller(), operation, values(operation, clientId));
    }

    private static ValidatableResponse send(
            RequestSpecification request, Operation operation, Map<String, String> values) {
        return operation.method() == Method.POST
                ? request.body(values).post(operation.path()).then()
                : request.queryParams(values).get(operation.path()).then();
    }

    // ---- failures ---------------------------------------------------------------------------------------------------

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("failures")
    void everyFailureOfTheUpstreamSaysWhatBecameOfTheCall(
            String name, String clientId, Operation operation, ProblemKind kind) {
        String detail = call(operation, clientId)
                .statusCode(kind.status())
                .contentType("application/problem+json")
                .body("code", equalTo(kind.code()))
                .body("outcome", equalTo(kind.outcome().wireName()))
                .body("retryable", equalTo(kind.isRetryable(operation.effect())))
                .body("instance", equalTo(operation.path()))
                .extract()
                .path("detail");

        assertThat(detail).doesNotContain("registration");
    }

    @ParameterizedTest
    @FieldSource("operations")
    void aFaultyRequestCostsNoCall(Operation operation) {
        send(caller(), operation, Map.of("itr_client_id", "a b", "itr_clientid", "x"))
                .statusCode(422)
                .body("code", equalTo("invalid-request"))
                .body("errors.pointer", org.hamcrest.Matchers.hasItems("#/itr_client_id", "#/itr_clientid"));

        assertThat(Sandbox.received(operation.path())).isZero();
    }

    @ParameterizedTest
    @FieldSource("operations")
    void aCallerWithoutAKeyIsNotServed(Operation operation) {
        send(
                        io.restassured.RestAssured.given().header("Content-Type", "application/json"),
                        operation,
                        values(operation, "itr_1"))
                .statusCode(401);

        assertThat(Sandbox.received(operation.path())).isZero();
    }

    // ---- successes --------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @FieldSource("operations")
    void theEnvelopeIsPassedOnAndCountedByOperation(Operation operation) {
        String series = "gateway_calls_seconds_count{code=\"ok\",operation=\"%s\",outcome=\"processed\",status=\"200\"}"
                .formatted(operation.name());
        double before = metric(series);

        call(operation, "itr_1").statusCode(200).body("data", notNullValue()).header("Cache-Control", "no-store");

        assertThat(Sandbox.received(operation.path())).isEqualTo(1);
        assertThat(metric(series)).isGreaterThan(before);
    }

    @ParameterizedTest
    @FieldSource("operations")
    void stillProcessingIsAnAnswer(Operation operation) {
        call(operation, "pending-twice").statusCode(202).body("data.status", equalTo("pending"));
        call(operation, "pending-twice").statusCode(202);
        call(operation, "pending-twice").statusCode(200);
    }

    @ParameterizedTest
    @FieldSource("operations")
    void anAnswerOfAMebibyteIsPassedOn(Operation operation) {
        String answer = call(operation, "large").statusCode(200).extract().asString();

        assertThat(answer).hasSizeGreaterThan(1 << 20).endsWith("}\n");
    }

    /** Whatever an id looks like, Deepvue gets the same characters. */
    @ParameterizedTest
    @FieldSource("operations")
    void anIdArrivesAsItIs(Operation operation) {
        String odd = "a%41+b&c=d{e}/f;g?h#iü";

        call(operation, odd).statusCode(200);

        var request = Sandbox.requests(operation.path()).get(0);
        if (operation.method() == Method.POST) {
            assertThat(io.restassured.path.json.JsonPath.from(request.getBodyAsString())
                            .getString("itr_client_id"))
                    .isEqualTo(odd);
        } else {
            assertThat(request.queryParameter("itr_client_id").firstValue()).isEqualTo(odd);
        }
    }

    // ---- repeating --------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @FieldSource("posts")
    void theSameKeyGetsTheSameAnswer(Operation operation) {
        var key = UUID.randomUUID().toString();

        send(caller().header("Idempotency-Key", key), operation, values(operation, "itr_1"))
                .statusCode(200);
        send(caller().header("Idempotency-Key", key), operation, values(operation, "itr_1"))
                .statusCode(200)
                .header("Idempotency-Replayed", equalTo("true"));

        assertThat(Sandbox.received(operation.path())).isEqualTo(1);
    }

    @ParameterizedTest
    @FieldSource("posts")
    void whatIsStillProcessingIsNotKept(Operation operation) {
        var key = UUID.randomUUID().toString();

        for (int status : new int[] {202, 202, 200}) {
            send(caller().header("Idempotency-Key", key), operation, values(operation, "pending-twice"))
                    .statusCode(status);
        }
    }

    @ParameterizedTest
    @FieldSource("posts")
    void aLostAnswerReleasesTheKey(Operation operation) {
        var key = UUID.randomUUID().toString();

        for (int i = 0; i < 2; i++) {
            send(caller().header("Idempotency-Key", key), operation, values(operation, "upstream-error"))
                    .statusCode(502)
                    .body("retryable", equalTo(true));
        }

        assertThat(Sandbox.received(operation.path())).isEqualTo(2);
    }

    @ParameterizedTest
    @FieldSource("reads")
    void aReadWhoseAnswerWasLostIsRepeatedOnce(Operation operation) {
        call(operation, "upstream-connection-lost").statusCode(502).body("code", equalTo("upstream-connection-lost"));

        assertThat(Sandbox.received(operation.path())).isEqualTo(2);
    }

    @ParameterizedTest
    @FieldSource("posts")
    void aFetchWhoseAnswerWasLostIsNotRepeated(Operation operation) {
        call(operation, "upstream-connection-lost").statusCode(502);

        assertThat(Sandbox.received(operation.path())).isEqualTo(1);
    }

    @Test
    void aFetchThatSaysThatItIsPendingIsNotKept() {
        var key = UUID.randomUUID().toString();
        var fetch = Operations.AIS_DOWNLOAD;

        for (int i = 0; i < 2; i++) {
            send(caller().header("Idempotency-Key", key), fetch, values(fetch, "pending-in-data"))
                    .statusCode(200)
                    .body("data.status", equalTo("pending"));
        }

        assertThat(Sandbox.received(fetch.path())).isEqualTo(2);
    }
}
