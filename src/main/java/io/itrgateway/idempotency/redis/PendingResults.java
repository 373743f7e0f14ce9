package io.itrgateway.idempotency.redis;

import io.itrgateway.idempotency.Owner;
import io.itrgateway.redis.Script;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Ends of calls of which Redis has not said that they are stored, the latest of each owner, up to a number of bytes. Results of calls that may
 * be made again make room for others. Thread-safe.
 *
 * <p>Results that were stored a short time ago are kept as well, as far as there is room, since Redis may lose them: a replica that is promoted, or a
 * file that is read again, may lack the latest writes. When Redis was lost, they are pending again. That a result is stored twice changes nothing, and no
 * name becomes free by it. A release is not: by then another owner may have claimed the name, and its claim may be missing, too.
 */
final class PendingResults {

    /** About what one takes beside its result: its keys and arguments, its owner, the objects; rounded up. */
    static final int ENTRY_BYTES = 1024;

    /** Longer than Sentinel takes to demote a primary that a failover has left without replicas, and that takes results until then. */
    static final Duration STORED_FOR = Duration.ofSeconds(15);

    /**
     * The script that stores an end; sending it twice changes nothing.
     *
     * @param claim that is put back where Redis has lost it before the end is stored; empty if the end releases it
     * @param largeResult to be stored in pieces before; empty where the result is among the arguments
     * @param isRepeatable whether the call does no harm if it is made again because its end was lost
     */
    record End(
            Owner owner,
            Script script,
            List<String> keys,
            List<Object> arguments,
            Optional<HeldClaim> claim,
            Optional<byte[]> largeResult,
            int resultBytes,
            boolean isRepeatable) {

        private long bytes() {
            return ENTRY_BYTES + resultBytes;
        }

        private boolean isRepeatedAfterLoss() {
            return claim.isPresent() && largeResult.isEmpty();
        }

        @Override
        public String toString() {
            return "End[" + script + "]";
        }
    }

    private record Stored(End end, long sinceNanos) {}

    private final long maxBytes;
    private final LongSupplier nanos;
    private final Map<Owner, End> ends = new LinkedHashMap<>();
    private final Deque<Stored> stored = new ArrayDeque<>();
    private long bytes;
    private long storedBytes;
    /** Of {@link #bytes}, those of calls that may be made again. */
    private long repeatableBytes;

    PendingResults(long maxBytes) {
        this(maxBytes, System::nanoTime);
    }

    PendingResults(long maxBytes, LongSupplier nanos) {
        this.maxBytes = maxBytes;
        this.nanos = nanos;
    }

    /** Takes the place of an earlier one of the same owner. @return whether there was room */
    synchronized boolean add(End end) {
        remove(ends.get(end.owner()));
        long replaceable = end.isRepeatable() ? 0 : repeatableBytes;
        if (bytes - replaceable + end.bytes() > maxBytes) {
            return false;
        }
        while (bytes + end.bytes() > maxBytes) {
            remove(ends.values().stream().filter(End::isRepeatable).findFirst().orElseThrow());
        }
        ends.put(end.owner(), end);
        count(end, 1);
        dropStored();
        return true;
    }

    /** Whether there is no room for the end of a further call, however small. */
    synchronized boolean isFull() {
        return bytes - repeatableBytes + ENTRY_BYTES > maxBytes;
    }

    private boolean remove(End end) {
        boolean isRemoved = end != null && ends.remove(end.owner(), end);
        if (isRemoved) {
            count(end, -1);
        }
        return isRemoved;
    }

    synchronized void markStored(End end) {
        if (remove(end) && end.isRepeatedAfterLoss()) {
            stored.add(new Stored(end, nanos.getAsLong()));
            storedBytes += end.bytes();
            dropStored();
        }
    }

    /** Those that are too old, or for which there is no room. To be called once a second while Redis is there. */
    synchronized void dropStored() {
        long now = nanos.getAsLong();
        while (!stored.isEmpty()
                && (now - stored.element().sinceNanos() > STORED_FOR.toNanos() || bytes + storedBytes > maxBytes)) {
            storedBytes -= stored.remove().end().bytes();
        }
    }

    /** Redis may have lost what it stored last. */
    synchronized void recallStored() {
        dropStored();
        List<Stored> recalled = List.copyOf(stored);
        stored.clear();
        storedBytes = 0;
        recalled.forEach(one -> add(one.end()));
    }

    private void count(End end, int sign) {
        bytes += sign * end.bytes();
        repeatableBytes += end.isRepeatable() ? sign * end.bytes() : 0;
    }

    /** Those that were not returned for the longest time: some that Redis refuses again and again do not hold up the others. */
    synchronized List<End> next(int atMost) {
        List<End> next = ends.values().stream().limit(atMost).toList();
        next.forEach(end -> {
            ends.remove(end.owner());
            ends.put(end.owner(), end);
        });
        return next;
    }

    synchronized List<HeldClaim> claims() {
        return ends.values().stream().flatMap(end -> end.claim().stream()).toList();
    }

    synchronized Set<Owner> owners() {
        return Set.copyOf(ends.keySet());
    }

    synchronized int size() {
        return ends.size();
    }

    synchronized long bytes() {
        return bytes;
    }
}
