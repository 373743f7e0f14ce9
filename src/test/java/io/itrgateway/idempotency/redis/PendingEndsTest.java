package io.itrgateway.idempotency.redis;

import static io.itrgateway.redis.TestLink.KEYS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.itrgateway.idempotency.ClaimName;
import io.itrgateway.idempotency.ClaimState;
import io.itrgateway.idempotency.Owner;
import io.itrgateway.problem.Effect;
import io.itrgateway.redis.RedisAway;
import io.itrgateway.redis.RedisLink;
import io.itrgateway.sandbox.Needs;
import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Command;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Ends of calls that Redis has not stored: after it has lost everything, and when the process stops. */
@ExtendWith(HushedRedis.class)
@Needs(Needs.Tool.REDIS)
class PendingEndsTest extends OwnRedis {

    /** In one batch a second they would take longer than {@link #LONG}. */
    private static final int MANY = 100 * ClaimRenewal.MAX_AT_ONCE + 1;

    private static final ClaimName NAME = name(0);
    private static final Owner OWNER = owner(0);

    private static ClaimName name(int number) {
        return new ClaimName("caller", "name-" + number);
    }

    private static Owner owner(int number) {
        return new Owner("owner-" + number);
    }

    private boolean isStored(ClaimName name) {
        return server.command(Command.HEXISTS, KEYS + "claim:" + name.text(), "result")
                        .toInteger()
                == 1;
    }

    private void completeManyWhileRedisIsAway() {
        server.kill();
        await().atMost(LONG).until(() -> !link.isUp());
        for (int number = 0; number < MANY; number++) {
            ended(store.complete(name(number), PAYLOAD, owner(number), Effect.REGISTERS, new byte[] {7}));
        }
    }

    @Test
    void aRedisThatComesBackEmptyHasTheClaimsOfAllPendingEndsBeforeAnyNameIsAcquired() {
        completeManyWhileRedisIsAway();
        server.startEmpty();

        claim(store, new ClaimName("caller", "stranger"));

        for (int number = 0; number < MANY; number++) {
            assertThat(server.command(
                                    Command.EXISTS,
                                    KEYS + "claim:" + name(number).text())
                            .toInteger())
                    .as("claim %d", number)
                    .isEqualTo(1);
        }
    }

    /** The script of a batch that others follow. */
    private void renewBeforeOthers(int restartedUpToMillis) {
        ended(link.run(
                ClaimRenewal.RENEW,
                RedisLink.SILENCE,
                List.of("dataset", RedisClaimStore.claimKey(NAME), RedisClaimStore.releasedKey(OWNER)),
                60_000,
                60_000,
                60_000,
                1,
                restartedUpToMillis,
                PAYLOAD.text(),
                OWNER.text()));
    }

    private long beganAt() {
        return server.command(Command.GET, KEYS + "dataset").toLong();
    }

    @Test
    void whileClaimsAreBeingPutBackNoNameIsAcquired() {
        renewBeforeOthers(0);

        assertThat(beganAt()).isGreaterThan(1);
    }

    /** Those before the one that failed are there already. */
    @Test
    void whilePuttingBackGoesOnAfterAFailureNoNameIsAcquired() {
        renewBeforeOthers(0);
        long began = beganAt() - 100;
        server.command(Command.SET, KEYS + "dataset", began);

        renewBeforeOthers(0);
        assertThat(beganAt()).isEqualTo(began);
        renewBeforeOthers(60_000);
        assertThat(beganAt()).isGreaterThan(began);
    }

    @Test
    void aFailureHoldsUpNoClaimsOfADataSetThatIsComplete() {
        renewBeforeOthers(0);
        server.command(Command.SET, KEYS + "dataset", 1);

        renewBeforeOthers(60_000);

        assertThat(beganAt()).isEqualTo(1);
    }

    @Test
    void endsGoToARedisThatIsBackWithoutAPauseBetweenBatches() {
        completeManyWhileRedisIsAway();
        server.startEmpty();
        await().atMost(LONG).until(link::isUp);

        await().atMost(LONG).until(() -> ends.size() == 0);
    }

