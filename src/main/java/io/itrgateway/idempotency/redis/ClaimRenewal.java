package io.itrgateway.idempotency.redis;

import static io.itrgateway.idempotency.ClaimStore.KEPT_FOR;
import static io.itrgateway.idempotency.redis.RedisClaimStore.DATASET;
import static io.itrgateway.idempotency.redis.RedisClaimStore.LEASE;

import io.itrgateway.redis.RedisLink;
import io.itrgateway.redis.Script;
import io.itrgateway.redis.ScriptRunner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * Renews the leases of claims and puts back those that Redis has lost, in rounds of batches. A batch follows when the one before is answered: any
 * number that were sent together would keep calls waiting for so long that Redis counted as away.
 */
final class ClaimRenewal {

    static final Script RENEW = Script.in("idempotency", "renew");

    /** So that one script takes well below a millisecond. */
    static final int MAX_AT_ONCE = 100;

    /** Longer than a service may be unused without the next one to start seeing a data set that has just begun. */
    private static final Duration DATASET_LIFE = Duration.ofDays(30);

    private final ScriptRunner runner;
    private final Supplier<List<HeldClaim>> claims;
    private final Runnable whenEnded;
    private final AtomicReference<Object> round = new AtomicReference<>();

    /** @param whenEnded called when all claims have been renewed, or Redis did not do it */
    ClaimRenewal(ScriptRunner runner, Supplier<List<HeldClaim>> claims, Runnable whenEnded) {
        this.runner = runner;
        this.claims = claims;
        this.whenEnded = whenEnded;
    }

    /** @param again whether to begin again where a round has not ended */
    void renew(boolean again) {
        if (again || round.get() == null) {
            var next = new Object();
            round.set(next);
            renew(claims.get(), next);
        }
    }

    private void renew(List<HeldClaim> left, Object thisRound) {
        List<HeldClaim> batch = left.subList(0, Math.min(left.size(), MAX_AT_ONCE));
        List<HeldClaim> others = left.subList(batch.size(), left.size());
        List<String> keys = new ArrayList<>(List.of(DATASET));
        List<Object> arguments = new ArrayList<>(
                List.of(LEASE.toMillis(), KEPT_FOR.toMillis(), DATASET_LIFE.toMillis(), others.isEmpty() ? 0 : 1));
        for (HeldClaim claim : batch) {
            keys.addAll(List.of(RedisClaimStore.claimKey(claim.name()), RedisClaimStore.releasedKey(claim.owner())));
            arguments.addAll(List.of(claim.fingerprint().text(), claim.owner().text()));
        }
        runner.run(RENEW, RedisLink.SILENCE, keys, arguments.toArray())
                .subscribe()
                .with(renewed -> goOn(others, thisRound), failure -> goOn(List.of(), thisRound));
    }

    private void goOn(List<HeldClaim> left, Object thisRound) {
        if (!left.isEmpty() && round.get() == thisRound) {
            renew(left, thisRound);
        } else if (round.compareAndSet(thisRound, null)) {
            whenEnded.run();
        }
    }
}
