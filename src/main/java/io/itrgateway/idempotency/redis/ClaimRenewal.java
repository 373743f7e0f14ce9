package io.itrgateway.idempotency.redis;

import static io.itrgateway.idempotency.ClaimStore.KEPT_FOR;
import static io.itrgateway.idempotency.redis.RedisClaimStore.DATASET;
import static io.itrgateway.idempotency.redis.RedisClaimStore.LEASE;
import static io.itrgateway.idempotency.redis.RedisClaimStore.PUT_BACK_IN;

import io.itrgateway.redis.RedisLink;
import io.itrgateway.redis.Script;
import io.itrgateway.redis.ScriptRunner;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * Renews the leases of claims and puts back those that Redis has lost, in rounds of batches, of which a few are on their way at once: any number
 * that were sent together would keep calls waiting for so long that Redis counted as away.
 *
 * <p>A round is over before a lease is. Unless settings say otherwise, a process holds at most the claims of 22,048 calls that wait for a token,
 * 10,000 that wait for their turn and 1,024 at Deepvue, and of 65,536 ends ({@link PendingResults#ENTRY_BYTES}): 987 batches, in 99 turns of
 * {@value #BATCHES_AT_ONCE}. A Redis that takes longer for an answer than a call waits for its claim, 75 ms, grants none. So a round takes less
 * than 7.5 s, and the next one begins within a second. With settings that allow for more, the claim of a call in progress may count as
 * interrupted for a while after Redis was away; its result is stored, and no registration is made twice.
 */
final class ClaimRenewal {

    static final Script RENEW = Script.in("idempotency", "renew");

    /** So that one script takes well below a millisecond. */
    static final int MAX_AT_ONCE = 100;

    /** Batches on their way at once: together they take a few milliseconds. */
    static final int BATCHES_AT_ONCE = 10;

    /** Longer than a service may be unused without the next one to start seeing a data set that has just begun. */
    private static final Duration DATASET_LIFE = Duration.ofDays(30);

    private final ScriptRunner runner;
    private final Supplier<List<HeldClaim>> claims;
    private final Runnable whenEnded;
    private final AtomicReference<Round> round = new AtomicReference<>();

    /** The latest round until it has come to its end: claims may be missing in Redis behind those that it has put back. */
    private final AtomicReference<Round> unfinished = new AtomicReference<>();

    /** @param whenEnded called when all claims have been renewed, or Redis did not do it */
    ClaimRenewal(ScriptRunner runner, Supplier<List<HeldClaim>> claims, Runnable whenEnded) {
        this.runner = runner;
        this.claims = claims;
        this.whenEnded = whenEnded;
    }

    /** @param again whether Redis was found, so that claims may be missing there, and a round that has not ended is to begin again */
    void renew(boolean again) {
        next(again).ifPresent(this::send);
    }

    /** In one step, since the timer and the link call on event loops of their own. */
    private synchronized Optional<Round> next(boolean again) {
        if (!again && round.get() != null) {
            return Optional.empty();
        }
        var next = new Round(again || unfinished.get() != null);
        unfinished.set(next);
        round.set(next);
        return Optional.of(next);
    }

    private void send(Round next) {
        Multi.createFrom()
                .iterable(batches(claims.get()))
                .select()
                .first(batch -> round.get() == next)
                .onItem()
                .transformToUni(batch -> renew(batch, next.isContinued && !batch.isLast()))
                .merge(BATCHES_AT_ONCE)
                .subscribe()
                .with(renewed -> {}, failure -> end(next), () -> {
                    unfinished.compareAndSet(next, null);
                    end(next);
                });
    }

    private static final class Round {
        /** Whether claims may be missing in Redis behind those that an earlier round has put back. */
        private final boolean isContinued;

        private Round(boolean isContinued) {
            this.isContinued = isContinued;
        }
    }

    private record Batch(List<HeldClaim> claims, boolean isLast) {}

    /** One at least, without claims: it keeps the note of the data set. */
    private static List<Batch> batches(List<HeldClaim> claims) {
        List<Batch> batches = new ArrayList<>();
        int from = 0;
        do {
            int to = Math.min(claims.size(), from + MAX_AT_ONCE);
            batches.add(new Batch(claims.subList(from, to), to == claims.size()));
            from = to;
        } while (from < claims.size());
        return batches;
    }

    private Uni<Response> renew(Batch batch, boolean holdsUpClaims) {
        List<String> keys = new ArrayList<>(List.of(DATASET));
        List<Object> arguments = new ArrayList<>(List.of(
                LEASE.toMillis(),
                KEPT_FOR.toMillis(),
                DATASET_LIFE.toMillis(),
                batch.isLast() ? 0 : 1,
                holdsUpClaims ? PUT_BACK_IN.toMillis() : 0));
        for (HeldClaim claim : batch.claims()) {
            keys.addAll(List.of(RedisClaimStore.claimKey(claim.name()), RedisClaimStore.releasedKey(claim.owner())));
            arguments.addAll(List.of(claim.fingerprint().text(), claim.owner().text()));
        }
        return runner.run(RENEW, RedisLink.SILENCE, keys, arguments.toArray());
    }

    private void end(Round thisRound) {
        if (round.compareAndSet(thisRound, null)) {
            whenEnded.run();
        }
    }
}
