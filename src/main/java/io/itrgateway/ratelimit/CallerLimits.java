package io.itrgateway.ratelimit;

import io.itrgateway.config.ConfigurationFaults;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The limits of single callers, beside the plan's. They hold for all replicas together; while those cannot count together, each gives a
 * caller its share of the limit, at least one call in each window. Calls of that time are not reported to the others afterwards, so that a
 * caller may have its limit once more: it keeps callers apart, and what Deepvue counts is the plan. Safe for any thread.
 */
final class CallerLimits {

    static final String PROPERTY = "gateway.caller-limits";

    private static final String SHAPE =
            "name:per-second/per-minute/per-day, comma-separated, each name once, no number less than one before it, such as"
                    + " acme:5/100/2000 (0 is no limit)";

    private final Map<String, Plan> limits;
    private final Optional<SharedRateLimits> shared;
    private final PermitStore store;
    private final Scheduler time;

    /**
     * A caller's limit in this replica.
     *
     * @param divisor by how many the limit is divided
     */
    private record Share(int divisor, SlidingWindows windows) {}

    // Guarded by this.
    private final Map<String, Share> local = new HashMap<>();
    private final Map<String, Long> exhaustedUntil = new HashMap<>();

    /** @param store says how many replicas there are */
    CallerLimits(Map<String, Plan> limits, Optional<SharedRateLimits> shared, PermitStore store, Scheduler time) {
        this.limits = limits;
        this.shared = shared;
        this.store = store;
        this.time = time;
    }

    static Map<String, Plan> from(Optional<String> list, ConfigurationFaults faults) {
        return NamedValues.read(PROPERTY, list, SHAPE, Plan::ofNumbers, faults);
    }

    boolean isLimited(String caller) {
        return limits.containsKey(caller);
    }

    /** The time until that caller can call, as far as it is known here; empty for now. Counts nothing. */
    synchronized Optional<Duration> delay(String caller) {
        if (!isLimited(caller)) {
            return Optional.empty();
        }
        long now = time.nanos();
        long delay = shared.isPresent()
                ? exhaustedUntil.getOrDefault(caller, now) - now
                : windows(caller, now).delayNanos(1, now);
        return Optional.of(delay).filter(nanos -> nanos > 0).map(Duration::ofNanos);
    }

    /** Counts a call. Ends with zero if it is counted, else with the time until it can be. */
    Uni<Duration> count(String caller) {
        return shared.map(stores -> stores.count(caller, limits.get(caller))
                        .invoke(delay -> counted(caller, delay))
                        .onFailure()
                        .recoverWithItem(() -> countHere(caller)))
                .orElseGet(() -> Uni.createFrom().item(countHere(caller)));
    }

    private synchronized void counted(String caller, Duration delay) {
        long now = time.nanos();
        if (delay.isZero()) {
            windows(caller, now).add(now, now); // for when this replica counts without the others
        } else {
            exhaustedUntil.put(caller, now + delay.toNanos());
        }
    }

    private synchronized Duration countHere(String caller) {
        long now = time.nanos();
        SlidingWindows windows = windows(caller, now);
        long delay = windows.reserve(now);
        if (delay == 0) {
            windows.markSent(now);
        }
        return Duration.ofNanos(delay);
    }

    private SlidingWindows windows(String caller, long now) {
        int divisor = store.replicas();
        Share share = local.get(caller);
        if (share == null || share.divisor() != divisor) {
            var windows = new SlidingWindows(limits.get(caller).shares(divisor, 1), Duration.ZERO, 0);
            if (share != null) {
                windows.addAll(share.windows(), now);
            }
            share = new Share(divisor, windows);
            local.put(caller, share);
        }
        return share.windows();
    }
}
