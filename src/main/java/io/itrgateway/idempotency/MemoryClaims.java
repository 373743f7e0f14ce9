package io.itrgateway.idempotency;

import io.itrgateway.problem.ConfigurationFaults;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.cache.Cache;
import io.quarkus.cache.CacheName;
import io.quarkus.cache.CaffeineCache;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Claims in this process, for one that shares nothing with others. Kept answers lie in Quarkus Cache, running claims beside it, so that nothing the cache forgets can set
 * a second call going.
 *
 * <p>An answer is gone when the clock says that its 24 hours are over, or when the cache does, which counts for itself: a clock
 * that is set back prolongs nothing. The cache has no bound of its own, since it would drop what is asked for least; here the
 * oldest go, by the order in which they came and not by what the clock said then.
 *
 * <p>One lock makes looking and acting one step. It is held for map operations only.
 */
@Singleton
@Identifier("memory")
class MemoryClaims implements Claims {

    /**
     * About what an entry takes beside its answer: two digests, its owner, the objects, its places in the cache and in
     * {@link #order}; rounded up for heaps so large that references take eight bytes.
     */
    static final int ENTRY_BYTES = 768;

    private static final int MOST_DROPPED_AT_ONCE = 8;

    /** Nobody in this process asks for them: whoever waits here waits for the flight itself. */
    private static final int MOST_TOLD = 256;

    private record RunningClaim(Fingerprint fingerprint, Owner owner) {}

    private record KeptClaim(Fingerprint fingerprint, Owner owner, byte[] closed, Instant keptAt) {

        long bytes() {
            return ENTRY_BYTES + closed.length;
        }

        boolean isOverAt(Instant now) {
            return !now.isBefore(keptAt.plus(KEPT_FOR));
        }
    }

    private record ToldEnding(Optional<byte[]> closed, Instant toldAt) {

        boolean isOverAt(Instant now) {
            return !now.isBefore(toldAt.plus(TOLD_FOR));
        }
    }

    private final CaffeineCache cache;
    private final Clock clock;
    private final long mostBytes;

    // All of these only under the lock of this object.
    private final Map<ClaimName, RunningClaim> running = new HashMap<>();
    private final Map<ClaimName, KeptClaim> order = new LinkedHashMap<>();
    private final Map<Owner, ToldEnding> told = new LinkedHashMap<>();
    private long bytes;

    private final MeterRegistry meters;
    private final Counter evicted;
    private final List<Gauge> gauges;

    @Inject
    MemoryClaims(@CacheName("idempotency") Cache cache, IdempotencyConfig config, Clock clock, MeterRegistry meters) {
        this(cache, IdempotencyConfig.memoryBytes(config, new ConfigurationFaults()), clock, meters);
    }

    MemoryClaims(Cache cache, long mostBytes, Clock clock, MeterRegistry meters) {
        this.cache = cache.as(CaffeineCache.class);
        this.mostBytes = mostBytes;
        this.clock = clock;
        this.meters = meters;
        this.evicted = Counter.builder("gateway.idempotency.evicted")
                .description("Answers that went before their time: give GATEWAY_IDEMPOTENCY_MEMORY more")
                .register(meters);
        this.gauges = List.of(
                Gauge.builder("gateway.idempotency.kept.answers", this, MemoryClaims::keptAnswers)
                        .description("Answers that are kept for their Idempotency-Key")
                        .strongReference(true)
                        .register(meters),
                Gauge.builder("gateway.idempotency.kept.bytes", this, MemoryClaims::keptBytes)
                        .baseUnit("bytes")
                        .description("Memory that the kept answers take")
                        .strongReference(true)
                        .register(meters));
    }

    /** The registry outlives the application in tests and live reload. */
    @PreDestroy
    void forget() {
        gauges.forEach(meters::remove);
    }

    @Override
    public Uni<Claim> claim(ClaimName name, Fingerprint fingerprint, Owner owner) {
        return Uni.createFrom().item(() -> claimed(name, fingerprint, owner));
    }

    @Override
    public Uni<Void> keep(ClaimName name, Fingerprint fingerprint, Owner owner, byte[] closed) {
        return Uni.createFrom().voidItem().invoke(() -> kept(name, fingerprint, owner, closed));
    }

