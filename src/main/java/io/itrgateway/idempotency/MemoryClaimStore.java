package io.itrgateway.idempotency;

import io.itrgateway.problem.Effect;
import io.itrgateway.problem.RedactedThrowable;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Claims of one process that shares nothing with others. Results are kept in the order in which they came, up to a number of bytes, and by a
 * monotonic clock. Which go before their time is said by {@link EvictionOrder}. Calls that must not be made again lose their results only, and keep
 * their names; when there is no room for further names, claims are refused.
 *
 * <p>One lock makes looking and acting one step; it is held for map operations only.
 */
@Singleton
@Identifier("memory")
class MemoryClaimStore implements ClaimStore {

    /** About what an entry takes beside its result: two digests, its owner, the objects, its place in the map; rounded up. */
    static final int ENTRY_BYTES = 768;

    private record Claim(Fingerprint fingerprint, Owner owner) {}

    private record Kept(Fingerprint fingerprint, Owner owner, byte[] result, long untilNanos, boolean isRepeatable) {

        long bytes() {
            return ENTRY_BYTES + result.length;
        }

        /** What is free when it makes room. */
        long evictableBytes() {
            return isRepeatable ? bytes() : result.length;
        }

        Kept withoutResult() {
            return new Kept(fingerprint, owner, new byte[0], untilNanos, isRepeatable);
        }
    }

    /** No room for the name of a further call. */
    private static final class TooManyNames extends RuntimeException implements RedactedThrowable.Harmless {
        private static final long serialVersionUID = 1L;

        private TooManyNames() {
            super("GATEWAY_IDEMPOTENCY_MEMORY is full of keys", null, false, false);
        }
    }

    private final long maxBytes;
    private final LongSupplier nanos;

    // All of these only under the lock of this object.
    private final Map<ClaimName, Claim> claims = new HashMap<>();
    private final Map<ClaimName, Kept> kept = new LinkedHashMap<>();
    private final EvictionOrder evictable = new EvictionOrder();

    private long bytes;

    private final Counter evicted;

    @Inject
    MemoryClaimStore(IdempotencySettings settings, MeterRegistry meters) {
        this(settings.memoryBytes(), System::nanoTime, meters);
    }

    MemoryClaimStore(long maxBytes, LongSupplier nanos, MeterRegistry meters) {
        this.maxBytes = maxBytes;
        this.nanos = nanos;
        this.evicted = Counter.builder("gateway.idempotency.evicted")
                .description("Kept answers dropped before they expired: increase GATEWAY_IDEMPOTENCY_MEMORY")
                .register(meters);
        Gauge.builder("gateway.idempotency.kept.answers", this, MemoryClaimStore::keptResults)
                .description("Answers kept for their Idempotency-Key")
                .strongReference(true)
                .register(meters);
        Gauge.builder("gateway.idempotency.kept.bytes", this, MemoryClaimStore::keptBytes)
                .baseUnit("bytes")
                .description("Memory used by kept answers")
                .strongReference(true)
                .register(meters);
    }

    @Override
    public Uni<ClaimState> claim(ClaimName name, Fingerprint fingerprint, Owner owner) {
        return Uni.createFrom().item(() -> claimNow(name, fingerprint, owner));
    }

    @Override
    public Uni<Void> complete(ClaimName name, Fingerprint fingerprint, Owner owner, Effect effect, byte[] result) {
        return Uni.createFrom()
                .voidItem()
                .invoke(() -> completeNow(name, fingerprint, owner, result, effect.isRepeatable()));
    }

    @Override
    public Uni<Void> release(ClaimName name, Owner owner, Optional<byte[]> result) {
        return Uni.createFrom().voidItem().invoke(() -> releaseNow(name, owner));
    }

    @Override
    public Uni<ClaimState> find(ClaimName name, Fingerprint fingerprint, Owner owner) {
        return Uni.createFrom().item(() -> stateOf(name, owner));
    }

