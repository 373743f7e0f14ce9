package io.itrgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.RedisServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Hushed.class)
@Needs(Needs.Tool.REDIS)
class RedisCheckupTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String PASSWORD = "the-password-of-redis";

    /** What docs/replicas.md says is enough. */
    private static final String RIGHTS = "+@connection +eval +evalsha +@read +@write +@scripting +time ~itr-gateway:*";

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private RedisCheckup.Result checkup(String url) {
        return new RedisCheckup(
                        () -> Redis.createClient(vertx, new RedisOptions().setConnectionString(url)),
                        vertx,
                        new Keyspace("0123456789abcdef"),
                        new RedisMeter(new SimpleMeterRegistry()))
                .run()
                .await()
                .atMost(LONG);
    }

    private static RedisServer serverWithUser(String rights) {
        return new RedisServer(("--user gateway on >" + PASSWORD + " " + rights).split(" "));
    }

    private RedisCheckup.Result checkupWithUser(String rights) {
        try (var server = serverWithUser(rights)) {
            return checkup("redis://gateway:" + PASSWORD + "@127.0.0.1:" + server.port());
        }
    }

    @Test
    void aUserWhoMayNotRunScriptsByTheirDigestIsFoundOut() {
        var result = checkupWithUser(RIGHTS + " -evalsha");

        assertThat(result.trouble().orElseThrow()).startsWith("EVALSHA").contains("not allowed to this user");
    }

    @Test
    void aUserWhoMayNotTouchOurNamesIsFoundOut() {
        var result = checkupWithUser(RIGHTS.replace("itr-gateway", "other"));

        assertThat(result.trouble()).isPresent();
    }

    @Test
    void aUserWithoutACommandThatAScriptNeedsIsFoundOut() {
        assertThat(checkupWithUser(RIGHTS + " -pexpire").trouble()).isPresent();
        assertThat(checkupWithUser(RIGHTS + " -zadd").trouble()).isPresent();
        assertThat(checkupWithUser(RIGHTS + " -time").trouble()).isPresent();
    }

    @Test
    void aWrongPasswordIsFoundOutAndNotShown() {
        try (var server = serverWithUser(RIGHTS)) {
            var result = checkup("redis://gateway:not-" + PASSWORD + "@127.0.0.1:" + server.port());

            assertThat(result.trouble().orElseThrow())
                    .contains("refuses the user or the password")
                    .doesNotContain(PASSWORD);
        }
    }

    @Test
    void nobodyWhoListensIsFoundOut() {
        assertThat(checkup("redis://127.0.0.1:1").trouble().orElseThrow()).contains("cannot be reached");
    }

    @Test
    void theRightsThatTheReadmeNamesAreEnough() {
        var result = checkupWithUser(RIGHTS);

        assertThat(result.trouble()).isEmpty();
        assertThat(result.version()).isPresent();
        assertThat(result.roundTrip()).isPresent();
        assertThat(result.eviction()).isEmpty();
    }

    @Test
    void aRedisThatThrowsAwayIsToldAsThat() {
        try (var server = new RedisServer("--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru")) {
            var result = checkup(server.url());

            assertThat(result.trouble()).isEmpty();
            assertThat(result.eviction()).contains("allkeys-lru");
            assertThat(result.hasLimit()).isTrue();
        }
    }

    @Test
    void nothingIsLeftBehind() {
        try (var server = new RedisServer()) {
            checkup(server.url());

            assertThat(server.keys()).isEmpty();
        }
    }
}
