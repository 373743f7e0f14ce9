package io.itrgateway.quota;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import java.time.Duration;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/**
 * Holds all calls back when the upstream says that there are too many, whatever our own book says: somebody else uses the account,
 * or the source behind it is away.
 *
 * <p>The first refusal costs a second. When that is over one call probes; if it is refused as well the next pause is twice as
 * long, up to the longest; if it is served all is as before. Refusals of calls that were under way when a pause began belong
 * to that pause and do not lengthen it. Pauses are stretched by up to a quarter at random, so that replicas do not come back as one.
 *
 * <p>Not thread-safe.
 */
final class HoldBack {

    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final double MOST_STRETCH = 0.25;
    private static final int MOST_DOUBLINGS = 6;

    private final long longestNanos;
    private final DoubleSupplier random;

    private int refusals;
    private int epoch;
    private long until;
    private boolean probing;
    private ProblemKind because;

    /**
     * @param longest of the pauses; zero for none
     * @param random evenly from 0 to 1
     */
    HoldBack(Duration longest, DoubleSupplier random) {
        this.longestNanos = longest.toNanos();
        this.random = random;
    }

    /** The pause that counts for calls that go out now; they bring it back with what became of them. */
    int epoch() {
        return epoch;
    }

    /** Why calls are held back, or are let out one by one; empty if they are not. */
    Optional<GatewayException> because() {
        return refusals == 0
                ? Optional.empty()
                : Optional.of(GatewayException.of(
                        because, "Deepvue turned calls away a moment ago; they are held back. Nothing was sent."));
    }

    /** Nanoseconds until a call may go, 0 for now. */
    long delayNanos(long now) {
        return refusals == 0 ? 0 : Math.max(0, until - now);
    }

    /** Whether one call is out to see how things are, and the others wait for what becomes of it. */
    boolean isProbing() {
        return probing;
    }

    /** A call goes out. */
    void released() {
        probing = refusals > 0;
    }

    /**
     * The upstream refused a call of that epoch.
     *
     * @param asked how long the upstream asked to be left alone
     * @return whether a new pause begins
     */
    boolean refused(int ofEpoch, ProblemKind why, Duration asked, long now) {
        if (ofEpoch != epoch || longestNanos == 0) {
            return false;
        }
        refusals++;
        epoch++;
        because = why;
        until = now + lengthNanos(asked);
        return true;
    }

    private long lengthNanos(Duration asked) {
        long doubled =
                FIRST.multipliedBy(1L << Math.min(refusals - 1, MOST_DOUBLINGS)).toNanos();
        long wanted = Math.max(doubled, asked.toNanos());
        return Math.min(longestNanos, (long) (wanted * (1 + MOST_STRETCH * random.getAsDouble())));
    }

    /**
     * A call of that epoch was dealt with by the upstream.
     *
     * @return whether that ends the holding back
     */
    boolean served(int ofEpoch) {
        boolean ends = ofEpoch == epoch && refusals > 0;
        if (ends) {
            refusals = 0;
        }
        return ends;
    }

    /** The call that went out to see how things are has ended, however; if it brought no news the next one probes. */
    void probed() {
        probing = false;
    }
}
