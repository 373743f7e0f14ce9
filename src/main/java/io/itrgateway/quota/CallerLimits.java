package io.itrgateway.quota;

import io.itrgateway.config.ConfigurationFaults;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What single callers may use up, beside the plan. A call counts for its caller when it is let into the queue or out to the
 * upstream; one that is refused here does not. Not thread-safe.
 */
final class CallerLimits {

    static final String PROPERTY = "gateway.caller-limits";

    private static final String SHAPE =
            "name:per-second/per-minute/per-day, comma-separated, each name once, no number less than one before it, such as"
                    + " acme:5/100/2000 (0 is no limit)";

    private final Map<String, SlidingWindows> byCaller;

    CallerLimits(Map<String, Plan> limits) {
        this.byCaller = limits.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> new SlidingWindows(entry.getValue(), Duration.ZERO, false)));
    }

    static Map<String, Plan> from(QuotaConfig config, ConfigurationFaults faults) {
        return config.callerLimits()
                .map(text -> faults.read(
                        PROPERTY,
                        text,
                        SHAPE,
                        Map.<String, Plan>of(),
                        limits -> NamedValues.parse(limits, Plan::ofNumbers)))
                .orElse(Map.of());
    }

    /** Nanoseconds until that caller may call, 0 for now. Counts nothing. */
    long delayNanos(String caller, long now) {
        SlidingWindows windows = byCaller.get(caller);
        return windows == null ? 0 : windows.delayNanos(1, now);
    }

    void count(String caller, long now) {
        SlidingWindows windows = byCaller.get(caller);
        if (windows != null && windows.book(now) == 0) {
            windows.sent(now);
        }
    }
}
