package io.itrgateway.quota;

import java.time.Duration;

/**
 * Moments that come round: one of them belongs to each of those who share a clock and cannot talk. A call may be late for its turn by a
 * little, since timers are.
 *
 * @param firstNanos one of the moments, whichever
 * @param periodNanos from one to the next
 */
record Turns(long firstNanos, long periodNanos) {

    private static final long MOST_LATE_NANOS = Duration.ofMillis(10).toNanos();

    /**
     * The turns of one of several, who all together have one turn in each space.
     *
     * @param zeroNanos a moment that is the same for all
     */
    static Turns of(int rank, int many, long spaceNanos, long zeroNanos) {
        return new Turns(zeroNanos + rank * spaceNanos, many * spaceNanos);
    }

    /** That moment if it is in a turn, else the next turn. */
    long from(long nanos) {
        long late = Math.floorMod(nanos - firstNanos, periodNanos);
        return late <= Math.min(MOST_LATE_NANOS, periodNanos / 4) ? nanos : nanos - late + periodNanos;
    }

    /** The turn after the one which that moment is in. */
    long after(long nanos) {
        return nanos - Math.floorMod(nanos - firstNanos, periodNanos) + periodNanos;
    }
}
