package io.itrgateway.transport;

import java.time.Clock;

/** How far one connection has been used, and whether a further request may be written to it. For any thread. */
final class ConnectionUse {

    private final Clock clock;
    private long idleSinceMillis;
    private long longestIdleMillis = DeepvueTransport.KEPT_IDLE_SECONDS * 1_000L;
    private boolean ended;
    private boolean hasSurplus;
    private boolean answerDue;
    private int requestsBegun;

    ConnectionUse(Clock clock) {
        this.clock = clock;
    }

    /** How many requests have been written, be it in part. */
    synchronized int requestsBegun() {
        return requestsBegun;
    }

    /** @return whether the request may be written */
    synchronized boolean beginRequest() {
        if (ended) {
            return false;
        }
        requestsBegun++;
        answerDue = true;
        return true;
    }

    /** An exchange has ended. */
    synchronized void beginIdle() {
        answerDue = false;
        idleSinceMillis = clock.millis();
    }

    /** After so long an idle time no further request may be written; has no effect if it is longer than what holds already. */
    synchronized void limitIdle(long millis) {
        longestIdleMillis = Math.min(longestIdleMillis, millis);
    }

    /** The pool's own timer stands still in a process that is frozen, and its connections may be gone. */
    synchronized boolean isIdleTooLong() {
        long idleMillis = clock.millis() - idleSinceMillis;
        // Negative if the clock was set back: the idle time is unknown.
        return idleMillis < 0 || idleMillis > longestIdleMillis;
    }

    /**
     * Bytes have come that belong to no answer. After the first request its answer was still the first.
     *
     * @return whether an answer may have reached the wrong exchange, and that is new
     */
    synchronized boolean noteSurplus() {
        boolean isNew = !hasSurplus && requestsBegun > 1;
        hasSurplus |= isNew;
        return isNew;
    }

    /**
     * Whether an exchange is under way whose request was written, be it in part. Once its answer is there the connection may carry another.
     *
     * @param before the {@link #requestsBegun} of before the exchange
     */
    synchronized boolean carries(int before) {
        return answerDue && requestsBegun == before + 1;
    }

    /** No further request may be written. */
    synchronized void end() {
        ended = true;
    }

    /**
     * Like {@link #end}.
     *
     * @param before the {@link #requestsBegun} of before an exchange
     * @return whether nothing of its request was, or will be, written
     */
    synchronized boolean endUnused(int before) {
        ended = true;
        return requestsBegun == before;
    }
}
