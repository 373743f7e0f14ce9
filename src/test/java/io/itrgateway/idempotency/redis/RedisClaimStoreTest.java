package io.itrgateway.idempotency.redis;

import static io.itrgateway.redis.TestLink.KEYS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.itrgateway.contract.ClaimStoreContract;
import io.itrgateway.idempotency.ClaimName;
import io.itrgateway.idempotency.ClaimStore;
import io.itrgateway.idempotency.Fingerprint;
import io.itrgateway.idempotency.Owner;
import io.itrgateway.problem.Effect;
import io.itrgateway.redis.RedisAway;
import io.itrgateway.redis.RedisLink;
import io.itrgateway.redis.TestLink;
import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.RedisServer;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(HushedRedis.class)
@Needs(Needs.Tool.REDIS)
class RedisClaimStoreTest extends ClaimStoreContract {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String CLAIM = KEYS + "claim:" + NAME.text();
    private static final String DATASET = KEYS + "dataset";

    private static final Vertx VERTX = Vertx.vertx();
    private static RedisServer server;
    private static RedisLink link;

    private PendingResults unstored;
    private RedisClaimStore store;

    @BeforeAll
    static void connect() {
        server = new RedisServer();
        link = TestLink.to(server.url(), VERTX);
    }

    @AfterAll
    static void close() {
        link.close();
        server.close();
        VERTX.close().toCompletionStage().toCompletableFuture().join();
    }

