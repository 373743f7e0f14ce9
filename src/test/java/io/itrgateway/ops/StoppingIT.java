package io.itrgateway.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.itrgateway.sandbox.PackagedService;
import io.itrgateway.sandbox.Person;
import io.itrgateway.sandbox.RecordingUpstream;
import io.itrgateway.sandbox.Sandbox;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The packaged service, stopped as an orchestrator stops it: by SIGTERM, and whatever is going on. */
class StoppingIT {

    /** Generous: what is tested here is what happens, on a machine that may be busy. */
    private static final Duration LONG = Duration.ofMinutes(2);

    /** 128 + 15: ended by SIGTERM, as a shell shows it. */
    private static final int TERMINATED = 143;

    /** Longer than any test waits: who ends before has not waited for the limit. */
    private static final String NEVER = "10m";

    private static final String ORIGIN = "https://shop.example";

    private final RecordingUpstream upstream = new RecordingUpstream();
    private PackagedService service;
    private int port;

    private void start(String... namesAndValues) throws IOException {
        Map<String, String> environment = new HashMap<>(upstream.environment());
        environment.put("GATEWAY_DRAIN", NEVER);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            environment.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        service = PackagedService.start(environment);
        port = service.port();
    }

    @AfterEach
    void stop() throws IOException {
        if (service != null) {
            service.close();
        }
        upstream.close();
    }

    // ---- under load -------------------------------------------------------------------------------------------------

    /** What became of one request, and whether that was after SIGTERM. */
    private record Attempt(String username, String outcome, boolean isLate) {}

    private static final String REGISTERED = "200";
    private static final String TURNED_AWAY = "503 overloaded not_processed, the connection ends";
    private static final String TURNED_AWAY_WITHOUT_A_WORD_OF_THE_CONNECTION = "503 overloaded not_processed";
    private static final String UNANSWERED = "not one byte of an answer";

    private final Queue<Attempt> attempts = new ConcurrentLinkedQueue<>();
    private final AtomicInteger people = new AtomicInteger();
    private volatile boolean terminated;

