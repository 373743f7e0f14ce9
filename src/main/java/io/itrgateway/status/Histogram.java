package io.itrgateway.status;

import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * How many calls took how long: counts by the upper bound of their time.
 *
 * @param boundsMillis upper bounds, ascending
 * @param counts calls up to each bound and over the one before; one more than there are bounds, for those over the last
 * @param maxMillis the longest call of about the last minute; no time in its bucket is above it
 */
record Histogram(double[] boundsMillis, long[] counts, double maxMillis) {

    static final Histogram EMPTY = new Histogram(new double[0], new long[1], 0);

    Histogram minus(Histogram earlier) {
        return with(earlier, -1, maxMillis);
    }

    Histogram plus(Histogram other) {
        return with(other, 1, Math.max(maxMillis, other.maxMillis));
    }

    private Histogram with(Histogram other, int sign, double max) {
        if (other.total() == 0) {
            return this;
        }
        if (boundsMillis.length == 0) {
            return other;
        }
        long[] sums = counts.clone();
        Arrays.setAll(sums, i -> Math.max(0, sums[i] + sign * other.counts[i]));
        return new Histogram(boundsMillis, sums, max);
    }

    long total() {
        return Arrays.stream(counts).sum();
    }

    /**
     * The time, in milliseconds, within which that part of the calls was answered, as if they lay evenly between two bounds, or below the
     * longest where that is lower; empty without calls.
     *
     * @param part over 0, at most 1
     */
    OptionalDouble percentileMillis(double part) {
        long total = total();
        if (total == 0) {
            return OptionalDouble.empty();
        }
        double wanted = part * total;
        double below = 0;
        int bucket = 0;
        while (bucket < boundsMillis.length && (counts[bucket] == 0 || below + counts[bucket] < wanted)) {
            below += counts[bucket];
            bucket++;
        }
        double from = start(bucket);
        return OptionalDouble.of(
                counts[bucket] == 0 ? from : from + (end(bucket) - from) * (wanted - below) / counts[bucket]);
    }

    private double start(int bucket) {
        return bucket == 0 ? 0 : boundsMillis[bucket - 1];
    }

    private double end(int bucket) {
        double from = start(bucket);
        double to = bucket == boundsMillis.length ? Math.max(from, maxMillis) : boundsMillis[bucket];
        return maxMillis > from ? Math.min(to, maxMillis) : to;
    }
}
