package io.itrgateway.token.redis;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which tokens this process has had, by their serials: those of its own generations, those that are gone, and those it could not use.
 * What is gone is never taken again, however often it is found in Redis.
 *
 * <p>It remembers the last {@value #MOST}; an older one that still turned up would be refused once more, and be known again. Any thread
 * may use it; the lock is held for a few map operations.
 */
final class KnownSerials {

    static final int MOST = 16;

    private static final long GONE = 0;

    /** A token that is here. */
    record Here(long generation, String serial) {}

    /** By serial its generation, or {@link #GONE}; in the order in which they came. */
    private final Map<String, Long> generations = new LinkedHashMap<>();

    /** The token of that generation is this one now. */
    synchronized void recordHeld(String serial, long generation) {
        recordDropped(generation);
        remember(serial, generation);
    }

    /** That token is of no use here. */
    synchronized void recordUseless(String serial) {
        remember(serial, GONE);
    }

    /** The token of that generation is gone; says which one it was. */
    synchronized Optional<String> recordDropped(long generation) {
        Optional<String> serial = generations.entrySet().stream()
                .filter(known -> known.getValue() == generation)
                .map(Map.Entry::getKey)
                .findFirst();
        serial.ifPresent(gone -> generations.put(gone, GONE));
        return serial;
    }

    /** The serials that a fetch for that generation must not bring: all but its own, should it have been here before. */
    synchronized List<String> uselessFor(long generation) {
        return generations.entrySet().stream()
                .filter(known -> known.getValue() != generation)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The newest that is here. */
    synchronized Optional<Here> newest() {
        return generations.entrySet().stream()
                .filter(known -> known.getValue() != GONE)
                .max(Map.Entry.comparingByValue())
                .map(known -> new Here(known.getValue(), known.getKey()));
    }

    private void remember(String serial, long generation) {
        generations.put(serial, generation);
        if (generations.size() > MOST) {
            generations.remove(generations.keySet().iterator().next());
        }
    }
}
