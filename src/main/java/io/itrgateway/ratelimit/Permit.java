package io.itrgateway.ratelimit;

import io.itrgateway.problem.GatewayException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What an attempt at the upstream gets when its turn has come, and reports its progress to: its place in the plan and among the calls in
 * flight. It is given back when the attempt ends, and counts as never sent unless the attempt reported otherwise.
 */
public final class Permit {

    private enum Progress {
        UNSENT,
        SENDING,
        SENT,
        ENDED
    }

    private final Dispatcher dispatcher;
    private final PermitStore.Reservation reservation;
    /** Of the back-off when the attempt began. */
    final int epoch;

    /** Whether it counts as in flight. */
    final boolean counts;

    private final AtomicReference<Progress> progress = new AtomicReference<>(Progress.UNSENT);

    Permit(Dispatcher dispatcher, PermitStore.Reservation reservation, int epoch, boolean counts) {
        this.dispatcher = dispatcher;
        this.reservation = reservation;
        this.epoch = epoch;
        this.counts = counts;
    }

    /** The request is about to be written. From here on the call counts against the plan, whatever becomes of it. */
    public void markSending() {
        progress.compareAndSet(Progress.UNSENT, Progress.SENDING);
    }

    /** The request has been written; unless it was reported, the call counts as sent when the attempt ends. */
    public void markSent() {
        if (progress.compareAndSet(Progress.UNSENT, Progress.SENT)
                || progress.compareAndSet(Progress.SENDING, Progress.SENT)) {
            reservation.markSent();
        }
    }

    /** Whether the request has been written, or was about to be. */
    boolean isSent() {
        return progress.get() != Progress.UNSENT;
    }

    /** The upstream dealt with the call, even if it refused the request. */
    public void markServed() {
        dispatcher.recordServed(this);
    }

    /**
     * The upstream says that there are too many calls (429), or that it is not available (503).
     *
     * @param failure what the call fails with
     * @param requested how long the upstream asked to wait (Retry-After)
     * @return the failure, with the time until the next call
     */
    public GatewayException markRefused(GatewayException failure, Duration requested) {
        return dispatcher.recordRefusal(this, failure, requested);
    }

    /** The attempt has ended, or will never begin. What happens after this call has no effect. */
    void end() {
        Progress last = progress.getAndSet(Progress.ENDED);
        if (last == Progress.ENDED) {
            return;
        }
        dispatcher.end(this, last == Progress.UNSENT);
        if (last == Progress.UNSENT) {
            reservation.release();
        } else if (last == Progress.SENDING) {
            reservation.markSent();
        }
        dispatcher.dispatch();
    }
}
