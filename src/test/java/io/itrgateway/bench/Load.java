package io.itrgateway.bench;

import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/**
 * What one window of load measured. A call belongs to the window by its intended start; the rates count what was answered
 * in the window.
 *
 * @param window how long it was in fact
 * @param answered 200s received in the window
 * @param serviceCpu user and system time of the service alone in the window
 * @param latencyNanos of the 200s, from the intended start to the end of the body
 * @param faults calls of the whole run, lead-in and end too, that were not answered with 200, by what came instead
 */
record Load(Duration window, long answered, Duration serviceCpu, Histogram latencyNanos, Map<String, Long> faults) {

    double callsPerSecond() {
        return answered * 1e9 / window.toNanos();
    }

    double serviceCpuMicrosPerCall() {
        return serviceCpu.toNanos() / 1e3 / answered;
    }

    /** The latency that the given percentage of the calls did not exceed, in milliseconds. */
    double latencyMillis(double percentile) {
        return latencyNanos.getValueAtPercentile(percentile) / 1e6;
    }

    /** Such as {@code 429 x 12, no answer x 3}; empty if every answer was a 200. */
    String describeFaults() {
        return faults.entrySet().stream()
                .map(fault -> fault.getKey() + " x " + fault.getValue())
                .sorted()
                .collect(Collectors.joining(", "));
    }
}
