package io.itrgateway.redis;

import io.itrgateway.idempotency.Owner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * What this process has promised, and whether Redis has heard it, so that it can be told again: what Redis did not hear, and after it has
 * lost what it knew, everything that is still of use.
 *
 * <p>Calls that run are remembered to their end. What became of them takes so many bytes at the most; beyond that the oldest is
 * forgotten, which is a loss only if Redis does not know it either. A claim that was freed is forgotten as soon as Redis has heard so.
 *
 * <p>One lock; it is held for map operations only.
 */
final class OwnPromises {

    /** About what one takes beside its answer: two digests, its owner, the objects, its place; rounded up for large heaps. */
    static final int ENTRY_BYTES = 768;

    private static final class Entry {
        private final Promise promise;
        private final long endsAtNanos;
        private boolean heard;
        private boolean wasLost;

        Entry(Promise promise, long endsAtNanos, boolean heard) {
            this.promise = promise;
            this.endsAtNanos = endsAtNanos;
            this.heard = heard;
        }

        long bytes() {
            return ENTRY_BYTES
                    + promise.fold(
                            running -> 0,
                            kept -> kept.closed().length,
                            freed -> freed.closed().map(closed -> closed.length).orElse(0));
        }
    }

    private final long mostBytes;
    private final LongSupplier nanos;

    // All of these only under the lock of this object.
    private final Map<Owner, Entry> running = new HashMap<>();
    private final Map<Owner, Entry> settled = new LinkedHashMap<>();
    private long bytes;

    /** @param nanos a clock that nobody sets */
    OwnPromises(long mostBytes, LongSupplier nanos) {
        this.mostBytes = mostBytes;
        this.nanos = nanos;
    }

    /** A claim that Redis has granted, for that long from now. */
    synchronized void runs(Promise.Running promise, Duration life) {
        running.put(promise.owner(), new Entry(promise, nanos.getAsLong() + life.toNanos(), true));
    }

    /**
     * An answer that is to be kept or a claim that is to be freed, which Redis has not heard yet. What its owner promised before is
     * forgotten.
     *
     * @param life how long it is of use
     * @return whether it is remembered; if not there is no memory that could hold it
     */
    synchronized boolean settles(Promise promise, Duration life) {
        running.remove(promise.owner());
        forget(settled.get(promise.owner()));
        var entry = new Entry(promise, nanos.getAsLong() + life.toNanos(), false);
        if (entry.bytes() > mostBytes) {
            return false;
        }
        forgetThoseThatAreOver();
        while (bytes + entry.bytes() > mostBytes) {
            forget(oldest());
        }
        settled.put(promise.owner(), entry);
        bytes += entry.bytes();
        return true;
    }

    /** Whether that owner has promised anything that is remembered. */
    synchronized boolean isKnown(Owner owner) {
        return running.containsKey(owner) || settled.containsKey(owner);
    }

    /** Redis has heard it. */
    synchronized void heard(Promise promise) {
        entryOf(promise).ifPresent(entry -> {
            entry.heard = true;
            entry.wasLost = false;
            if (promise instanceof Promise.Freed) {
                forget(entry);
            }
        });
    }

    /** Redis has heard it, but another was first. */
    synchronized void isVoid(Promise promise) {
        entryOf(promise).ifPresent(this::forget);
    }

    /** Redis has lost what it had heard. */
    synchronized void lost() {
        for (Collection<Entry> all : List.of(running.values(), settled.values())) {
            all.forEach(entry -> {
                entry.heard = false;
                entry.wasLost = true;
            });
        }
    }

    /** What Redis has to be told, the most pressing first: what runs, and then what has ended, the latest first. */
    synchronized List<Promise> unheard() {
        List<Entry> ended = new ArrayList<>(settled.values());
        ended.stream().filter(this::isOver).forEach(this::forget);
        Collections.reverse(ended);
        List<Promise> all = new ArrayList<>();
        for (Collection<Entry> some : List.of(running.values(), ended)) {
            some.stream().filter(this::isToBeTold).forEach(entry -> all.add(entry.promise));
        }
        return all;
    }

    /** How long it is still of use; empty if it is not to be told any more. */
    synchronized Optional<Duration> left(Promise promise) {
        return entryOf(promise)
                .filter(this::isToBeTold)
                .map(entry -> Duration.ofNanos(entry.endsAtNanos - nanos.getAsLong()));
    }

    /** Whether Redis has heard it once, or might have, and has lost it since. */
    synchronized boolean wasLost(Promise promise) {
        return entryOf(promise).filter(entry -> entry.wasLost).isPresent();
    }

    /** How many answers and freed claims are remembered. */
    synchronized int size() {
        return settled.size();
    }

    /** The memory that they take. */
    synchronized long bytes() {
        return bytes;
    }

    private Optional<Entry> entryOf(Promise promise) {
        Entry entry = running.getOrDefault(promise.owner(), settled.get(promise.owner()));
        return Optional.ofNullable(entry).filter(known -> known.promise == promise);
    }

    private boolean isToBeTold(Entry entry) {
        return !entry.heard && !isOver(entry);
    }

    private boolean isOver(Entry entry) {
        return entry.endsAtNanos - nanos.getAsLong() <= 0;
    }

    /** Answers are of use for the same time, so that the oldest are over first. */
    private void forgetThoseThatAreOver() {
        while (!settled.isEmpty() && isOver(oldest())) {
            forget(oldest());
        }
    }

    private Entry oldest() {
        return settled.values().iterator().next();
    }

    private void forget(Entry entry) {
        if (entry != null && settled.remove(entry.promise.owner(), entry)) {
            bytes -= entry.bytes();
        }
    }
}
