package io.itrgateway.ratelimit;

import java.time.Duration;
import java.util.Arrays;

/** The upstream's own count: when calls arrived, and how full its windows ever were. */
final class Arrivals {

    private long[] at = new long[1024];
    private int count;

    void add(long nanos) {
        if (count == at.length) {
            at = Arrays.copyOf(at, count * 2);
        }
        at[count++] = nanos;
    }

    int count() {
        return count;
    }

    /** When the n-th of them arrived, in the order of sending; the first is 0. */
    long at(int nth) {
        return at[nth];
    }

    /** The most calls that any stretch of that length held, wherever it began. */
    int mostIn(Duration window) {
        long[] sorted = Arrays.copyOf(at, count);
        Arrays.sort(sorted);
        int most = 0;
        int first = 0;
        for (int last = 0; last < count; last++) {
            while (sorted[last] - sorted[first] >= window.toNanos()) {
                first++;
            }
            most = Math.max(most, last - first + 1);
        }
        return most;
    }

    /** Calls from one moment up to another. */
    int between(long from, long to) {
        return (int) Arrays.stream(at, 0, count)
                .filter(nanos -> nanos >= from && nanos < to)
                .count();
    }

    /** The shortest time between two calls in a row. */
    long shortestGapNanos() {
        long[] sorted = Arrays.copyOf(at, count);
        Arrays.sort(sorted);
        long shortest = Long.MAX_VALUE;
        for (int i = 1; i < count; i++) {
            shortest = Math.min(shortest, sorted[i] - sorted[i - 1]);
        }
        return shortest;
    }
}