    /** @param maxInFlight with few, most callers are waiting for their turn when the service stops */
    @ParameterizedTest
    @ValueSource(strings = {"1024", "12"})
    void everyRequestUnderLoadIsAccountedFor(String maxInFlight) throws Exception {
        upstream.answersAfter(Duration.ofMillis(maxInFlight.equals("12") ? 100 : 300));
        start("GATEWAY_MAX_IN_FLIGHT", maxInFlight, "GATEWAY_MAX_WAIT", "2m");
        int callers = 24;
        ExecutorService http1 = Executors.newFixedThreadPool(callers);
        Vertx vertx = Vertx.vertx();
        try {
            var http2 = new Http2Load(vertx, callers);
            for (int i = 0; i < callers; i++) {
                http1.submit(this::registerUntilTheServiceIsGone);
            }
            await().atMost(LONG).until(() -> upstream.registrations().size() > 500);

            terminated = true;
            service.terminate();

            assertThat(service.exitCode()).isEqualTo(TERMINATED);
            http1.shutdown();
            assertThat(http1.awaitTermination(LONG.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            await().atMost(LONG).until(() -> http2.running.get() == 0);
        } finally {
            http1.shutdownNow();
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }

        assertThat(attempts)
                .extracting(Attempt::outcome)
                .as("each is answered truthfully and whole, or not at all")
                .isSubsetOf(REGISTERED, TURNED_AWAY, TURNED_AWAY_WITHOUT_A_WORD_OF_THE_CONNECTION, UNANSWERED);
        assertThat(upstream.registrations())
                .as("the upstream's own record: each person whose caller got 200, once, and no other")
                .containsExactlyInAnyOrderElementsOf(attempts.stream()
                        .filter(attempt -> attempt.outcome.equals(REGISTERED))
                        .map(Attempt::username)
                        .toList());
        assertThat(service.output().lines().filter(line -> line.contains("outcome=processed code=ok")))
                .as("the log: a line for each of them, to the last one")
                .hasSize(upstream.registrations().size());
        assertThat(attempts)
                .as("calls at the upstream got their answers, new ones were turned away")
                .anyMatch(attempt -> attempt.isLate && attempt.outcome.equals(REGISTERED))
                .anyMatch(attempt -> attempt.isLate && attempt.outcome.equals(TURNED_AWAY));
        assertThat(service.output()).contains("every accepted call has its answer");
        if (maxInFlight.equals("12")) {
            assertThat(service.output()).containsPattern("at the upstream 12, waiting [1-9]");
        }
    }

    /** Or until it says that it stops: a service that callers come back to all the time listens until the drain is over. */
    private void registerUntilTheServiceIsGone() {
        while (true) {
            try (var caller = new Http1Caller(port)) {
                if (registerUntilTheConnectionEnds(caller).equals(TURNED_AWAY)) {
                    return;
                }
            } catch (ConnectException gone) {
                return;
            } catch (IOException reset) {
                // Told by the attempt that it befell; the next connection shows whether the service is still there.
            }
        }
    }

    /** @return the last outcome */
    private String registerUntilTheConnectionEnds(Http1Caller caller) throws IOException {
        while (true) {
            String username = "one-" + people.incrementAndGet();
            String outcome = UNANSWERED;
            try {
                caller.send(Http1Caller.registration(username));
                if (!caller.somethingComes()) {
                    return outcome;
                }
                outcome = "cut";
                var answer = caller.answer();
                outcome = outcome(answer, username);
                if (answer.endsTheConnection() && !caller.endsHere()) {
                    outcome = "more than one answer";
                }
                if (answer.endsTheConnection()) {
                    return outcome;
                }
            } finally {
                attempts.add(new Attempt(username, outcome, terminated));
            }
        }
    }

    private static String outcome(Http1Caller.Answer answer, String username) {
        if (!answer.header("X-Request-Id").equals("id-" + username)) {
            return "the answer to another request";
        }
        if (answer.status() == 503 && answer.says("overloaded", "not_processed")) {
            return answer.endsTheConnection() ? TURNED_AWAY : TURNED_AWAY_WITHOUT_A_WORD_OF_THE_CONNECTION;
        }
        return answer.status() == 200 ? REGISTERED : answer.toString();
    }

    /** Callers over a few HTTP/2 connections. */
    private final class Http2Load {
        private final HttpClient client;
        private final AtomicInteger running;

        private Http2Load(Vertx vertx, int callers) {
            client = vertx.createHttpClient(new HttpClientOptions()
                    .setProtocolVersion(HttpVersion.HTTP_2)
                    .setHttp2ClearTextUpgrade(false)
                    .setHttp2MultiplexingLimit(8)
                    .setHttp2MaxPoolSize(callers / 8));
            running = new AtomicInteger(callers);
            for (int i = 0; i < callers; i++) {
                register();
            }
        }

        private void register() {
            String username = "two-" + people.incrementAndGet();
            var begun = new AtomicInteger();
            client.request(new RequestOptions()
                            .setMethod(HttpMethod.POST)
                            .setHost("localhost")
                            .setPort(port)
                            .setURI(Sandbox.CREATE_CLIENT)
                            .putHeader("x-api-key", Sandbox.API_KEY)
                            .putHeader("X-Request-Id", "id-" + username)
                            .putHeader("Content-Type", "application/json"))
                    .compose(request -> request.send(new Person(username, Person.ASHA.password()).json()))
                    .compose(response -> {
                        begun.set(1);
                        Map<String, String> headers = new HashMap<>();
                        response.headers().forEach((name, value) -> headers.put(name.toLowerCase(), value));
                        return response.body()
                                .map(body -> new Http1Caller.Answer(response.statusCode(), headers, body.toString()));
                    })
                    .onComplete(done -> {
                        String outcome = done.succeeded()
                                ? outcome(done.result(), username)
                                : begun.get() == 0 ? UNANSWERED : "cut";
                        attempts.add(new Attempt(username, outcome, terminated));
                        if (done.cause() instanceof ConnectException
                                || outcome.equals(TURNED_AWAY_WITHOUT_A_WORD_OF_THE_CONNECTION)) {
                            running.decrementAndGet();
                        } else {
                            register();
                        }
                    });
        }
    }

    // ---- step by step -----------------------------------------------------------------------------------------------

    private Http1Caller registering(String username) throws IOException {
        var caller = new Http1Caller(port);
        caller.send(Http1Caller.registration(username));
        return caller;
    }

    /** A caller whose call is at the upstream and stays there. */
    private Http1Caller atTheUpstream(String username) throws IOException {
        upstream.hold();
        var caller = registering(username);
        await().atMost(LONG).until(() -> upstream.registrations().contains(username));
        return caller;
    }

    private void terminateAndWaitUntilItIsSeen() {
        service.terminate();
        await().atMost(LONG).until(() -> get("/q/health/ready").status() == 503);
    }

    private Http1Caller.Answer get(String path) throws IOException {
        try (var caller = new Http1Caller(port)) {
            return caller.get(path);
        }
    }

    @Test
    void callsAtTheUpstreamGetTheirAnswersWhileNewOnesAreTurnedAway() throws Exception {
        start("QUARKUS_HTTP_CORS_ENABLED", "true", "QUARKUS_HTTP_CORS_ORIGINS", ORIGIN);
        try (var accepted = atTheUpstream("accepted");
                var reading = new Http1Caller(port);
                var keptAlive = new Http1Caller(port)) {
            reading.send(Http1Caller.read("reading"));
            await().atMost(LONG).until(() -> upstream.registrations().contains("reading"));
            assertThat(keptAlive.get("/q/health/ready").status()).isEqualTo(200);
            accepted.send(Http1Caller.registration("behind-the-last-answer"));

            terminateAndWaitUntilItIsSeen();
            service.terminate();

            assertThat(get("/q/health/live").status()).isEqualTo(200);
            assertThat(get("/q/metrics").body()).contains("gateway_calls_in_flight 2.0");
            keptAlive.send(Http1Caller.registration("new-on-an-old-connection"));
            assertIsTurnedAway(keptAlive);
            try (var caller = registering("new")) {
                assertIsTurnedAway(caller);
            }
            assertThatAScriptLearnsThatTheServiceStops();
            upstream.letGo();

            var answer = accepted.answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).contains("itr_recorded");
            assertThat(answer.endsTheConnection()).isTrue();
            assertThat(accepted.endsHere()).isTrue();
            assertThat(reading.answer().status()).isEqualTo(200);
        }
        assertThat(service.exitCode()).isEqualTo(TERMINATED);
        assertThat(upstream.registrations()).containsExactly("accepted", "reading");
    }

    /** A browser sends the call only if its preflight succeeds, and shows the answer only if it names the Origin. */
    private void assertThatAScriptLearnsThatTheServiceStops() throws IOException {
        String head =
                "%s " + Sandbox.CREATE_CLIENT + " HTTP/1.1\r\nHost: localhost\r\nOrigin: " + ORIGIN + "\r\n%s\r\n\r\n";
        try (var script = new Http1Caller(port)) {
            script.send(head.formatted("OPTIONS", "Access-Control-Request-Method: POST")
                    .getBytes(StandardCharsets.US_ASCII));
            assertThat(script.answer().status()).isEqualTo(200);
            script.send(head.formatted("POST", "Content-Length: 0").getBytes(StandardCharsets.US_ASCII));

            var answer = script.answer();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo(ORIGIN);
            assertThat(script.endsHere()).isTrue();
        }
    }

    private static void assertIsTurnedAway(Http1Caller caller) throws IOException {
        var answer = caller.answer();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.says("overloaded", "not_processed")).isTrue();
        assertThat(answer.body())
                .contains("\"detail\":\"This instance of the service is stopping; nothing was sent upstream.");
        assertThat(answer.header("Retry-After")).isEqualTo("1");
        assertThat(answer.header("X-Request-Id")).isNotEmpty();
        assertThat(answer.endsTheConnection()).isTrue();
        assertThat(caller.endsHere()).isTrue();
    }