    @Override
    public Uni<Void> free(ClaimName name, Owner owner, Optional<byte[]> closed) {
        return Uni.createFrom().voidItem().invoke(() -> freed(name, owner, closed));
    }

    @Override
    public Uni<News> news(ClaimName name, Owner owner) {
        return Uni.createFrom().item(() -> newsOf(name, owner));
    }

    private synchronized Claim claimed(ClaimName name, Fingerprint fingerprint, Owner owner) {
        RunningClaim other = running.get(name);
        if (other != null) {
            if (!other.fingerprint().equals(fingerprint)) {
                return new Claim.Mismatch();
            }
            return other.owner().equals(owner) ? new Claim.Granted() : new Claim.Running(other.owner());
        }
        Optional<KeptClaim> kept = held(name);
        if (kept.isPresent()) {
            return kept.get().fingerprint().equals(fingerprint)
                    ? new Claim.Kept(kept.get().closed())
                    : new Claim.Mismatch();
        }
        running.put(name, new RunningClaim(fingerprint, owner));
        return new Claim.Granted();
    }

    private synchronized void kept(ClaimName name, Fingerprint fingerprint, Owner owner, byte[] closed) {
        RunningClaim held = running.get(name);
        if (held == null ? held(name).isPresent() : !held.owner().equals(owner)) {
            return;
        }
        running.remove(name);
        var kept = new KeptClaim(fingerprint, owner, closed, clock.instant());
        dropSomeThatAreOver();
        if (kept.bytes() > mostBytes) {
            evicted.increment();
            return;
        }
        while (bytes + kept.bytes() > mostBytes) {
            dropOldest();
        }
        cache.put(name, CompletableFuture.completedFuture(kept));
        order.put(name, kept);
        bytes += kept.bytes();
    }

    private synchronized void freed(ClaimName name, Owner owner, Optional<byte[]> closed) {
        if (holds(name, owner)) {
            running.remove(name);
        }
        Instant now = clock.instant();
        told.put(owner, new ToldEnding(closed, now));
        var oldest = told.values().iterator();
        while (oldest.next().isOverAt(now) || told.size() > MOST_TOLD) {
            oldest.remove();
        }
    }

    private boolean holds(ClaimName name, Owner owner) {
        RunningClaim held = running.get(name);
        return held != null && held.owner().equals(owner);
    }

    private synchronized News newsOf(ClaimName name, Owner owner) {
        if (holds(name, owner)) {
            return new News.Running();
        }
        Optional<KeptClaim> kept = held(name);
        Optional<ToldEnding> freed =
                Optional.ofNullable(told.get(owner)).filter(ending -> !ending.isOverAt(clock.instant()));
        return kept.filter(claim -> claim.owner().equals(owner))
                .map(KeptClaim::closed)
                .or(() -> freed.flatMap(ToldEnding::closed))
                .<News>map(News.Ended::new)
                .orElseGet(() -> freed.isPresent() || kept.isPresent() || running.containsKey(name)
                        ? new News.Freed()
                        : new News.Interrupted());
    }

    private synchronized double keptAnswers() {
        return order.size();
    }

    private synchronized double keptBytes() {
        return bytes;
    }

    /** The answer under that name, if its time is not over; if it is, it is dropped. */
    private Optional<KeptClaim> held(ClaimName name) {
        CompletableFuture<KeptClaim> inCache = cache.getIfPresent(name);
        KeptClaim kept = inCache == null ? null : inCache.getNow(null);
        if (kept == null || kept.isOverAt(clock.instant())) {
            drop(name);
            return Optional.empty();
        }
        return Optional.of(kept);
    }

    /** A few for each one that comes: that is enough in the long run, and never long. */
    private void dropSomeThatAreOver() {
        for (int i = 0;
                i < MOST_DROPPED_AT_ONCE && !order.isEmpty() && held(oldest()).isEmpty();
                i++) {}
    }

    private void dropOldest() {
        ClaimName oldest = oldest();
        if (held(oldest).isPresent()) {
            drop(oldest);
            evicted.increment();
        }
    }

    private ClaimName oldest() {
        return order.keySet().iterator().next();
    }

    private void drop(ClaimName name) {
        KeptClaim dropped = order.remove(name);
        if (dropped != null) {
            bytes -= dropped.bytes();
            cache.invalidate(name).subscribe().with(gone -> {});
        }
    }
}
