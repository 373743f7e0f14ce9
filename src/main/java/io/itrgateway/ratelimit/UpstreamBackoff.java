package io.itrgateway.ratelimit;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import java.time.Duration;
import java.util.Optional;

/**
 * Holds all calls back after an upstream 429 or 503, whatever our own count says: another client uses the account, or the source behind
 * the upstream is unavailable.
 *
 * <p>The first refusal costs a second. Then one call probes: if it is refused as well, the next pause is twice as long, up to the longest;
 * if it is served, the back-off ends. Refusals of calls that were under way when a pause began belong to that pause and do not lengthen
 * it; that is what the epoch is for. Pauses are stretched by up to a quarter at random.
 *
 * @param epoch counts up with every change; the later one is in force
 * @param refusals in a row; 0 if calls are not held back
 * @param untilNanos end of the pause, as {@link Scheduler#nanos()}
 * @param cause of the last refusal; null if there was none
 */
public record UpstreamBackoff(int epoch, int refusals, long untilNanos, ProblemKind cause) {

    public static final UpstreamBackoff NONE = new UpstreamBackoff(0, 0, 0, null);

    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final double MOST_STRETCH = 0.25;
    private static final int MOST_DOUBLINGS = 6;

    public boolean isActive() {
        return refusals > 0;
    }

    /** Nanoseconds until a call may be sent, 0 for now. */
    public long delayNanos(long nowNanos) {
        return isActive() ? Math.max(0, untilNanos - nowNanos) : 0;
    }

    /** What calls that are held back fail with; empty if they are not held back. */
    Optional<GatewayException> failure() {
        return isActive()
                ? Optional.of(GatewayException.of(
                        cause, "Deepvue refused calls a moment ago; further ones are held back. Nothing was sent."))
                : Optional.empty();
    }

    /**
     * The back-off after one more refusal.
     *
     * @param requested how long the upstream asked to wait (Retry-After)
     * @param random from 0 to 1
     */
    UpstreamBackoff afterRefusal(ProblemKind kind, Duration requested, Duration longest, double random, long nowNanos) {
        long doubled =
                FIRST.multipliedBy(1L << Math.min(refusals, MOST_DOUBLINGS)).toNanos();
        double stretched = Math.max(doubled, requested.toNanos()) * (1 + MOST_STRETCH * random);
        return new UpstreamBackoff(
                epoch + 1, refusals + 1, nowNanos + Math.min(longest.toNanos(), (long) stretched), kind);
    }

    /** The upstream serves calls again. */
    UpstreamBackoff afterSuccess() {
        return new UpstreamBackoff(epoch + 1, 0, untilNanos, cause);
    }
}