    private void completeAndStore() {
        var owner = claim(store, NAME);
        ended(store.complete(NAME, PAYLOAD, owner, Effect.REGISTERS, new byte[] {7}));
        await().atMost(LONG).until(() -> ends.size() == 0);
        assertThat(isStored(NAME)).isTrue();
    }

    @Test
    void aResultThatWasStoredShortlyBeforeRedisCameBackEmptyIsStoredAgain() {
        completeAndStore();
        server.kill();
        await().atMost(LONG).until(() -> !link.isUp());

        server.startEmpty();

        await().atMost(LONG).ignoreExceptions().until(() -> isStored(NAME));
    }

    @Test
    void aResultThatWasStoredShortlyBeforeRedisForgotItWithoutABreakIsStoredAgain() {
        completeAndStore();

        server.command(Command.FLUSHALL);

        await().atMost(LONG).until(() -> isStored(NAME));
    }

    /** The result itself would take too much memory. */
    @Test
    void theNameOfALargeResultThatRedisForgotShortlyAfterItWasStoredStaysTaken() {
        var owner = claim(store, NAME);
        ended(store.complete(NAME, PAYLOAD, owner, Effect.REGISTERS, new byte[LargeResults.PIECE_BYTES]));
        await().atMost(LONG).until(() -> ends.size() == 0);

        server.command(Command.FLUSHALL);

        await().atMost(LONG).until(() -> isStored(NAME));
        var repeat = store.claim(NAME, PAYLOAD, owner(1));
        assertThat(ended(repeat.onFailure(RedisAway.class).retry().indefinitely()))
                .isInstanceOfSatisfying(
                        ClaimState.Completed.class,
                        kept -> assertThat(kept.result()).isEmpty());
    }

    private int keep() {
        return ended(link.run(
                        RedisClaimStore.COMPLETE,
                        RedisLink.SILENCE,
                        List.of(RedisClaimStore.claimKey(NAME), LargeResults.key(OWNER)),
                        PAYLOAD.text(),
                        OWNER.text(),
                        "result",
                        60_000,
                        0))
                .toInteger();
    }

    @Test
    void redisSaysWhetherItDidNotHaveTheResult() {
        assertThat(keep()).isEqualTo(RedisClaimStore.KEPT_NOW);
        assertThat(keep()).isNotEqualTo(RedisClaimStore.KEPT_NOW);
    }

    @Test
    void aResultThatRedisHasStoredIsNotWaitedForWhileRedisIsAway() {
        completeAndStore();
        server.kill();

        await().atMost(LONG).until(() -> !link.isUp());

        assertThat(store.unstored()).isZero();
    }

    @Test
    void aCallInProgressAndAPendingEndAreWaitedFor() {
        var first = claim(store, NAME);
        var second = claim(store, name(1));
        assertThat(store.unstored()).isEqualTo(2);
        server.pause();
        try {
            await().atMost(LONG).until(() -> !link.isUp());
            ended(store.complete(NAME, PAYLOAD, first, Effect.REGISTERS, new byte[] {7}));
            ended(store.release(name(1), second, Optional.empty()));
            assertThat(store.unstored()).isEqualTo(2);
        } finally {
            server.resume();
        }

        await().atMost(LONG).until(() -> store.unstored() == 0);

        assertThat(isStored(NAME)).isTrue();
        assertThat(server.command(Command.EXISTS, KEYS + "claim:" + name(1).text())
                        .toInteger())
                .isZero();
    }

    @Test
    void aLargeResultInTransferIsWaitedForThoughThereIsNoPlaceForIt() {
        var proceeds = new CompletableFuture<Void>();
        var large = new LargeResults((script, longest, names, arguments) ->
                Uni.createFrom().completionStage(proceeds).chain(() -> link.run(script, longest, names, arguments)));
        store.close();
        store = TestStore.on(link, vertx, new PendingResults(PendingResults.ENTRY_BYTES), OptionalInt.of(0), large);
        var owner = claim(store, NAME);
        ended(store.complete(NAME, PAYLOAD, owner, Effect.REGISTERS, new byte[LargeResults.PIECE_BYTES]));

        assertThat(store.unstored()).isEqualTo(1);
        proceeds.complete(null);

        await().atMost(LONG).until(() -> store.unstored() == 0);
        assertThat(isStored(NAME)).isTrue();
    }
}
