package io.itrgateway.idempotency.redis;

import static io.itrgateway.redis.TestLink.KEYS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.itrgateway.idempotency.ClaimName;
import io.itrgateway.idempotency.ClaimState;
import io.itrgateway.idempotency.Fingerprint;
import io.itrgateway.idempotency.Owner;
import io.itrgateway.redis.RedisAway;
import io.itrgateway.redis.RedisLink;
import io.itrgateway.redis.ScriptRunner;
import io.itrgateway.redis.TestLink;
import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.RedisServer;
import io.itrgateway.sandbox.SlowPath;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.hamcrest.Matchers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Results of megabytes, which no other call waits for. */
@ExtendWith(HushedRedis.class)
@Needs(Needs.Tool.REDIS)
class LargeResultsTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int MEBIBYTE = 1024 * 1024;

    private static final ClaimName NAME = new ClaimName("name-1");
    private static final Fingerprint PAYLOAD = new Fingerprint("payload-1");
    private static final Owner FIRST = new Owner("first");
    private static final Owner SECOND = new Owner("second");
    private static final String CLAIM = KEYS + "claim:" + NAME.text();
    private static final String ANSWER = KEYS + "answer:" + FIRST.text();

    private final Vertx vertx = Vertx.vertx();
    private final PendingResults ends = new PendingResults(16 * MEBIBYTE);
    private RedisServer server;
    private RedisLink link;
    private RedisClaimStore store;

    @BeforeEach
    void open() {
        server = new RedisServer();
        server.command(Command.SET, KEYS + "dataset", "1"); // it began long ago
        link = TestLink.to(server.url(), vertx);
        store = TestStore.on(link, vertx, ends);
    }

    @AfterEach
    void close() {
        store.close();
        link.close();
        server.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private static byte[] resultOf(int bytes) {
        byte[] result = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            result[i] = (byte) ('a' + i % 23);
        }
        return result;
    }

    private static <T> T ended(Uni<T> uni) {
        return uni.await().atMost(LONG);
    }

    private static byte[] resultIn(ClaimState state) {
        return state instanceof ClaimState.Completed completed ? completed.result() : null;
    }

    /** An answer that takes too long on a busy machine is asked for again, as by a caller. */
    private static void awaitClaim(RedisClaimStore store, ClaimName name, Owner owner) {
        await().atMost(LONG)
                .ignoreExceptionsInstanceOf(RedisAway.class)
                .until(() -> ended(store.claim(name, PAYLOAD, owner)) instanceof ClaimState.Acquired);
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
            awaitClaim(far, NAME, FIRST);

            ended(far.complete(NAME, PAYLOAD, FIRST, result));
            awaitClaim(far, new ClaimName("other"), SECOND);
            awaitStored();

            await().atMost(LONG)
                    .ignoreExceptionsInstanceOf(RedisAway.class)
                    .until(() -> Arrays.equals(resultIn(ended(far.claim(NAME, PAYLOAD, SECOND))), result));
            far.close();
            slow.close();
        }
    }

    @Test
    void aLargeResultIsFoundByThoseWhoClaimItAndByThoseWhoWaitForIt() {
        byte[] result = resultOf(MEBIBYTE + 1);
        awaitClaim(store, NAME, FIRST);

        ended(store.complete(NAME, PAYLOAD, FIRST, result));
        awaitStored();

        await().atMost(LONG)
                .ignoreExceptionsInstanceOf(RedisAway.class)
                .untilAsserted(() -> assertThat(resultIn(ended(store.claim(NAME, PAYLOAD, SECOND))))
                        .isEqualTo(result));
        await().atMost(LONG)
                .ignoreExceptionsInstanceOf(RedisAway.class)
                .untilAsserted(() ->
                        assertThat(resultIn(ended(store.find(NAME, FIRST)))).isEqualTo(result));
        assertThat(server.command(Command.PTTL, ANSWER).toLong())
                .isGreaterThan(Duration.ofHours(23).toMillis());
    }

    @Test
    void aTransferThatWasInterruptedGoesOnWhereItEnded() {
        byte[] result = resultOf(3 * LargeResults.PIECE_BYTES);
        server.command(Command.SET, ANSWER, new String(result, 0, 2 * LargeResults.PIECE_BYTES + 5));
        awaitClaim(store, NAME, FIRST);

        ended(store.complete(NAME, PAYLOAD, FIRST, result));
        awaitStored();

        assertThat(server.command(Command.GET, ANSWER).toBytes()).isEqualTo(result);
    }

    /** It was made, so that it must not look as if it had not been. */
    @Test
    void aCallWhoseLargeResultIsGoneCountsAsMade() {
        awaitClaim(store, NAME, FIRST);
        ended(store.complete(NAME, PAYLOAD, FIRST, resultOf(MEBIBYTE)));
        awaitStored();

        server.command(Command.DEL, ANSWER);

        await().atMost(LONG)
                .ignoreExceptionsInstanceOf(RedisAway.class)
                .untilAsserted(() -> assertThat(resultIn(ended(store.claim(NAME, PAYLOAD, SECOND))))
                        .isEmpty());
    }

    @Test
    void theClaimIsHeldWhileItsLargeResultIsBeingStored() {
        var proceeds = new CompletableFuture<Void>();
        ScriptRunner held = (script, longest, names, arguments) ->
                Uni.createFrom().completionStage(proceeds).chain(() -> link.run(script, longest, names, arguments));
        var holder = TestStore.on(link, vertx, ends, OptionalInt.of(0), new LargeResults(held));
        awaitClaim(holder, NAME, FIRST);
        ended(holder.complete(NAME, PAYLOAD, FIRST, resultOf(MEBIBYTE)));

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
            large.write(SECOND, resultOf(MEBIBYTE)).subscribe().with(written -> {});
        }
        awaitClaim(full, NAME, FIRST);

        var failures = new CopyOnWriteArrayList<Throwable>();
        ended(full.complete(NAME, PAYLOAD, FIRST, resultOf(2 * MEBIBYTE))
                .onFailure()
                .invoke(failures::add)
                .onFailure()
                .recoverWithNull());

        assertThat(failures).hasSize(1).hasOnlyElementsOfType(RedisAway.class);
        await().atMost(LONG).ignoreExceptionsInstanceOf(RedisAway.class).until(() -> {
            server.command(Command.HSET, CLAIM, "until", "1"); // again, since it may just have been renewed
            return ended(store.claim(NAME, PAYLOAD, SECOND)) instanceof ClaimState.Interrupted;
        });
        full.close();
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
            large.read(FIRST, 1).subscribe().with(nothing -> {}, failure -> {});
        }
        assertThat(begun).hasValue(LargeResults.MAX_AT_ONCE);

        proceeds.complete(null);

        await().atMost(LONG).untilAtomic(begun, Matchers.equalTo(LargeResults.MAX_AT_ONCE + 1));
    }
}
