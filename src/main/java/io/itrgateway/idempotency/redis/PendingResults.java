package io.itrgateway.idempotency.redis;

import static io.itrgateway.idempotency.ClaimStore.KEPT_FOR;

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
import java.util.stream.Stream;

/**
 * Ends of calls of which Redis has not said that they are stored, the latest of each owner, up to a number of bytes. Results of calls that may
 * be made again make room for others. Thread-safe.
 *
 * <p>Results that were stored a short time ago are kept as well, as far as there is room beside the others, since Redis may lose them: a replica that is
 * promoted, or a file that is read again, may lack the latest writes. When Redis was lost, they are sent once more, though most of them will be there: so
 * they take no place of an end that is not stored, and a stop does not wait for them. That a result is stored twice changes nothing, and no name
 * becomes free by it. Of a large one, only that the call was made is sent, and only where it must not be made again. A release is not sent again: by
 * then another owner may have claimed the name, and its claim may be missing, too.
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

        static End ofResult(HeldClaim claim, boolean isRepeatable, byte[] result) {
            boolean isLarge = LargeResults.isLarge(result);
            Owner owner = claim.owner();
            return new End(
                    owner,
                    RedisClaimStore.COMPLETE,
                    List.of(RedisClaimStore.claimKey(claim.name()), LargeResults.key(owner)),
                    List.of(
                            claim.fingerprint().text(),
                            owner.text(),
                            isLarge ? new byte[0] : result,
                            KEPT_FOR.toMillis(),
                            isLarge ? result.length : 0),
                    Optional.of(claim),
                    isLarge ? Optional.of(result) : Optional.empty(),
                    result.length,
                    isRepeatable);
        }

        private boolean isSentAfterLoss() {
            return claim.isPresent() && (largeResult.isEmpty() || !isRepeatable);
        }

        /** Of a large result only that the call was made, which keeps the name and takes no memory. */
        private End asSentAfterLoss() {
            return largeResult.isEmpty() ? this : ofResult(claim.orElseThrow(), isRepeatable, new byte[0]);
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
    /** Stored, but maybe lost since. */
    private final Map<Owner, Stored> recalled = new LinkedHashMap<>();

    private long bytes;
    /** Of those that are stored and recalled; not among {@link #bytes}. */
    private long spareBytes;
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
        makeRoom();
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

    /** @param isNew whether Redis did not have it: otherwise a connection that is lost again and again would bring ever more of them each time */
    synchronized void markStored(End end, boolean isNew) {
        Stored again = recalled.remove(end.owner());
        if (again != null) {
            stored.addFirst(isNew ? new Stored(end, nanos.getAsLong()) : again);
        } else if (remove(end) && end.isSentAfterLoss()) {
            End afterLoss = end.asSentAfterLoss();
            stored.add(new Stored(afterLoss, nanos.getAsLong()));
            spareBytes += afterLoss.bytes();
            makeRoom();
        }
    }

    private void makeRoom() {
        while (bytes + spareBytes > maxBytes) {
            Stored oldest = stored.isEmpty()
                    ? recalled.remove(recalled.keySet().iterator().next())
                    : stored.remove();
            spareBytes -= oldest.end().bytes();
        }
    }

    /** Those that Redis is taken to keep, and those whose keys are free by now. To be called once a second while Redis is there. */
    synchronized void dropOld() {
        stored.removeIf(one -> isDropped(one, STORED_FOR));
        recalled.values().removeIf(one -> isDropped(one, KEPT_FOR));
    }

    private boolean isDropped(Stored one, Duration after) {
        boolean isOld = nanos.getAsLong() - one.sinceNanos() > after.toNanos();
        spareBytes -= isOld ? one.end().bytes() : 0;
        return isOld;
    }

    /** Redis may have lost what it stored last. */
    synchronized void recallStored() {
        stored.forEach(one -> recalled.put(one.end().owner(), one));
        stored.clear();
    }

    private void count(End end, int sign) {
        bytes += sign * end.bytes();
        repeatableBytes += end.isRepeatable() ? sign * end.bytes() : 0;
    }

    /**
     * Those that were not returned for the longest time: some that Redis refuses again and again do not hold up the others.
     *
     * @param unstored how many at most of those that are not stored
     * @param lost and of those that may be lost
     */
    synchronized List<End> next(int unstored, int lost) {
        return Stream.concat(moveBack(ends, unstored), moveBack(recalled, lost).map(Stored::end))
                .toList();
    }

    private static <T> Stream<T> moveBack(Map<Owner, T> all, int atMost) {
        List<Owner> owners = all.keySet().stream().limit(atMost).toList();
        owners.forEach(owner -> all.put(owner, all.remove(owner)));
        return owners.stream().map(all::get);
    }

    synchronized List<HeldClaim> claims() {
        return Stream.concat(ends.values().stream(), recalled.values().stream().map(Stored::end))
                .flatMap(end -> end.claim().stream())
                .toList();
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
