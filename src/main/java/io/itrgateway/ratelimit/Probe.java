package io.itrgateway.ratelimit;

/**
 * The one call that tests whether a back-off is over, while the others wait for its result. When another replica's probe has ended the
 * back-off, or begun the next, the result of this one is not waited for. Not thread-safe.
 */
final class Probe {

    private static final int NONE = -1;

    /** Of the back-off that it tests. */
    private int epoch = NONE;

    boolean isUnderWay(UpstreamBackoff backoff) {
        return backoff.isActive() && backoff.epoch() == epoch;
    }

    /** A call is sent; it is a probe if calls are held back. */
    void begin(UpstreamBackoff backoff) {
        epoch = backoff.isActive() ? backoff.epoch() : NONE;
    }

    /** @param ofAttempt the epoch in which the attempt that has ended began */
    void end(int ofAttempt) {
        epoch = epoch == ofAttempt ? NONE : epoch;
    }
}
