package io.itrgateway.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.PackagedService;
import io.itrgateway.sandbox.RecordingUpstream;
import io.itrgateway.sandbox.RedisServer;
import io.vertx.redis.client.Command;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The packaged service, frozen (SIGSTOP) and woken (SIGCONT) as platforms do it with an instance that has nothing to do. Its timers stand still
 * meanwhile, and what they would have done is still to do when the first call comes. Each call of these tests lies in the socket before the service
 * wakes, so that it comes before every timer.
 */
class FreezeIT {

    /** Generous: what is tested here is what happens, on a machine that may be busy. */
    private static final Duration LONG = Duration.ofMinutes(2);

    private static final Duration TOKEN_LIFE = Duration.ofSeconds(3);

    /** How long the caller of the call in flight waits for its answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    private static final RecordingUpstream UPSTREAM = new RecordingUpstream(TOKEN_LIFE);
    private static PackagedService service;
    private static int port;
    private static RedisServer redis;
    private static PackagedService replica;
    private static int callsOfTheStart;

    @BeforeAll
    static void start() throws IOException {
        Map<String, String> environment = new HashMap<>(UPSTREAM.environment());
        environment.put("DEEPVUE_TIMEOUT", "2m");
        // A call that kept its permit would leave none for the next one.
        environment.put("GATEWAY_MAX_IN_FLIGHT", "1");
        environment.put("GATEWAY_MAX_WAIT", "1m");
        environment.put("GATEWAY_BREAKER_ATTEMPTS", "10000");
        service = PackagedService.start(environment);
        if (RedisServer.isHere()) {
            redis = new RedisServer();
            environment.put("GATEWAY_REDIS_URL", redis.url());
            environment.put("DEEPVUE_PLAN", "2/0/0");
            replica = PackagedService.start(environment);
        }
        port = service.port();
        try (var caller = new Http1Caller(port)) {
            assertThat(caller.get("/q/health/ready").status()).isEqualTo(200);
        }
        callsOfTheStart = UPSTREAM.authorizes() + UPSTREAM.registrations().size();
    }

    @AfterAll
    static void stop() throws IOException {
        service.close();
        if (replica != null) {
            replica.close();
            redis.close();
        }
        UPSTREAM.close();
    }

    @Test
    void theStartSpendsNoCallOfThePlan() {
        assertThat(callsOfTheStart).isZero();
    }

    @Test
    void aTokenThatEndedMeanwhileIsNotUsed() throws Exception {
        int last;
        try (var caller = new Http1Caller(port)) {
            assertThat(register(caller, "before").status()).isEqualTo(200);

            service.freeze();
            last = UPSTREAM.authorizes();
            letPass(TOKEN_LIFE);
            caller.send(Http1Caller.registration("after"));
            service.thaw();

            assertThat(caller.answer().status()).isEqualTo(200);
        }
        assertThat(UPSTREAM.tokenOf("after")).isGreaterThan(last);
    }

    @Test
    void aConnectionThatDeepvueClosedMeanwhileIsNotUsed() throws Exception {
        try (var caller = new Http1Caller(port)) {
            for (String username : List.of("first", "second", "third")) {
                assertThat(register(caller, "kept-" + username).status()).isEqualTo(200);

                service.freeze();
                UPSTREAM.closeConnections();
                caller.send(Http1Caller.registration(username));
                service.thaw();

                assertThat(caller.answer().status()).isEqualTo(200);
            }
        }
        assertThat(UPSTREAM.registrations())
                .filteredOn(name -> !name.startsWith("kept-"))
                .contains("first", "second", "third")
                .doesNotHaveDuplicates();
    }

    @Test
    void aCallAtDeepvueHasOneTruthfulAnswerAndHoldsNothingAfterwards() throws Exception {
        try (var caller = new Http1Caller(port);
                var repeated = new Http1Caller(port)) {
            UPSTREAM.hold();
            caller.send(keyed("in-flight"));
            await().atMost(LONG).until(() -> UPSTREAM.registrations().contains("in-flight"));

            service.freeze();
            UPSTREAM.letGo();
            letPass(PATIENCE);
            repeated.send(keyed("in-flight"));
            service.thaw();

            // The answer of Deepvue is there, and the time for it is over: both are true.
            var answer = caller.answer();
            assertThat(answer.status() == 200 || answer.says("upstream-timeout", "unknown"))
                    .as(answer.body())
                    .isTrue();
            var again = repeated.answer();
            assertThat(again.status() == 200 || again.says("upstream-timeout", "unknown"))
                    .as(again.body())
                    .isTrue();
            assertThat(register(caller, "next").status()).isEqualTo(200);
        }
        assertThat(UPSTREAM.registrations()).filteredOn("in-flight"::equals).hasSize(1);
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(service.output().lines())
                        .filteredOn(line -> line.contains("answered") && line.contains("id-in-flight"))
                        .hasSize(2));
    }

    @Test
    @Needs(Needs.Tool.REDIS)
    void aClaimAndAPermitInRedisThatOutlastTheirTimeAreNeitherLostNorUsedTwice() throws Exception {
        String username = "claimed";
        try (var caller = new Http1Caller(replica.port());
                var repeated = new Http1Caller(replica.port())) {
            assertThat(registerUntilServed("before-the-claim").status()).isEqualTo(200);
            UPSTREAM.hold();
            caller.send(keyed(username));
            await().atMost(LONG).until(() -> UPSTREAM.registrations().contains(username));

            replica.freeze();
            UPSTREAM.letGo();
            endLeases();
            // Longer than the second of the plan, and than the silence after which a connection to Redis is dead.
            letPass(PATIENCE);
            repeated.send(keyed(username));
            replica.thaw();

            var answer = caller.answer();
            assertThat(answer.status() == 200 || answer.says("upstream-timeout", "unknown"))
                    .as(answer.body())
                    .isTrue();
            var again = repeated.answer();
            assertThat(again.status() == 200
                            || again.says("upstream-timeout", "unknown")
                            || again.says("call-interrupted", "unknown")
                            || again.says("overloaded", "not_processed"))
                    .as(again.body())
                    .isTrue();
        }
        var last = registerUntilServed(username);
        assertThat(last.header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(UPSTREAM.registrations()).filteredOn(username::equals).hasSize(1);
        assertThat(registerUntilServed("after-the-claim").status()).isEqualTo(200);
    }

    /** As if so much time had passed on the clock of Redis. */
    private static void endLeases() {
        assertThat(redis.command(
                                Command.EVAL,
                                "local keys = redis.call('KEYS', '*claim:*') "
                                        + "for _, key in ipairs(keys) do redis.call('HSET', key, 'until', '1') end return #keys",
                                0)
                        .toInteger())
                .isPositive();
    }

    /** With the key of its name; an instance that has just woken may have to find Redis first. */
    private static Http1Caller.Answer registerUntilServed(String username) {
        var last = new AtomicReference<Http1Caller.Answer>();
        await().atMost(LONG).until(() -> {
            try (var caller = new Http1Caller(replica.port())) {
                caller.send(keyed(username));
                last.set(caller.answer());
                return last.get().status() == 200;
            }
        });
        return last.get();
    }

    private static Http1Caller.Answer register(Http1Caller caller, String username) throws IOException {
        caller.send(Http1Caller.registration(username));
        return caller.answer();
    }

    private static byte[] keyed(String username) {
        return new String(Http1Caller.registration(username), StandardCharsets.US_ASCII)
                .replace(
                        "Content-Type:",
                        "Idempotency-Key: %s\r\nPrefer: wait=%d\r\nContent-Type:"
                                .formatted(username, PATIENCE.toSeconds()))
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Time that the frozen process does not notice. */
    private static void letPass(Duration time) {
        Instant end = Instant.now().plus(time).plusMillis(500);
        await().atMost(LONG).until(() -> Instant.now().isAfter(end));
    }
}
