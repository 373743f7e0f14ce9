package io.itrgateway.quota;

import io.itrgateway.config.ConfigurationFaults;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
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

    /** A configured name, or that of somebody with a token. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}|oidc(?:-client)?:[^,;\\s]{1,255}");

    private final Map<String, SlidingWindows> byCaller;

    CallerLimits(Map<String, Plan> limits) {
        this.byCaller = limits.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> new SlidingWindows(entry.getValue(), Duration.ZERO, false)));
    }

    static Map<String, Plan> from(QuotaConfig config, ConfigurationFaults faults) {
        return config.callerLimits()
                .map(text -> faults.read(PROPERTY, text, SHAPE, Map.<String, Plan>of(), CallerLimits::parsed))
                .orElse(Map.of());
    }

    private static Optional<Map<String, Plan>> parsed(String text) {
        Map<String, Plan> limits = new HashMap<>();
        for (String entry : text.split(",")) {
            if (entry.isBlank()) {
                continue;
            }
            // The last colon: the name of a caller with a token has one of its own.
            int colon = entry.lastIndexOf(':');
            String name = colon < 0 ? "" : entry.substring(0, colon).strip();
            var plan = Plan.ofNumbers(entry.substring(colon + 1).strip());
            if (!NAME.matcher(name).matches() || plan.isEmpty() || limits.put(name, plan.get()) != null) {
                return Optional.empty();
            }
        }
        return Optional.of(Map.copyOf(limits));
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
