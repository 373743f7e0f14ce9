package io.itrgateway.ratelimit;

import io.itrgateway.problem.GatewayException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/** The permit of one attempt, and its place in the plan and among the calls in flight. */
final class AttemptPermit implements Permit {

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

    AttemptPermit(Dispatcher dispatcher, PermitStore.Reservation reservation, int epoch, boolean counts) {
        this.dispatcher = dispatcher;
        this.reservation = reservation;
        this.epoch = epoch;
        this.counts = counts;
    }

    @Override
    public void markSending() {
        progress.compareAndSet(Progress.UNSENT, Progress.SENDING);
    }

    @Override
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

    @Override
    public void markServed() {
        dispatcher.recordServed(this);
    }

    @Override
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
