package io.itrgateway.ratelimit.redis;

import io.itrgateway.ratelimit.BudgetWindow;
import io.itrgateway.ratelimit.Plan;
import io.itrgateway.ratelimit.SlidingWindows;
import io.itrgateway.ratelimit.Window;
import java.time.Duration;
import java.util.List;

/** One replica's fixed part of the plan. Not thread-safe. */
final class Share {

    /** For a replica that does not know how many there are. */
    private static final List<Window> SMALLEST = List.of(new Window("minute", 1, Duration.ofMinutes(1)));

    private static final long UNKNOWN_NANOS = Duration.ofSeconds(1).toNanos();

    private final int divisor;
    private final boolean empty;
    private final SlidingWindows windows;
    private long fromNanos;

    /**
     * @param divisor by how many the plan is divided; 0 if that is not known
     * @param fromNanos when it may be used
     */
    Share(int divisor, Plan plan, long fromNanos) {
        List<Window> limits = divisor > 0 || plan.windows().isEmpty() ? plan.shares(Math.max(1, divisor), 0) : SMALLEST;
        this.divisor = divisor;
        this.empty = limits.stream().anyMatch(window -> window.quota() == 0);
        this.windows = new SlidingWindows(limits, SlidingWindows.JITTER, empty ? 0 : evenSpacing(limits));
        this.fromNanos = fromNanos;
    }

    /** Calls that go together arrive too early together. */
    private static long evenSpacing(List<Window> limits) {
        return limits.stream()
                .filter(window -> window.length().equals(Duration.ofSeconds(1)))
                .mapToLong(window -> window.length().plus(SlidingWindows.JITTER).toNanos() / window.quota())
                .findFirst()
                .orElse(0);
    }

    int divisor() {
        return divisor;
    }

    SlidingWindows windows() {
        return windows;
    }

    boolean isUsable(long nanos) {
        return nanos - fromNanos >= 0;
    }

    /** Whether it is less than one call in some window, or so small that no call should wait for it. */
    boolean admitsNothing(long nanos) {
        return empty || divisor == 0 && windows.delayNanos(1, nanos) > 0;
    }

    /** It may be used from then on only. */
    void suspend(long untilNanos) {
        fromNanos = untilNanos;
    }

    /** Reserves a call if it may be sent now. Returns 0 if so, else the nanoseconds after which to try again. */
    long reserve(long nanos) {
        if (!isUsable(nanos)) {
            return fromNanos - nanos;
        }
        return empty ? UNKNOWN_NANOS : windows.reserve(nanos);
    }

    long delayNanos(int nth, long nanos) {
        return empty ? UNKNOWN_NANOS : windows.delayNanos(nth, nanos);
    }

    List<BudgetWindow> left(long nanos) {
        return windows.left(nanos);
    }
}
