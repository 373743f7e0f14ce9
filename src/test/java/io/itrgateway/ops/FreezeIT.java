package io.itrgateway.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.PackagedService;
import io.itrgateway.sandbox.RecordingUpstream;
import io.itrgateway.sandbox.RedisServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The packaged service, frozen (SIGSTOP) and woken (SIGCONT) as platforms do it with an instance that has nothing to do. Its timers stand still
 * meanwhile, and what they would have done is still to do when it wakes.
 *
 * <p>Three processes are frozen before the tests, once and for longer than each of their time limits, with calls in every state; the tests judge what
 * became of these. What callers and Deepvue send meanwhile lies in the sockets when a process wakes, so that it comes before every timer.
 */
class FreezeIT {

    /** Generous: what is tested here is what happens, on a machine that may be busy. */
    private static final Duration LONG = Duration.ofMinutes(2);

    private static final Duration TOKEN_LIFE = Duration.ofSeconds(3);

    /** Long enough that none of them ends before the freeze. */
    private static final Map<String, String> LIMITS = Map.of(
            "DEEPVUE_TIMEOUT", "20s",
            "DEEPVUE_CONNECT_TIMEOUT", "20s",
            "GATEWAY_MAX_WAIT", "10s",
            "GATEWAY_REQUEST_TIMEOUT", "20s",
            "GATEWAY_HOLD_BACK", "20s");

    /**
     * Longer than those limits, than a call may take with them (30 s), and than what has no setting: an unused connection to Deepvue (30 s), a claim in
     * Redis that is not renewed (10 s), a replica that is not heard of (5 s), the lease of a fetch of the token (3 s). Not than the time after which a
     * caller's connection is closed, answered or not (QUARKUS_HTTP_IDLE_TIMEOUT, 30 min).
     */
    private static final Duration FREEZE = Duration.ofSeconds(33);

    private static final RecordingUpstream UPSTREAM = new RecordingUpstream(TOKEN_LIFE);

    /** By the name in the call; each was read, with whatever else came on its connection. */
    private static final Map<String, Http1Caller.Answer> ANSWERS = new HashMap<>();

    private static final Map<String, Http1Caller> CALLERS = new HashMap<>();

    private static PackagedService alone;
    private static RedisServer redis;
    private static PackagedService replica;
    private static PackagedService fetching;
    private static int callsOfTheStart;
    private static int lastToken;

    // ---- the freeze -------------------------------------------------------------------------------------------------

    @BeforeAll
    static void freezeWithCallsInEveryState() throws Exception {
        boolean hasRedis = RedisServer.isHere();
        alone = start(Map.of("GATEWAY_MAX_IN_FLIGHT", "3"));
        if (hasRedis) {
            redis = new RedisServer();
            var shared =
                    Map.of("GATEWAY_REDIS_URL", redis.url(), "DEEPVUE_PLAN", "2/0/0", "GATEWAY_MAX_IN_FLIGHT", "1");
            replica = start(shared);
            fetching = start(shared);
            assertIsReady(replica);
            assertIsReady(fetching);
        }
        assertIsReady(alone);
        callsOfTheStart = UPSTREAM.authorizes() + UPSTREAM.registrations().size();

        if (hasRedis) {
            UPSTREAM.authorizesAfter(TOKEN_LIFE);
            call("waits-for-a-token", fetching);
            await().atMost(LONG).until(() -> UPSTREAM.authorizes() == 1);
            fetching.freeze();
            UPSTREAM.authorizesAfter(Duration.ZERO);
            assertThat(registerUntilServed("before-the-claim", replica).status())
                    .isEqualTo(200);
        }
        call("idle", alone);
        read("idle");
        UPSTREAM.hold();
        keyedCall("answered", alone);
        call("lost", alone);
        call("abandoned", alone);
        untilAtDeepvue("answered", "lost", "abandoned");
        call("waits-for-its-turn", alone);
        byte[] whole = Http1Caller.registration("half-sent");
        call("half-sent", alone, Arrays.copyOf(whole, whole.length - 5));
        CALLERS.put("idle-at-the-freeze", CALLERS.get("idle"));
        awaitMetric(alone, "gateway_waiting", 1);
        if (hasRedis) {
            keyedCall("claimed", replica);
            untilAtDeepvue("claimed");
            call("waits-behind-the-claim", replica);
            awaitMetric(replica, "gateway_waiting", 1);
            replica.freeze();
        }
        alone.freeze();
        lastToken = UPSTREAM.authorizes();

        Stream.of("answered", "abandoned", "claimed").forEach(UPSTREAM::letGo);
        UPSTREAM.stopHolding();
        UPSTREAM.closeConnections();
        CALLERS.get("abandoned").close();
        CALLERS.get("half-sent").send(Arrays.copyOfRange(whole, whole.length - 5, whole.length));
        call("repeats-the-answered", alone, keyed("answered", "repeats-the-answered"));
        call("comes-meanwhile", alone);
        CALLERS.get("idle-at-the-freeze").send(Http1Caller.registration("idle-at-the-freeze"));
        letPass(FREEZE);
        if (hasRedis) {
            call("needs-a-token", fetching);
            fetching.thaw();
            read("waits-for-a-token");
            read("needs-a-token");
            ANSWERS.put("repeats-the-claimed-elsewhere", untilRedisIsFound("claimed", fetching));
            call("repeats-the-claimed", replica, keyed("claimed", "repeats-the-claimed"));
            replica.thaw();
            Stream.of("claimed", "waits-behind-the-claim", "repeats-the-claimed")
                    .forEach(FreezeIT::read);
        }
        alone.thaw();
        Stream.of(
                        "answered",
                        "lost",
                        "waits-for-its-turn",
                        "half-sent",
                        "repeats-the-answered",
                        "comes-meanwhile",
                        "idle-at-the-freeze")
                .forEach(FreezeIT::read);
    }

