package io.itrgateway.status;

import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * How many calls took how long: counts by the upper bound of their time.
 *
 * @param boundsMillis upper bounds, ascending
 * @param counts calls up to each bound and over the one before; one more than there are bounds, for those over the last
 */
record Histogram(double[] boundsMillis, long[] counts) {

    static final Histogram EMPTY = new Histogram(new double[0], new long[1]);

    Histogram minus(Histogram earlier) {
        return with(earlier, -1);
    }

    Histogram plus(Histogram other) {
        return with(other, 1);
    }

    private Histogram with(Histogram other, int sign) {
        if (other.total() == 0) {
            return this;
        }
        if (boundsMillis.length == 0) {
            return other.with(EMPTY, 1);
        }
        long[] sums = counts.clone();
        Arrays.setAll(sums, i -> Math.max(0, sums[i] + sign * other.counts[i]));
        return new Histogram(boundsMillis, sums);
    }

    long total() {
        return Arrays.stream(counts).sum();
    }

    /**
     * The time, in milliseconds, within which that part of the calls was answered, as if they lay evenly between two bounds; the last bound
     * for what lies over it; empty without calls.
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
        double from = 0;
        for (int i = 0; i < boundsMillis.length; i++) {
            if (counts[i] > 0 && below + counts[i] >= wanted) {
                return OptionalDouble.of(from + (boundsMillis[i] - from) * (wanted - below) / counts[i]);
            }
            below += counts[i];
            from = boundsMillis[i];
        }
        return OptionalDouble.of(from);
    }
}