    @Test
    void aCallThatTheUpstreamNeverAnswersTimesOutAtTheEndOfTheDrain() throws Exception {
        start("GATEWAY_DRAIN", "1s");
        List<Http1Caller> accepted = new ArrayList<>();
        for (String username : List.of("first", "second")) {
            accepted.add(atTheUpstream(username));
        }

        service.terminate();

        for (Http1Caller caller : accepted) {
            var answer = caller.answer();
            assertThat(answer.status()).isEqualTo(504);
            assertThat(answer.says("upstream-timeout", "unknown")).isTrue();
            assertThat(answer.endsTheConnection()).isTrue();
            assertThat(caller.endsHere()).isTrue();
            caller.close();
        }
        assertThat(service.exitCode()).isEqualTo(TERMINATED);
        assertThat(service.output().lines().filter(line -> line.contains("outcome=unknown code=upstream-timeout")))
                .as("a line for each of them")
                .hasSize(2);
        assertThat(service.output()).contains("no answer for 2 accepted calls, and 2 at the upstream are not recorded");
    }

    @Test
    void callsThatWaitForTheirTurnAreNotProcessedEvenIfThereIsNoTimeToStop() throws Exception {
        start("GATEWAY_DRAIN", "0s", "GATEWAY_MAX_IN_FLIGHT", "1", "GATEWAY_MAX_WAIT", "2m");
        int callers = 20;
        List<Http1Caller> waiting = new ArrayList<>();
        try (var sent = atTheUpstream("sent")) {
            for (int i = 0; i < callers; i++) {
                waiting.add(registering("waiting-" + i));
            }
            await().atMost(LONG).until(() -> get("/q/metrics").body().contains("gateway_waiting " + callers + ".0"));

            service.terminate();

            for (Http1Caller caller : waiting) {
                assertThat(caller.answer().says("overloaded", "not_processed")).isTrue();
                caller.close();
            }
            assertThat(sent.answer().says("upstream-timeout", "unknown")).isTrue();
        }
        assertThat(service.exitCode()).isEqualTo(TERMINATED);
        assertThat(upstream.registrations()).containsExactly("sent");
    }