    private static PackagedService start(Map<String, String> settings) throws IOException {
        Map<String, String> environment = new HashMap<>(UPSTREAM.environment());
        environment.putAll(LIMITS);
        environment.put("GATEWAY_BREAKER_ATTEMPTS", "10000");
        environment.putAll(settings);
        return PackagedService.start(environment);
    }

    private static void assertIsReady(PackagedService service) throws IOException {
        try (var caller = new Http1Caller(service.port())) {
            assertThat(caller.get("/q/health/ready").status()).isEqualTo(200);
        }
    }

    private static void call(String name, PackagedService service) throws IOException {
        call(name, service, Http1Caller.registration(name));
    }

    private static void keyedCall(String name, PackagedService service) throws IOException {
        call(name, service, keyed(name, name));
    }

    private static void call(String name, PackagedService service, byte[] bytes) throws IOException {
        var caller = new Http1Caller(service.port());
        CALLERS.put(name, caller);
        caller.send(bytes);
    }

    private static byte[] keyed(String username, String requestId) {
        return new String(Http1Caller.registration(username), StandardCharsets.US_ASCII)
                .replace("id-" + username, "id-" + requestId)
                .replace("Content-Type:", "Idempotency-Key: %s\r\nContent-Type:".formatted(username))
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static void untilAtDeepvue(String... usernames) {
        await().atMost(LONG).until(() -> UPSTREAM.registrations().containsAll(List.of(usernames)));
    }

    /** Time that a frozen process does not notice. */
    private static void letPass(Duration time) {
        Instant end = Instant.now().plus(time);
        await().atMost(LONG).until(() -> Instant.now().isAfter(end));
    }

    /** The answer, and that the next thing on the connection is the answer to the next request, or its end. */
    private static void read(String name) {
        try {
            var caller = CALLERS.get(name);
            var answer = caller.answer();
            if (!answer.endsTheConnection()) {
                assertThat(caller.get("/q/health/live").body())
                        .as("after " + name)
                        .contains("\"checks\"");
            }
            ANSWERS.put(name, answer);
        } catch (IOException e) {
            throw new AssertionError("no whole answer to " + name, e);
        }
    }

    /** With the key of its name; an instance that has just woken may have to find Redis first. */
    private static Http1Caller.Answer untilRedisIsFound(String username, PackagedService service) {
        var last = new AtomicReference<Http1Caller.Answer>();
        await().atMost(LONG).until(() -> {
            try (var caller = new Http1Caller(service.port())) {
                caller.send(keyed(username, username));
                last.set(caller.answer());
                return !last.get().says("overloaded", "not_processed");
            }
        });
        return last.get();
    }

    private static Http1Caller.Answer registerUntilServed(String username, PackagedService service) {
        var last = new AtomicReference<Http1Caller.Answer>();
        await().atMost(LONG).until(() -> {
            last.set(untilRedisIsFound(username, service));
            return last.get().status() == 200;
        });
        return last.get();
    }

    @AfterAll
    static void stop() throws IOException {
        for (Http1Caller caller : CALLERS.values()) {
            caller.close();
        }
        alone.close();
        if (replica != null) {
            replica.close();
            fetching.close();
            redis.close();
        }
        UPSTREAM.close();
    }

    // ---- what became of the calls -----------------------------------------------------------------------------------

    @Test
    void theStartSpendsNoCallOfThePlan() {
        assertThat(callsOfTheStart).isZero();
    }

    @Test
    void aCallWhoseAnswerCameMeanwhileHasThatOrItsTimeIsOverAndSoHasItsRepeat() {
        isTrueOfACallThatWasMade(ANSWERS.get("answered"));
        isTrueOfACallThatWasMade(ANSWERS.get("repeats-the-answered"));
        assertThat(UPSTREAM.registrations()).filteredOn("answered"::equals).hasSize(1);
    }

    @Test
    void aCallThatDeepvueDoesNotAnswerIsUnknown() {
        assertThat(ANSWERS.get("lost").says("upstream-timeout", "unknown"))
                .as(ANSWERS.get("lost").body())
                .isTrue();
        assertThat(UPSTREAM.registrations()).filteredOn("lost"::equals).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"waits-for-its-turn", "half-sent"})
    void aCallThatHadNotBeenSentIsMadeWithANewTokenOrNotAtAll(String name) {
        isMadeOnceWithANewTokenOrNotAtAll(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"comes-meanwhile", "idle-at-the-freeze"})
    void aCallThatCameMeanwhileIsMadeOnANewConnectionWithANewToken(String name) {
        assertThat(ANSWERS.get(name).status()).as(ANSWERS.get(name).body()).isEqualTo(200);
        isMadeOnceWithANewTokenOrNotAtAll(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"waits-for-a-token", "needs-a-token", "waits-behind-the-claim"})
    @Needs(Needs.Tool.REDIS)
    void aCallOfAReplicaThatHadNotBeenSentIsMadeWithANewTokenOrNotAtAll(String name) {
        isMadeOnceWithANewTokenOrNotAtAll(name);
    }

