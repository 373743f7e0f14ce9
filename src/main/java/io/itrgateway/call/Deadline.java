package io.itrgateway.call;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Until when a caller waits: one moment, whatever number of steps the call passes. */
public final class Deadline {

    private final Optional<Duration> length;
    private final long sinceNanos;
    private final LongSupplier nanoTime;

    private Deadline(Optional<Duration> length, long sinceNanos, LongSupplier nanoTime) {
        this.length = length;
        this.sinceNanos = sinceNanos;
        this.nanoTime = nanoTime;
    }

    /**
     * @param length how long the caller waits in all
     * @param sinceNanos when the wait began
     * @param nanoTime as {@link System#nanoTime()}
     */
    public static Deadline of(Duration length, long sinceNanos, LongSupplier nanoTime) {
        return new Deadline(Optional.of(length), sinceNanos, nanoTime);
    }

    /** For a call that others wait for, each of them with a deadline. */
    public static Deadline none() {
        return new Deadline(Optional.empty(), 0, () -> 0);
    }

    /** How long the caller waits in all; empty for {@link #none}. */
    public Optional<Duration> length() {
        return length;
    }

    /** What is left of it, zero at the least; empty for {@link #none}. */
    public Optional<Duration> remaining() {
        return length.map(all -> {
            Duration left = all.minusNanos(nanoTime.getAsLong() - sinceNanos);
            return left.isNegative() ? Duration.ZERO : left;
        });
    }

    /** Whether nothing is left of it. */
    public boolean isOver() {
        return remaining().filter(Duration::isZero).isPresent();
    }

    /** Whether the caller waits for nothing: what cannot go at once is refused. */
    public boolean allowsNoWait() {
        return length.filter(Duration::isZero).isPresent();
    }
}
