package io.itrgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.RedisServer;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(Hushed.class)
@Needs(Needs.Tool.REDIS)
class RedisSelfTestTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String PASSWORD = "the-password-of-redis";

    /** What docs/replicas.md says is enough. */
    private static final String RIGHTS =
            "+@connection +eval +evalsha +@read +@write +@scripting +time +info ~itr-gateway:*";

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private RedisSelfTest.Report selfTest(String url) {
        return selfTest(url, LONG);
    }

    private RedisSelfTest.Report selfTest(String url, Duration longestConnect) {
        return selfTest(new RedisOptions().setConnectionString(url), longestConnect);
    }

    private RedisSelfTest.Report selfTest(RedisOptions options, Duration longestConnect) {
        return new RedisSelfTest(
                        () -> Redis.createClient(vertx, options),
                        options.getType().name(),
                        new Keyspace("0123456789abcdef"),
                        OptionalInt.empty(),
                        longestConnect)
                .run()
                .await()
                .atMost(LONG);
    }

    private static RedisServer serverWithUser(String rights) {
        return new RedisServer(("--user gateway on >" + PASSWORD + " " + rights).split(" "));
    }

    private RedisSelfTest.Report selfTestWithUser(String rights) {
        try (var server = serverWithUser(rights)) {
            return selfTest("redis://gateway:" + PASSWORD + "@127.0.0.1:" + server.port());
        }
    }

    @Test
    void aUserWhoMayNotRunScriptsByTheirDigestIsFoundOut() {
        var result = selfTestWithUser(RIGHTS + " -evalsha");

        assertThat(result.trouble().orElseThrow()).startsWith("EVALSHA").contains("not allowed to this user");
    }

    @Test
    void aUserWhoMayNotTouchOurNamesIsFoundOut() {
        var result = selfTestWithUser(RIGHTS.replace("itr-gateway", "other"));

        assertThat(result.trouble()).isPresent();
    }

    /** INFO is left out, since a user may be without it. */
    @Test
    void everyCommandOfAScriptIsTried() throws IOException {
        List<Path> scripts;
        try (Stream<Path> files = Files.walk(Path.of("src", "main", "resources"))) {
            scripts = files.filter(file -> file.toString().endsWith(".lua")).toList();
        }
        Set<String> used = new TreeSet<>();
        for (Path script : scripts) {
            used.addAll(commands(script));
        }
        used.remove("INFO");

        assertThat(commands(Path.of("src", "main", "resources", "redis", "probe.lua")))
                .isEqualTo(used);
    }

    private static Set<String> commands(Path script) throws IOException {
        return Pattern.compile("redis\\.p?call\\('(\\w+)'")
                .matcher(Files.readString(script))
                .results()
                .map(call -> call.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void aUserWithoutACommandThatAScriptNeedsIsFoundOut() {
        assertThat(selfTestWithUser(RIGHTS + " -pexpire").trouble()).isPresent();
        assertThat(selfTestWithUser(RIGHTS + " -zadd").trouble()).isPresent();
        assertThat(selfTestWithUser(RIGHTS + " -time").trouble()).isPresent();
    }

    @Test
    void aWrongPasswordIsFoundOutAndNotShown() {
        try (var server = serverWithUser(RIGHTS)) {
            var result = selfTest("redis://gateway:not-" + PASSWORD + "@127.0.0.1:" + server.port());

            assertThat(result.trouble().orElseThrow())
                    .contains("refuses the user or the password")
                    .doesNotContain(PASSWORD);
        }
    }

    @Test
    void aClosedPortIsDetected() {
        assertThat(selfTest("redis://127.0.0.1:1").trouble().orElseThrow())
                .contains("cannot be reached")
                .contains("nothing listens there", "rediss://", "QUARKUS_REDIS_TLS_*");
    }

    /** A web server, say. */
    @Test
    void somethingElseThanRedisIsNamed() {
        var server = vertx.createNetServer()
                .connectHandler(
                        socket -> socket.handler(any -> socket.end(Buffer.buffer("HTTP/1.1 400 Bad Request\r\n\r\n"))))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();

        assertThat(selfTest("redis://127.0.0.1:" + server.actualPort())
                        .trouble()
                        .orElseThrow())
                .contains("no Redis");
    }

    @ParameterizedTest
    @EnumSource(
            value = RedisClientType.class,
            names = {"SENTINEL", "CLUSTER"})
    void aRedisOfAnotherTypeIsNamed(RedisClientType type) {
        try (var server = new RedisServer()) {
            var trouble = selfTest(
                            new RedisOptions()
                                    .setType(type)
                                    .setMasterName("mymaster")
                                    .setConnectionString(server.url()),
                            LONG)
                    .trouble();
            assertThat(trouble.orElseThrow()).contains("QUARKUS_REDIS_CLIENT_TYPE");
        }
    }

    @Test
    void aDatabaseThatRedisDoesNotHaveIsNamed() {
        try (var server = new RedisServer()) {
            assertThat(selfTest(server.url() + "/99").trouble().orElseThrow())
                    .isEqualTo("it has no database of the number in GATEWAY_REDIS_URL");
        }
    }

    @Test
    void aRedisThatSaysNothingMayHaveNoTls() throws Exception {
        try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String url = "redis://127.0.0.1:" + silent.getLocalPort();

            assertThat(selfTest(url, Duration.ofMillis(100)).trouble().orElseThrow())
                    .startsWith("it does not answer")
                    .contains("rediss://")
                    .contains("TLS");
        }
    }

    @Test
    void theRightsThatTheReadmeNamesAreEnough() {
        var result = selfTestWithUser(RIGHTS);

        assertThat(result.trouble()).isEmpty();
        assertThat(result.setting("version")).isPresent();
        assertThat(result.roundTrip()).isPresent();
        assertThat(result.replicas()).hasValue(0);
        assertThat(result.setting("maxmemory_policy")).isPresent();
        assertThat(result.setting("save")).isEmpty();
    }

    @Test
    void aUserWhoMayNotReadWhatRedisSaysOfItselfCanBeServed() {
        var result = selfTestWithUser(RIGHTS + " -info");

        assertThat(result.trouble()).isEmpty();
        assertThat(result.setting("maxmemory_policy")).isEmpty();
    }

    @Test
    void theSettingsThatAUserMayReadAreRead() {
        try (var server = new RedisServer("--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru")) {
            var result = selfTest(server.url());

            assertThat(result.trouble()).isEmpty();
            assertThat(result.setting("maxmemory_policy")).contains("allkeys-lru");
            assertThat(result.setting("maxmemory")).contains("67108864");
            assertThat(result.setting("aof_enabled")).contains("0");
            assertThat(result.setting("cluster_enabled")).contains("0");
            assertThat(result.setting("client_type")).contains("STANDALONE");
            assertThat(result.setting("save")).contains("");
            assertThat(result.setting("appendfsync")).contains("everysec");
        }
    }

    @Test
    void replicasAreCounted() {
        try (var primary = new RedisServer("--repl-diskless-sync-delay", "0");
                var replica = new RedisServer("--replicaof", "127.0.0.1", Integer.toString(primary.port()))) {
            await().atMost(LONG).until(() -> selfTest(primary.url()).replicas().getAsInt() == 1);

            assertThat(selfTest(primary.url()).setting("slave0").orElseThrow()).contains("lag=");
            assertThat(selfTest(replica.url()).trouble().orElseThrow()).contains("this is a replica");
        }
    }

    @Test
    void nothingIsLeftBehind() {
        try (var server = new RedisServer()) {
            selfTest(server.url());

            assertThat(server.keys()).isEmpty();
        }
    }
}
