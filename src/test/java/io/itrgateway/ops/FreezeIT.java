package io.itrgateway.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.PackagedService;
import io.itrgateway.sandbox.RecordingUpstream;
import io.itrgateway.sandbox.RedisServer;
import io.itrgateway.sandbox.Sandbox;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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
 * became of these. A fourth one is started meanwhile, and frozen while its plan, a pause that Deepvue asked for and the open circuit hold calls back.
 * What callers and Deepvue send to a frozen process lies in the sockets when it wakes, so that it comes before every timer.
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

    /** For which the fourth process holds calls back, as Deepvue asks for, and for which its circuit is open: longer than a call waits for its turn. */
    private static final Duration PAUSE = Duration.ofSeconds(15);

    /** Longer than that pause, which is stretched by up to a quarter, and than the second of its plan. */
    private static final Duration FREEZE_OF_THE_PAUSED = Duration.ofSeconds(20);

    private static final String PLAN_OF_ONE = "1000/0/0";
    private static final String SHARED_PLAN = "2/0/0";

    private static final RecordingUpstream UPSTREAM = new RecordingUpstream(TOKEN_LIFE);

    /** By the name in the call; each was read, with whatever else came on its connection. */
    private static final Map<String, Http1Caller.Answer> ANSWERS = new HashMap<>();

    private static final Map<String, Http1Caller> CALLERS = new HashMap<>();

    private static final byte[] ASKS_WHAT_IS_LEFT = "OPTIONS %s HTTP/1.1\r\nHost: localhost\r\nx-api-key: %s\r\n\r\n"
            .formatted(Sandbox.CREATE_CLIENT, Sandbox.API_KEY)
            .getBytes(StandardCharsets.US_ASCII);

    private static final List<PackagedService> SERVICES = new ArrayList<>();

    private static PackagedService alone;
    private static RedisServer redis;
    private static PackagedService replica;
    private static PackagedService fetching;
    private static PackagedService paused;
    private static int callsOfTheStart;
    private static int lastToken;

    // ---- the freeze -------------------------------------------------------------------------------------------------

    @BeforeAll
    static void freezeWithCallsInEveryState() throws Exception {
        boolean hasRedis = RedisServer.isHere();
        alone = start(Map.of("DEEPVUE_PLAN", PLAN_OF_ONE, "GATEWAY_MAX_IN_FLIGHT", "3"));
        if (hasRedis) {
            redis = new RedisServer();
            var shared =
                    Map.of("GATEWAY_REDIS_URL", redis.url(), "DEEPVUE_PLAN", SHARED_PLAN, "GATEWAY_MAX_IN_FLIGHT", "1");
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
        Instant end = Instant.now().plus(FREEZE);
        freezeWhenNothingMayBeSent();
        letPassUntil(end, Instant.now().plus(FREEZE_OF_THE_PAUSED));
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
        paused.thaw();
        ANSWERS.put("left-after-the-pause", CALLERS.get("refused").answer());
        ANSWERS.put("comes-in-the-pause", CALLERS.get("refused").answer());
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

    /** With one answer: it uses up the plan, begins a pause and opens the circuit. */
    private static void freezeWhenNothingMayBeSent() throws Exception {
        paused = start(Map.of(
                "DEEPVUE_PLAN", "1/0/0",
                "GATEWAY_BREAKER_ATTEMPTS", "2",
                "GATEWAY_BREAKER_PAUSE", PAUSE.toSeconds() + "s"));
        UPSTREAM.refuses("refused", PAUSE);
        call("refused", paused);
        ANSWERS.put("refused", CALLERS.get("refused").answer());
        paused.freeze();
        // Answered one after the other: nothing is sent before the first answer says what is left.
        CALLERS.get("refused").send(ASKS_WHAT_IS_LEFT);
        CALLERS.get("refused").send(Http1Caller.registration("comes-in-the-pause"));
    }

    private static PackagedService start(Map<String, String> settings) throws IOException {
        Map<String, String> environment = new HashMap<>(UPSTREAM.environment());
        environment.putAll(LIMITS);
        environment.put("GATEWAY_BREAKER_ATTEMPTS", "10000");
        environment.putAll(settings);
        var service = PackagedService.start(environment);
        SERVICES.add(service);
        return service;
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
    private static void letPassUntil(Instant one, Instant other) {
        await().atMost(LONG)
                .until(() -> Instant.now().isAfter(one) && Instant.now().isAfter(other));
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
        for (PackagedService service : SERVICES) {
            service.close();
        }
        if (redis != null) {
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

    @Test
    void whatHeldCallsBackIsOverWhenItsTimeHasPassedMeanwhile() throws IOException {
        var refused = ANSWERS.get("refused");
        assertThat(refused.says("upstream-unavailable", "not_processed"))
                .as(refused.body())
                .isTrue();
        assertThat(Integer.parseInt(refused.header("Retry-After"))).isGreaterThanOrEqualTo((int) PAUSE.toSeconds());
        assertThat(paused.output()).contains("circuit breaker open");

        assertThat(ANSWERS.get("left-after-the-pause").header("RateLimit")).startsWith("\"second\";r=1;");
        assertThat(ANSWERS.get("comes-in-the-pause").status())
                .as(ANSWERS.get("comes-in-the-pause").body())
                .isEqualTo(200);
        call("comes-after-the-pause", paused);
        read("comes-after-the-pause");
        assertThat(ANSWERS.get("comes-after-the-pause").status()).isEqualTo(200);
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
        awaitWholePlan(alone, PLAN_OF_ONE);
    }

    @Test
    @Needs(Needs.Tool.REDIS)
    void noPermitOfTheSharedPlanIsHeldAfterwards() {
        awaitWholePlan(replica, SHARED_PLAN);
        awaitWholePlan(fetching, SHARED_PLAN);
    }

    private static void awaitWholePlan(PackagedService service, String plan) {
        String whole = "\"second\";r=%s;".formatted(plan.substring(0, plan.indexOf('/')));
        await().atMost(LONG).until(() -> {
            try (var caller = new Http1Caller(service.port())) {
                caller.send(ASKS_WHAT_IS_LEFT);
                return caller.answer().header("RateLimit").startsWith(whole);
            }
        });
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
