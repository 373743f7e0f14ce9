package io.itrgateway.idempotency.redis;

import static io.itrgateway.redis.TestLink.KEYS;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.itrgateway.idempotency.ClaimStore;
import io.itrgateway.idempotency.KeptAnswer;
import io.itrgateway.idempotency.Replica;
import io.itrgateway.idempotency.Replica.Caller;
import io.itrgateway.problem.Effect;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.redis.RedisLink;
import io.itrgateway.redis.TestLink;
import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.RedisServer;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two processes, one Redis: a call with a key is made once, whichever of them it comes to and whatever becomes of Redis. */
@ExtendWith(HushedRedis.class)
@Needs(Needs.Tool.REDIS)
class IdempotencyOnRedisTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String ANSWER = "{\"data\":{\"client_id\":\"C-1\"}}";

    private final Vertx vertx = Vertx.vertx();
    private final List<RedisLink> links = new ArrayList<>();
    private final AtomicInteger made = new AtomicInteger();
    private final List<RedisClaimStore> stores = new ArrayList<>();
    private RedisServer server;
    private HeldRedis redisOfOne;
    private RedisLink linkOfOne;
    private RedisLink linkOfOther;
    private Replica one;
    private Replica other;

    @BeforeEach
    void start() {
        start(new RedisServer());
    }

    private void start(RedisServer redis) {
        server = redis;
        redisOfOne = new HeldRedis(vertx, server.url());
        linkOfOne = link(redisOfOne);
        linkOfOther = link();
        server.command(Command.SET, KEYS + "dataset", "1"); // it began long ago
        one = replica(linkOfOne);
        other = replica(linkOfOther);
    }

    private RedisLink link() {
        return link(Redis.createClient(vertx, server.url()));
    }

    private RedisLink link(Redis redis) {
        var link = TestLink.over(redis, vertx);
        links.add(link);
        return link;
    }

    private Replica replica(RedisLink link) {
        return replica(link, new PendingResults(1024 * 1024));
    }

    private Replica replica(RedisLink link, PendingResults ends) {
        var store = TestStore.on(link, vertx, ends);
        stores.add(store);
        return new Replica(store, vertx);
    }

    @AfterEach
    void stop() {
        leave();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private void leave() {
        stores.forEach(RedisClaimStore::close);
        links.forEach(RedisLink::close);
        server.close();
    }

    private Supplier<Uni<KeptAnswer>> workThat(CompletableFuture<KeptAnswer> ends) {
        return () -> {
            made.incrementAndGet();
            return Uni.createFrom().completionStage(ends);
        };
    }

    private Supplier<Uni<KeptAnswer>> workThatAnswers(String body) {
        return workThat(CompletableFuture.completedFuture(answer(body)));
    }

    private static KeptAnswer answer(String body) {
        return new KeptAnswer(200, body.getBytes(UTF_8));
    }

    private static String body(Caller caller) {
        return new String(caller.answer().orTimeout(60, TimeUnit.SECONDS).join().body(), UTF_8);
    }

    private static ProblemKind problem(Caller caller) {
        try {
            throw new AssertionError("answered: " + body(caller));
        } catch (CompletionException e) {
            assertThat(e.getCause()).isInstanceOf(GatewayException.class);
            return ((GatewayException) e.getCause()).kind();
        }
    }

    /** A call whose key is claimed, and which has not ended. */
    private CompletableFuture<KeptAnswer> runs(Replica replica, String key) {
        var end = new CompletableFuture<KeptAnswer>();
        replica.calls(key, workThat(end));
        await().atMost(LONG).until(() -> made.get() == 1);
        return end;
    }

    /** A caller that has learned that the call runs elsewhere. */
    private Caller waits(Replica replica, String key) {
        var caller = replica.calls(key, workThatAnswers("made again"));
        await().atMost(LONG).until(() -> replica.waiting() == 1);
        return caller;
    }

    private void awaitAway() {
        await().atMost(LONG).until(() -> !linkOfOne.isUp() && !linkOfOther.isUp());
    }

    private void awaitBack() {
        await().atMost(LONG).until(() -> linkOfOne.isUp() && linkOfOther.isUp());
    }

    /** While what was lost is put back, nothing is answered; a caller whose answer says to repeat repeats. */
    private Caller callsUntilServed(Replica replica, String key) {
        var last = new Caller[1];
        await().atMost(LONG).until(() -> {
            last[0] = replica.calls(key, workThatAnswers("made again"));
            try {
                body(last[0]);
                return true;
            } catch (CompletionException e) {
                assertThat(e.getCause())
                        .isInstanceOfSatisfying(
                                GatewayException.class,
                                failure ->
                                        assertThat(failure.kind().retryable()).isTrue());
                return false;
            }
        });
        return last[0];
    }

    // ---- Redis is away ----------------------------------------------------------------------------------------------

    @Test
    void whileRedisHangsACallWithAKeyIsRefusedAndNotMade() {
        server.pause();
        try {
            assertThat(problem(one.calls("k-1", workThatAnswers(ANSWER)))).isEqualTo(ProblemKind.OVERLOADED);
            awaitAway();
            assertThat(problem(one.calls("k-1", workThatAnswers(ANSWER)))).isEqualTo(ProblemKind.OVERLOADED);
        } finally {
            server.resume();
        }

        assertThat(made).hasValue(0);
    }

    @Test
    void aClaimThatHungWithRedisIsNotGrantedAfterwards() {
        server.pause();
        try {
            assertThat(problem(one.calls("k-1", workThatAnswers(ANSWER)))).isEqualTo(ProblemKind.OVERLOADED);
            awaitAway();
        } finally {
            server.resume();
        }
        awaitBack();

        assertThat(body(callsUntilServed(other, "k-1"))).isEqualTo("made again");
    }

    @Test
    void callsThatAreRefusedWhileRedisIsAwayLeaveNothingBehind() {
        var ends = new PendingResults(1024 * 1024);
        var third = replica(linkOfOne, ends);
        server.kill();
        awaitAway();

        for (int number = 1; number <= 1000; number++) {
            assertThat(problem(third.calls("k-" + number, workThatAnswers(ANSWER))))
                    .isEqualTo(ProblemKind.OVERLOADED);
        }

        assertThat(ends.size()).isZero();
        assertThat(third.unsettled()).isZero();
    }

    @Test
    void anAnswerThatCameWhileRedisHungIsKeptAfterIt() {
        var end = runs(one, "k-1");
        server.pause();
        try {
            awaitAway();
            end.complete(answer(ANSWER));
        } finally {
            server.resume();
        }
        awaitBack();

        assertThat(body(other.calls("k-1", workThatAnswers("made again")))).isEqualTo(ANSWER);
        assertThat(made).hasValue(1);
    }

    @Test
    void aFailureWhileRedisHungFreesItsKeyAfterIt() {
        var end = runs(one, "k-1");
        server.pause();
        try {
            awaitAway();
            end.completeExceptionally(GatewayException.of(ProblemKind.UPSTREAM_UNAVAILABLE));
        } finally {
            server.resume();
        }
        awaitBack();

        assertThat(body(callsUntilServed(other, "k-1"))).isEqualTo("made again");
    }

    @Test
    void aCallThatWaitsElsewhereIsAnsweredThoughRedisHungMeanwhile() {
        var end = runs(one, "k-1");
        var waiting = waits(other, "k-1");
        server.pause();
        try {
            awaitAway();
        } finally {
            server.resume();
        }
        awaitBack();

        end.complete(answer(ANSWER));

        assertThat(body(waiting)).isEqualTo(ANSWER);
        assertThat(made).hasValue(1);
    }

    // ---- Redis has lost everything ----------------------------------------------------------------------------------

    private Caller callsAnotherReplicaAfterAnEmptyRestart() {
        server.kill();
        awaitAway();
        server.startEmpty();
        awaitBack();
        return callsUntilServed(other, "k-1");
    }

    @Test
    void whatHadEndedShortlyBeforeIsRestoredInARedisThatComesBackEmpty() {
        body(one.calls("k-1", workThatAnswers(ANSWER)));

        var again = callsAnotherReplicaAfterAnEmptyRestart();

        assertThat(body(again)).isEqualTo(ANSWER);
        assertThat(made).hasValue(1);
    }

    @Test
    void whatHadEndedLongBeforeIsForgottenByARedisThatComesBackEmpty() {
        var nanos = new AtomicLong();
        var ends = new PendingResults(1024 * 1024, nanos::get);
        body(replica(linkOfOne, ends).calls("k-1", workThatAnswers(ANSWER)));
        await().atMost(LONG).until(() -> ends.size() == 0);
        nanos.set(PendingResults.STORED_FOR.toNanos() + 1);

        assertThat(body(callsAnotherReplicaAfterAnEmptyRestart())).isEqualTo("made again");
    }

    @Test
    void whatHadEndedIsKeptByARedisThatWritesToItsDisk() {
        leave();
        start(new RedisServer("--appendonly", "yes", "--appendfsync", "always"));
        body(one.calls("k-1", workThatAnswers(ANSWER)));
        server.kill();
        awaitAway();
        server.startAgain();
        awaitBack();

        var again = callsUntilServed(other, "k-1");
        assertThat(body(again)).isEqualTo(ANSWER);
        assertThat(again.isReplayed()).isTrue();
        assertThat(made).hasValue(1);
    }

    @Test
    void aCallThatRunsIsNotMadeAgainAfterRedisHasLostIt() {
        var end = runs(one, "k-1");
        var waiting = waits(other, "k-1");
        server.kill();
        awaitAway();
        server.startEmpty();
        awaitBack();
        end.complete(answer(ANSWER));

        assertThat(body(callsUntilServed(other, "k-1"))).isEqualTo(ANSWER);
        assertThat(body(waiting)).isEqualTo(ANSWER);
        assertThat(made).hasValue(1);
    }

    // ---- Redis has lost the latest ----------------------------------------------------------------------------------

    /** A call of the one that is in progress, and a Redis that was started again with what it had before that call. */
    private CompletableFuture<KeptAnswer> runsAndIsLost() {
        leave();
        start(new RedisServer("--save", "3600 1"));
        server.command(Command.SAVE);
        var end = runs(one, "k-1");
        redisOfOne.hold();
        server.kill();
        awaitAway();
        return end;
    }

    private void assertThatItIsMadeOnce(CompletableFuture<KeptAnswer> end, Replica replica) {
        assertThat(String.valueOf(server.command(Command.GET, KEYS + "dataset")))
                .isNotEqualTo("1");
        beginDataSetNow();
        assertThat(problem(replica.calls("k-1", workThatAnswers("made again")))).isEqualTo(ProblemKind.OVERLOADED);
        redisOfOne.letGo();
        await().atMost(LONG).until(linkOfOne::isUp);
        beginDataSetNow();
        end.complete(answer(ANSWER));

        assertThat(body(callsUntilServed(replica, "k-1"))).isEqualTo(ANSWER);
        assertThat(made).hasValue(1);
    }

    /** As the replica did that found Redis, so that the time that a busy machine takes until here does not count. */
    private void beginDataSetNow() {
        var time = server.command(Command.TIME);
        long millis = time.get(0).toLong() * 1000 + time.get(1).toLong() / 1000;
        server.command(Command.SET, KEYS + "dataset", millis);
    }

    @Test
    void aCallThatRunsIsNotMadeAgainAfterRedisHasComeBackWithAnOlderState() {
        var end = runsAndIsLost();

        server.startAgain();
        await().atMost(LONG).until(linkOfOther::isUp);

        assertThatItIsMadeOnce(end, other);
    }

    @Test
    void aCallThatRunsIsNotMadeAgainByAReplicaThatIsTheFirstToFindARedisWithAnOlderState() {
        var end = runsAndIsLost();
        linkOfOther.close();

        server.startAgain();

        assertThatItIsMadeOnce(end, replica(link()));
    }

    // ---- its owner dies ---------------------------------------------------------------------------------------------

    /** It does nothing any more, and the last leases of its claims have run out. */
    private void oneDies() {
        stores.get(0).close();
        linkOfOne.close();
        await().atMost(LONG).until(() -> !linkOfOne.isUp());
        leasesRunOut();
    }

    private void leasesRunOut() {
        server.keys().stream()
                .filter(key -> key.contains(":claim:"))
                .forEach(key -> server.command(Command.HSET, key, "until", "1", "last", "1"));
    }

    private void assertThatItIsNotMadeAgain(String key) {
        var again = other.calls(key, workThatAnswers("made again"));
        assertThat(problem(again)).isEqualTo(ProblemKind.CALL_INTERRUPTED);
        assertThat(again.isReplayed()).isTrue();
        assertThat(made).hasValue(1);
    }

    @Test
    void theCallOfAProcessThatDiedIsNeverMadeAgain() {
        runs(one, "k-1");
        oneDies();

        assertThatItIsNotMadeAgain("k-1");
        server.pass(ClaimStore.KEPT_FOR.minusMinutes(5));
        assertThatItIsNotMadeAgain("k-1");
    }

    @Test
    void whereARepeatDoesNoHarmTheCallOfAProcessThatDiedIsMadeAgainOnce() {
        one.calls(Effect.FETCHES, "k-1", workThat(new CompletableFuture<>()));
        await().atMost(LONG).until(() -> made.get() == 1);
        oneDies();

        assertThat(body(other.calls(Effect.FETCHES, "k-1", workThatAnswers(ANSWER))))
                .isEqualTo(ANSWER);
        var repeated = other.calls(Effect.FETCHES, "k-1", workThatAnswers("made a third time"));

        assertThat(body(repeated)).isEqualTo(ANSWER);
        assertThat(repeated.isReplayed()).isTrue();
        assertThat(made).hasValue(2);
    }

    @Test
    void aRepeatThatWaitsForTheCallOfAProcessThatDiesIsNotInvitedToRepeat() {
        runs(one, "k-1");
        var waiting = waits(other, "k-1");

        oneDies();

        assertThat(problem(waiting)).isEqualTo(ProblemKind.CALL_INTERRUPTED);
        assertThatItIsNotMadeAgain("k-1");
    }

    @Test
    void aRepeatThatWaitsForTheCallOfAProcessThatDiesMakesItAgainWhereThatDoesNoHarm() {
        one.calls(Effect.FETCHES, "k-1", workThat(new CompletableFuture<>()));
        await().atMost(LONG).until(() -> made.get() == 1);
        var waiting = other.calls(Effect.FETCHES, "k-1", workThatAnswers(ANSWER));
        await().atMost(LONG).until(() -> other.waiting() == 1);

        oneDies();

        assertThat(body(waiting)).isEqualTo(ANSWER);
        assertThat(made).hasValue(2);
    }

    @Test
    void anAnswerThatDiedWithItsProcessIsNotFetchedAgain() {
        var end = runs(one, "k-1");
        oneDies();

        end.complete(answer(ANSWER));

        assertThatItIsNotMadeAgain("k-1");
    }

    @Test
    void theEndOfACallWhoseProcessWasOnlySlowTakesThePlaceOfTheInterruption() {
        var end = runs(one, "k-1");
        var tooEarly = other.calls("k-1", workThatAnswers("made again"));
        await().atMost(LONG).until(() -> {
            leasesRunOut();
            return tooEarly.answer().isDone();
        });
        assertThat(problem(tooEarly)).isEqualTo(ProblemKind.CALL_INTERRUPTED);

        end.complete(answer(ANSWER));

        await().atMost(LONG).until(() -> {
            var caller = other.calls("k-1", workThatAnswers("made again"));
            return caller.answer().handle((kept, failure) -> failure == null).join();
        });
        assertThat(body(other.calls("k-1", workThatAnswers("made again")))).isEqualTo(ANSWER);
        assertThat(made).hasValue(1);
    }

    @Test
    void aCallThatDidNotEndIsInterruptedThoughItsProcessAndAllOfRedisAreLost() {
        runs(one, "k-1");
        var waiting = waits(other, "k-1");
        stores.get(0).close();
        linkOfOne.close();
        server.kill();
        await().atMost(LONG).until(() -> !linkOfOther.isUp());
        server.startEmpty();
        await().atMost(LONG).until(linkOfOther::isUp);

        assertThat(problem(waiting)).isEqualTo(ProblemKind.CALL_INTERRUPTED);
        assertThatItIsNotMadeAgain("k-1");
    }

    // ---- joined and replayed ----------------------------------------------------------------------------------------

    @Test
    void oneWhoComesToTheOtherWhileTheCallRunsGetsTheSameAnswer() {
        var end = runs(one, "k-1");
        var waiting = waits(other, "k-1");

        end.complete(answer(ANSWER));

        assertThat(body(waiting)).isEqualTo(ANSWER);
        assertThat(waiting.isReplayed()).isFalse();
        assertThat(made).hasValue(1);
    }

    @Test
    void oneWhoComesToTheOtherWhileTheCallRunsGetsTheSameFailure() {
        var end = runs(one, "k-1");
        var waiting = waits(other, "k-1");

        end.completeExceptionally(GatewayException.of(ProblemKind.UPSTREAM_TIMEOUT));

        assertThat(problem(waiting)).isEqualTo(ProblemKind.UPSTREAM_TIMEOUT);
        assertThat(made).hasValue(1);
    }

    @Test
    void anAnswerIsReplayedByTheOther() {
        body(one.calls("k-1", workThatAnswers(ANSWER)));

        var again = other.calls("k-1", workThatAnswers("made again"));

        assertThat(body(again)).isEqualTo(ANSWER);
        assertThat(again.isReplayed()).isTrue();
        assertThat(made).hasValue(1);
    }

    /** Calls fail every so often, so that the next one is granted: perhaps in the other process. */
    @Test
    void noCallIsMadeTwiceAtATimeOrAfterItsAnswer() throws Exception {
        Set<String> running = ConcurrentHashMap.newKeySet();
        Set<String> answered = ConcurrentHashMap.newKeySet();
        Queue<String> wrongs = new ConcurrentLinkedQueue<>();
        var threads = Executors.newFixedThreadPool(8);
        var upstream = Executors.newFixedThreadPool(2);
        try {
            List<Callable<Void>> all = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                var dice = new Random(thread);
                all.add(() -> {
                    for (int i = 0; i < 40; i++) {
                        String key = "k-" + dice.nextInt(20);
                        boolean fails = dice.nextInt(3) == 0;
                        var caller = (dice.nextBoolean() ? one : other).calls(key, () -> {
                            if (!running.add(key)) {
                                wrongs.add("made twice at a time");
                            }
                            if (answered.contains(key)) {
                                wrongs.add("made after its answer");
                            }
                            return Uni.createFrom()
                                    .item(answer(key))
                                    .emitOn(upstream)
                                    .map(answer -> {
                                        running.remove(key);
                                        if (fails) {
                                            throw GatewayException.of(ProblemKind.UPSTREAM_UNAVAILABLE);
                                        }
                                        answered.add(key);
                                        return answer;
                                    });
                        });
                        caller.answer().handle((answer, failure) -> null).get(60, TimeUnit.SECONDS);
                    }
                    return null;
                });
            }
            for (var each : threads.invokeAll(all)) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
            upstream.shutdownNow();
        }

        assertThat(wrongs).isEmpty();
        assertThat(answered).isNotEmpty();
    }

    // ---- secrets ----------------------------------------------------------------------------------------------------

    @Test
    void whatLiesInRedisSaysNothingOfTheCall() {
        body(one.calls("ABCDE1234F-2026", workThatAnswers(ANSWER)));
        problem(one.calls(
                "k-2",
                workThat(CompletableFuture.failedFuture(
                        GatewayException.of(ProblemKind.UPSTREAM_UNAVAILABLE, "Invalid Pan ABCDE1234F")))));

        for (String key : server.keys()) {
            var everything = new StringBuilder(key);
            if (key.contains(":claim:")) {
                for (String field : List.of("fingerprint", "owner", "until", "result")) {
                    var value = server.command(Command.HGET, key, field);
                    everything.append(new String(value.toBytes(), ISO_8859_1));
                }
            } else if (key.contains(":released:")) {
                everything.append(new String(server.command(Command.GET, key).toBytes(), ISO_8859_1));
            }
            assertThat(everything).doesNotContain("ABCDE1234F", "horse", "client_id", "Invalid", "demo", "k-2");
        }
        assertThat(server.keys()).anyMatch(key -> key.contains(":released:")).anyMatch(key -> key.contains(":claim:"));
    }
}
