package io.itrgateway.idempotency;

import static io.itrgateway.sandbox.Gateway.caller;
import static io.itrgateway.sandbox.Gateway.metric;
import static io.itrgateway.sandbox.Gateway.send;
import static io.itrgateway.sandbox.Person.ASHA;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import io.itrgateway.sandbox.HeldUpstream;
import io.itrgateway.sandbox.Person;
import io.itrgateway.sandbox.Sandbox;
import io.restassured.RestAssured;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several calls with one Idempotency-Key at the same time, wherever it is claimed. */
abstract class JoinSpecification {

    private static final Duration LONG = Duration.ofMinutes(3);

    private final String key = UUID.randomUUID().toString();

    @BeforeEach
    void aTokenIsHeld() {
        send(caller(), ASHA.json()).statusCode(200);
        HeldUpstream.hold();
    }

    @AfterEach
    void letGo() {
        HeldUpstream.letGo();
    }

    private RequestSpecification withKey() {
        return caller().header("Idempotency-Key", key);
    }

    private static CompletableFuture<ValidatableResponse> inBackground(RequestSpecification request) {
        return CompletableFuture.supplyAsync(() -> send(request, ASHA.json()), task -> new Thread(task).start());
    }

    private static void awaitRegistrations(int number) {
        await().atMost(LONG).until(() -> HeldUpstream.registrations() == number);
    }

    @Test
    void whoComesWhileTheCallRunsGetsTheSameAnswerAndThereIsOneCall() {
        var leader = inBackground(withKey());
        awaitRegistrations(1);
        double before = waiting();
        List<CompletableFuture<ValidatableResponse>> joiners =
                Stream.generate(() -> inBackground(withKey())).limit(5).toList();
        await().atMost(LONG).until(() -> waiting() == before + 5);

        HeldUpstream.letGo();

        leader.join().statusCode(200).header("Idempotency-Replayed", nullValue());
        joiners.forEach(joiner -> joiner.join().statusCode(200).header("Idempotency-Replayed", nullValue()));
        assertThat(HeldUpstream.registrations()).isEqualTo(1);
    }

    @Test
    void anotherPayloadIsRefusedWhileTheCallRuns() {
        var leader = inBackground(withKey());
        awaitRegistrations(1);

        send(withKey(), new Person("SOMEBODYELSE", ASHA.password()).json())
                .statusCode(422)
                .body("code", equalTo("idempotency-key-reused"));

        HeldUpstream.letGo();
        leader.join().statusCode(200);
    }

    @Test
    void theSameKeyOfAnotherCallerIsAnotherCall() {
        var one = inBackground(withKey());
        var other = inBackground(given().header("x-api-key", "small")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key));

        awaitRegistrations(2);

        HeldUpstream.letGo();
        one.join().statusCode(200);
        other.join().statusCode(200);
    }

    @Test
    void theAnswerOfALeaderThatHungUpIsReplayedLater() throws IOException {
        try (var leader = new Socket("localhost", RestAssured.port)) {
            leader.getOutputStream().write(rawRegistration());
            awaitRegistrations(1);
        }
        double gone = callersGone();
        await().atMost(LONG).until(() -> callersGone() > gone || callersGone() > 0);
        var joiner = inBackground(withKey());
        HeldUpstream.letGo();
        joiner.join().statusCode(200);

        send(withKey(), ASHA.json()).statusCode(200).header("Idempotency-Replayed", equalTo("true"));

        assertThat(HeldUpstream.registrations()).isEqualTo(1);
        assertThat(HeldUpstream.resets()).isZero();
    }

    @Test
    void aCallThatWillNotWaitForAnotherGetsInProgress() {
        var leader = inBackground(withKey());
        awaitRegistrations(1);

        send(withKey().header("Prefer", "wait=1"), ASHA.json())
                .statusCode(409)
                .body("code", equalTo("idempotency-in-progress"))
                .body("outcome", equalTo("not_processed"))
                .body("retryable", equalTo(true));

        HeldUpstream.letGo();
        leader.join().statusCode(200);
        assertThat(HeldUpstream.registrations()).isEqualTo(1);
    }

    @Test
    void aLeaderThatTimesOutGetsUnknownAndMayRepeat() {
        send(withKey().header("Prefer", "wait=1"), ASHA.json())
                .statusCode(504)
                .body("code", equalTo("upstream-timeout"))
                .body("outcome", equalTo("unknown"));

        HeldUpstream.letGo();

        await().atMost(LONG)
                .until(() -> "true"
                        .equals(send(withKey(), ASHA.json())
                                .statusCode(200)
                                .extract()
                                .header("Idempotency-Replayed")));
        assertThat(HeldUpstream.registrations()).isEqualTo(1);
    }

    private byte[] rawRegistration() {
        return """
                POST %s HTTP/1.1\r
                Host: localhost\r
                x-api-key: %s\r
                Idempotency-Key: %s\r
                Content-Type: application/json\r
                Content-Length: %d\r
                \r
                %s""".formatted(
                        Sandbox.CREATE_CLIENT, Sandbox.API_KEY, key, ASHA.json().length(), ASHA.json())
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static double waiting() {
        return metric("gateway_idempotency_waiting");
    }

    private static double callersGone() {
        return metric(
                "gateway_calls_seconds_count{code=\"caller-gone\",operation=\"create-client\",outcome=\"unknown\",status=\"0\"}");
    }
}