    @BeforeEach
    void open() {
        // All but the note by which the link would see that something is lost.
        server.keys().stream()
                .filter(key -> !key.equals(KEYS + "born"))
                .forEach(key -> server.command(Command.DEL, key));
        server.command(Command.SET, DATASET, "1"); // it began long ago
        unstored = new PendingResults(1024 * 1024);
        store = TestStore.on(link, VERTX, unstored);
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Override
    protected ClaimStore store() {
        return store;
    }

    @Override
    protected void pass(Duration time) {
        // Where Redis is slow, the store does not wait for an end, and sends it once more, which would renew the life
        // of what it left.
        await().atMost(LONG).until(() -> unstored.size() == 0);
        server.pass(time);
    }

    private String claimedBy(Owner owner) {
        return word(ended(store.claim(NAME, PAYLOAD, owner)));
    }

    /** By an owner that has released nothing: an answer that takes too long on a busy machine is a release. */
    private void awaitAcquired() {
        await().atMost(LONG)
                .ignoreExceptionsInstanceOf(RedisAway.class)
                .until(() -> claimedBy(new Owner(UUID.randomUUID().toString())).equals("acquired"));
    }

    private void claimedByADeadProcess(Owner owner) {
        var dead = TestStore.on(link, VERTX);
        ended(dead.claim(NAME, PAYLOAD, owner));
        dead.close();
        lastLeaseIsOver();
    }

    private void assertThatClaimingIsRefused(Owner owner, String reason) {
        assertThatThrownBy(() -> claimedBy(owner)).isInstanceOf(RedisAway.class).hasMessage(reason);
    }

    // ---- a process that is gone -------------------------------------------------------------------------------------

    @Test
    void theClaimOfADeadProcessIsInterruptedForADay() {
        claimedByADeadProcess(FIRST);

        assertThat(claimedBy(SECOND)).isEqualTo("interrupted");
        pass(ClaimStore.KEPT_FOR.minusMinutes(1));
        assertThat(claimedBy(SECOND)).isEqualTo("interrupted");
        assertThat(stateOf(FIRST)).isEqualTo("interrupted");
    }

    @Test
    void anInterruptedClaimStillTellsPayloadsApart() {
        claimedByADeadProcess(FIRST);

        assertThat(word(ended(store.claim(NAME, new Fingerprint("payload-2"), SECOND))))
                .isEqualTo("conflict");
    }

    @Test
    void theResultOfAnInterruptedClaimReplacesTheInterruption() {
        claimedByADeadProcess(FIRST);

        ended(store.complete(NAME, PAYLOAD, FIRST, Effect.REGISTERS, new byte[] {7}));

        assertThat(claimedBy(SECOND)).isEqualTo("[7]");
    }

    @Test
    void theResultOfOneThatMadeTheCallAgainReplacesTheInterruption() {
        claimedByADeadProcess(FIRST);

        ended(store.complete(NAME, PAYLOAD, SECOND, Effect.REGISTERS, new byte[] {7}));
        ended(store.complete(NAME, PAYLOAD, FIRST, Effect.REGISTERS, new byte[] {8}));

        assertThat(claimedBy(FIRST)).isEqualTo("[7]");
    }

    @Test
    void theResultOfAnotherPayloadDoesNotReplaceAnInterruption() {
        claimedByADeadProcess(FIRST);

        ended(store.complete(NAME, new Fingerprint("payload-2"), SECOND, Effect.REGISTERS, new byte[] {7}));

        assertThat(claimedBy(SECOND)).isEqualTo("interrupted");
    }

    @Test
    void anInterruptedClaimCanBeReleasedByItsOwner() {
        claimedByADeadProcess(FIRST);

        ended(store.release(NAME, FIRST, Optional.empty()));

        assertThat(claimedBy(SECOND)).isEqualTo("acquired");
    }

    @Test
    void aLivingProcessRenewsItsClaims() {
        claimedBy(FIRST);
        lastLeaseIsOver();
        assertThat(claimedBy(SECOND)).isEqualTo("interrupted");

        await().atMost(LONG).until(() -> claimedBy(SECOND).equals("in progress"));
    }

    @Test
    void aClaimThatRedisHasLostWithItsOwnerIsPutBackByOneThatWaitsForIt() {
        assertThat(stateOf(FIRST)).isEqualTo("in progress");
        assertThat(claimedBy(SECOND)).isEqualTo("in progress");
        lastLeaseIsOver();

        assertThat(stateOf(FIRST)).isEqualTo("interrupted");
        assertThat(claimedBy(SECOND)).isEqualTo("interrupted");
    }

    @Test
    void oneThatWaitsPutsBackNoClaimThatWasReleased() {
        claimAndRelease(FIRST, new byte[] {7});

        assertThat(stateOf(FIRST)).isEqualTo("[7]");
        assertThat(claimedBy(SECOND)).isEqualTo("acquired");
    }

    /** Redis, or the clock of it, was away for longer than a lease, and another process is the first to find it again. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLeaseThatIsOverIsGivenOnceMore(boolean isClaimedAgain) {
        claimedByADeadProcess(FIRST);
        leaseIsOver();

        assertThat(isClaimedAgain ? claimedBy(SECOND) : stateOf(FIRST)).isEqualTo("in progress");
        assertThatItEndsWithinALease();

        lastLeaseIsOver();
        assertThat(claimedBy(SECOND)).isEqualTo("interrupted");
        assertThat(stateOf(FIRST)).isEqualTo("interrupted");
    }

    @Test
    void aLeaseThatItsOwnerHasRenewedIsGivenOnceMoreWhenItIsOver() {
        claimedBy(FIRST);
        lastLeaseIsOver();
        await().atMost(LONG).until(() -> claimedBy(SECOND).equals("in progress"));
        store.close(); // its owner ends
        leaseIsOver();

        assertThat(claimedBy(SECOND)).isEqualTo("in progress");
    }

    private void leaseIsOver() {
        server.command(Command.HSET, CLAIM, "until", "2");
    }

    private void lastLeaseIsOver() {
        server.command(Command.HSET, CLAIM, "until", "3", "last", "3");
    }

    // ---- results of released claims ---------------------------------------------------------------------------------

    private String stateOf(Owner owner) {
        return word(ended(store.find(NAME, PAYLOAD, owner)));
    }

    private void claimAndRelease(Owner owner, byte[] result) {
        claimedBy(owner);
        ended(store.release(NAME, owner, Optional.of(result)));
    }

    @Test
    void theResultOfAReleasedClaimIsFoundForAWhile() {
        claimAndRelease(FIRST, new byte[] {7});

        pass(RedisClaimStore.RELEASED_FOR.minusSeconds(30));

        assertThat(stateOf(FIRST)).isEqualTo("[7]");
    }

    @Test
    void theResultOfAReleasedClaimExpires() {
        claimAndRelease(FIRST, new byte[] {7});

        pass(RedisClaimStore.RELEASED_FOR);

        assertThat(stateOf(FIRST)).isEqualTo("in progress");
    }

    @Test
    void theResultOfAReleasedClaimDoesNotDisturbTheNextOwner() {
        claimAndRelease(FIRST, new byte[] {7});
        var payload = new Fingerprint("payload-2");

        assertThat(word(ended(store.claim(NAME, payload, SECOND)))).isEqualTo("acquired");
        assertThat(stateOf(FIRST)).isEqualTo("[7]");
        ended(store.complete(NAME, payload, SECOND, Effect.REGISTERS, new byte[] {8}));
        assertThat(stateOf(FIRST)).isEqualTo("[7]");
        assertThat(stateOf(SECOND)).isEqualTo("[8]");
    }

    // ---- lost data --------------------------------------------------------------------------------------------------

    @Test
    void aClaimThatRedisHasLostIsPutBackByItsOwner() {
        claimedBy(FIRST);

        server.command(Command.DEL, CLAIM);

        await().atMost(LONG).until(() -> server.keys().contains(CLAIM));
        assertThat(claimedBy(SECOND)).isEqualTo("in progress");
    }

    @Test
    void aRenewalThatArrivesAfterTheReleaseDoesNotPutTheClaimBack() {
        claimedBy(FIRST);
        ended(store.release(NAME, FIRST, Optional.empty()));

        ended(link.run(
                ClaimRenewal.RENEW,
                RedisLink.SILENCE,
                List.of("dataset", RedisClaimStore.claimKey(NAME), RedisClaimStore.releasedKey(FIRST)),
                1000,
                1000,
                1000,
                0,
                0,
                PAYLOAD.text(),
                FIRST.text()));

        assertThat(claimedBy(SECOND)).isEqualTo("acquired");
    }

    @Test
    void nothingIsAcquiredBeforeALostClaimCanHaveBeenPutBack() {
        server.empty();
        assertThatClaimingIsRefused(FIRST, "incomplete");
        await().atMost(LONG).until(() -> server.keys().contains(DATASET));
        assertThatClaimingIsRefused(FIRST, "incomplete");

        awaitAcquired();

        long sinceMillis = server.command(Command.GET, DATASET).toLong();
        long nowMillis = server.command(Command.TIME).get(0).toLong() * 1000 + 1000;
        assertThat(nowMillis - sinceMillis).isGreaterThanOrEqualTo(RedisClaimStore.PUT_BACK_IN.toMillis());
    }

    /** A Redis that refuses scripts, as one that is full, may be emptied during the pause of one process, and found by another immediately. */
    @Test
    void aProcessWhoseScriptsWereRefusedIsBackBeforeAnythingIsAcquiredInANewDataSet() {
        assertThat(RedisLink.LONGEST_PAUSE).isLessThan(RedisClaimStore.PUT_BACK_IN);
    }

    @Test
    void aClockThatIsSetBackRefusesClaimsForAsLongAsANewDataSetOnly() {
        server.command(Command.SET, DATASET, "9999999999999");

        awaitAcquired();
    }

    /** A lease that ends later than any that is given now. */
    @Test
    void aClaimFromBeforeTheClockWasSetBackLastsForALease() {
        claimedByADeadProcess(FIRST);
        endsInAnHour();

        assertThat(claimedBy(SECOND)).isEqualTo("in progress");
        assertThatItEndsWithinALease();
    }

    @Test
    void aCallThatWaitsForAClaimFromBeforeTheClockWasSetBackWaitsNoLongerThanThat() {
        claimedByADeadProcess(FIRST);
        endsInAnHour();

        assertThat(stateOf(FIRST)).isEqualTo("in progress");
        assertThatItEndsWithinALease();
        await().atMost(LONG).until(() -> stateOf(FIRST).equals("interrupted"));
    }

    private void endsInAnHour() {
        server.command(Command.HSET, CLAIM, "until", redisMillis() + 3_600_000);
    }

    private void assertThatItEndsWithinALease() {
        long until = server.command(Command.HGET, CLAIM, "until").toLong();
        assertThat(until).isLessThanOrEqualTo(redisMillis() + RedisClaimStore.LEASE.toMillis());
    }

    private long redisMillis() {
        var time = server.command(Command.TIME);
        return time.get(0).toLong() * 1000 + time.get(1).toLong() / 1000;
    }

    // ---- what arrives late, and what is never stored ----------------------------------------------------------------

    @Test
    void aClaimThatArrivesAfterItsReleaseIsRefused() {
        ended(store.release(NAME, FIRST, Optional.empty()));

        assertThatClaimingIsRefused(FIRST, "released");
        assertThat(claimedBy(SECOND)).isEqualTo("acquired");
    }

    /** Accepted, it would belong to no living call, and repeats would be answered as interrupted for a day. */
    @Test
    void aClaimThatArrivesLongAfterItsReleaseWithAResultIsRefused() {
        claimAndRelease(FIRST, new byte[] {7});

        pass(RedisClaimStore.RELEASED_FOR.minusSeconds(30));

        assertThatClaimingIsRefused(FIRST, "released");
    }

    @Test
    void anEndThatFindsNoRoomLeavesTheClaimToBeInterrupted() {
        var ends = new PendingResults(PendingResults.ENTRY_BYTES);
        var full = TestStore.on(link, VERTX, ends);
        ended(full.claim(NAME, PAYLOAD, FIRST));
        server.command(Command.CONFIG, "SET", "maxmemory", "1");
        try {
            assertThatThrownBy(() -> ended(full.complete(NAME, PAYLOAD, FIRST, Effect.REGISTERS, new byte[] {7})))
                    .isInstanceOf(RedisAway.class);
        } finally {
            server.command(Command.CONFIG, "SET", "maxmemory", "0");
            full.close();
        }
        await().atMost(LONG).until(link::isUp);

        lastLeaseIsOver();
        assertThat(claimedBy(SECOND)).isEqualTo("interrupted");
        assertThat(ends.size()).isZero();
    }

    @Test
    void whereTheEndOfACallWouldFindNoRoomNothingIsClaimed() {
        var full = TestStore.on(link, VERTX, new PendingResults(PendingResults.ENTRY_BYTES - 1));

        assertThatThrownBy(() -> ended(full.claim(NAME, PAYLOAD, FIRST)))
                .isInstanceOf(RedisAway.class)
                .hasMessage("no room");
        full.close();

        assertThat(claimedBy(SECOND)).isEqualTo("acquired");
    }

    @ParameterizedTest
    @ValueSource(strings = {"string", "hash without a lease"})
    void whatSomethingElseHasWrittenAtAKeyHarmsNoCallOfAnotherKey(String what) {
        if (what.equals("string")) {
            server.command(Command.SET, CLAIM, "x");
        } else {
            server.command(Command.HSET, CLAIM, "fingerprint", PAYLOAD.text());
        }
        var ends = new PendingResults(1024 * 1024);
        var other = TestStore.on(link, VERTX, ends);

        assertThatThrownBy(() -> ended(other.claim(NAME, PAYLOAD, FIRST))).isInstanceOf(RedisAway.class);

        assertThat(word(ended(other.claim(new ClaimName("caller", "another"), PAYLOAD, SECOND))))
                .isEqualTo("acquired");
        other.close();
        assertThat(ends.size()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"one", "another"})
    void aKeyOfAnotherTypeDoesNotKeepOtherClaimsFromBeingRenewed(String overwritten) {
        String intact = overwritten.equals("one") ? "another" : "one";
        ended(store.claim(new ClaimName("caller", "one"), PAYLOAD, FIRST));
        ended(store.claim(new ClaimName("caller", "another"), PAYLOAD, SECOND));

        server.command(Command.SET, KEYS + "claim:" + overwritten, "x");
        server.command(Command.HSET, KEYS + "claim:" + intact, "until", "1");

        await().atMost(LONG)
                .ignoreExceptionsInstanceOf(RedisAway.class) // an answer that takes too long on a busy machine
                .until(() -> word(ended(store.claim(new ClaimName("caller", intact), PAYLOAD, new Owner("third"))))
                        .equals("in progress"));
        assertThat(server.command(Command.GET, KEYS + "claim:" + overwritten)).hasToString("x");
    }

    private RedisClaimStore holderOfAnOverwrittenClaim(PendingResults ends) {
        var holder = TestStore.on(link, VERTX, ends);
        ended(holder.claim(NAME, PAYLOAD, FIRST));
        server.command(Command.SET, CLAIM, "x");
        return holder;
    }

    @Test
    void theReleaseOfAClaimWhoseKeyHasAnotherTypeIsGivenUp() {
        var ends = new PendingResults(1024 * 1024);
        var holder = holderOfAnOverwrittenClaim(ends);

        ended(holder.release(NAME, FIRST, Optional.empty()));

        try {
            await().atMost(LONG).until(() -> ends.size() == 0);
        } finally {
            holder.close();
        }
        assertThat(server.command(Command.GET, CLAIM)).hasToString("x");
    }

    @Test
    void theResultOfACallWhoseKeyHasAnotherTypeIsKeptUntilItCanBeStored() {
        var ends = new PendingResults(1024 * 1024);
        var holder = holderOfAnOverwrittenClaim(ends);
        ended(holder.complete(NAME, PAYLOAD, FIRST, Effect.REGISTERS, new byte[] {7}));

        server.command(Command.DEL, CLAIM);

        try {
            await().atMost(LONG).until(() -> server.command(Command.HGET, CLAIM, "result") != null);
        } finally {
            holder.close();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theNoteOfTheDataSetIsWrittenAgainWhereSomethingElseHasWritten(boolean isText) {
        // In one step, since the store writes it each second.
        String script = "redis.call('DEL', KEYS[1]); return redis.call(ARGV[1], KEYS[1], 'x')";
        server.command(Command.EVAL, script, "1", DATASET, isText ? "SET" : "LPUSH");

        await().atMost(LONG)
                .until(() -> server.command(Command.TYPE, DATASET).toString().equals("string")
                        && !server.command(Command.GET, DATASET).toString().equals("x"));
    }

    // ---- lives ------------------------------------------------------------------------------------------------------

    @Test
    void everyKeyExpires() {
        claimedBy(FIRST);
        ended(store.release(NAME, FIRST, Optional.of(new byte[] {7})));
        claimedBy(SECOND);
        ended(store.release(NAME, new Owner("third"), Optional.empty()));
        ended(store.complete(NAME, PAYLOAD, SECOND, Effect.REGISTERS, new byte[] {8}));
        await().atMost(LONG).until(() -> server.command(Command.PTTL, DATASET).toLong() > 0);

        assertThat(server.keys())
                .hasSizeGreaterThanOrEqualTo(4)
                .allSatisfy(key -> assertThat(server.command(Command.PTTL, key).toLong())
                        .as(key)
                        .isPositive());
    }
}
