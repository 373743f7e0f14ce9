package io.itrgateway.idempotency.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.itrgateway.idempotency.IdempotencyTelemetry;
import io.itrgateway.idempotency.Owner;
import io.itrgateway.idempotency.Replica;
import io.itrgateway.redis.RedisAway;
import io.itrgateway.redis.RedisLink;
import io.itrgateway.redis.TestLink;
import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.RedisServer;
import io.itrgateway.sandbox.SlowPath;
import io.itrgateway.sandbox.TcpRelay;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.logging.Filter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When a claim counts as being on a replica of Redis. */
@ExtendWith(HushedRedis.class)
@Needs(Needs.Tool.REDIS)
class ReplicaAcknowledgementTest {

    private static final Duration LONG = Duration.ofMinutes(1);
    private static final String KEY = "claim:name";
    private static final Owner OWNER = new Owner("owner");

    private final Vertx vertx = Vertx.vertx();
    private final List<AutoCloseable> open = new ArrayList<>();
    private RedisServer primary = open(new RedisServer("--repl-diskless-sync-delay", "0"));
    private TcpRelay replication;

    private <T extends AutoCloseable> T open(T resource) {
        open.add(0, resource);
        return resource;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private RedisServer replica() {
        replication = open(new TcpRelay(primary.port()));
        var replica = open(new RedisServer("--replicaof", "127.0.0.1", Integer.toString(replication.port())));
        await().atMost(LONG)
                .until(() ->
                        primary.command(Command.INFO, "replication").toString().contains("state=online"));
        return replica;
    }

    private ReplicaAcknowledgement acknowledgement(OptionalInt needed) {
        RedisLink link = link();
        primary.command(Command.HSET, TestLink.KEYS + KEY, "owner", OWNER.text());
        var acknowledgement = new ReplicaAcknowledgement(link, needed, Replica.meter());
        acknowledgement.lookForReplica();
        return acknowledgement;
    }

    private RedisLink link() {
        RedisLink link = TestLink.to(primary.url(), vertx);
        open(link::close);
        return link;
    }

    private static void ask(ReplicaAcknowledgement acknowledgement) {
        acknowledgement.await(KEY, OWNER).await().atMost(LONG);
    }

    private static void askUntilAcknowledged(ReplicaAcknowledgement acknowledgement) {
        await().atMost(LONG).ignoreExceptionsInstanceOf(RedisAway.class).until(() -> {
            ask(acknowledgement);
            return true;
        });
    }

    private static void awaitReplicaSeen(ReplicaAcknowledgement acknowledgement) {
        await().atMost(LONG).until(() -> {
            acknowledgement.lookForReplica();
            return acknowledgement.hasReplica();
        });
    }

    private static void assertThatItIsRefused(ReplicaAcknowledgement acknowledgement) {
        assertThatThrownBy(() -> ask(acknowledgement))
                .isInstanceOf(RedisAway.class)
                .hasMessage("unacknowledged");
    }

    /** As the connections of the client do it: they call it under a lock that a close needs, too. */
    @Test
    void aConnectionThatEndsWhileItIsClosedMayCallItsHandler() {
        var handlers = new ConcurrentHashMap<String, Handler<?>>();
        var isCalled = new AtomicBoolean();
        var connection = TestLink.proxy(RedisConnection.class, (method, arguments) -> {
            if (method.endsWith("Handler")) {
                handlers.put(method, (Handler<?>) arguments[0]);
            } else if (method.equals("close") && handlers.containsKey("endHandler")) {
                CompletableFuture.runAsync(() -> handlers.get("endHandler").handle(null))
                        .orTimeout(10, TimeUnit.SECONDS)
                        .join();
                isCalled.set(true);
            }
            return Promise.promise().future();
        });
        var redis = TestLink.proxy(Redis.class, (method, arguments) -> Future.succeededFuture(connection));
        var link = TestLink.notStarted(redis, vertx);
        var acknowledgement = new ReplicaAcknowledgement(link, OptionalInt.empty(), Replica.meter());
        acknowledgement.lookForReplica();

        acknowledgement.close();

        assertThat(isCalled).isTrue();
    }

    /** As in a cluster, whose client has a connection to each node, and whose nodes without a key of this service are closed as silent. */
    @Test
    void anEndAfterWhichOthersAreAnsweredFailsNothing() {
        var answer = Promise.<List<Response>>promise();
        var onEnd = new ArrayList<Handler<?>>();
        var isClosed = new AtomicBoolean();
        var connection = TestLink.proxy(RedisConnection.class, (method, arguments) -> {
            if (method.equals("endHandler")) {
                onEnd.add((Handler<?>) arguments[0]);
            }
            isClosed.compareAndSet(false, method.equals("close"));
            return method.equals("batch") ? answer.future() : Promise.promise().future();
        });
        var redis = TestLink.proxy(Redis.class, (method, arguments) -> Future.succeededFuture(connection));
        var acknowledgement =
                new ReplicaAcknowledgement(TestLink.notStarted(redis, vertx), OptionalInt.of(1), Replica.meter());
        acknowledgement.await(KEY, OWNER).subscribe().with(acknowledged -> {}, refused -> {});

        onEnd.get(0).handle(null);

        assertThat(isClosed).isFalse();
    }

    /** A silent one is closed, and a cluster of which a node hangs gives no other. */
    @ParameterizedTest
    @CsvSource({"0, 0", "1, 2"})
    void theConnectionIsKeptInUseIfReplicasAreNeeded(int needed, int batches) {
        var sent = new AtomicInteger();
        var acknowledgement = new ReplicaAcknowledgement(
                linkWhoseBatches(() -> {
                    sent.incrementAndGet();
                    return Promise.<List<Response>>promise().future();
                }),
                OptionalInt.of(needed),
                Replica.meter());

        acknowledgement.lookForReplica();
        acknowledgement.lookForReplica();

        assertThat(sent).hasValue(batches);
    }

    /** Failures as the client describes them: the connection breaks before the answer to {@code WAIT}, or Redis loads its data. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ERR [1]CONNECTION_CLOSED\nERR [2]CONNECTION_CLOSED",
                "ERR [0]CONNECTION_CLOSED\nERR [1]CONNECTION_CLOSED\nERR [2]CONNECTION_CLOSED",
                "ERR [0]LOADING Redis is loading\nERR [1]LOADING Redis is loading\nERR [2]LOADING Redis is loading"
            })
    void aBatchThatWasNotCarriedOutDoesNotSayThatThereIsNoReplica(String failure) {
        var link = linkWhoseBatches(() -> Future.failedFuture(failure));

        assertThatItIsRefused(new ReplicaAcknowledgement(link, OptionalInt.empty(), Replica.meter()));
    }

    private RedisLink linkWhoseBatches(Supplier<Future<List<Response>>> answers) {
        var connection = TestLink.proxy(
                RedisConnection.class,
                (method, arguments) -> method.equals("batch")
                        ? answers.get()
                        : Promise.promise().future());
        var redis = TestLink.proxy(Redis.class, (method, arguments) -> Future.succeededFuture(connection));
        return TestLink.notStarted(redis, vertx);
    }

    // ---- no replica acknowledges ------------------------------------------------------------------------------------

    @Test
    void aReplicaThatWasSeenAndStopsFollowingRefuses() {
        replica();
        var acknowledgement = acknowledgement(OptionalInt.empty());
        awaitReplicaSeen(acknowledgement);

        replication.stall();

        assertThatItIsRefused(acknowledgement);
    }

    @Test
    void aReplicaThatWasSeenAndIsGoneRefuses() {
        var replica = replica();
        var acknowledgement = acknowledgement(OptionalInt.empty());
        awaitReplicaSeen(acknowledgement);

        replica.kill();

        assertThatItIsRefused(acknowledgement);
    }

    /** Such as an old primary during a failover, which is a replica some seconds later, and has none of its own. */
    @Test
    void aPrimaryThatIsFoundWithoutItsReplicaRefusesForSomeTime() {
        var replica = replica();
        RedisLink link = link();
        primary.command(Command.HSET, TestLink.KEYS + KEY, "owner", OWNER.text());
        var acknowledgement = new ReplicaAcknowledgement(link, OptionalInt.empty(), Replica.meter());
        awaitReplicaSeen(acknowledgement);
        var isLost = new AtomicBoolean();
        link.onDisconnect(() -> isLost.set(true));

        replica.kill();
        primary.command(Command.CLIENT, "KILL", "TYPE", "normal");
        await().atMost(LONG).untilTrue(isLost);

        assertThat(acknowledgement.hasReplica()).isTrue();
        assertThatItIsRefused(acknowledgement);
        await().atMost(LONG).until(() -> {
            acknowledgement.lookForReplica();
            return !acknowledgement.hasReplica();
        });
        askUntilAcknowledged(acknowledgement);
    }

    @Test
    void aConfiguredReplicaThatIsNotThereRefuses() {
        assertThatItIsRefused(acknowledgement(OptionalInt.of(1)));
    }

    /** What is logged would have the operator look for a replica that may not exist. */
    @Test
    void aReplicaIsBlamedOnlyWhereOneIsNeeded() {
        RedisLink link = link();
        primary.pause();

        assertThat(loggedWhileRefused(new ReplicaAcknowledgement(link, OptionalInt.empty(), Replica.meter())))
                .isEmpty();
        assertThat(loggedWhileRefused(new ReplicaAcknowledgement(link, OptionalInt.of(1), Replica.meter())))
                .hasSize(1);
    }

    private static List<LogRecord> loggedWhileRefused(ReplicaAcknowledgement acknowledgement) {
        List<LogRecord> logged = new CopyOnWriteArrayList<>();
        var logger = Logger.getLogger(IdempotencyTelemetry.class.getName());
        Filter before = logger.getFilter();
        logger.setLevel(Level.ALL); // the extension silences it
        logger.setFilter(line -> {
            logged.add(line);
            return false;
        });
        try {
            assertThatItIsRefused(acknowledgement);
        } finally {
            logger.setFilter(before);
            logger.setLevel(null);
        }
        return logged;
    }

    @Test
    void oneReplicaWhereTwoAreNeededRefuses() {
        replica();

        assertThatItIsRefused(acknowledgement(OptionalInt.of(2)));
    }

    /** The answer of the write would be taken for that of {@code WAIT}. */
    @Test
    void anAnswerThatAProxyRepeatsAcknowledgesNothing() {
        var path = open(new SlowPath(primary.port(), 100_000_000));
        var link = TestLink.to("redis://127.0.0.1:" + path.port(), vertx);
        open(link::close);
        primary.command(Command.HSET, TestLink.KEYS + KEY, "owner", OWNER.text());
        var acknowledgement = new ReplicaAcknowledgement(link, OptionalInt.of(1), Replica.meter());
        assertThatItIsRefused(acknowledgement);

        path.sendBeforeNextAnswer(":1\r\n");

        assertThatItIsRefused(acknowledgement);
    }

    @Test
    void aClaimThatRedisHasLostMeanwhileIsNotAcknowledged() {
        replica();
        var acknowledgement = acknowledgement(OptionalInt.of(1));
        askUntilAcknowledged(acknowledgement);

        primary.command(Command.DEL, TestLink.KEYS + KEY);

        assertThatItIsRefused(acknowledgement);
    }

    /** As during a failover, when the connection for acknowledgements may lead to another primary than that of the claim. */
    @Test
    void theClaimOfAnotherOwnerIsNotTakenForTheOneThatIsAwaited() {
        replica();
        var acknowledgement = acknowledgement(OptionalInt.of(1));
        askUntilAcknowledged(acknowledgement);

        primary.command(Command.HSET, TestLink.KEYS + KEY, "owner", "another");

        assertThatItIsRefused(acknowledgement);
    }

    @Test
    void manyCallsThatWaitInVainDoNotQueueUpInRedis() {
        replica();
        var acknowledgement = acknowledgement(OptionalInt.of(1));
        askUntilAcknowledged(acknowledgement);
        replication.stall();
        int before = waits();

        for (int i = 0; i < 1_000; i++) {
            acknowledgement.await(KEY, OWNER).subscribe().with(done -> {}, refused -> {});
        }

        assertThatItIsRefused(acknowledgement);
        assertThat(waits() - before).isLessThan(10);
    }

    /** How often Redis was asked to wait. */
    private int waits() {
        return Integer.parseInt(primary.command(Command.INFO, "commandstats")
                .toString()
                .replaceAll("(?s).*cmdstat_wait:calls=(\\d+).*", "$1"));
    }

    // ---- it is acknowledged, or need not be -------------------------------------------------------------------------

    @Test
    void aReplicaThatFollowsHasTheKeyWhenItIsAcknowledged() {
        var replica = replica();
        var acknowledgement = acknowledgement(OptionalInt.of(1));

        askUntilAcknowledged(acknowledgement);

        assertThat(replica.keys()).contains(TestLink.KEYS + KEY);
    }

    @Test
    void manyThatComeAtOnceAreAcknowledgedTogether() {
        replica();
        var acknowledgement = acknowledgement(OptionalInt.of(1));
        askUntilAcknowledged(acknowledgement);

        await().atMost(LONG).ignoreExceptionsInstanceOf(RedisAway.class).until(() -> {
            var all = IntStream.range(0, 1_000)
                    .mapToObj(i -> acknowledgement.await(KEY, OWNER))
                    .toList();
            Uni.join().all(all).andFailFast().await().atMost(LONG);
            return true;
        });
    }

    @Test
    void withoutAReplicaNothingIsAwaited() {
        askUntilAcknowledged(acknowledgement(OptionalInt.empty()));
    }

    @Test
    void withNoneNeededAReplicaThatLagsIsNotWaitedFor() {
        replica();
        replication.stall();

        askUntilAcknowledged(acknowledgement(OptionalInt.of(0)));
    }

    @Test
    void aReplicaThatComesLaterIsSeen() {
        var acknowledgement = acknowledgement(OptionalInt.empty());
        askUntilAcknowledged(acknowledgement);
        replica();
        awaitReplicaSeen(acknowledgement);

        replication.stall();

        assertThatItIsRefused(acknowledgement);
    }

    @Test
    void whereWaitIsRefusedItIsDoneWithoutUnlessItIsConfigured() {
        primary.command(Command.ACL, "SETUSER", "default", "-wait");

        askUntilAcknowledged(acknowledgement(OptionalInt.empty()));
        assertThatItIsRefused(acknowledgement(OptionalInt.of(1)));
    }
}
