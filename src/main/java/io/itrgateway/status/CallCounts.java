package io.itrgateway.status;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * All calls since the start, by code, and by how long they took.
 *
 * @param byCode {@code ok}, {@code caller-gone}, or a problem's code
 */
record CallCounts(Map<String, Long> byCode, Histogram times) {

    static final CallCounts NONE = new CallCounts(Map.of(), Histogram.EMPTY);

    private static final String CALLS = "gateway.calls";

    /** Read from the metrics: counting costs nothing extra, only taking a snapshot does. */
    static CallCounts of(MeterRegistry meters) {
        Map<String, Long> byCode = new TreeMap<>();
        Histogram times = Histogram.EMPTY;
        for (Timer timer : meters.find(CALLS).timers()) {
            var snapshot = timer.takeSnapshot();
            byCode.merge(timer.getId().getTag("code"), timer.count(), Long::sum);
            times = times.plus(histogram(snapshot, timer.count()));
        }
        return new CallCounts(byCode, times);
    }

    /** The metrics count up to each bound, from nothing. */
    private static Histogram histogram(HistogramSnapshot snapshot, long all) {
        CountAtBucket[] bounded = Arrays.stream(snapshot.histogramCounts())
                .filter(bucket -> Double.isFinite(bucket.bucket()) && bucket.bucket() < Long.MAX_VALUE)
                .toArray(CountAtBucket[]::new);
        double[] bounds = Arrays.stream(bounded)
                .mapToDouble(bucket -> bucket.bucket(TimeUnit.MILLISECONDS))
                .toArray();
        long[] counts = new long[bounds.length + 1];
        long before = 0;
        for (int i = 0; i < bounds.length; i++) {
            long to = (long) bounded[i].count();
            counts[i] = to - before;
            before = to;
        }
        counts[bounds.length] = Math.max(0, all - before);
        return new Histogram(bounds, counts, snapshot.max(TimeUnit.MILLISECONDS));
    }

    CallCounts since(CallCounts earlier) {
        Map<String, Long> gained = new TreeMap<>();
        byCode.forEach((code, count) -> {
            long more = count - earlier.byCode.getOrDefault(code, 0L);
            if (more > 0) {
                gained.put(code, more);
            }
        });
        return new CallCounts(gained, times.minus(earlier.times));
    }
}
