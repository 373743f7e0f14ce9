package io.itrgateway.fairness;

import java.util.HashMap;
import java.util.Map;

/**
 * A limited amount, of places or of bytes, that callers share: a caller takes only what leaves it with no more than was left to all. One
 * caller alone gets half of the places, the next one half of the rest, so that one that holds nothing finds some left. Thread-safe.
 */
public final class CallerShares {

    private final long total;
    private final Map<String, Long> held = new HashMap<>();
    private long taken;

    public CallerShares(long total) {
        this.total = total;
    }

    /** So many that each caller can hold that number of them, if it is the only one. */
    public static CallerShares ofPlaces(int mostOfOneCaller) {
        return new CallerShares(2L * mostOfOneCaller);
    }

    /** Takes that much, unless the caller would then hold more than is left now. @return whether it was taken */
    public synchronized boolean take(String caller, long amount) {
        if (heldBy(caller) + amount > left()) {
            return false;
        }
        takeAnyway(caller, amount);
        return true;
    }

    /** As {@link #take}; but if that part is all that the caller holds, it may become as large as all that is left. */
    public synchronized boolean takeMore(String caller, long part, long amount) {
        if (heldBy(caller) == part && amount <= left()) {
            takeAnyway(caller, amount);
            return true;
        }
        return take(caller, amount);
    }

    /** Takes that much, however much is left. */
    public synchronized void takeAnyway(String caller, long amount) {
        held.merge(caller, amount, Long::sum);
        taken += amount;
    }

    public synchronized void giveBack(String caller, long amount) {
        held.computeIfPresent(caller, (same, before) -> before == amount ? null : before - amount);
        taken -= amount;
    }

    public synchronized long heldBy(String caller) {
        return held.getOrDefault(caller, 0L);
    }

    /** What all callers together hold. */
    public synchronized long taken() {
        return taken;
    }

    /** Less than 0 if more was taken than there is. */
    public synchronized long left() {
        return total - taken;
    }
}
