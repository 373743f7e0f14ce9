package io.itrgateway.idempotency.redis;

import static io.itrgateway.redis.TestLink.KEYS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.itrgateway.idempotency.ClaimName;
import io.itrgateway.idempotency.ClaimState;
import io.itrgateway.idempotency.ClaimStore;
import io.itrgateway.idempotency.Owner;
import io.itrgateway.problem.Effect;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.redis.RedisAway;
import io.itrgateway.redis.ScriptRunner;
import io.itrgateway.redis.TestLink;
import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.SlowPath;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.hamcrest.Matchers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Results of megabytes, which no other call waits for. */
@ExtendWith(HushedRedis.class)
@Needs(Needs.Tool.REDIS)
class LargeResultsTest extends OwnRedis {

    private static final int MEBIBYTE = 1024 * 1024;

    private static final ClaimName NAME = new ClaimName("caller", "name-1");
    private static final Owner FIRST = new Owner("first");
    private static final Owner SECOND = new Owner("second");
    private static final String CLAIM = KEYS + "claim:" + NAME.text();

    private static byte[] resultOf(int bytes) {
        byte[] result = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            result[i] = (byte) ('a' + i % 23);
        }
        return result;
    }

    private static byte[] resultIn(ClaimState state) {
        return state instanceof ClaimState.Completed completed ? completed.result() : null;
    }

    private static String answerOf(Owner owner) {
        return KEYS + LargeResults.key(owner);
    }

    private void awaitStored() {
        await().atMost(LONG)
                .until(() -> server.command(Command.HEXISTS, CLAIM, "result").toInteger() == 1);
    }

    /** 64 KiB take 16 ms there, and all of it 0.8 s: longer than the silence after which Redis is away. */
    @Test
    void aLargeResultIsStoredAndReadOnAPathOnWhichItTakesLong() {
        byte[] result = resultOf(3 * MEBIBYTE);
        try (var path = new SlowPath(server.port(), 4 * MEBIBYTE)) {
            var slow = TestLink.to("redis://127.0.0.1:" + path.port(), vertx);
            var far = TestStore.on(slow, vertx, ends);
            Owner owner = claim(far, NAME);

            ended(far.complete(NAME, PAYLOAD, owner, Effect.REGISTERS, result));
            claim(far, new ClaimName("caller", "other"));
            awaitStored();

            await().atMost(LONG)
                    .ignoreExceptionsMatching(LargeResultsTest::isUnavailable)
                    .until(() -> Arrays.equals(resultIn(ended(far.claim(NAME, PAYLOAD, SECOND))), result));
            far.close();
            slow.close();
        }
    }

    @Test
    void aLargeResultIsFoundByCallsThatClaimItAndByCallsThatWaitForIt() {
        byte[] result = resultOf(MEBIBYTE + 1);
        Owner owner = claim(store, NAME);

        ended(store.complete(NAME, PAYLOAD, owner, Effect.REGISTERS, result));
        awaitStored();

        await().atMost(LONG)
                .ignoreExceptionsMatching(LargeResultsTest::isUnavailable)
                .untilAsserted(() -> assertThat(resultIn(ended(store.claim(NAME, PAYLOAD, SECOND))))
                        .isEqualTo(result));
        await().atMost(LONG)
                .ignoreExceptionsMatching(LargeResultsTest::isUnavailable)
                .untilAsserted(() -> assertThat(resultIn(ended(store.find(NAME, PAYLOAD, owner))))
                        .isEqualTo(result));
        assertThat(server.command(Command.PTTL, answerOf(owner)).toLong())
                .isGreaterThan(Duration.ofHours(23).toMillis());
    }

    @Test
    void aTransferThatWasInterruptedGoesOnWhereItEnded() {
        byte[] result = resultOf(3 * LargeResults.PIECE_BYTES);
        Owner owner = claim(store, NAME);
        server.command(Command.SET, answerOf(owner), new String(result, 0, 2 * LargeResults.PIECE_BYTES + 5));

        ended(store.complete(NAME, PAYLOAD, owner, Effect.REGISTERS, result));
        awaitStored();

        assertThat(server.command(Command.GET, answerOf(owner)).toBytes()).isEqualTo(result);
    }

    private static boolean isUnavailable(Throwable failure) {
        return failure instanceof RedisAway || failure instanceof GatewayException;
    }

    /** The call was made: its repeat must not be answered as if it had not been, nor release its key. */
    @Test
    void aLargeResultThatCannotBeReadNowIsKeptAndReadByTheNextRepeat() {
        byte[] result = resultOf(3 * MEBIBYTE);
        var unsent = new PendingResults(MEBIBYTE);
        var frozen = new AtomicBoolean();
        var pieces = new AtomicInteger();
        var other = TestLink.to(server.url(), vertx);
        ScriptRunner freezing = (script, longest, names, arguments) -> {
            if (script == LargeResults.PIECE && pieces.incrementAndGet() == 2 && frozen.compareAndSet(false, true)) {
                server.pause();
            }
            return other.run(script, longest, names, arguments);
        };
        var reader = TestStore.on(other, vertx, unsent, OptionalInt.of(0), new LargeResults(freezing));
        Owner owner = claim(store, NAME);
        ended(store.complete(NAME, PAYLOAD, owner, Effect.REGISTERS, result));
        awaitStored();

        assertThatThrownBy(() -> ended(reader.claim(NAME, PAYLOAD, SECOND)))
                .isInstanceOfSatisfying(
                        GatewayException.class,
                        unread -> assertThat(unread.kind()).isEqualTo(ProblemKind.CALL_INTERRUPTED));
        assertThat(unsent.size()).isZero();

        server.resume();
        await().atMost(LONG)
                .ignoreExceptionsMatching(LargeResultsTest::isUnavailable)
                .untilAsserted(() -> assertThat(resultIn(ended(reader.claim(NAME, PAYLOAD, SECOND))))
                        .isEqualTo(result));
        reader.close();
        other.close();
    }

    /** It was made, so that it must not look as if it had not been. */
    @Test
    void aCallWhoseLargeResultIsGoneCountsAsMade() {
        Owner owner = claim(store, NAME);
        ended(store.complete(NAME, PAYLOAD, owner, Effect.REGISTERS, resultOf(MEBIBYTE)));
        awaitStored();

        server.command(Command.DEL, answerOf(owner));

        await().atMost(LONG)
                .ignoreExceptionsMatching(LargeResultsTest::isUnavailable)
                .untilAsserted(() -> assertThat(resultIn(ended(store.claim(NAME, PAYLOAD, SECOND))))
                        .isEmpty());
    }

    @Test
    void theClaimIsHeldWhileItsLargeResultIsBeingStored() {
        var proceeds = new CompletableFuture<Void>();
        ScriptRunner held = (script, longest, names, arguments) ->
                Uni.createFrom().completionStage(proceeds).chain(() -> link.run(script, longest, names, arguments));
        var holder = TestStore.on(link, vertx, ends, OptionalInt.of(0), new LargeResults(held));
        Owner owner = claim(holder, NAME);
        ended(holder.complete(NAME, PAYLOAD, owner, Effect.REGISTERS, resultOf(MEBIBYTE)));

        server.command(Command.HSET, CLAIM, "until", "1");

        await().atMost(LONG)
                .until(() ->
                        !server.command(Command.HGET, CLAIM, "until").toString().equals("1"));
        proceeds.complete(null);
        awaitStored();
        await().atMost(LONG).until(() -> ends.size() == 0);
        holder.close();
    }

    @Test
    void aLargeResultForWhichThereIsNoMemoryDoesNotWaitForOthers() {
        ScriptRunner never =
                (script, longest, names, arguments) -> Uni.createFrom().nothing();
        var large = new LargeResults(never);
        var full = TestStore.on(link, vertx, new PendingResults(MEBIBYTE), OptionalInt.of(0), large);
        for (int transfer = 0; transfer < LargeResults.MAX_AT_ONCE; transfer++) {
            large.write("caller", SECOND, resultOf(MEBIBYTE)).subscribe().with(written -> {});
        }
        Owner owner = claim(full, NAME);

        var failures = new CopyOnWriteArrayList<Throwable>();
        ended(full.complete(NAME, PAYLOAD, owner, Effect.REGISTERS, resultOf(2 * MEBIBYTE))
                .onFailure()
                .invoke(failures::add)
                .onFailure()
                .recoverWithNull());

        assertThat(failures).hasSize(1).hasOnlyElementsOfType(RedisAway.class);
        await().atMost(LONG)
                .ignoreExceptionsMatching(LargeResultsTest::isUnavailable)
                .until(() -> {
                    server.command(
                            Command.HSET,
                            CLAIM,
                            "until",
                            "1",
                            "last",
                            "1"); // again, since it may just have been renewed
                    return ended(store.claim(NAME, PAYLOAD, SECOND)) instanceof ClaimState.Interrupted;
                });
        full.close();
    }

    @Test
    void aLengthThatNoResultHasFailsAndReservesNoMemory() {
        var asked = new AtomicInteger();
        ScriptRunner counting = (script, longest, names, arguments) -> {
            asked.incrementAndGet();
            return Uni.createFrom().nothing();
        };
        var large = new LargeResults(counting);

        for (int length : new int[] {-1, ClaimStore.LONGEST_RESULT_BYTES + 1, Integer.MAX_VALUE}) {
            var failures = new CopyOnWriteArrayList<Throwable>();
            large.read("caller", FIRST, length).subscribe().with(result -> {}, failures::add);
            assertThat(failures).hasSize(1).hasOnlyElementsOfType(RedisAway.class);
        }
        assertThat(asked).hasValue(0);
    }

    @Test
    void theLongestAnswerIsReadAsItWasStored() {
        byte[] result = resultOf(16 * MEBIBYTE + LargeResults.PIECE_BYTES / 2);
        var large = new LargeResults(link);
        ended(large.write("caller", FIRST, result));

        assertThat(ended(large.read("caller", FIRST, result.length))).isEqualTo(result);
    }

    @Test
    void aCallerWhoseTransfersTakeAllItsPlacesTakesNoneOfAnother() {
        var large = new LargeResults(
                (script, longest, names, arguments) -> Uni.createFrom().nothing());
        var failures = new CopyOnWriteArrayList<Throwable>();
        for (int transfer = 0; transfer < LargeResults.MAX_AT_ONCE + LargeResults.MAX_WAITING; transfer++) {
            large.read("many", FIRST, 1).subscribe().with(result -> {}, failures::add);
        }
        assertThat(failures).isEmpty();

        large.read("few", SECOND, 1).subscribe().with(result -> {}, failures::add);
        assertThat(failures).isEmpty();
        large.read("many", FIRST, 1).subscribe().with(result -> {}, failures::add);

        assertThat(failures).hasSize(1).hasOnlyElementsOfType(RedisAway.class);
    }

    @Test
    void aTransferThatIsGivenUpWhileItWaitsIsNotMadeAndLeavesItsPlace() {
        var running = new ArrayDeque<UniEmitter<?>>();
        var large = new LargeResults(
                (script, longest, names, arguments) -> Uni.createFrom().emitter(running::add));
        var failures = new CopyOnWriteArrayList<Throwable>();
        var transfers = new ArrayList<Cancellable>();
        for (int transfer = 0; transfer < LargeResults.MAX_AT_ONCE + LargeResults.MAX_WAITING; transfer++) {
            transfers.add(large.read("caller", FIRST, 1).subscribe().with(result -> {}, failures::add));
        }

        transfers.forEach(Cancellable::cancel);
        for (int transfer = 0; transfer < LargeResults.MAX_WAITING; transfer++) {
            large.read("caller", FIRST, 1).subscribe().with(result -> {}, failures::add);
        }
        assertThat(failures).isEmpty();

        int made = 0;
        for (; !running.isEmpty(); made++) {
            running.poll().fail(new RedisAway(RedisAway.Reason.AWAY));
        }
        assertThat(made).isEqualTo(LargeResults.MAX_AT_ONCE + LargeResults.MAX_WAITING);
    }

    @Test
    void callersWhoseTransfersWaitAreServedInTurn() {
        var running = new ArrayDeque<UniEmitter<?>>();
        var large = new LargeResults(
                (script, longest, names, arguments) -> Uni.createFrom().emitter(running::add));
        var ended = new ArrayList<String>();
        List<String> callers = List.of("many", "many", "many", "many", "many", "many", "few", "other", "few");
        for (String caller : callers) {
            large.read(caller, FIRST, 1).subscribe().with(result -> {}, failure -> ended.add(caller));
        }

        while (!running.isEmpty()) {
            running.poll().fail(new RedisAway(RedisAway.Reason.AWAY));
        }

        assertThat(ended).containsExactly("many", "many", "many", "many", "many", "few", "other", "many", "few");
    }

    @Test
    void oneMoreThanMayGoAtOnceGoesWhenAnotherHasEnded() {
        var begun = new AtomicInteger();
        var proceeds = new CompletableFuture<Void>();
        ScriptRunner held = (script, longest, names, arguments) -> Uni.createFrom()
                .completionStage(() -> {
                    begun.incrementAndGet();
                    return proceeds;
                })
                .chain(() -> link.run(script, longest, names, arguments));
        var large = new LargeResults(held);
        for (int transfer = 0; transfer <= LargeResults.MAX_AT_ONCE; transfer++) {
            large.read("caller", FIRST, 1).subscribe().with(nothing -> {}, failure -> {});
        }
        assertThat(begun).hasValue(LargeResults.MAX_AT_ONCE);

        proceeds.complete(null);

        await().atMost(LONG).untilAtomic(begun, Matchers.equalTo(LargeResults.MAX_AT_ONCE + 1));
    }
}
