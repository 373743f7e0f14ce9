package io.itrgateway.idempotency.redis;

import io.itrgateway.idempotency.Owner;
import io.itrgateway.redis.Script;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Ends of calls of which Redis has not said that they are stored, the latest of each owner, up to a number of bytes. Thread-safe. */
final class PendingResults {

    /** About what one takes beside its result: its keys and arguments, its owner, the objects; rounded up. */
    static final int ENTRY_BYTES = 1024;

    /** The script that stores an end; sending it twice changes nothing. */
    record End(Owner owner, Script script, List<String> keys, List<Object> arguments, int resultBytes) {

        private long bytes() {
            return ENTRY_BYTES + resultBytes;
        }

        @Override
        public String toString() {
            return "End[" + script + "]";
        }
    }

    private final long maxBytes;
    private final Map<Owner, End> ends = new LinkedHashMap<>();
    private long bytes;

    PendingResults(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Takes the place of an earlier one of the same owner. @return whether there was room */
    synchronized boolean add(End end) {
        remove(ends.get(end.owner()));
        boolean hasRoom = bytes + end.bytes() <= maxBytes;
        if (hasRoom) {
            ends.put(end.owner(), end);
            bytes += end.bytes();
        }
        return hasRoom;
    }

    synchronized void remove(End end) {
        if (end != null && ends.remove(end.owner(), end)) {
            bytes -= end.bytes();
        }
    }

    synchronized boolean contains(Owner owner) {
        return ends.containsKey(owner);
    }

    synchronized List<End> oldest(int atMost) {
        return ends.values().stream().limit(atMost).toList();
    }

    synchronized int size() {
        return ends.size();
    }

    synchronized long bytes() {
        return bytes;
    }
}
