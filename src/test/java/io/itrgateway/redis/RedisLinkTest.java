package io.itrgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.RedisServer;
import io.itrgateway.sandbox.SlowPath;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The connection to Redis: found, lost and found again. */
@ExtendWith(Hushed.class)
@Needs(Needs.Tool.REDIS)
class RedisLinkTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Script ECHO = new Script("echo", "return ARGV[1]");

    private static final Script WRITE = new Script("write", "return redis.call('SET', KEYS[1], 1, 'PX', 1000)");

    private static final Script APPEND = new Script("append", "return redis.call('APPEND', KEYS[1], 'a')");

    private final Vertx vertx = Vertx.vertx();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private RedisServer server;
    private RedisLink link;

    @BeforeEach
    void connect() {
        server = new RedisServer();
        link = link();
        link.start();
    }

    private RedisLink link() {
        var redis = Redis.createClient(vertx, new RedisOptions().setConnectionString(server.url()));
        return new RedisLink(vertx, redis, new Keyspace("0123456789abcdef"), new RedisTelemetry(meters));
    }

    @AfterEach
    void close() {
        link.close();
        server.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private String echo(String word) {
        return echo(link, word);
    }

    private static String echo(RedisLink on, String word) {
        return on.run(ECHO, RedisLink.SILENCE, List.of("echo"), word)
                .map(Object::toString)
                .await()
                .atMost(LONG);
    }

    private void awaitUp() {
        await().atMost(LONG).until(link::isUp);
    }

    @Test
    void oneWhoComesBeforeTheConnectionIsThereIsServedWhenItIs() {
        // Again where a busy machine takes longer to connect than such a command waits.
        await().atMost(LONG).until(this::isServedEarly);
    }

    private boolean isServedEarly() {
        RedisLink late = link();
        try {
            var answer = late.run(ECHO, RedisLink.SILENCE, List.of("echo"), "early")
                    .map(Object::toString)
                    .onFailure(RedisAway.class)
                    .recoverWithItem("away")
                    .subscribeAsCompletionStage();
            late.start();
            return answer.join().equals("early");
        } finally {
            late.close();
        }
    }

    @Test
    void aScriptThatRedisDoesNotKnowIsTaughtToIt() {
        echo("one");

        server.command(Command.SCRIPT, "FLUSH");

        assertThat(echo("two")).isEqualTo("two");
    }

    @Test
    void theFirstUseOfAScriptTakesOneRoundTripAndFurtherOnesSendItsDigest() {
        var script = new Script("first-use", "return ARGV[1]");

        for (String word : List.of("one", "two", "three")) {
            link.run(script, RedisLink.SILENCE, List.of("any"), word).await().atMost(LONG);
        }

        assertThat(server.command(Command.INFO, "errorstats").toString()).doesNotContain("NOSCRIPT");
        assertThat(server.command(Command.INFO, "commandstats").toString()).contains("cmdstat_evalsha");
    }

    @Test
    void aRedisThatHangsIsAwayAndLaterCommandsFailAtOnce() {
        var lost = new AtomicInteger();
        link.onDisconnect(lost::incrementAndGet);
        awaitUp();

        server.pause();
        try {
            assertThatThrownBy(() -> echo("hanging"))
                    .isInstanceOf(RedisAway.class)
                    .hasMessage("slow");
            await().atMost(LONG).until(() -> !link.isUp());
            assertThatThrownBy(() -> echo("later"))
                    .isInstanceOf(RedisAway.class)
                    .hasMessage("away");
            assertThat(lost).hasValue(1);
        } finally {
            server.resume();
        }
    }

    @Test
    void aRedisThatHungIsFoundAgain() {
        awaitUp();
        server.pause();
        assertThatThrownBy(() -> echo("hanging")).isInstanceOf(RedisAway.class);
        await().atMost(LONG).until(() -> !link.isUp());
        assertThat(meters.get("gateway.redis.up").gauge().value()).isZero();

        server.resume();

        await().atMost(LONG).until(link::isUp);
        assertThat(meters.get("gateway.redis.up").gauge().value()).isEqualTo(1);
        assertThat(echo("again")).isEqualTo("again");
    }

    /** In the client's pool it would be taken again, and the connection after it would be as silent. */
    @Test
    void aConnectionOnWhichNothingPassesIsClosed() {
        try (var path = new SlowPath(server.port(), 100_000_000)) {
            var far = TestLink.to("redis://127.0.0.1:" + path.port(), vertx);
            var lost = new AtomicInteger();
            far.onDisconnect(lost::incrementAndGet);

            path.silenceOpenConnections();

            await().atMost(LONG).until(() -> lost.get() > 0);
            await().atMost(LONG).until(far::isUp);

            await().atMost(LONG).until(() -> path.connections() == 1);
            far.close();
        }
    }

    /** As where a proxy takes an answer from another client, so that each later request would get the answer of the one before. */
    @Test
    void anAnswerOfAnotherRequestIsNotTaken() {
        try (var path = new SlowPath(server.port(), 100_000_000)) {
            var far = TestLink.to("redis://127.0.0.1:" + path.port(), vertx);
            var lost = new AtomicInteger();
            far.onDisconnect(lost::incrementAndGet);

            path.sendBeforeNextAnswer("$5\r\nother\r\n");

            assertThat(echoOrAway(far, "one")).isIn("one", "away");
            assertThat(echoOrAway(far, "two")).isIn("two", "away");
            await().atMost(LONG).until(() -> lost.get() > 0);
            await().atMost(LONG).until(far::isUp);
            assertThat(echo(far, "three")).isEqualTo("three");
            far.close();
        }
    }

    private static String echoOrAway(RedisLink on, String word) {
        try {
            return echo(on, word);
        } catch (RedisAway away) {
            return "away";
        }
    }

    /** As in a cluster, whose client has a connection to each node, and whose nodes without a key of this service are closed as silent. */
    @Test
    void anEndAfterWhichScriptsRunIsNoLoss() {
        var onEnd = new ArrayList<Handler<?>>();
        var client = Redis.createClient(vertx, new RedisOptions().setConnectionString(server.url()));
        var several = TestLink.over(
                TestLink.proxy(
                        Redis.class,
                        (method, arguments) -> client.connect()
                                .map(one -> TestLink.proxy(RedisConnection.class, (name, given) -> switch (name) {
                                    case "send" -> one.send((Request) given[0]);
                                    case "endHandler" -> onEnd.add((Handler<?>) given[0]);
                                    default -> Future.succeededFuture();
                                }))),
                vertx);
        var lost = new AtomicInteger();
        several.onDisconnect(lost::incrementAndGet);

        onEnd.get(0).handle(null);

        assertThat(echo(several, "one")).isEqualTo("one");
        assertThat(echo(several, "two")).isEqualTo("two");
        assertThat(lost).hasValue(0);
        several.close();
        client.close();
    }

    @Test
    void aRedisThatWasKilledIsFoundAgain() {
        var found = new AtomicInteger();
        awaitUp();
        link.onReconnect(forgot -> found.incrementAndGet());
        server.kill();
        await().atMost(LONG).until(() -> !link.isUp());

        server.startEmpty();

        await().atMost(LONG).until(link::isUp);
        assertThat(echo("again")).isEqualTo("again");
        assertThat(found).hasValue(1);
    }

    @Test
    void aRedisThatMayNotBeWrittenToIsAway() {
        awaitUp();

        server.command(Command.CONFIG, "SET", "maxmemory", "1");
        assertThatThrownBy(() -> link.run(WRITE, RedisLink.SILENCE, List.of("any"))
                        .await()
                        .atMost(LONG))
                .isInstanceOf(RedisAway.class)
                .hasMessage("full");

        await().during(Duration.ofMillis(600)).atMost(LONG).until(() -> !link.isUp());
        server.command(Command.CONFIG, "SET", "maxmemory", "0");
        await().atMost(LONG).until(link::isUp);
    }

    @Test
    void aScriptThatRedisRefusesForGoodIsTriedRarelyAndLoggedOnce() {
        var attempts = new AtomicInteger();
        var lines = new AtomicInteger();
        var redis = Redis.createClient(vertx, new RedisOptions().setConnectionString(server.url()));
        var refused = new Script("refused", "return redis.call('NOSUCHCOMMAND')");
        var refusing = new RedisLink(vertx, redis, new Keyspace("0123456789abcdef"), new RedisTelemetry(meters) {
            @Override
            void logDisconnected(RedisAway.Reason why) {
                lines.incrementAndGet();
            }
        });
        refusing.onReconnect(lost -> {
            attempts.incrementAndGet();
            refusing.run(refused, RedisLink.SILENCE, List.of()).subscribe().with(answer -> {}, failure -> {});
        });

        refusing.start();

        await().atMost(LONG).until(() -> attempts.get() > 1);
        await().during(Duration.ofSeconds(3)).atMost(LONG).until(() -> attempts.get() < 10 && lines.get() == 1);
        refusing.close();
    }

    /** A connection that broke does not say why no other comes about. */
    @Test
    void whyRedisRefusesAfterItWasLostIsLoggedOnce() {
        var reasons = new CopyOnWriteArrayList<RedisAway.Reason>();
        var redis = Redis.createClient(vertx, new RedisOptions().setConnectionString(server.url()));
        var refused = new RedisLink(vertx, redis, new Keyspace("0123456789abcdef"), new RedisTelemetry(meters) {
            @Override
            void logDisconnected(RedisAway.Reason why) {
                reasons.add(why);
            }
        });
        refused.start();
        await().atMost(LONG).until(refused::isUp);

        server.command(Command.CONFIG, "SET", "requirepass", "another password");
        server.command(Command.CLIENT, "KILL", "TYPE", "normal");

        await().atMost(LONG).until(() -> reasons.size() > 1);
        await().during(Duration.ofSeconds(1))
                .atMost(LONG)
                .untilAsserted(
                        () -> assertThat(reasons).containsExactly(RedisAway.Reason.BROKEN, RedisAway.Reason.REFUSED));
        refused.close();
    }

    @Test
    void aRedisThatDropsKeysWhenItsMemoryIsFullIsLoggedWhenItIsFound() {
        assertThat(evictionPoliciesLoggedFor("allkeys-lru")).containsExactly("allkeys-lru");
        assertThat(evictionPoliciesLoggedFor("volatile-ttl")).containsExactly("volatile-ttl");
        assertThat(evictionPoliciesLoggedFor("noeviction")).isEmpty();
    }

    @Test
    void aRedisWithoutAMemoryLimitDropsNothing() {
        server.command(Command.CONFIG, "SET", "maxmemory-policy", "allkeys-lru");

        assertThat(evictionPoliciesLogged()).isEmpty();
    }

    private List<String> evictionPoliciesLoggedFor(String policy) {
        server.command(Command.CONFIG, "SET", "maxmemory", "64mb", "maxmemory-policy", policy);
        return evictionPoliciesLogged();
    }

    /** By a process that finds Redis twice. */
    private List<String> evictionPoliciesLogged() {
        var logged = new CopyOnWriteArrayList<String>();
        var read = new AtomicInteger();
        var redis = Redis.createClient(vertx, new RedisOptions().setConnectionString(server.url()));
        var warning = new RedisLink(vertx, redis, new Keyspace("0123456789abcdef"), new RedisTelemetry(meters) {
            @Override
            void recordMemory(String info) {
                super.recordMemory(info);
                read.incrementAndGet();
            }

            @Override
            void logEviction(String dropsBy) {
                logged.add(dropsBy);
            }
        });
        warning.start();
        await().atMost(LONG).until(() -> read.get() > 0);
        server.command(Command.CLIENT, "KILL", "TYPE", "normal");
        await().atMost(LONG).until(() -> read.get() > 1);
        warning.close();
        return logged;
    }

    @Test
    void aScriptThatFailsOverWhatSomethingElseHasWrittenIsLoggedUntilItRuns() {
        var logged = new CopyOnWriteArrayList<Script>();
        var redis = Redis.createClient(vertx, new RedisOptions().setConnectionString(server.url()));
        var failing = new RedisLink(vertx, redis, new Keyspace("0123456789abcdef"), new RedisTelemetry(meters) {
            @Override
            void logForeignData(Script script) {
                logged.add(script);
            }
        });
        failing.start();
        await().atMost(LONG).until(failing::isUp);

        writeForeignValue();
        assertThatThrownBy(() -> append(failing)).hasMessage("error");
        assertThatThrownBy(() -> append(failing)).hasMessage("error");
        assertThat(logged).containsExactly(APPEND);

        server.command(Command.DEL, TestLink.KEYS + "text");
        append(failing);
        writeForeignValue();
        assertThatThrownBy(() -> append(failing)).hasMessage("error");
        assertThat(logged).containsExactly(APPEND, APPEND);
        failing.close();
    }

    private void writeForeignValue() {
        server.command(Command.DEL, TestLink.KEYS + "text");
        server.command(Command.RPUSH, TestLink.KEYS + "text", "foreign");
    }

    private static void append(RedisLink to) {
        to.run(APPEND, RedisLink.SILENCE, List.of("text")).await().atMost(LONG);
    }

    @Test
    void whatComesBackEmptyIsSaidToHaveForgotten() {
        List<Boolean> forgot = new CopyOnWriteArrayList<>();
        awaitUp();
        link.onReconnect(forgot::add);

        server.kill();
        await().atMost(LONG).until(() -> !link.isUp());
        server.startEmpty();

        await().atMost(LONG).untilAsserted(() -> assertThat(forgot).containsExactly(true));
    }

    @Test
    void whatIsEmptiedWithoutABreakIsSaidToHaveForgotten() {
        List<Boolean> forgot = new CopyOnWriteArrayList<>();
        awaitUp();
        link.onReconnect(forgot::add);

        server.empty();

        await().atMost(LONG).untilAsserted(() -> assertThat(forgot).containsExactly(true));
    }

    @Test
    void whatWasOnlyAwayHasNotForgotten() {
        List<Boolean> forgot = new CopyOnWriteArrayList<>();
        awaitUp();
        link.onReconnect(forgot::add);

        server.pause();
        await().atMost(LONG).until(() -> !link.isUp());
        server.resume();

        await().atMost(LONG).untilAsserted(() -> assertThat(forgot).containsExactly(false));
    }

    @Test
    void whatIsNewToTheOneWhoFindsItHasNotForgotten() {
        List<Boolean> forgot = new CopyOnWriteArrayList<>();
        var second = link();
        awaitUp();
        second.onReconnect(forgot::add);

        second.start();

        await().atMost(LONG).untilAsserted(() -> assertThat(forgot).containsExactly(false));
        second.close();
    }
}
