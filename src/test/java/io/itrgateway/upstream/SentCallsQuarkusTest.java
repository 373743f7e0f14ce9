package io.itrgateway.upstream;

import static io.itrgateway.sandbox.Gateway.metric;
import static io.itrgateway.sandbox.Gateway.register;
import static io.itrgateway.sandbox.Person.ASHA;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.itrgateway.sandbox.AdvancingClock;
import io.itrgateway.sandbox.HeldUpstream;
import io.itrgateway.sandbox.Sandbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.DisabledOnIntegrationTest;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of calls that are on their way when something breaks. */
@QuarkusTest
@QuarkusTestResource(value = HeldUpstream.class, restrictToAnnotatedClass = true)
class SentCallsQuarkusTest {

    private static final Duration LONG = Duration.ofMinutes(3);

    @AfterEach
    void letGo() {
        HeldUpstream.letGo();
        AdvancingClock.setAhead(Duration.ZERO);
    }

    @Test
    @DisabledOnIntegrationTest("sets the clock of this process; FreezeIT lets the time pass")
    void aConnectionThatWasIdleForTooLongCostsNoCall() {
        registerOnEachEventLoop();

        AdvancingClock.setAhead(Duration.ofMinutes(1));

        registerOnEachEventLoop();
    }

    /** Connections to the service, and with them those to Deepvue, are given to its event loops in turn. */
    private static void registerOnEachEventLoop() {
        for (int i = 0; i < 4 * Runtime.getRuntime().availableProcessors(); i++) {
            register(ASHA).statusCode(200);
        }
    }

    @Test
    void aCallerWhoHangsUpDoesNotResetACallThatWasSent() throws IOException {
        register(ASHA).statusCode(200);
        double before = attempts("200");
        HeldUpstream.hold();

        try (Socket caller = new Socket("localhost", RestAssured.port)) {
            caller.getOutputStream().write(rawRegistration());
            await().atMost(LONG).until(() -> HeldUpstream.registrations() == 1);
        }
        await().atMost(LONG).until(() -> callsInFlight() == 0);
        HeldUpstream.letGo();

        await().atMost(LONG).until(() -> attempts("200") == before + 1);
        assertThat(HeldUpstream.resets()).isZero();
        assertThat(HeldUpstream.registrations()).isEqualTo(1);
    }

    @Test
    void aConnectionThatBreaksAfterTheCallWasSentLeavesItsOutcomeUnknownAndIsNotRepeated() {
        register(ASHA).statusCode(200);
        HeldUpstream.hold();

        var answer = CompletableFuture.supplyAsync(() -> register(ASHA));
        await().atMost(LONG).until(() -> HeldUpstream.registrations() == 1);
        HeldUpstream.hangUpOnHeld();

        answer.join()
                .statusCode(502)
                .body("code", equalTo("upstream-connection-lost"))
                .body("outcome", equalTo("unknown"));
        assertThat(HeldUpstream.registrations()).isEqualTo(1);
    }

    @Test
    void anUpstreamThatIsDownMeansThatNothingWasSent() {
        register(ASHA).statusCode(200);

        HeldUpstream.goDown();
        try {
            register(ASHA)
                    .statusCode(503)
                    .header("Retry-After", "1")
                    .body("code", equalTo("upstream-unavailable"))
                    .body("outcome", equalTo("not_processed"));
        } finally {
            HeldUpstream.startAgain();
        }
    }

    @Test
    void anUpstreamThatWasRestartedCostsNoCall() {
        register(ASHA).statusCode(200);

        HeldUpstream.goDown();
        HeldUpstream.startAgain();

        register(ASHA).statusCode(200);
    }

    @Test
    void anUpstreamThatIsDownDoesNotTakeTheInstanceOut() {
        HeldUpstream.goDown();
        try {
            given().get("/q/health/ready").then().statusCode(200).body("status", equalTo("UP"));
        } finally {
            HeldUpstream.startAgain();
        }
    }

    @Test
    void tenThousandCallersAtOnceEachGetOneTruthfulAnswer() {
        int callers = 10_000;
        int atOnce = 1024;
        register(ASHA).statusCode(200);
        HeldUpstream.hold();
        Map<String, AtomicInteger> answers = new ConcurrentHashMap<>();
        var answered = new AtomicInteger();
        // One hundred connections of one hundred callers each: the service sees ten thousand requests, the test few
        // sockets.
        Vertx vertx = Vertx.vertx();
        HttpClient client = vertx.createHttpClient(new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false)
                .setHttp2MultiplexingLimit(100)
                .setHttp2MaxPoolSize(100));

        for (int i = 0; i < callers; i++) {
            client.request(new RequestOptions()
                            .setMethod(HttpMethod.POST)
                            .setHost("localhost")
                            .setPort(RestAssured.port)
                            .setURI(Sandbox.CREATE_CLIENT)
                            .putHeader("x-api-key", Sandbox.API_KEY)
                            .putHeader("Content-Type", "application/json"))
                    .compose(request -> request.send(ASHA.json()))
                    .compose(response -> response.body().map(body -> what(response.statusCode(), body.toString())))
                    .otherwise("broken")
                    .onSuccess(what -> {
                        answers.computeIfAbsent(what, any -> new AtomicInteger())
                                .incrementAndGet();
                        answered.incrementAndGet();
                    });
        }
        await().atMost(LONG).until(() -> answered.get() == callers - atOnce);
        HeldUpstream.letGo();
        await().atMost(LONG).until(() -> answered.get() == callers);

        assertThat(answers).containsOnlyKeys("200", "503 overloaded not_processed");
        assertThat(answers.get("200")).hasValue(atOnce);
        assertThat(answers.get("503 overloaded not_processed")).hasValue(callers - atOnce);
        assertThat(HeldUpstream.registrations()).isEqualTo(atOnce);
        assertThat(HeldUpstream.authorizes()).isZero();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private static String what(int status, String body) {
        boolean shed = body.contains("\"code\":\"overloaded\"") && body.contains("\"outcome\":\"not_processed\"");
        return status + (shed ? " overloaded not_processed" : "");
    }

    private static byte[] rawRegistration() {
        return """
                POST %s HTTP/1.1\r
                Host: localhost\r
                x-api-key: %s\r
                Content-Type: application/json\r
                Content-Length: %d\r
                \r
                %s""".formatted(Sandbox.CREATE_CLIENT, Sandbox.API_KEY, ASHA.json().length(), ASHA.json())
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static double attempts(String result) {
        return metric(
                "gateway_upstream_attempts_seconds_count{operation=\"create-client\",result=\"%s\"}".formatted(result));
    }

    private static double callsInFlight() {
        return metric("gateway_calls_in_flight");
    }
}
