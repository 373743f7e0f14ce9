package io.itrgateway.binding;

import static io.itrgateway.sandbox.Gateway.caller;
import static io.itrgateway.sandbox.Gateway.send;
import static io.itrgateway.sandbox.OperationCalls.send;
import static io.itrgateway.sandbox.Person.ASHA;
import static io.itrgateway.sandbox.TwoCallers.otherCaller;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import com.github.tomakehurst.wiremock.client.WireMock;
import io.itrgateway.operation.Operation;
import io.itrgateway.operation.Operation.Method;
import io.itrgateway.sandbox.OperationCalls;
import io.itrgateway.sandbox.Sandbox;
import io.itrgateway.sandbox.TwoCallers;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.specification.RequestSpecification;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** A client id belongs to the caller that registered it, in every operation of the catalogue (OWASP API1, broken object level authorization). */
@QuarkusTest
@TestProfile(TwoCallers.class)
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
class ClientBindingQuarkusTest {

    static final List<Operation> operations = OperationCalls.AFTER_A_REGISTRATION;

    static final List<Operation> posts = operations.stream()
            .filter(operation -> operation.method() == Method.POST)
            .toList();

    @BeforeEach
    void freshSandbox() {
        Sandbox.forget();
    }

    /** The client id of a new registration. */
    private static String registeredBy(RequestSpecification caller) {
        return send(caller, ASHA.json()).statusCode(200).extract().path("data.itr_client_id");
    }

    private static void createClientAnswers(String data) {
        Sandbox.stubs()
                .stubFor(WireMock.post(Sandbox.CREATE_CLIENT)
                        .atPriority(1)
                        .willReturn(WireMock.okJson("{\"code\":200,\"data\":" + data + "}")));
    }

    private static String newId() {
        return "itr_" + UUID.randomUUID();
    }

    // ---- refused ----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @FieldSource("operations")
    void anotherCallersClientIsRefusedBeforeAnythingIsSent(Operation operation) {
        String id = registeredBy(caller());

        String problem = send(otherCaller(), operation, id)
                .statusCode(403)
                .contentType("application/problem+json")
                .body("code", equalTo("forbidden"))
                .body("outcome", equalTo("not_processed"))
                .body("retryable", equalTo(false))
                .body("instance", equalTo(operation.path()))
                .extract()
                .asString();

        assertThat(problem).doesNotContain(id);
        assertThat(Sandbox.received(operation.path())).isZero();
    }

    @ParameterizedTest
    @FieldSource("operations")
    void theIdIsFoundUnderTheOtherNameToo(Operation operation) {
        String id = newId();
        createClientAnswers("{\"client_id\":\"%s\",\"status\":\"registered\"}".formatted(id));
        send(caller(), ASHA.json()).statusCode(200);

        send(otherCaller(), operation, id).statusCode(403);

        assertThat(Sandbox.received(operation.path())).isZero();
    }

    @Test
    void theIdOfAnAnswerThatCameTooLateIsTheCallersToo() {
        Operation operation = operations.get(0);
        String id = newId();
        Sandbox.stubs()
                .stubFor(WireMock.post(Sandbox.CREATE_CLIENT)
                        .atPriority(1)
                        .willReturn(WireMock.okJson("{\"code\":200,\"data\":{\"itr_client_id\":\"" + id + "\"}}")
                                .withFixedDelay(3_500)));
        send(caller().header("Prefer", "wait=2"), ASHA.json()).statusCode(504);

        await().atMost(Duration.ofMinutes(1))
                .until(() -> send(otherCaller(), operation, id).extract().statusCode() == 403);
    }

    @ParameterizedTest
    @FieldSource("operations")
    void anIdWrittenInAnotherWayIsTheSameId(Operation operation) {
        String id = registeredBy(caller());

        var answer = operation.method() == Method.POST
                ? otherCaller()
                        .body("{\"itr_client_id\":\"%s\"}".formatted(id.replace("i", "\\u0069")))
                        .post(operation.path())
                : otherCaller()
                        .urlEncodingEnabled(false)
                        .get(operation.path() + "?itr_client_id=" + id.replace("i", "%69") + "&"
                                + operation.fields().get(1).name() + "=x");

        answer.then().statusCode(403);
        assertThat(Sandbox.received(operation.path())).isZero();
    }

    @ParameterizedTest
    @FieldSource("posts")
    void aRefusalDoesNotTakeTheIdempotencyKey(Operation operation) {
        String key = UUID.randomUUID().toString();
        send(otherCaller().header("Idempotency-Key", key), operation, registeredBy(caller()))
                .statusCode(403);

        send(otherCaller().header("Idempotency-Key", key), operation, registeredBy(otherCaller()))
                .statusCode(200);
    }

    // ---- served -----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @FieldSource("operations")
    void theCallersOwnClientIsServed(Operation operation) {
        String id = registeredBy(caller());

        send(caller(), operation, id).statusCode(200);
    }

    @ParameterizedTest
    @FieldSource("operations")
    void aClientThatWasNotRegisteredHereIsServed(Operation operation) {
        send(otherCaller(), operation, newId()).statusCode(200);
    }

    @ParameterizedTest
    @FieldSource("operations")
    void aClientThatBothRegisteredIsServedToBoth(Operation operation) {
        String id = newId();
        createClientAnswers("{\"itr_client_id\":\"%s\"}".formatted(id));
        send(caller(), ASHA.json()).statusCode(200);
        send(otherCaller(), ASHA.json()).statusCode(200);

        send(caller(), operation, id).statusCode(200);
        send(otherCaller(), operation, id).statusCode(200);
    }

    /** Such as a registration whose answer has no client id, or none that is text. */
    @Test
    void anAnswerWithoutAClientIdIsPassedOn() {
        for (String data : List.of("null", "[]", "{}", "{\"itr_client_id\":null}", "{\"itr_client_id\":[{}]}")) {
            createClientAnswers(data);

            send(caller(), ASHA.json()).statusCode(200);
        }
    }

    @Test
    void everyOperationAfterARegistrationIsAboutAClient() {
        assertThat(operations).isNotEmpty().allMatch(Operation::isAboutAClient);
    }
}