    @Test
    void aCallWhoseCallerHungUpIsStillRecorded() throws Exception {
        start();
        atTheUpstream("gone").close();
        await().atMost(LONG).until(() -> get("/q/metrics").body().contains("gateway_calls_in_flight 0.0"));

        terminateAndWaitUntilItIsSeen();
        assertThat(service.isAlive()).isTrue();
        upstream.letGo();

        assertThat(service.exitCode()).isEqualTo(TERMINATED);
        assertThat(service.output())
                .contains("accepted and unanswered 0, at the upstream 1")
                .containsPattern("call event=answered .*outcome=unknown code=caller-gone .*attempt=1 ")
                .containsPattern("call event=ended .*outcome=processed code=ok .*transaction_id=txn_recorded");
    }

    /** With its token it would not be sent any more. */
    @Test
    void aCallThatWaitsForATokenIsTurnedAwayAtOnce() throws Exception {
        upstream.authorizesAfter(Duration.ofDays(1));
        start();
        try (var caller = registering("waiting")) {
            await().atMost(LONG).until(() -> upstream.authorizes() == 1);

            service.terminate();

            var answer = caller.answer();
            assertThat(answer.says("overloaded", "not_processed")).isTrue();
            assertThat(answer.endsTheConnection()).isTrue();
        }
        assertThat(service.exitCode()).isEqualTo(TERMINATED);
        assertThat(upstream.registrations()).isEmpty();
    }

    @Test
    void aRequestStillArrivingIsRefusedAtOnceAndDelaysNoOther() throws Exception {
        start();
        byte[] registration = Http1Caller.registration("slow");
        try (var slow = new Http1Caller(port)) {
            slow.send(Arrays.copyOf(registration, registration.length - 1));
            await().atMost(LONG).until(() -> get("/q/metrics").body().contains("gateway_calls_in_flight 1.0"));

            service.terminate();

            var answer = slow.answer();
            assertThat(answer.says("overloaded", "not_processed")).isTrue();
            assertThat(answer.endsTheConnection()).isTrue();
        }
        assertThat(service.exitCode()).isEqualTo(TERMINATED);
        assertThat(upstream.registrations()).isEmpty();
    }

    @Test
    void anIdleServiceEndsAtOnceThoughConnectionsAreOpen() throws Exception {
        start();
        try (var idle = registering("before")) {
            assertThat(idle.answer().status()).isEqualTo(200);
            // The caller may have its answer before the service has noted that it left.
            await().atMost(LONG).until(() -> get("/q/metrics").body().contains("gateway_calls_in_flight 0.0"));

            service.terminate();

            assertThat(service.exitCode()).isEqualTo(TERMINATED);
            assertThat(idle.endsHere()).isTrue();
        }
        assertThat(service.output())
                .contains("accepted and unanswered 0, at the upstream 0")
                .contains("every accepted call has its answer")
                .doesNotContain("WARN", "ERROR");
    }
}
