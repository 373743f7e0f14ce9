package io.itrgateway.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.PackagedService;
import io.itrgateway.sandbox.RecordingUpstream;
import io.itrgateway.sandbox.RedisServer;
import io.vertx.redis.client.Command;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The packaged service, stopped while Redis does not answer: what became of calls with a key. */
@Needs(Needs.Tool.REDIS)
class ResultsOnStopIT {

    private static final Duration LONG = Duration.ofMinutes(2);

    private final RecordingUpstream upstream = new RecordingUpstream();
    private final RedisServer redis = new RedisServer();

    @AfterEach
    void close() throws IOException {
        redis.close();
        upstream.close();
    }

    private PackagedService start(String drain) throws IOException {
        Map<String, String> environment = new HashMap<>(upstream.environment());
        environment.put("GATEWAY_REDIS_URL", redis.url());
        environment.put("GATEWAY_DRAIN", drain);
        return PackagedService.start(environment);
    }

    /** It is answered, though Redis hangs before its result is there. */
    private void registerWhileRedisHangs(PackagedService service) {
        await().atMost(LONG)
                .until(() -> service.register("first").statusCode() == 200); // not in the first 2 s of a new Redis
        upstream.hold();
        var status =
                CompletableFuture.supplyAsync(() -> service.register("second").statusCode());
        await().atMost(LONG).until(() -> upstream.registrations().size() == 2);
        redis.pause();
        upstream.letGo();
        assertThat(status.join()).isEqualTo(200);
    }

    private long results() {
        return redis.keys().stream()
                .filter(key -> key.contains(":claim:"))
                .filter(key -> redis.command(Command.HEXISTS, key, "result").toInteger() == 1)
                .count();
    }

    @Test
    void aResultThatRedisHasNotStoredIsWaitedFor() throws Exception {
        try (var service = start("10m")) {
            registerWhileRedisHangs(service);

            service.terminate();
            await().atMost(LONG)
                    .until(() -> service.output().contains("waiting until Redis has the results of 1 calls"));
            redis.resume();

            assertThat(service.exitCode()).isEqualTo(143);
            assertThat(results()).isEqualTo(2);
            assertThat(service.output()).doesNotContain("does not have");
        }
    }

    @Test
    void aClientIdThatRedisHasNotStoredIsWaitedFor() throws Exception {
        try (var service = start("10m")) {
            service.port();
            redis.pause();
            assertThat(service.register(Map.of()).statusCode()).isEqualTo(200);

            service.terminate();
            await().atMost(LONG).until(() -> service.output().contains("and the callers of 1 client ids"));
            redis.resume();

            assertThat(service.exitCode()).isEqualTo(143);
            assertThat(redis.keys()).anyMatch(key -> key.contains(":client:"));
        }
    }

    @Test
    void aResultThatRedisDoesNotStoreIsSaidAtTheEndOfTheDrain() throws Exception {
        try (var service = start("2s")) {
            registerWhileRedisHangs(service);

            service.terminate();

            assertThat(service.exitCode()).isEqualTo(143);
            assertThat(service.output()).contains("Redis does not have the results of 1 calls");
        } finally {
            redis.resume();
        }
    }
}
