package io.itrgateway.idempotency;

import static io.itrgateway.sandbox.Gateway.caller;
import static io.itrgateway.sandbox.Gateway.send;
import static io.itrgateway.sandbox.Person.ASHA;
import static io.itrgateway.sandbox.Person.magic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import io.itrgateway.sandbox.Person;
import io.itrgateway.sandbox.Sandbox;
import io.restassured.response.ValidatableResponse;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which answers an Idempotency-Key keeps, and which free it; wherever they are kept. */
abstract class ReplaySpecification {

    private final String key = UUID.randomUUID().toString();

    @BeforeEach
    void forget() {
        Sandbox.forget();
    }

    private ValidatableResponse registerWithKey(Person person) {
        return send(caller().header("Idempotency-Key", key), person.json());
    }

    @ParameterizedTest
    @CsvSource({"upstream-rejected, 422", "upstream-rejected-400, 400"})
    void aRefusalOfTheUpstreamIsKeptAndReplayedWithAllThatItSaid(String username, int status) {
        var first = registerWithKey(magic(username)).statusCode(status).header("Idempotency-Replayed", nullValue());

        var again = registerWithKey(magic(username)).statusCode(status).header("Idempotency-Replayed", equalTo("true"));

        assertThat(withoutRequestId(again)).isEqualTo(withoutRequestId(first));
        assertThat(Sandbox.received(Sandbox.CREATE_CLIENT)).isEqualTo(1);
    }

    private static String withoutRequestId(ValidatableResponse answer) {
        String id = answer.extract().header("X-Request-Id");
        return answer.extract().asString().replace(id, "the request's own id");
    }

    @Test
    void aSuccessIsReplayedByteForByte() {
        var first = registerWithKey(ASHA).statusCode(200).header("Idempotency-Replayed", nullValue());

        var again = registerWithKey(ASHA)
                .statusCode(200)
                .header("Idempotency-Replayed", equalTo("true"))
                .header("Cache-Control", equalTo("no-store"))
                .contentType("application/json");

        assertThat(again.extract().asByteArray()).isEqualTo(first.extract().asByteArray());
        assertThat(Sandbox.received(Sandbox.CREATE_CLIENT)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"upstream-error", "upstream-invalid-response", "upstream-connection-lost", "upstream-timeout"})
    void aCallThatMayHaveRegisteredIsNeverMadeAgain(String failure) {
        var first = registerWithKey(magic(failure))
                .body("code", equalTo(failure))
                .body("outcome", equalTo("unknown"))
                .header("Idempotency-Replayed", nullValue());

        var again = registerWithKey(magic(failure))
                .statusCode(first.extract().statusCode())
                .header("Idempotency-Replayed", equalTo("true"));

        assertThat(withoutRequestId(again)).isEqualTo(withoutRequestId(first));
        assertThat(Sandbox.received(Sandbox.CREATE_CLIENT)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"quota-exhausted", "upstream-unavailable", "upstream-credentials-refused"})
    void aCallThatWasNotProcessedReleasesTheKey(String failure) {
        registerWithKey(magic(failure)).body("code", equalTo(failure));

        registerWithKey(magic(failure)).body("code", equalTo(failure)).header("Idempotency-Replayed", nullValue());

        assertThat(Sandbox.received(Sandbox.CREATE_CLIENT)).isGreaterThanOrEqualTo(2);
    }

    @Test
    void theSameKeyWithAnotherPayloadIsRefusedAndCostsNoCall() {
        registerWithKey(ASHA).statusCode(200);

        registerWithKey(new Person(ASHA.username(), ASHA.password() + "x"))
                .statusCode(422)
                .body("code", equalTo("idempotency-key-reused"))
                .body("outcome", equalTo("not_processed"))
                .body("retryable", equalTo(false));

        assertThat(Sandbox.received(Sandbox.CREATE_CLIENT)).isEqualTo(1);
    }

    @Test
    void anotherWayOfWritingTheSamePayloadIsTheSamePayload() {
        registerWithKey(ASHA).statusCode(200);

        send(
                        caller().header("Idempotency-Key", '"' + key + '"'),
                        " { \"password\" : \"%s\",\n\"username\":\"%s\" }".formatted(ASHA.password(), ASHA.username()))
                .statusCode(200)
                .header("Idempotency-Replayed", equalTo("true"));
    }

    @Test
    void whoWillNotWaitGetsWhatIsKept() {
        registerWithKey(ASHA).statusCode(200);

        send(caller().header("Idempotency-Key", key).header("Prefer", "wait=0"), ASHA.json())
                .statusCode(200)
                .header("Idempotency-Replayed", equalTo("true"));
    }

    @Test
    void whatIsRefusedHereDoesNotTakeTheKey() {
        send(caller().header("Idempotency-Key", key), "{}").statusCode(422).body("code", equalTo("invalid-request"));

        registerWithKey(ASHA).statusCode(200).header("Idempotency-Replayed", nullValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"never closed", "two words", "\"\"", "a,b"})
    void aBadKeyIsReportedWithoutQuotingIt(String bad) {
        var answer = send(caller().header("Idempotency-Key", bad), ASHA.json())
                .statusCode(400)
                .body("code", equalTo("malformed-request"));

        assertThat(answer.extract().asString()).doesNotContain("never closed").contains("Idempotency-Key");
        assertThat(Sandbox.received(Sandbox.CREATE_CLIENT)).isZero();
    }

    @Test
    void twoKeysAreNone() {
        send(caller().header("Idempotency-Key", "one", "two"), ASHA.json()).statusCode(400);
    }
}