    private synchronized ClaimState claimNow(ClaimName name, Fingerprint fingerprint, Owner owner) {
        dropExpired();
        Claim claim = claims.get(name);
        Kept result = kept.get(name);
        if (claim == null && result == null) {
            if (namesBytes() + ENTRY_BYTES > maxBytes) {
                throw new TooManyNames();
            }
            claims.put(name, new Claim(fingerprint, owner));
            return new ClaimState.Acquired();
        }
        if (!(claim != null ? claim.fingerprint() : result.fingerprint()).equals(fingerprint)) {
            return new ClaimState.Conflict();
        }
        if (claim == null) {
            return new ClaimState.Completed(result.result());
        }
        return claim.owner().equals(owner) ? new ClaimState.Acquired() : new ClaimState.InProgress(claim.owner());
    }

    private synchronized void completeNow(
            ClaimName name, Fingerprint fingerprint, Owner owner, byte[] result, boolean isRepeatable) {
        dropExpired();
        if (!isHeld(name, owner) && (claims.containsKey(name) || kept.containsKey(name))) {
            return;
        }
        claims.remove(name);
        boolean fits = namesBytes() + ENTRY_BYTES + result.length <= maxBytes;
        // A call that must not be made again keeps its name, even where its result is too large to be kept.
        byte[] held = fits || isRepeatable ? result : new byte[0];
        var entry = new Kept(fingerprint, owner, held, nanos.getAsLong() + KEPT_FOR.toNanos(), isRepeatable);
        if (isRepeatable && bytes - evictable.repeatableBytes() + entry.bytes() > maxBytes) {
            evicted.increment();
            return;
        }
        if (!fits) {
            evicted.increment();
        }
        if (!makeRoom(name.caller(), entry)) {
            evicted.increment();
            if (isRepeatable) {
                return;
            }
            entry = entry.withoutResult();
            makeRoom(name.caller(), entry);
        }
        kept.put(name, entry);
        bytes += entry.bytes();
        if (entry.evictableBytes() > 0) {
            evictable.add(name, isRepeatable, entry.evictableBytes());
        }
    }

    /** What is taken at least by calls that must not be made twice, if those in flight end as such. */
    private long namesBytes() {
        return (long) ENTRY_BYTES * (claims.size() + kept.size() - evictable.repeatableResults());
    }

    /** @return whether there is room */
    private boolean makeRoom(String caller, Kept entry) {
        while (bytes + entry.bytes() > maxBytes) {
            Optional<ClaimName> next = evictable.next(caller, entry.evictableBytes(), entry.isRepeatable());
            if (next.isEmpty()) {
                return false;
            }
            evicted.increment();
            if (kept.get(next.get()).isRepeatable()) {
                drop(next.get());
            } else {
                strip(next.get());
            }
        }
        return true;
    }

    /** Its place, and so the order in which entries expire, stays. */
    private void strip(ClaimName name) {
        Kept whole = kept.get(name);
        evictable.remove(name, false, whole.evictableBytes());
        kept.put(name, whole.withoutResult());
        bytes -= whole.result().length;
    }

    private synchronized void releaseNow(ClaimName name, Owner owner) {
        if (isHeld(name, owner)) {
            claims.remove(name);
        }
    }

    /** What is not held or kept has been released, since no owner outlives this process or ends before it. */
    private synchronized ClaimState stateOf(ClaimName name, Owner owner) {
        dropExpired();
        if (isHeld(name, owner)) {
            return new ClaimState.InProgress(owner);
        }
        Kept result = kept.get(name);
        return result != null && result.owner().equals(owner)
                ? new ClaimState.Completed(result.result())
                : new ClaimState.Released();
    }

    private boolean isHeld(ClaimName name, Owner owner) {
        Claim claim = claims.get(name);
        return claim != null && claim.owner().equals(owner);
    }

    private synchronized double keptResults() {
        return kept.size();
    }

    private synchronized double keptBytes() {
        return bytes;
    }

    /** The oldest first, since all of a map are kept for the same time. */
    private void dropExpired() {
        long now = nanos.getAsLong();
        while (!kept.isEmpty() && kept.values().iterator().next().untilNanos() - now <= 0) {
            drop(kept.keySet().iterator().next());
        }
    }

    private void drop(ClaimName name) {
        Kept whole = kept.remove(name);
        bytes -= whole.bytes();
        evictable.remove(name, whole.isRepeatable(), whole.evictableBytes());
    }
}