    @Test
    @Needs(Needs.Tool.REDIS)
    void aClaimThatOutlastsItsTimeIsUnknownElsewhereAndHasItsRealEndAfterwards() {
        isTrueOfACallThatWasMade(ANSWERS.get("claimed"));
        if (!ANSWERS.get("repeats-the-claimed").says("overloaded", "not_processed")) { // Redis is not found again
            isTrueOfACallThatWasMade(ANSWERS.get("repeats-the-claimed"));
        }
        assertThat(ANSWERS.get("repeats-the-claimed-elsewhere").says("call-interrupted", "unknown"))
                .as(ANSWERS.get("repeats-the-claimed-elsewhere").body())
                .isTrue();

        var last = untilRedisIsFound("claimed", replica);

        isTrueOfACallThatWasMade(last);
        assertThat(last.header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(UPSTREAM.registrations()).filteredOn("claimed"::equals).hasSize(1);
        assertThat(registerUntilServed("after-the-claim", replica).status()).isEqualTo(200);
    }

    private static void isTrueOfACallThatWasMade(Http1Caller.Answer answer) {
        assertThat(answer.status() == 200
                        || answer.says("upstream-timeout", "unknown")
                        || answer.says("call-interrupted", "unknown"))
                .as(answer.body())
                .isTrue();
    }

    private static void isMadeOnceWithANewTokenOrNotAtAll(String name) {
        var answer = ANSWERS.get(name);
        if (answer.status() == 200) {
            assertThat(UPSTREAM.registrations()).filteredOn(name::equals).hasSize(1);
            assertThat(UPSTREAM.tokenOf(name)).as("token of " + name).isGreaterThan(lastToken);
        } else {
            assertThat(answer.body()).contains("\"outcome\":\"not_processed\"");
            assertThat(UPSTREAM.registrations()).doesNotContain(name);
        }
    }

    // ---- and afterwards ---------------------------------------------------------------------------------------------

    @Test
    void noPermitIsHeldAfterwards() throws IOException {
        List<String> asManyAsThereArePermits = List.of("first", "second", "third");
        UPSTREAM.hold();
        try {
            for (String name : asManyAsThereArePermits) {
                call(name, alone);
            }
            untilAtDeepvue("first", "second", "third");
        } finally {
            UPSTREAM.letGo();
        }
        asManyAsThereArePermits.forEach(FreezeIT::read);
        assertThat(asManyAsThereArePermits)
                .allSatisfy(name -> assertThat(ANSWERS.get(name).status()).isEqualTo(200));
        for (String gauge : List.of(
                "gateway_upstream_in_flight",
                "gateway_calls_in_flight",
                "gateway_waiting",
                "gateway_idempotency_running")) {
            awaitMetric(alone, gauge, 0);
        }
    }

    @Test
    void eachCallHasOneLineInTheLog() {
        List<String> names = List.of("answered", "lost", "abandoned", "waits-for-its-turn", "comes-meanwhile");
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(names)
                        .allSatisfy(name -> assertThat(alone.output().lines())
                                .filteredOn(line ->
                                        line.contains("event=answered") && line.contains("request_id=id-" + name))
                                .hasSize(1)));
    }

    @Test
    void aConnectionThatDeepvueClosedMeanwhileIsNotUsed() throws Exception {
        try (var caller = new Http1Caller(alone.port())) {
            for (String username : List.of("once", "twice", "thrice")) {
                caller.send(Http1Caller.registration("kept-" + username));
                assertThat(caller.answer().status()).isEqualTo(200);

                alone.freeze();
                UPSTREAM.closeConnections();
                caller.send(Http1Caller.registration(username));
                alone.thaw();

                assertThat(caller.answer().status()).isEqualTo(200);
                assertThat(UPSTREAM.registrations())
                        .filteredOn(username::equals)
                        .hasSize(1);
            }
        }
    }

    private static void awaitMetric(PackagedService service, String name, double value) {
        await().atMost(LONG).until(() -> {
            try (var caller = new Http1Caller(service.port())) {
                return caller.get("/q/metrics")
                        .body()
                        .lines()
                        .filter(line -> line.startsWith(name + " "))
                        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                        .anyMatch(now -> now == value);
            }
        });
    }
}
